// Draws the maps of a step into pixels, each number as a square.

import type { MapLayout } from "./mapLayout.ts";
import { cornerOf } from "./mapLayout.ts";
import { largest, stepOf } from "./scale.ts";

/** What full colour stands for: the largest size in the whole step, or in each map. */
export type ScaleBy = "step" | "map";

/** Draws into `pixels`, a sheet of `layout.width × layout.height`; gives the largest size in the step. */
export function paintMaps(
  pixels: Uint32Array,
  layout: MapLayout,
  data: Float32Array,
  scale: Uint32Array,
  by: ScaleBy,
): number {
  const { maps, rows, columns, scale: zoom, width } = layout;
  const plane = rows * columns;
  const overall = largest(data);
  for (let map = 0; map < maps; map++) {
    const limit = by === "step" ? overall : largest(data, map * plane, (map + 1) * plane);
    const [left, top] = cornerOf(layout, map);
    for (let row = 0; row < rows; row++) {
      const start = (top + row * zoom) * width + left;
      const from = map * plane + row * columns;
      let at = start;
      for (let column = 0; column < columns; column++) {
        const colour = scale[stepOf(data[from + column]!, limit)]!;
        for (const end = at + zoom; at < end; at++) pixels[at] = colour;
      }
      for (let copy = 1; copy < zoom; copy++) {
        pixels.copyWithin(start + copy * width, start, start + columns * zoom);
      }
    }
  }
  return overall;
}
