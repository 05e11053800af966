// Pictures from and to planes: networks take channels one after another, pictures have them side by side.
import type { Picture } from "./picture.ts";

/** Sample `index` of bytes `[n, channels, height, width]` as a picture; a grey one shares the memory. */
export function fromPlanes(
  data: Uint8Array,
  [channels, height, width]: readonly [number, number, number],
  index = 0,
): Picture {
  const plane = height * width;
  const start = index * channels * plane;
  if (channels === 1) return { width, height, channels, data: data.subarray(start, start + plane) };
  const pixels = new Uint8Array(channels * plane);
  for (let c = 0, from = start; c < channels; c++) {
    for (let to = c; to < pixels.length; to += channels) pixels[to] = data[from++]!;
  }
  return { width, height, channels, data: pixels };
}

/** Writes a picture as `[channels, height, width]` into `target` from `at` on. */
export function toPlanes({ channels, data }: Picture, target: Uint8Array, at = 0): void {
  if (channels === 1) {
    target.set(data, at);
    return;
  }
  const plane = data.length / channels;
  if (channels === 3) {
    // One way through the pixels instead of three.
    const [green, blue] = [at + plane, at + 2 * plane];
    for (let i = 0, from = 0; i < plane; i++, from += 3) {
      target[at + i] = data[from]!;
      target[green + i] = data[from + 1]!;
      target[blue + i] = data[from + 2]!;
    }
    return;
  }
  for (let c = 0, to = at; c < channels; c++) {
    for (let from = c; from < data.length; from += channels) target[to++] = data[from]!;
  }
}
