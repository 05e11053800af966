// From planes of components to pixels: colours brought to full resolution and turned into RGB, with libjpeg's arithmetic and so its bytes.
// Knows no coding. Sources: JFIF 1.02 (colours); libjpeg's triangle filter ("fancy upsampling").
import type { Component, Frame } from "./segments.ts";

/** What the components mean. */
export type Colours = "grey" | "YCbCr" | "RGB" | "CMYK" | "YCCK";

/** The pixels: one channel for grey, three for others. `inverted` tells that 255 of CMYK means no ink. */
export function toPixels(
  frame: Frame,
  planes: readonly Uint8ClampedArray[],
  colours: Colours,
  inverted: boolean,
): Uint8Array {
  const { width, height, components } = frame;
  const channels = colours === "grey" ? 1 : 3;
  const pixels = new Uint8ClampedArray(width * height * channels);
  const readers = components.map((component, i) => rowReader(frame, component, planes[i]!));
  for (let y = 0; y < height; y++) {
    const rows = readers.map((reader) => reader(y));
    const at = y * width * channels;
    if (colours === "grey") pixels.set(rows[0]!.subarray(0, width), at);
    else if (colours === "YCbCr") fromYCbCr(rows[0]!, rows[1]!, rows[2]!, pixels, at, width);
    else if (colours === "RGB") fromRgb(rows[0]!, rows[1]!, rows[2]!, pixels, at, width);
    else fromInk(rows as [Row, Row, Row, Row], pixels, at, width, colours === "YCCK", inverted);
  }
  return new Uint8Array(pixels.buffer);
}

type Row = Uint8ClampedArray;

/** Gives the rows of a component at the picture's resolution; a row is good until the next is asked for. */
function rowReader(frame: Frame, component: Component, plane: Row): (y: number) => Row {
  const stride = component.lineBlocks * 8;
  const { width, height } = component;
  const across = frame.mostAcross / component.across;
  const down = frame.mostDown / component.down;
  const line = (y: number) => plane.subarray(y * stride, (y + 1) * stride);
  if (across === 1 && down === 1) return line;
  const row = new Uint8ClampedArray(Math.ceil(frame.width / across) * across);
  // The neighbour that a row is mixed with, above for even rows and below for odd ones; the picture's edge goes on.
  const beside = (y: number) => line(Math.min(Math.max((y >> 1) + (y & 1 ? 1 : -1), 0), height - 1));
  if (across === 2 && down === 1 && width > 2) {
    return (y) => {
      widen(line(y), width, row);
      return row;
    };
  }
  if (across === 2 && down === 2 && width > 2) {
    const mixed = new Int16Array(width);
    return (y) => {
      const near = line(y >> 1);
      const far = beside(y);
      for (let x = 0; x < width; x++) mixed[x] = 3 * near[x]! + far[x]!;
      widenMixed(mixed, width, row);
      return row;
    };
  }
  if (across === 1 && down === 2) {
    return (y) => {
      const near = line(y >> 1);
      const far = beside(y);
      for (let x = 0; x < width; x++) row[x] = (3 * near[x]! + far[x]! + 1 + (y & 1)) >> 2;
      return row;
    };
  }
  return (y) => {
    const near = line(Math.floor(y / down));
    for (let x = 0; x < row.length; x++) row[x] = near[Math.floor(x / across)]!;
    return row;
  };
}

/** Twice as wide: each sample is ¾ of the nearest and ¼ of the next one, ties up and down in turn. */
function widen(from: Row, width: number, to: Row): void {
  const last = width - 1;
  to[0] = from[0]!;
  to[1] = (3 * from[0]! + from[1]! + 2) >> 2;
  for (let x = 1; x < last; x++) {
    const value = 3 * from[x]!;
    to[2 * x] = (value + from[x - 1]! + 1) >> 2;
    to[2 * x + 1] = (value + from[x + 1]! + 2) >> 2;
  }
  to[2 * last] = (3 * from[last]! + from[last - 1]! + 1) >> 2;
  to[2 * last + 1] = from[last]!;
}

/** `widen` for rows that were mixed of two, and so are four times as large. */
function widenMixed(from: Int16Array, width: number, to: Row): void {
  const last = width - 1;
  let before = from[0]!;
  let value = before;
  for (let x = 0; x < last; x++) {
    const after = from[x + 1]!;
    to[2 * x] = (3 * value + before + 8) >> 4;
    to[2 * x + 1] = (3 * value + after + 7) >> 4;
    before = value;
    value = after;
  }
  to[2 * last] = (3 * value + before + 8) >> 4;
  to[2 * last + 1] = (4 * value + 7) >> 4;
}

/** JFIF's factors in 1 / 2^16. */
function fromYCbCr(luma: Row, blue: Row, red: Row, to: Row, at: number, width: number): void {
  for (let x = 0, i = at; x < width; x++, i += 3) {
    const y = luma[x]!;
    const u = blue[x]! - 128;
    const v = red[x]! - 128;
    to[i] = y + ((91881 * v + 32768) >> 16);
    to[i + 1] = y + ((-22554 * u - 46802 * v + 32768) >> 16);
    to[i + 2] = y + ((116130 * u + 32768) >> 16);
  }
}

function fromRgb(red: Row, green: Row, blue: Row, to: Row, at: number, width: number): void {
  for (let x = 0, i = at; x < width; x++, i += 3) {
    to[i] = red[x]!;
    to[i + 1] = green[x]!;
    to[i + 2] = blue[x]!;
  }
}

/** Paper less ink, as Pillow has it: each colour's share of what black leaves. */
function fromInk(
  [first, second, third, black]: [Row, Row, Row, Row],
  to: Row,
  at: number,
  width: number,
  isYcck: boolean,
  inverted: boolean,
): void {
  const ink = new Uint8ClampedArray(3 * width);
  if (isYcck) {
    fromYCbCr(first, second, third, ink, 0, width);
    for (let i = 0; i < ink.length; i++) ink[i] = 255 - ink[i]!;
  } else fromRgb(first, second, third, ink, 0, width);
  const flip = inverted ? 255 : 0;
  for (let x = 0, i = 0; x < width; x++) {
    const paper = 255 - (black[x]! ^ flip);
    for (let c = 0; c < 3; c++, i++) {
      const product = (ink[i]! ^ flip) * paper + 128;
      to[at + i] = paper - (((product >> 8) + product) >> 8);
    }
  }
}
