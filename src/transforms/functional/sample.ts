// Reading a picture at places between its pixels, a row of the result at a time.
import type { Picture } from "../../picture/picture.ts";

/** How values between pixels are found. */
export type WarpInterpolation = "nearest" | "bilinear";

/** Where the pixels of one row of the result come from, in pixels of the source: (0, 0) is the middle of the first pixel. */
export interface Row {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * Fills each row of a result of `width × height` from the places that `place` writes; outside the source there is `fill`, one byte for
 * each channel. Between the outermost pixels and the outside, "bilinear" goes over to `fill` within one pixel.
 */
export function warped(
  picture: Picture,
  width: number,
  height: number,
  interpolation: WarpInterpolation,
  fill: Uint8Array,
  place: (row: Row, y: number) => void,
): Picture {
  const { channels } = picture;
  const row = { x: new Float64Array(width), y: new Float64Array(width) };
  const data = new Uint8Array(width * height * channels);
  const sample = interpolation === "nearest" ? sampleNearest : sampleBilinear;
  for (let y = 0; y < height; y++) {
    place(row, y);
    sample(picture, row, data, y * width * channels, fill);
  }
  return { width, height, channels, data };
}

function sampleNearest(picture: Picture, row: Row, out: Uint8Array, at: number, fill: Uint8Array): void {
  const { width, height, channels, data } = picture;
  const { x: xs, y: ys } = row;
  let to = at;
  for (let i = 0; i < xs.length; i++) {
    const x = Math.floor(xs[i]! + 0.5);
    const y = Math.floor(ys[i]! + 0.5);
    // Also false for NaN, which a perspective's horizon gives.
    if (x >= 0 && x < width && y >= 0 && y < height) {
      const from = (y * width + x) * channels;
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    } else {
      for (let c = 0; c < channels; c++) out[to++] = fill[c]!;
    }
  }
}

function sampleBilinear(picture: Picture, row: Row, out: Uint8Array, at: number, fill: Uint8Array): void {
  const { width, height, channels, data } = picture;
  const { x: xs, y: ys } = row;
  const line = width * channels;
  let to = at;
  for (let i = 0; i < xs.length; i++) {
    const x = xs[i]!;
    const y = ys[i]!;
    if (!(x > -1 && x < width && y > -1 && y < height)) {
      for (let c = 0; c < channels; c++) out[to++] = fill[c]!;
      continue;
    }
    const left = Math.floor(x);
    const top = Math.floor(y);
    const right = x - left;
    const low = y - top;
    const w11 = right * low;
    const w10 = low - w11;
    const w01 = right - w11;
    const w00 = 1 - right - w10;
    const from = top * line + left * channels;
    if (left >= 0 && left < width - 1 && top >= 0 && top < height - 1) {
      const below = from + line;
      for (let c = 0; c < channels; c++) {
        out[to++] =
          data[from + c]! * w00 +
          data[from + channels + c]! * w01 +
          data[below + c]! * w10 +
          data[below + channels + c]! * w11 +
          0.5;
      }
      continue;
    }
    for (let c = 0; c < channels; c++) {
      const beyond = fill[c]!;
      const hasLeft = left >= 0;
      const hasRight = left < width - 1;
      const v00 = hasLeft && top >= 0 ? data[from + c]! : beyond;
      const v01 = hasRight && top >= 0 ? data[from + channels + c]! : beyond;
      const v10 = hasLeft && top < height - 1 ? data[from + line + c]! : beyond;
      const v11 = hasRight && top < height - 1 ? data[from + line + channels + c]! : beyond;
      out[to++] = v00 * w00 + v01 * w01 + v10 * w10 + v11 * w11 + 0.5;
    }
  }
}
