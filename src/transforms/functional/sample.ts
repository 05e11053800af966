// Reading a picture at places between its pixels, a row of the result at a time.
import type { Picture } from "../../picture/picture.ts";
import { samplePlaces } from "./bilinear.ts";
import type { Row } from "./workspace.ts";

/** How values between pixels are found. */
export type WarpInterpolation = "nearest" | "bilinear";

/**
 * Fills each row of a result of `width × height` from the places that `place` writes; outside the source there is `fill`, one byte for
 * each channel. Between the outermost pixels and the outside, "bilinear" goes over to `fill` within one pixel.
 */
export function warp(
  picture: Picture,
  width: number,
  height: number,
  interpolation: WarpInterpolation,
  fill: Uint8Array,
  place: (row: Row, y: number) => void,
  target: Uint8Array,
): void {
  if (interpolation === "bilinear") {
    samplePlaces(picture, width, height, fill, place, target);
    return;
  }
  const row = { x: new Float64Array(width), y: new Float64Array(width) };
  // Pixels are read when others have been written already.
  const source = picture.data === target ? { ...picture, data: target.slice() } : picture;
  for (let y = 0; y < height; y++) {
    place(row, y);
    sampleNearest(source, row, target, y * width * picture.channels, fill);
  }
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
