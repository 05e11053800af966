// From planes of components to pixels: colours brought to full resolution and turned into RGB, as libjpeg does both. Knows no coding.
import type { Planes } from "./planes.ts";
import type { Component, Frame } from "./segments.ts";

/** What the components mean. */
export type Colours = "grey" | "YCbCr" | "RGB" | "CMYK" | "YCCK";

/** The pixels: one channel for grey, three for others. */
export function toPixels(frame: Frame, planes: Planes, colours: Colours): Uint8Array {
  const { width, height, components } = frame;
  const { kernels, bytes, pixels } = planes;
  const channels = colours === "grey" ? 1 : 3;
  const readers = components.map((component, i) => rowReader(frame, component, planes, i));
  const rows = readers.map(() => 0);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < readers.length; i++) rows[i] = readers[i]!(y);
    const at = pixels + y * width * channels;
    if (colours === "grey") bytes.copyWithin(at, rows[0]!, rows[0]! + width);
    else if (colours === "RGB" || colours === "CMYK") interleave(bytes, rows, at, width);
    else kernels.toRgb(rows[0]!, rows[1]!, rows[2]!, at, width);
    if (components.length === 4) printed(bytes, at, rows[3]!, width, colours === "CMYK");
  }
  return bytes.slice(pixels, pixels + width * height * channels);
}

/** Gives the address of a component's row at the picture's resolution; the row is good until the next is asked for. */
function rowReader(
  frame: Frame,
  { across: ownAcross, down: ownDown, width, height }: Component,
  { kernels, bytes, planes, sums, rows }: Planes,
  index: number,
): (y: number) => number {
  const { address, stride } = planes[index]!;
  const row = rows[index]!;
  const across = frame.mostAcross / ownAcross;
  const down = frame.mostDown / ownDown;
  if (across === 1 && down === 1) return (y) => address + y * stride;
  // The neighbour that a row is mixed with, above for even rows and below for odd ones; the picture's edge goes on.
  const beside = (y: number) =>
    address + Math.min(Math.max((y >> 1) + (y & 1 ? 1 : -1), 0), height - 1) * stride;
  if (across === 2 && down <= 2 && width > 2) {
    return (y) => {
      const near = address + (down === 1 ? y : y >> 1) * stride;
      kernels.mix(near, down === 1 ? near : beside(y), sums, width);
      // Ties go up and down in turn.
      if (down === 1) kernels.widen(sums, row, width, 4, 8);
      else kernels.widen(sums, row, width, 8, 7);
      return row;
    };
  }
  if (across === 1 && down === 2) {
    return (y) => {
      const near = address + (y >> 1) * stride;
      const far = beside(y);
      for (let x = 0; x < width; x++)
        bytes[row + x] = (3 * bytes[near + x]! + bytes[far + x]! + 1 + (y & 1)) >> 2;
      return row;
    };
  }
  return (y) => {
    const near = address + Math.floor(y / down) * stride;
    for (let x = 0; x < frame.width; x++) bytes[row + x] = bytes[near + Math.floor(x / across)]!;
    return row;
  };
}

function interleave(bytes: Uint8Array, rows: readonly number[], to: number, width: number): void {
  for (let c = 0; c < 3; c++) {
    const from = rows[c]!;
    for (let x = 0, at = to + c; x < width; x++, at += 3) bytes[at] = bytes[from + x]!;
  }
}

/**
 * A row as it looks on paper, by Pillow's arithmetic: each colour's share of what black leaves. Files hold 255 for no ink, as Adobe's programs
 * began to write them; colours that came by way of RGB are turned round once more.
 */
function printed(bytes: Uint8Array, at: number, black: number, width: number, isCmyk: boolean): void {
  const flip = isCmyk ? 255 : 0;
  for (let x = 0, i = at; x < width; x++) {
    const paper = bytes[black + x]!;
    for (let c = 0; c < 3; c++, i++) {
      const product = (bytes[i]! ^ flip) * paper + 128;
      bytes[i] = paper - (((product >> 8) + product) >> 8);
    }
  }
}
