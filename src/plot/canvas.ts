// Pixels to draw on: boxes, smooth lines, dots and text. Knows nothing of plots.
import type { Picture } from "../picture/picture.ts";
import { glyphsOf, letterSpacing, textUnits } from "./glyphs.ts";

/** Red, green and blue, 0 … 255. */
export type Colour = readonly [red: number, green: number, blue: number];

export type Point = readonly [x: number, y: number];

/** How text is set. */
export interface TextStyle {
  /** Height of capitals in pixels. Default 9. */
  readonly size?: number;
  readonly colour?: Colour;
  /** What of the text lies at x. Default "start". */
  readonly align?: "start" | "middle" | "end";
  readonly bold?: boolean;
  /** From bottom to top rather than from left to right. */
  readonly upwards?: boolean;
}

/** Width of the strokes of text, in pixels, at a height of 9. */
const regular = 1.25;
const bold = 1.9;

/** An opaque picture in the making; coordinates are pixels from the upper left corner, those of a pixel's centre end in .5. */
export class Canvas implements Picture {
  readonly width: number;
  readonly height: number;
  readonly channels = 3;
  readonly data: Uint8Array;

  constructor(width: number, height: number, paper: Colour = [255, 255, 255]) {
    this.width = width;
    this.height = height;
    this.data = new Uint8Array(width * height * 3);
    this.box(0, 0, width, height, paper);
  }

  /** A filled box; edges are rounded to whole pixels. */
  box(x: number, y: number, width: number, height: number, colour: Colour): void {
    const [left, right] = [Math.max(0, Math.round(x)), Math.min(this.width, Math.round(x + width))];
    const [top, bottom] = [Math.max(0, Math.round(y)), Math.min(this.height, Math.round(y + height))];
    if (left >= right || top >= bottom) return;
    const start = (top * this.width + left) * 3;
    const length = (right - left) * 3;
    for (let at = start; at < start + length; at += 3) this.data.set(colour, at);
    for (let row = top + 1; row < bottom; row++) {
      this.data.copyWithin((row * this.width + left) * 3, start, start + length);
    }
  }

  /** A line of round ends and joints through points. */
  line(points: readonly Point[], width: number, colour: Colour): void {
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const from = points[i];
      if (from) this.#segment(from, points[i + 1] ?? from, width, colour);
    }
  }

  /** A filled disc. */
  dot(x: number, y: number, radius: number, colour: Colour): void {
    this.#segment([x, y], [x, y], 2 * radius, colour);
  }

  /** An RGB picture, pixel by pixel, with its upper left corner at a place; it must lie within the canvas. */
  picture({ width, height, data }: Picture, left: number, top: number): void {
    for (let y = 0; y < height; y++) {
      this.data.set(data.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * this.width + left) * 3);
    }
  }

  /** Text whose line is at y; what has no glyph is shown as a box. */
  text(x: number, y: number, text: string, style: TextStyle = {}): void {
    const { size = 9, colour = [0, 0, 0], align = "start", upwards = false } = style;
    const unit = size / 8;
    const shift = align === "start" ? 0 : textWidth(text, size) * (align === "middle" ? 0.5 : 1);
    const width = ((style.bold ? bold : regular) * size) / 9;
    let pen = -shift;
    for (const glyph of glyphsOf(text)) {
      for (const stroke of glyph.strokes) {
        const points = stroke.map(([u, v]): Point => {
          const [along, across] = [pen + u * unit, (v - 8) * unit];
          return upwards ? [x + across, y - along] : [x + along, y + across];
        });
        this.line(points, width, colour);
      }
      pen += (glyph.width + letterSpacing) * unit;
    }
  }

  /** Each pixel takes as much of the colour as the segment covers of it, by its centre's distance. */
  #segment([x1, y1]: Point, [x2, y2]: Point, width: number, colour: Colour): void {
    const reach = width / 2 + 0.5;
    const left = Math.max(0, Math.floor(Math.min(x1, x2) - reach));
    const right = Math.min(this.width - 1, Math.ceil(Math.max(x1, x2) + reach));
    const top = Math.max(0, Math.floor(Math.min(y1, y2) - reach));
    const bottom = Math.min(this.height - 1, Math.ceil(Math.max(y1, y2) + reach));
    const [dx, dy] = [x2 - x1, y2 - y1];
    const square = dx * dx + dy * dy;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const [px, py] = [column + 0.5 - x1, row + 0.5 - y1];
        const along = square === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / square));
        const [ex, ey] = [px - along * dx, py - along * dy];
        const share = reach - Math.sqrt(ex * ex + ey * ey); // Math.hypot is several times slower
        if (share > 0) this.#blend(column, row, Math.min(1, share), colour);
      }
    }
  }

  #blend(x: number, y: number, share: number, colour: Colour): void {
    const at = (y * this.width + x) * 3;
    for (let c = 0; c < 3; c++) {
      this.data[at + c] = Math.round(this.data[at + c]! + (colour[c]! - this.data[at + c]!) * share);
    }
  }
}

/** Pixels that a text is wide, at a height of its capitals. */
export function textWidth(text: string, size = 9): number {
  return (textUnits(text) * size) / 8;
}

/** The text, or as much of its beginning as has room. */
export function fitted(text: string, width: number, size = 9): string {
  if (textWidth(text, size) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join("")}…`, size) > width) letters.pop();
  return `${letters.join("")}…`;
}
