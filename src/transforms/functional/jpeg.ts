// What JPEG takes away from a picture: its transform and rounding, without the lossless coding around them, so that no codec is
// needed and every platform gives the same, libjpeg's bytes. Sources: ITU-T T.81 (transform, tables of annex K), JFIF 1.02 (colours).
import { betweenBits, fromFrequencies } from "../../picture/jpeg/cosine.ts";
import { halved, type Plane, roundedFrequencies, stepsFor, toYCbCr } from "../../picture/jpeg/forward.ts";
import type { Picture } from "../../picture/picture.ts";
import { checkNumber, checkPicture } from "./check.ts";

/**
 * The picture as it comes back from a JPEG file of `quality` 1 (worst) … 100, with the usual scale of libjpeg: brightness and colour
 * apart, colour at half the resolution, 8 × 8 blocks rounded in frequency.
 */
export function jpeg(picture: Picture, quality: number): Picture {
  checkPicture("jpeg", picture);
  checkNumber("jpeg", "quality", quality, { least: 1, most: 100, whole: true });
  const { width, height, channels, data } = picture;
  const steps = stepsFor(quality);
  if (channels === 1) return { ...picture, data: roundBlocks(picture, steps.brightness).data };
  const result = new Uint8Array(data.length);
  const { y, cb, cr } = toYCbCr(data);
  const luma = roundBlocks({ width, height, data: y }, steps.brightness).data;
  const [blue, red] = [cb, cr].map((plane) => {
    return doubled(roundBlocks(halved({ width, height, data: plane }), steps.colour), width, height);
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
function roundBlocks(plane: Plane, steps: Int32Array): Plane {
  const { width, height, data } = plane;
  const result = new Uint8Array(data.length);
  const block = new Int32Array(64);
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      roundedFrequencies(plane, left, top, steps, block);
      for (let i = 0; i < 64; i++) block[i]! *= steps[i]!;
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
