// What JPEG takes away from a picture: its transform and rounding, without the lossless coding around them, so that no codec is
// needed and every platform gives the same. Sources: ITU-T T.81 (transform, tables of annex K), JFIF 1.02 (colours).
import type { Picture } from "../../../data/picture.ts";
import { checkNumber, checkPicture } from "./check.ts";

/** Annex K's steps of brightness, in rows. */
const brightnessSteps = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();

/** Annex K's steps of colour. */
const colourSteps = [
  [17, 18, 24, 47, 99, 99, 99, 99],
  [18, 21, 26, 66, 99, 99, 99, 99],
  [24, 26, 56, 99, 99, 99, 99, 99],
  [47, 66, 99, 99, 99, 99, 99, 99],
  ...new Array<number[]>(4).fill(new Array<number>(8).fill(99)),
].flat();

/** One colour component. */
interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** `cosines[8 u + x] = ½ c(u) cos((2 x + 1) u π / 16)` with c(0) = √½: the transform along one axis, whose inverse is its transpose. */
const cosines = Float64Array.from({ length: 64 }, (_, i) => {
  const [u, x] = [i >> 3, i & 7];
  return 0.5 * (u === 0 ? Math.SQRT1_2 : 1) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

/** What libjpeg's transforms keep between their two passes: two bits behind the point, at a scale of √8. */
const midway = 4 * Math.sqrt(8);

/**
 * The picture as it comes back from a JPEG file of `quality` 1 (worst) … 100, with the usual scale of libjpeg: brightness and colour
 * apart, colour at half the resolution, 8 × 8 blocks rounded in frequency.
 */
export function jpeg(picture: Picture, quality: number): Picture {
  checkPicture("jpeg", picture);
  checkNumber("jpeg", "quality", quality, { least: 1, most: 100, whole: true });
  const scale = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  const stepsOf = (steps: readonly number[]) =>
    Float64Array.from(steps, (step) => Math.min(255, Math.max(1, Math.trunc((step * scale + 50) / 100))));
  const { width, height, channels, data } = picture;
  if (channels === 1) return { ...picture, data: roundBlocks(picture, stepsOf(brightnessSteps)).data };
  const result = new Uint8Array(data.length);
  const { y, cb, cr } = toYCbCr(picture);
  const steps = stepsOf(colourSteps);
  const luma = roundBlocks({ width, height, data: y }, stepsOf(brightnessSteps)).data;
  const [blue, red] = [cb, cr].map((plane) => {
    return doubled(roundBlocks(halved({ width, height, data: plane }), steps), width, height);
  }) as [Uint8Array, Uint8Array];
  for (let i = 0, to = 0; i < luma.length; i++, to += 3) {
    const bright = luma[i]! + 0.5;
    const u = blue[i]! - 128;
    const v = red[i]! - 128;
    result[to] = byte(bright + 1.402 * v);
    result[to + 1] = byte(bright - 0.344136 * u - 0.714136 * v);
    result[to + 2] = byte(bright + 1.772 * u);
  }
  return { width, height, channels, data: result };
}

function byte(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function toYCbCr({ data }: Picture): { y: Uint8Array; cb: Uint8Array; cr: Uint8Array } {
  const length = data.length / 3;
  const [y, cb, cr] = [new Uint8Array(length), new Uint8Array(length), new Uint8Array(length)];
  for (let i = 0, at = 0; i < length; i++, at += 3) {
    const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
    y[i] = 0.299 * r + 0.587 * g + 0.114 * b + 0.5;
    // Just below a half: a tie goes down, so that 255.5 stays a byte.
    cb[i] = -0.168735892 * r - 0.331264108 * g + 0.5 * b + 128.49999;
    cr[i] = 0.5 * r - 0.418687589 * g - 0.081312411 * b + 128.49999;
  }
  return { y, cb, cr };
}

/**
 * Half the resolution: means of 2 × 2, whose ties go up in every other column. Whole blocks wide: beyond the edge, and for odd sizes, the
 * last column and row count again.
 */
function halved({ width, height, data }: Plane): Plane {
  const small = { width: Math.ceil(width / 16) * 8, height: (height + 1) >> 1 };
  const result = new Uint8Array(small.width * small.height);
  let to = 0;
  for (let y = 0; y < small.height; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < small.width; x++) {
      const left = Math.min(2 * x, width - 1);
      const right = Math.min(2 * x + 1, width - 1);
      const sum = data[upper + left]! + data[upper + right]! + data[lower + left]! + data[lower + right]!;
      result[to++] = (sum + 1 + (x & 1)) >> 2;
    }
  }
  return { ...small, data: result };
}

/** Twice the resolution, cut to a size: each pixel is ¾ of the nearest and ¼ of the next one, along both axes. */
function doubled({ width, height, data }: Plane, newWidth: number, newHeight: number): Uint8Array {
  const result = new Uint8Array(newWidth * newHeight);
  const columns = (newWidth + 1) >> 1;
  const row = new Int32Array(columns);
  for (let y = 0; y < newHeight; y++) {
    const near = y >> 1;
    const far = Math.min(Math.max(near + (y & 1 ? 1 : -1), 0), height - 1);
    for (let x = 0; x < columns; x++) row[x] = 3 * data[near * width + x]! + data[far * width + x]!;
    for (let x = 0; x < newWidth; x++) {
      const at = x >> 1;
      const beside = at + (x & 1 ? 1 : -1);
      const value = 3 * row[at]! + (beside < 0 || beside >= columns ? row[at]! : row[beside]!);
      result[y * newWidth + x] = (value + (x & 1 ? 7 : 8)) >> 4;
    }
  }
  return result;
}

/** Each block of 8 × 8 with its frequencies rounded to multiples of `steps`; edge blocks go on with the last row and column. */
function roundBlocks({ width, height, data }: Plane, steps: Float64Array): Plane {
  const result = new Uint8Array(data.length);
  const block = new Float64Array(64);
  const half = new Float64Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      for (let i = 0; i < 64; i++) {
        const y = Math.min(top + (i >> 3), height - 1);
        const x = Math.min(left + (i & 7), width - 1);
        block[i] = data[y * width + x]! - 128;
      }
      toFrequencies(block, half, 8, 1, midway);
      toFrequencies(half, block, 1, 8, 8);
      for (let i = 0; i < 64; i++) {
        const step = steps[i]!;
        const count = Math.trunc(Math.abs(block[i]!) / step + 0.5);
        block[i] = block[i]! < 0 ? -count * step : count * step;
      }
      fromFrequencies(block, half, 1, 8, midway);
      fromFrequencies(half, block, 8, 1, 1);
      const bottom = Math.min(8, height - top);
      const right = Math.min(8, width - left);
      for (let y = 0; y < bottom; y++) {
        for (let x = 0; x < right; x++) {
          result[(top + y) * width + left + x] = byte(block[8 * y + x]! + 128);
        }
      }
    }
  }
  return { width, height, data: result };
}

/**
 * The cosine transform along one axis of a block, whose lines are `line` apart and have elements `step` apart, rounded to whole numbers of
 * 1 / `unit`: libjpeg works in whole numbers, and where it rounds decides ties.
 */
function toFrequencies(from: Float64Array, to: Float64Array, line: number, step: number, unit: number): void {
  for (let start = 0; start < 8 * line; start += line) {
    for (let u = 0; u < 8; u++) {
      let sum = 0;
      for (let x = 0; x < 8; x++) sum += cosines[8 * u + x]! * from[start + x * step]!;
      to[start + u * step] = Math.floor(sum * unit + 0.5) / unit;
    }
  }
}

/** The way back. */
function fromFrequencies(
  from: Float64Array,
  to: Float64Array,
  line: number,
  step: number,
  unit: number,
): void {
  for (let start = 0; start < 8 * line; start += line) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += cosines[8 * u + x]! * from[start + u * step]!;
      to[start + x * step] = Math.floor(sum * unit + 0.5) / unit;
    }
  }
}
