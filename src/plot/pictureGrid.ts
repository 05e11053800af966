// Pictures in a grid with a line of text below each. Knows no files and no data sets.
import { letterbox, type Picture, toRgb } from "../picture/picture.ts";
import { Canvas, type Colour, fitted } from "./canvas.ts";

const paper: Colour = [255, 255, 255];
const ink: Colour = [45, 48, 52];
const gap = 6;
const captionHeight = 14;

/** One tile. */
export interface Tile {
  readonly picture: Picture;
  readonly caption: string;
}

/** Side of a tile in pixels by default. */
const tileSide = 72;

/** The tiles row by row, as square as may be; small pictures are enlarged by whole factors, so that their pixels are seen. */
export function pictureGrid(
  tiles: readonly Tile[],
  { side = tileSide }: { readonly side?: number } = {},
): Picture {
  const columns = Math.ceil(Math.sqrt(tiles.length));
  const rows = Math.ceil(tiles.length / columns);
  const canvas = new Canvas(gap + columns * (side + gap), gap + rows * (side + captionHeight + gap), paper);
  for (const [i, { picture, caption }] of tiles.entries()) {
    const left = gap + (i % columns) * (side + gap);
    const top = gap + Math.floor(i / columns) * (side + captionHeight + gap);
    canvas.picture(tileOf(picture, side), left, top);
    canvas.text(left, top + side + 11, fitted(caption, side, 7), { size: 7, colour: ink });
  }
  return canvas;
}

function tileOf(picture: Picture, side: number): Picture {
  const rgb = toRgb(picture);
  const factor = Math.floor(side / Math.max(rgb.width, rgb.height));
  return letterbox(factor > 1 ? enlarged(rgb, factor) : rgb, side, side, [...paper]);
}

/** Each pixel as a square of them. */
export function enlarged({ width, height, channels, data }: Picture, factor: number): Picture {
  const result = new Uint8Array(width * height * channels * factor * factor);
  let to = 0;
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width: width * factor, height: height * factor, channels, data: result };
}
