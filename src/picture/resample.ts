// Pictures of another size: separable filters with weights worked out once for each column and row. Knows no file format.
import { OptionError } from "../base/errors.ts";
import type { Picture } from "./picture.ts";

/** How values between pixels are found. */
export type Interpolation = "nearest" | "nearest-exact" | "bilinear" | "bicubic";

/** How `resample` works. */
export interface ResampleOptions {
  /** Default "bilinear". */
  readonly interpolation?: Interpolation;
  /**
   * Widens the filter where the picture shrinks, so that no pixel is skipped (as Pillow does, the default). Without, only the
   * nearest two or four pixels count, and fine patterns turn into false ones. Of no concern for "nearest".
   */
  readonly antialias?: boolean;
}

/** For each place of the result where its sources begin, how many they are, and their weights in 1 / 2^22. */
export interface Taps {
  readonly most: number;
  readonly first: Int32Array;
  readonly counts: Int32Array;
  /** `most` for each place. */
  readonly weights: Int32Array;
}

/** Bits behind the point of a weight; 8 bits of a pixel, a sign and one bit for overshoot are left of 32. */
const fractionBits = 22;
const half = 1 << (fractionBits - 1);

/**
 * Another way to compute the weighted sums, to the same bytes: along rows, then along columns; null leaves an axis as it is. Gives null for
 * pictures that it can't take.
 */
export type Resampler = (picture: Picture, across: Taps | null, down: Taps | null) => Picture | null;

let resampler: Resampler | null = null;

/** Takes a faster way than the plain loops of this file, which pages that load little go without. */
export function useResampler(faster: Resampler | null): void {
  resampler = faster;
}

/** The interpolations by name, for checks. */
export const interpolations: readonly Interpolation[] = ["nearest", "nearest-exact", "bilinear", "bicubic"];

/**
 * The picture in another size, bytes as Pillow computes them: across and then down, rounded to bytes in between (newer
 * versions of Pillow go down first where that is less work, and differ by a level then). "nearest" takes
 * the pixel at `⌊i · from / to⌋` (PyTorch's rule), "nearest-exact" the one at `⌊(i + ½) · from / to⌋` (Pillow's); "bilinear" is a
 * triangle, "bicubic" Keys' cubic with a = −0.5, or −0.75 without antialias.
 */
export function resample(
  picture: Picture,
  width: number,
  height: number,
  { interpolation = "bilinear", antialias = true }: ResampleOptions = {},
): Picture {
  if (!(Number.isInteger(width) && width > 0 && Number.isInteger(height) && height > 0)) {
    throw new OptionError(
      `resized: width and height must be whole numbers of at least 1; got ${width} × ${height}`,
    );
  }
  if (picture.width === width && picture.height === height) return picture;
  if (interpolation === "nearest" || interpolation === "nearest-exact") {
    const shift = interpolation === "nearest" ? 0 : 0.5;
    return pick(
      picture,
      nearestPlaces(picture.width, width, shift),
      nearestPlaces(picture.height, height, shift),
    );
  }
  const tapsOf = antialias ? widenedTaps : plainTaps;
  const across = width === picture.width ? null : tapsOf(picture.width, width, interpolation);
  const down = height === picture.height ? null : tapsOf(picture.height, height, interpolation);
  const done = resampler?.(picture, across, down);
  if (done) return done;
  const rows = across ? resampleRows(picture, across) : picture;
  return down ? resampleColumns(rows, down) : rows;
}

function nearestPlaces(from: number, to: number, shift: number): Int32Array {
  // In float32, as PyTorch does: products that hit a whole number there may lie just below it in float64.
  const scale = Math.fround(from / to);
  return Int32Array.from({ length: to }, (_, i) =>
    Math.min(from - 1, Math.floor(Math.fround((i + shift) * scale))),
  );
}

/** The pixels of chosen columns and rows. */
function pick({ width, channels, data }: Picture, columns: Int32Array, lines: Int32Array): Picture {
  const result = new Uint8Array(lines.length * columns.length * channels);
  let to = 0;
  for (let y = 0; y < lines.length; y++) {
    const line = lines[y]! * width;
    for (let x = 0; x < columns.length; x++) {
      const from = (line + columns[x]!) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width: columns.length, height: lines.length, channels, data: result };
}

function resampleRows({ width, height, channels, data }: Picture, taps: Taps): Picture {
  const { most, first, counts, weights } = taps;
  const to = first.length;
  const result = new Uint8Array(height * to * channels);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const line = y * width;
    for (let x = 0; x < to; x++) {
      const start = (line + first[x]!) * channels;
      const begin = x * most;
      const end = begin + counts[x]!;
      if (channels === 3) {
        let red = half;
        let green = half;
        let blue = half;
        for (let k = begin, from = start; k < end; k++, from += 3) {
          const weight = weights[k]!;
          red = (red + Math.imul(weight, data[from]!)) | 0;
          green = (green + Math.imul(weight, data[from + 1]!)) | 0;
          blue = (blue + Math.imul(weight, data[from + 2]!)) | 0;
        }
        result[at] = clipped(red >> fractionBits);
        result[at + 1] = clipped(green >> fractionBits);
        result[at + 2] = clipped(blue >> fractionBits);
        at += 3;
        continue;
      }
      for (let c = 0; c < channels; c++) {
        let sum = half;
        for (let k = begin, from = start + c; k < end; k++, from += channels) {
          sum = (sum + Math.imul(weights[k]!, data[from]!)) | 0;
        }
        result[at++] = clipped(sum >> fractionBits);
      }
    }
  }
  return { width: to, height, channels, data: result };
}

function resampleColumns({ width, channels, data }: Picture, taps: Taps): Picture {
  const { most, first, counts, weights } = taps;
  const height = first.length;
  const lineLength = width * channels;
  const result = new Uint8Array(height * lineLength);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const begin = y * most;
    const end = begin + counts[y]!;
    const start = first[y]! * lineLength;
    for (let i = 0; i < lineLength; i++) {
      let sum = half;
      for (let k = begin, from = start + i; k < end; k++, from += lineLength) {
        sum = (sum + Math.imul(weights[k]!, data[from]!)) | 0;
      }
      result[at++] = clipped(sum >> fractionBits);
    }
  }
  return { width, height, channels, data: result };
}

function clipped(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** Filters that grow with the step between sources; what reaches beyond the edge is left out, and the rest scaled to a sum of 1. */
function widenedTaps(from: number, to: number, interpolation: Interpolation): Taps {
  const scale = from / to;
  const stretch = Math.max(1, scale);
  const reach = (interpolation === "bicubic" ? 2 : 1) * stretch;
  const taps = emptyTaps(to, Math.ceil(reach) * 2 + 1);
  const real = new Float64Array(taps.most);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const count = Math.min(from, Math.trunc(centre + reach + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      const distance = (first + k + 0.5 - centre) / stretch;
      const weight = interpolation === "bicubic" ? cubic(distance, -0.5) : triangle(distance);
      real[k] = weight;
      sum += weight;
    }
    setTaps(taps, i, first, count, real, sum);
  }
  return taps;
}

/** The nearest two or four sources; those beyond the edge are the edge's pixel once more. */
function plainTaps(from: number, to: number, interpolation: Interpolation): Taps {
  const scale = from / to;
  const reach = interpolation === "bicubic" ? 2 : 1;
  const taps = emptyTaps(to, 2 * reach);
  const real = new Float64Array(2 * reach);
  for (let i = 0; i < to; i++) {
    const place = (i + 0.5) * scale - 0.5;
    const before = Math.floor(place) - reach + 1;
    const first = Math.min(Math.max(0, before), from - 1);
    const last = Math.min(Math.max(0, before + 2 * reach - 1), from - 1);
    real.fill(0);
    for (let k = before; k < before + 2 * reach; k++) {
      const weight = interpolation === "bicubic" ? cubic(k - place, -0.75) : triangle(k - place);
      const source = Math.min(Math.max(k, 0), from - 1) - first;
      real[source] = real[source]! + weight;
    }
    setTaps(taps, i, first, last - first + 1, real, 1);
  }
  return taps;
}

function emptyTaps(to: number, most: number): Taps {
  return {
    most,
    first: new Int32Array(to),
    counts: new Int32Array(to),
    weights: new Int32Array(to * most),
  };
}

function setTaps(
  taps: Taps,
  i: number,
  first: number,
  count: number,
  weights: Float64Array,
  sum: number,
): void {
  taps.first[i] = first;
  taps.counts[i] = count;
  for (let k = 0; k < count; k++) {
    taps.weights[i * taps.most + k] = Math.round((weights[k]! / sum) * (1 << fractionBits));
  }
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}

/** Keys, "Cubic convolution interpolation for digital image processing", 1981. */
function cubic(x: number, a: number): number {
  const d = Math.abs(x);
  if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
}
