// What JPEG takes away from a picture: its transform and rounding, without the lossless coding around them, so that no codec is
// needed and every platform gives the same, libjpeg's bytes. Sources: ITU-T T.81 (transform, tables of annex K), JFIF 1.02 (colours).
import type { Picture } from "../../picture/picture.ts";
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

/** Bits behind the point of the constants, and those kept between the two passes. */
const constantBits = 13;
const betweenBits = 2;

const constant = (value: number) => Math.round(value * (1 << constantBits));
const root2 = Math.SQRT2;
const cos = (k: number) => Math.cos((k * Math.PI) / 16);
// Rotations of the even half, by 6π/16, and of the odd half, as sums of products with shared terms.
const even = constant(root2 * cos(6));
const evenLow = constant(root2 * (cos(2) - cos(6)));
const evenHigh = constant(root2 * (cos(2) + cos(6)));
const odd = constant(root2 * cos(3));
const odd7 = constant(root2 * (-cos(1) + cos(3) + cos(5) - cos(7)));
const odd5 = constant(root2 * (cos(1) + cos(3) - cos(5) + cos(7)));
const odd3 = constant(root2 * (cos(1) + cos(3) + cos(5) - cos(7)));
const odd1 = constant(root2 * (cos(1) + cos(3) - cos(5) - cos(7)));
const odd17 = constant(root2 * (cos(7) - cos(3)));
const odd35 = constant(root2 * (-cos(1) - cos(3)));
const odd37 = constant(root2 * (-cos(3) - cos(5)));
const odd15 = constant(root2 * (cos(5) - cos(3)));

/**
 * The picture as it comes back from a JPEG file of `quality` 1 (worst) … 100, with the usual scale of libjpeg: brightness and colour
 * apart, colour at half the resolution, 8 × 8 blocks rounded in frequency.
 */
export function jpeg(picture: Picture, quality: number): Picture {
  checkPicture("jpeg", picture);
  checkNumber("jpeg", "quality", quality, { least: 1, most: 100, whole: true });
  const scale = quality < 50 ? Math.trunc(5000 / quality) : 200 - 2 * quality;
  const stepsOf = (steps: readonly number[]) =>
    Int32Array.from(steps, (step) => Math.min(255, Math.max(1, Math.trunc((step * scale + 50) / 100))));
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
    const bright = luma[i]!;
    const u = blue[i]! - 128;
    const v = red[i]! - 128;
    result[to] = byte(bright + ((91881 * v + 32768) >> 16));
    result[to + 1] = byte(bright + ((-22554 * u - 46802 * v + 32768) >> 16));
    result[to + 2] = byte(bright + ((116130 * u + 32768) >> 16));
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
function roundBlocks({ width, height, data }: Plane, steps: Int32Array): Plane {
  const result = new Uint8Array(data.length);
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
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
        const size = Math.trunc((Math.abs(block[i]!) + 4 * step) / (8 * step)) * step;
        block[i] = block[i]! < 0 ? -size : size;
      }
      for (let x = 0; x < 8; x++) fromFrequencies(block, x, 8, -betweenBits);
      for (let y = 0; y < 8; y++) fromFrequencies(block, 8 * y, 1, betweenBits + 3);
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
 * The cosine transform of eight numbers, in place, times √8 and less `shift` bits, in the whole numbers that libjpeg's "islow" computes with:
 * how it rounds decides which frequencies survive. Source: Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11
 * multiplications", 1989.
 */
function toFrequencies(block: Int32Array, at: number, step: number, shift: number): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const sum07 = block[at]! + block[i7]!;
  const sum16 = block[i1]! + block[i6]!;
  const sum25 = block[i2]! + block[i5]!;
  const sum34 = block[i3]! + block[i4]!;
  const a7 = block[i3]! - block[i4]!;
  const a5 = block[i2]! - block[i5]!;
  const a3 = block[i1]! - block[i6]!;
  const a1 = block[at]! - block[i7]!;
  const outer = sum07 + sum34;
  const inner = sum16 + sum25;
  block[at] = shift < 0 ? (outer + inner) << -shift : rounded(outer + inner, shift);
  block[i4] = shift < 0 ? (outer - inner) << -shift : rounded(outer - inner, shift);
  const bits = constantBits + shift;
  const outerRest = sum07 - sum34;
  const innerRest = sum16 - sum25;
  const shared = Math.imul(outerRest + innerRest, even);
  block[i2] = rounded(shared + Math.imul(outerRest, evenLow), bits);
  block[i6] = rounded(shared - Math.imul(innerRest, evenHigh), bits);
  const all = Math.imul(a7 + a3 + a5 + a1, odd);
  const z71 = Math.imul(a7 + a1, odd17);
  const z53 = Math.imul(a5 + a3, odd35);
  const z73 = Math.imul(a7 + a3, odd37) + all;
  const z51 = Math.imul(a5 + a1, odd15) + all;
  block[i7] = rounded(Math.imul(a7, odd7) + z71 + z73, bits);
  block[i5] = rounded(Math.imul(a5, odd5) + z53 + z51, bits);
  block[i3] = rounded(Math.imul(a3, odd3) + z53 + z73, bits);
  block[i1] = rounded(Math.imul(a1, odd1) + z71 + z51, bits);
}

/** The way back, times √8 and less `shift` bits. */
function fromFrequencies(block: Int32Array, at: number, step: number, shift: number): void {
  const i1 = at + step;
  const i2 = i1 + step;
  const i3 = i2 + step;
  const i4 = i3 + step;
  const i5 = i4 + step;
  const i6 = i5 + step;
  const i7 = i6 + step;
  const bits = constantBits + shift;
  const shared = Math.imul(block[i2]! + block[i6]!, even);
  const low = shared + Math.imul(block[i2]!, evenLow);
  const high = shared - Math.imul(block[i6]!, evenHigh);
  const sum = (block[at]! + block[i4]!) << constantBits;
  const difference = (block[at]! - block[i4]!) << constantBits;
  const a7 = block[i7]!;
  const a5 = block[i5]!;
  const a3 = block[i3]!;
  const a1 = block[i1]!;
  const all = Math.imul(a7 + a3 + a5 + a1, odd);
  const z71 = Math.imul(a7 + a1, odd17);
  const z53 = Math.imul(a5 + a3, odd35);
  const z73 = Math.imul(a7 + a3, odd37) + all;
  const z51 = Math.imul(a5 + a1, odd15) + all;
  const o7 = Math.imul(a7, odd7) + z71 + z73;
  const o5 = Math.imul(a5, odd5) + z53 + z51;
  const o3 = Math.imul(a3, odd3) + z53 + z73;
  const o1 = Math.imul(a1, odd1) + z71 + z51;
  block[at] = rounded(sum + low + o1, bits);
  block[i7] = rounded(sum + low - o1, bits);
  block[i1] = rounded(difference + high + o3, bits);
  block[i6] = rounded(difference + high - o3, bits);
  block[i2] = rounded(difference - high + o5, bits);
  block[i5] = rounded(difference - high - o5, bits);
  block[i3] = rounded(sum - low + o7, bits);
  block[i4] = rounded(sum - low - o7, bits);
}

function rounded(value: number, bits: number): number {
  return (value + (1 << (bits - 1))) >> bits;
}
