// A drawn digit as MNIST's were made: fitted into a box of 20 × 20 with its aspect ratio kept, and put into 28 × 28 so that its centre of mass lies in the middle.
// Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
import { type Picture, resized } from "../../src/entry/picture.ts";

/** Side of the box as a share of the whole. */
const box = 20 / 28;

/** White ink on black as a picture of `width × height`; what is larger or smaller than 28 × 28 keeps the proportions. An empty drawing stays black. */
export function centredDigit(drawing: Picture, width: number, height: number): Picture {
  const data = new Uint8Array(width * height);
  const ink = inked(drawing);
  if (!ink) return { width, height, channels: 1, data };
  const side = Math.max(1, Math.round(box * Math.min(width, height)));
  const scale = side / Math.max(ink.width, ink.height);
  const fitted = resized(ink, scaled(ink.width, scale), scaled(ink.height, scale));
  const [x, y] = centreOfMass(fitted);
  const left = within(Math.round(width / 2 - x), width - fitted.width);
  const top = within(Math.round(height / 2 - y), height - fitted.height);
  for (let row = 0; row < fitted.height; row++) {
    const from = row * fitted.width;
    data.set(fitted.data.subarray(from, from + fitted.width), (top + row) * width + left);
  }
  return { width, height, channels: 1, data };
}

function scaled(size: number, scale: number): number {
  return Math.max(1, Math.round(size * scale));
}

function within(at: number, most: number): number {
  return Math.max(0, Math.min(most, at));
}

/** The smallest part that holds all ink; null where there is none. */
function inked({ width, height, data }: Picture): Picture | null {
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (data[at] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return null;
  const [w, h] = [right - left + 1, bottom - top + 1];
  const part = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    const from = (top + y) * width + left;
    part.set(data.subarray(from, from + w), y * w);
  }
  return { width: w, height: h, channels: 1, data: part };
}

/** In pixels from the picture's corner; a pixel's mass lies in its middle. */
function centreOfMass({ width, height, data }: Picture): readonly [x: number, y: number] {
  let [mass, x, y] = [0, 0, 0];
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at++) {
      mass += data[at]!;
      x += data[at]! * (column + 0.5);
      y += data[at]! * (row + 0.5);
    }
  }
  return mass === 0 ? [width / 2, height / 2] : [x / mass, y / mass];
}
