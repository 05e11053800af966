// The network's input beside the same with a map over it, as one picture. Knows no networks and no files.
import type { Picture } from "../picture/picture.ts";
import { toRgb } from "../picture/picture.ts";
import { Canvas, type Colour, fitted } from "../plot/canvas.ts";
import { colourAt } from "../plot/colourMap.ts";
import { type HeatMap, overlayPicture } from "../plot/overlay.ts";
import { enlarged } from "../plot/pictureGrid.ts";

const ink: Colour = [45, 48, 52];
const gap = 12;
const captionHeight = 22;
/** Small pictures are enlarged by whole factors to about this side. */
const side = 256;
const scale = { width: 10, gap: 6 };

/** Input, overlay and the colours from nothing to the map's largest value, under a title. */
export function explanationPicture(shown: Picture, heat: HeatMap, title: string): Picture {
  const rgb = toRgb(shown);
  const factor = Math.max(1, Math.round(side / Math.max(rgb.width, rgb.height)));
  const input = enlarged(rgb, factor);
  const overlay = overlayPicture(input, heat);
  const { width, height } = input;
  const canvas = new Canvas(
    3 * gap + 2 * width + scale.gap + scale.width,
    gap + captionHeight + height + gap,
  );
  canvas.text(gap, gap + 9, fitted(title, canvas.width - 2 * gap), { colour: ink, bold: true });
  const top = gap + captionHeight;
  canvas.picture(input, gap, top);
  canvas.picture(overlay, 2 * gap + width, top);
  const left = 2 * gap + 2 * width + scale.gap;
  for (let y = 0; y < height; y++) canvas.box(left, top + y, scale.width, 1, colourAt(1 - y / (height - 1)));
  return canvas;
}
