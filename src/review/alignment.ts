// Whether two thumbnails show the same picture: one is moved and stretched a little until it lies on the other, and what is left between them is
// measured, coarse and fine. Knows no files and no turns.

/** What is found. */
export interface Alignment {
  /** Correlation of brightness where both have pixels, −1 … 1. */
  readonly coarse: number;
  /** The same of what differs from its surroundings: edges and patterns. */
  readonly fine: number;
  /** Share of the second picture that the first covers. */
  readonly overlap: number;
}

/** Brightness as numbers, `[size, size]`. */
interface Plane {
  readonly size: number;
  readonly data: Float32Array;
}

/** A plane, smoothed, and what of it differs from its surroundings. */
interface Level {
  readonly smooth: Plane;
  readonly detail: Plane;
}

/** A thumbnail at a quarter of its size, at half, and as it is. */
export type Pyramid = readonly Level[];

/** Furthest stretch and shift that still count as a crop. */
const mostStretch = 1.3;
const mostShift = 0.15;
/** Steps at each level, and the correlation of details below which a pair is not compared any further. */
const steps = [5, 3, 2] as const;
const hopeless = [0.6, 0.75] as const;

/** What thumbnails are compared by; worth keeping where one is compared with many. */
export function pyramidOf(thumbnail: Uint8Array): Pyramid {
  const whole = { size: Math.round(Math.sqrt(thumbnail.length)), data: Float32Array.from(thumbnail) };
  const middle = half(whole);
  return [half(middle), middle, whole].map((plane) => {
    const smoothed = smooth(plane);
    return { smooth: smoothed, detail: detail(smoothed) };
  });
}

/** Where a point of the second picture lies in the first: `x → centre + stretchX (x − centre) + shiftX`, and so for y. */
interface Warp {
  stretchX: number;
  shiftX: number;
  stretchY: number;
  shiftY: number;
}

/**
 * Lays the first picture on the second by Gauss-Newton steps on the squared difference (Lucas and Kanade, 1981; brightness and
 * contrast are free), from a quarter of the size up, and compares them. Null where that shows early that they are two pictures.
 */
export function align(first: Pyramid, second: Pyramid): Alignment | null {
  const warp: Warp = { stretchX: 1, shiftX: 0, stretchY: 1, shiftY: 0 };
  for (const [i, a] of first.entries()) {
    const b = second[i]!;
    if (i > 0) {
      warp.shiftX *= 2;
      warp.shiftY *= 2;
    }
    refine(a.smooth, b.smooth, warp, steps[i]!);
    const fine = correlation(warped(a.detail, warp), b.detail.data);
    if (i < hopeless.length) {
      if (fine.value < hopeless[i]!) return null;
      continue;
    }
    const coarse = correlation(warped(a.smooth, warp), b.smooth.data);
    return { coarse: coarse.value, fine: fine.value, overlap: coarse.share };
  }
  return null;
}

function half({ size, data }: Plane): Plane {
  const to = size >> 1;
  const result = new Float32Array(to * to);
  for (let y = 0; y < to; y++) {
    for (let x = 0; x < to; x++) {
      const at = 2 * y * size + 2 * x;
      result[y * to + x] = (data[at]! + data[at + 1]! + data[at + size]! + data[at + size + 1]!) / 4;
    }
  }
  return { size: to, data: result };
}

/** Weights 1 2 1 along and down. */
function smooth({ size, data }: Plane): Plane {
  const across = new Float32Array(data.length);
  const result = new Float32Array(data.length);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      across[at] = (data[x > 0 ? at - 1 : at]! + 2 * data[at]! + data[x < size - 1 ? at + 1 : at]!) / 4;
    }
  }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      const up = y > 0 ? at - size : at;
      const down = y < size - 1 ? at + size : at;
      result[at] = (across[up]! + 2 * across[at]! + across[down]!) / 4;
    }
  }
  return { size, data: result };
}

/** Less the mean of the 5 × 5 pixels around. */
function detail({ size, data }: Plane): Plane {
  const reach = 2;
  const across = new Float32Array(data.length);
  const result = new Float32Array(data.length);
  const clamp = (i: number): number => (i < 0 ? 0 : i >= size ? size - 1 : i);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += data[y * size + clamp(x + k)]!;
      across[y * size + x] = sum;
    }
  }
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let sum = 0;
      for (let k = -reach; k <= reach; k++) sum += across[clamp(y + k) * size + x]!;
      result[y * size + x] = data[y * size + x]! - sum / (2 * reach + 1) ** 2;
    }
  }
  return { size, data: result };
}

/** Unknowns of a step: stretch and shift along, stretch and shift down, contrast, brightness. */
const unknowns = 6;

function refine(a: Plane, b: Plane, warp: Warp, steps: number): void {
  const { size } = b;
  const centre = (size - 1) / 2;
  const { data } = a;
  const row = new Float64Array(unknowns);
  let contrast = 1;
  for (let step = 0; step < steps; step++) {
    const matrix = new Float64Array(unknowns * unknowns);
    const right = new Float64Array(unknowns);
    for (let y = 0; y < size; y++) {
      const v = centre + warp.stretchY * (y - centre) + warp.shiftY;
      if (v < 0 || v >= size - 1) continue;
      const line = Math.floor(v);
      const fy = v - line;
      for (let x = 0; x < size; x++) {
        const u = centre + warp.stretchX * (x - centre) + warp.shiftX;
        if (u < 0 || u >= size - 1) continue;
        const column = Math.floor(u);
        const fx = u - column;
        const at = line * size + column;
        const p = data[at]!;
        const q = data[at + 1]!;
        const r = data[at + size]!;
        const s = data[at + size + 1]!;
        const top = p + (q - p) * fx;
        const bottom = r + (s - r) * fx;
        const value = top + (bottom - top) * fy;
        const slopeX = contrast * ((q - p) * (1 - fy) + (s - r) * fy);
        const slopeY = contrast * (bottom - top);
        row[0] = slopeX * (x - centre);
        row[1] = slopeX;
        row[2] = slopeY * (y - centre);
        row[3] = slopeY;
        row[4] = value;
        row[5] = 1;
        const target = b.data[y * size + x]!;
        for (let i = 0; i < unknowns; i++) {
          const left = row[i]!;
          right[i]! += left * target;
          for (let k = 0; k <= i; k++) matrix[i * unknowns + k]! += left * row[k]!;
        }
      }
    }
    const solution = solve(matrix, right);
    if (!solution) return;
    const limit = 0.1;
    const bounded = (change: number): number => Math.max(-limit, Math.min(limit, change));
    warp.stretchX += bounded(solution[0]!);
    warp.shiftX += bounded(solution[1]! / size) * size;
    warp.stretchY += bounded(solution[2]!);
    warp.shiftY += bounded(solution[3]! / size) * size;
    contrast = Math.max(0.2, Math.min(5, solution[4]!));
    const within = (stretch: number, shift: number): boolean =>
      stretch < mostStretch && stretch > 1 / mostStretch && Math.abs(shift) < mostShift * size;
    if (!within(warp.stretchX, warp.shiftX) || !within(warp.stretchY, warp.shiftY)) return;
  }
}

/** Solves a symmetric system whose lower half is given (Cholesky, with a trace of damping); null where it has no solution. */
function solve(matrix: Float64Array, right: Float64Array): Float64Array | null {
  const n = right.length;
  for (let i = 0; i < n; i++) matrix[i * n + i]! += 1e-6 * matrix[i * n + i]! + 1e-9;
  for (let i = 0; i < n; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = matrix[i * n + k]!;
      for (let j = 0; j < k; j++) sum -= matrix[i * n + j]! * matrix[k * n + j]!;
      if (i > k) matrix[i * n + k] = sum / matrix[k * n + k]!;
      else if (sum > 0) matrix[i * n + i] = Math.sqrt(sum);
      else return null;
    }
  }
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) x[i]! -= matrix[i * n + j]! * x[j]!;
    x[i]! /= matrix[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) x[i]! -= matrix[j * n + i]! * x[j]!;
    x[i]! /= matrix[i * n + i]!;
  }
  return x;
}

/** The first picture as the warp lays it on the second; NaN where it has no pixels. */
function warped({ size, data }: Plane, warp: Warp): Float32Array {
  const centre = (size - 1) / 2;
  const result = new Float32Array(data.length).fill(Number.NaN);
  // Half a pixel beyond the edge is the edge's pixel still.
  const inside = (u: number): boolean => u >= -0.5 && u <= size - 0.5;
  const clamp = (u: number): number => Math.max(0, Math.min(size - 1, u));
  for (let y = 0; y < size; y++) {
    const v = centre + warp.stretchY * (y - centre) + warp.shiftY;
    if (!inside(v)) continue;
    const line = Math.min(size - 2, Math.floor(clamp(v)));
    const fy = clamp(v) - line;
    for (let x = 0; x < size; x++) {
      const u = centre + warp.stretchX * (x - centre) + warp.shiftX;
      if (!inside(u)) continue;
      const column = Math.min(size - 2, Math.floor(clamp(u)));
      const fx = clamp(u) - column;
      const at = line * size + column;
      const top = data[at]! * (1 - fx) + data[at + 1]! * fx;
      const bottom = data[at + size]! * (1 - fx) + data[at + size + 1]! * fx;
      result[y * size + x] = top * (1 - fy) + bottom * fy;
    }
  }
  return result;
}

/** Correlation where `a` is a number, and the share of such places. */
function correlation(a: Float32Array, b: Float32Array): { value: number; share: number } {
  let [n, sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    if (Number.isNaN(x)) continue;
    const y = b[i]!;
    n++;
    sa += x;
    sb += y;
    saa += x * x;
    sbb += y * y;
    sab += x * y;
  }
  const spread = Math.sqrt(Math.max(0, saa - (sa * sa) / n) * Math.max(0, sbb - (sb * sb) / n));
  return { value: spread > 1e-6 * n ? (sab - (sa * sb) / n) / spread : 0, share: n / a.length };
}
