// What hides parts of a picture: erased boxes, a grid of holes, soft shadows.
import type { Picture } from "../../picture/picture.ts";
import { checkNumber, checkPicture, type Fill, fillBytes } from "./check.ts";
import type { Box, PictureShape } from "./geometry.ts";
import { byteField } from "./noise.ts";

/** What erased pixels become: bytes, or random bytes that follow from a seed. */
export type EraseValue = Fill | { readonly seed: number };

/** The picture with the pixels of a box replaced; what of the box lies outside is left out. */
export function erase(
  picture: Picture,
  top: number,
  left: number,
  height: number,
  width: number,
  value: EraseValue,
): Picture {
  checkPicture("erase", picture);
  return erased(picture, [{ top, left, height, width }], value);
}

/** The picture with the pixels of several boxes replaced. */
export function erased(picture: Picture, boxes: readonly Box[], value: EraseValue): Picture {
  const data = picture.data.slice();
  const bytes = isSeed(value) ? null : fillBytes("erase", value, picture.channels, "value");
  eraseBoxes(picture, data, boxes, bytes, isSeed(value) ? value.seed : 0);
  return { ...picture, data };
}

/** Replaces the pixels of boxes in `data`, by one byte for each channel, or where there are none by random bytes from `seed`. */
export function eraseBoxes(
  { width, height, channels }: PictureShape,
  data: Uint8Array,
  boxes: readonly Box[],
  bytes: Uint8Array | null,
  seed: number,
): void {
  for (let i = 0; i < boxes.length; i++) {
    const box = boxes[i]!;
    const top = Math.max(0, box.top);
    const left = Math.max(0, box.left);
    const bottom = Math.min(height, box.top + box.height);
    const rowBytes = (Math.min(width, box.left + box.width) - left) * channels;
    if (rowBytes <= 0 || bottom <= top) continue;
    const noise = bytes ? null : byteField(rowBytes * (bottom - top), seed + i);
    for (let y = top; y < bottom; y++) {
      const at = (y * width + left) * channels;
      if (noise) {
        const from = (y - top) * rowBytes;
        data.set(noise.subarray(from, from + rowBytes), at);
      } else if (y === top) {
        for (let k = 0; k < rowBytes; k++) data[at + k] = bytes![k % channels]!;
      } else {
        const first = (top * width + left) * channels;
        data.copyWithin(at, first, first + rowBytes);
      }
    }
  }
}

function isSeed(value: EraseValue): value is { readonly seed: number } {
  return typeof value === "object" && "seed" in value;
}

/**
 * Squares of `hole` pixels, one in each cell of a grid of `unit` pixels whose first cell begins at `offset` ([x, y], 0 … unit − 1) to the
 * left of and above the picture.
 */
export function gridHoles(
  { width, height }: { readonly width: number; readonly height: number },
  unit: number,
  hole: number,
  offset: readonly [number, number],
): Box[] {
  const boxes: Box[] = [];
  for (let top = -offset[1]; top < height; top += unit) {
    for (let left = -offset[0]; left < width; left += unit)
      boxes.push({ top, left, height: hole, width: hole });
  }
  return boxes;
}

/** A shadow: a polygon whose corners lie on an ellipse. All lengths are fractions of the picture's width and height. */
export interface Shadow {
  readonly center: readonly [x: number, y: number];
  readonly radius: readonly [x: number, y: number];
  /** Where on the ellipse the corners are, rising, in radians. At least 3. */
  readonly corners: readonly number[];
  /** What share of the light is taken away, 0 … 1. */
  readonly darkness: number;
  /** How far the shadow's edge reaches, as a fraction of the picture's shorter edge. */
  readonly softness: number;
}

/** `v · (1 − darkness · s)`, where s goes from 0 to 1 across the polygon's edge. */
export function shadow(picture: Picture, { center, radius, corners, darkness, softness }: Shadow): Picture {
  checkPicture("shadow", picture);
  checkNumber("shadow", "darkness", darkness, { least: 0, most: 1 });
  checkNumber("shadow", "softness", softness, { least: 0 });
  const { width, height, channels, data } = picture;
  const soft = Math.max(1, softness * Math.min(width, height));
  const points = corners.map((angle) => [
    (center[0] + radius[0] * Math.cos(angle)) * width,
    (center[1] + radius[1] * Math.sin(angle)) * height,
  ]) as [number, number][];
  // Each side as a x + b y + c, the distance to it in units of the soft edge, positive inside.
  const sides = new Float64Array(3 * points.length);
  for (const [i, [x, y]] of points.entries()) {
    const [nextX, nextY] = points[(i + 1) % points.length]!;
    const length = Math.hypot(nextX - x, nextY - y) || 1;
    const a = (y - nextY) / length / soft;
    const b = (nextX - x) / length / soft;
    sides.set([a, b, -a * x - b * y + 0.5], 3 * i);
  }
  const result = new Uint8Array(data.length);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let inside = 1;
      for (let k = 0; k < sides.length; k += 3) {
        const depth = sides[k]! * (x + 0.5) + sides[k + 1]! * (y + 0.5) + sides[k + 2]!;
        if (depth < inside) inside = depth;
      }
      const light = inside > 0 ? 1 - darkness * inside : 1;
      for (let c = 0; c < channels; c++, at++) result[at] = data[at]! * light + 0.5;
    }
  }
  return { width, height, channels, data: result };
}
