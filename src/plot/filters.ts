// The weights of a first convolution as pictures. Knows no network.
import type { Picture } from "../picture/picture.ts";

/** Most filters that are shown. */
const mostFilters = 64;

/**
 * Filters `[out, channels, height, width]` of 1 or 3 channels in a grid with a pixel between them: 0 is middle grey, and the largest weight of each
 * filter, by its size, is black or white. Null for other shapes.
 */
export function filterPicture(weights: ArrayLike<number>, shape: readonly number[]): Picture | null {
  const [all = 0, channels = 0, rows = 0, columns = 0] = shape;
  if (shape.length !== 4 || (channels !== 1 && channels !== 3) || all === 0) return null;
  const filters = Math.min(all, mostFilters);
  const across = Math.min(filters, Math.max(4, Math.ceil(Math.sqrt(filters * 2))));
  const down = Math.ceil(filters / across);
  const width = across * (columns + 1) - 1;
  const height = down * (rows + 1) - 1;
  // Transparent between the filters, so that any paper fits.
  const data = new Uint8Array(width * height * 4);
  const plane = rows * columns;
  for (let f = 0; f < filters; f++) {
    const start = f * channels * plane;
    let largest = 0;
    for (let i = 0; i < channels * plane; i++) largest = Math.max(largest, Math.abs(weights[start + i]!));
    const scale = largest > 0 ? 127.5 / largest : 0;
    for (let p = 0; p < plane; p++) {
      const x = (f % across) * (columns + 1) + (p % columns);
      const y = Math.floor(f / across) * (rows + 1) + Math.floor(p / columns);
      const to = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const weight = weights[start + (channels === 3 ? c : 0) * plane + p]!;
        data[to + c] = Math.round(127.5 + weight * scale);
      }
      data[to + 3] = 255;
    }
  }
  return { width, height, channels: 4, data };
}
