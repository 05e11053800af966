// JPEG's lossy way from pixels to whole numbers: colours apart, half the resolution, frequencies rounded to steps, all with libjpeg's
// arithmetic. Knows no coding. Sources: ITU-T T.81 (transform, tables of annex K), JFIF 1.02 (colours).
import { betweenBits, toFrequencies } from "./cosine.ts";

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

/** The steps of brightness and of colour, in rows, for a quality of 1 … 100 on libjpeg's usual scale. */
export function stepsFor(quality: number): { brightness: Int32Array; colour: Int32Array } {
  const scale = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  const scaled = (steps: readonly number[]) =>
    Int32Array.from(steps, (step) => Math.min(255, Math.max(1, Math.trunc((step * scale + 50) / 100))));
  return { brightness: scaled(brightnessSteps), colour: scaled(colourSteps) };
}

/** One colour component. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Brightness and the two differences of an RGB picture's colours. */
export function toYCbCr(data: Uint8Array): { y: Uint8Array; cb: Uint8Array; cr: Uint8Array } {
  const length = data.length / 3;
  const [y, cb, cr] = [new Uint8Array(length), new Uint8Array(length), new Uint8Array(length)];
  for (let i = 0, at = 0; i < length; i++, at += 3) {
    const r = data[at]!;
    const g = data[at + 1]!;
    const b = data[at + 2]!;
    // JFIF's factors in 1 / 2^16, as libjpeg has them; of colours a tie goes down, so that 255.5 stays a byte.
    y[i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    cb[i] = (-11059 * r - 21709 * g + 32768 * b + 8421375) >> 16;
    cr[i] = (32768 * r - 27439 * g - 5329 * b + 8421375) >> 16;
  }
  return { y, cb, cr };
}

/**
 * Half the resolution: means of 2 × 2, whose ties go up in every other column. Whole blocks wide: beyond the edge, and for odd sizes, the
 * last column and row count again.
 */
export function halved({ width, height, data }: Plane): Plane {
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

/**
 * The frequencies of a plane's block, in rows, as multiples of `steps`. Blocks at the edge go on with the last row and column.
 */
export function roundedFrequencies(
  { width, height, data }: Plane,
  left: number,
  top: number,
  steps: Int32Array,
  block: Int32Array,
): void {
  for (let i = 0; i < 64; i++) {
    const y = Math.min(top + (i >> 3), height - 1);
    const x = Math.min(left + (i & 7), width - 1);
    block[i] = data[y * width + x]! - 128;
  }
  for (let y = 0; y < 8; y++) toFrequencies(block, 8 * y, 1, -betweenBits);
  for (let x = 0; x < 8; x++) toFrequencies(block, x, 8, betweenBits);
  for (let i = 0; i < 64; i++) {
    // Frequencies are eight times as large as those of the standard.
    const step = steps[i]!;
    const size = Math.trunc((Math.abs(block[i]!) + 4 * step) / (8 * step));
    block[i] = block[i]! < 0 ? -size : size;
  }
}
