// Where points lie on the screen, which of them is under the pointer, and which are inside a lasso.

/** Screen = k · point + (x, y). */
export interface Sight {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Share of the canvas that is left free around all points. */
const rim = 0.06;

/** The sight in which all points are seen. */
export function sightOfAll(points: Float32Array, { width, height }: Size): Sight {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  const free = 1 - 2 * rim;
  const k = Math.min((width * free) / (right - left || 1), (height * free) / (bottom - top || 1));
  return { k, x: width / 2 - (k * (left + right)) / 2, y: height / 2 - (k * (top + bottom)) / 2 };
}

/** The sight enlarged around a spot of the screen, which stays where it is. */
export function enlarged({ k, x, y }: Sight, factor: number, { x: cx, y: cy }: Spot): Sight {
  return { k: k * factor, x: cx - (cx - x) * factor, y: cy - (cy - y) * factor };
}

/** The place of point i on the screen. */
export function spotOf(points: Float32Array, i: number, { k, x, y }: Sight): Spot {
  return { x: k * points[2 * i]! + x, y: k * points[2 * i + 1]! + y };
}

/** The nearest point within some pixels of a spot; null where there is none. */
export function pointAt(points: Float32Array, sight: Sight, spot: Spot, within: number): number | null {
  let nearest: number | null = null;
  let least = within * within;
  for (let i = 0; i < points.length / 2; i++) {
    const { x, y } = spotOf(points, i, sight);
    const distance = (x - spot.x) ** 2 + (y - spot.y) ** 2;
    if (distance > least) continue;
    least = distance;
    nearest = i;
  }
  return nearest;
}

/** Points that are on the screen. */
export function pointsInSight(points: Float32Array, sight: Sight, { width, height }: Size): number[] {
  return Array.from({ length: points.length / 2 }, (_, i) => i).filter((i) => {
    const { x, y } = spotOf(points, i, sight);
    return x >= 0 && x <= width && y >= 0 && y <= height;
  });
}

/** Points inside of a closed way over the screen, by the number of its sides that a line to the left crosses. */
export function pointsInside(points: Float32Array, sight: Sight, way: readonly Spot[]): number[] {
  return Array.from({ length: points.length / 2 }, (_, i) => i).filter((i) => {
    const spot = spotOf(points, i, sight);
    let isInside = false;
    for (const [n, a] of way.entries()) {
      const b = way[(n + 1) % way.length]!;
      if (a.y > spot.y === b.y > spot.y) continue;
      if (spot.x < a.x + ((b.x - a.x) * (spot.y - a.y)) / (b.y - a.y)) isInside = !isInside;
    }
    return isInside;
  });
}
