// Crops, flips, borders and sizes: pixels move and keep their values, except where a size changes.
import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import type { Picture } from "../../picture/picture.ts";
import { type Interpolation, interpolations, resample } from "../../picture/resample.ts";
import {
  checkFill,
  checkName,
  checkNumber,
  checkPicture,
  checkSize,
  type Fill,
  fillBytes,
  shown,
} from "./check.ts";

/** A picture without its pixels. */
export interface PictureShape {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** A rectangle of pixels. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The length of the shorter edge, or `[height, width]`. */
export type ResizeSize = number | readonly [number, number];

/** How a picture gets another size. */
export interface ResizeOptions {
  /** Default "bilinear". */
  readonly interpolation?: Interpolation;
  /** Most pixels of the longer edge, where `size` is the shorter one; the shorter one gets less then. */
  readonly maxSize?: number | null;
  /** Default true: the filter widens where the picture shrinks, as Pillow's does. */
  readonly antialias?: boolean;
}

/** How pixels beyond an edge are made. */
export type PaddingMode = "constant" | "edge" | "reflect" | "symmetric";

/** All edges; `[left and right, top and bottom]`; or `[left, top, right, bottom]`. */
export type Padding = number | readonly number[];

/** What a border is made of. */
export interface PadOptions {
  /** Bytes of the border, for "constant". Default 0. */
  readonly fill?: Fill;
  /** Default "constant". */
  readonly paddingMode?: PaddingMode;
}

const paddingModes: readonly PaddingMode[] = ["constant", "edge", "reflect", "symmetric"];

/** Mirrored left to right. */
export function horizontalFlip(picture: Picture): Picture {
  checkPicture("horizontalFlip", picture);
  const { width, height, channels, data } = picture;
  const result = new Uint8Array(data.length);
  const rowBytes = width * channels;
  for (let y = 0; y < height; y++) {
    let to = y * rowBytes;
    for (let from = (y + 1) * rowBytes - channels; from >= y * rowBytes; from -= channels) {
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: result };
}

/** Mirrored upside down. */
export function verticalFlip(picture: Picture): Picture {
  checkPicture("verticalFlip", picture);
  const { width, height, channels, data } = picture;
  const result = new Uint8Array(data.length);
  const rowBytes = width * channels;
  for (let y = 0; y < height; y++) {
    result.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), (height - 1 - y) * rowBytes);
  }
  return { width, height, channels, data: result };
}

/** A quarter turn counterclockwise, `quarters` times. */
export function rotate90(picture: Picture, quarters: number): Picture {
  const { width, height, channels, data } = picture;
  const turns = ((quarters % 4) + 4) % 4;
  if (turns === 0) return picture;
  const [newWidth, newHeight] = turns === 2 ? [width, height] : [height, width];
  const result = new Uint8Array(data.length);
  // The source of (0, 0), and the steps to the sources of the next column and the next row, in pixels.
  const [start, column, line] =
    turns === 1
      ? [width - 1, width, -1]
      : turns === 2
        ? [width * height - 1, -1, -width]
        : [(height - 1) * width, -width, 1];
  let to = 0;
  for (let y = 0; y < newHeight; y++) {
    for (let x = 0; x < newWidth; x++) {
      const from = (start + y * line + x * column) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width: newWidth, height: newHeight, channels, data: result };
}

/** A rectangle of the picture; what lies outside of it is 0. */
export function crop(picture: Picture, top: number, left: number, height: number, width: number): Picture {
  checkPicture("crop", picture);
  checkSize("crop", [height, width]);
  for (const [name, value] of [["top", top] as const, ["left", left] as const]) {
    checkNumber("crop", name, value, { whole: true });
  }
  const { channels, data } = picture;
  const result = new Uint8Array(height * width * channels);
  const from = Math.max(0, left);
  const end = Math.min(picture.width, left + width);
  if (from < end) {
    for (let y = Math.max(0, top); y < Math.min(picture.height, top + height); y++) {
      const row = data.subarray((y * picture.width + from) * channels, (y * picture.width + end) * channels);
      result.set(row, ((y - top) * width + from - left) * channels);
    }
  }
  return { width, height, channels, data: result };
}

/** The middle of the picture; a smaller picture gets a border of 0 first. `size`: a square's edge, or `[height, width]`. */
export function centerCrop(picture: Picture, size: ResizeSize): Picture {
  const [height, width] = checkSize("centerCrop", size);
  return crop(picture, cropStart(picture.height, height), cropStart(picture.width, width), height, width);
}

/** Where a centred crop begins: half the rest, to even; a negative rest is border, whose shorter half comes first. */
function cropStart(from: number, to: number): number {
  const rest = from - to;
  if (rest < 0) return -Math.floor(-rest / 2);
  const low = Math.floor(rest / 2);
  return rest % 2 === 1 && low % 2 === 1 ? low + 1 : low;
}

/** The height and width that `resize` gives. */
export function resizedSize(
  { width, height }: { readonly width: number; readonly height: number },
  size: ResizeSize,
  maxSize: number | null = null,
): readonly [number, number] {
  if (typeof size !== "number") return checkSize("resize", size);
  checkNumber("resize", "size", size, { least: 1, whole: true });
  const [short, long] = width <= height ? [width, height] : [height, width];
  let edges = [size, Math.trunc((size * long) / short)];
  if (maxSize !== null && edges[1]! > maxSize) {
    edges = [Math.max(1, Math.trunc((maxSize * edges[0]!) / edges[1]!)), maxSize];
  }
  const [newShort, newLong] = edges as [number, number];
  return width <= height ? [newLong, newShort] : [newShort, newLong];
}

/**
 * Another size. A number is the length of the shorter edge and keeps the aspect ratio; `[height, width]` gives exactly that size,
 * and stretches where the ratio differs.
 */
export function resize(picture: Picture, size: ResizeSize, options: ResizeOptions = {}): Picture {
  checkResize("resize", size, options);
  const { interpolation = "bilinear", maxSize = null, antialias = true } = options;
  checkPicture("resize", picture);
  const [height, width] = resizedSize(picture, size, maxSize);
  return resample(picture, width, height, { interpolation, antialias });
}

/** Throws OptionError for sizes and options that `resize` does not take. */
export function checkResize(op: string, size: ResizeSize, options: ResizeOptions): void {
  checkSize(op, size);
  checkOptions(op, options, ["interpolation", "maxSize", "antialias"]);
  const { interpolation = "bilinear", maxSize = null } = options;
  checkName(op, "interpolation", interpolation, interpolations);
  if (maxSize === null) return;
  if (typeof size !== "number") {
    throw new OptionError(
      `${op}: maxSize bounds the longer edge where size is the shorter one; size ${shown(size)} already gives both. Leave maxSize out`,
    );
  }
  checkNumber(op, "maxSize", maxSize, { least: size, above: true, whole: true });
}

/** `[left, top, right, bottom]` of a padding. */
export function paddingOf(op: string, padding: Padding): readonly [number, number, number, number] {
  const given = typeof padding === "number" ? [padding] : padding;
  const fits = (n: unknown) => Number.isInteger(n) && (n as number) >= 0;
  if (!Array.isArray(given) || ![1, 2, 4].includes(given.length) || !given.every(fits)) {
    throw new OptionError(
      `${op}: padding must be a whole number of at least 0, or 2 (left and right, top and bottom) or 4 of them (left, top, right, bottom); ` +
        `got ${shown(padding)}${given.some?.((n) => n < 0) ? ". To cut pixels off, crop" : ""}`,
    );
  }
  const [a, b = a, c = a, d = b] = given as [number, number?, number?, number?];
  return [a, b, c, d];
}

/** Throws OptionError for options that `pad` does not take. */
export function checkPad(op: string, { fill = 0, paddingMode = "constant" }: PadOptions): void {
  checkName(op, "paddingMode", paddingMode, paddingModes);
  checkFill(op, fill);
}

/**
 * Adds a border. "constant" is `fill`; "edge" repeats the last pixel; "reflect" mirrors about it (… c b | a b c), "symmetric" mirrors
 * with it (… b a | a b c).
 */
export function pad(picture: Picture, padding: Padding, options: PadOptions = {}): Picture {
  checkPicture("pad", picture);
  checkOptions("pad", options, ["fill", "paddingMode"]);
  checkPad("pad", options);
  const { fill = 0, paddingMode = "constant" } = options;
  const [left, top, right, bottom] = paddingOf("pad", padding);
  const { channels, data } = picture;
  const width = picture.width + left + right;
  const height = picture.height + top + bottom;
  const result = new Uint8Array(width * height * channels);
  if (paddingMode === "constant") {
    const bytes = fillBytes("pad", fill, channels);
    if (bytes.some((byte) => byte > 0))
      for (let i = 0; i < result.length; i++) result[i] = bytes[i % channels]!;
    const rowBytes = picture.width * channels;
    for (let y = 0; y < picture.height; y++) {
      const row = data.subarray(y * rowBytes, (y + 1) * rowBytes);
      result.set(row, ((y + top) * width + left) * channels);
    }
    return { width, height, channels, data: result };
  }
  const columns = borderPlaces(picture.width, left, right, paddingMode);
  const lines = borderPlaces(picture.height, top, bottom, paddingMode);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const line = lines[y]! * picture.width;
    for (let x = 0; x < width; x++) {
      const from = (line + columns[x]!) * channels;
      for (let c = 0; c < channels; c++) result[to++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: result };
}

/** Where the pixels of a padded axis come from. */
function borderPlaces(size: number, before: number, after: number, mode: PaddingMode): Int32Array {
  const most = mode === "edge" ? Number.POSITIVE_INFINITY : mode === "reflect" ? size - 1 : size;
  if (Math.max(before, after) > most) {
    throw new ShapeError(
      `pad: paddingMode "${mode}" can add at most ${most} pixels beside ${size}; got ${Math.max(before, after)}. Take "edge" or "constant"`,
    );
  }
  const mirror = mode === "reflect" ? 0 : 1;
  return Int32Array.from({ length: before + size + after }, (_, i) => {
    const at = i - before;
    if (mode === "edge") return Math.min(Math.max(at, 0), size - 1);
    if (at < 0) return -at - mirror;
    return at < size ? at : 2 * size - 2 - at + mirror;
  });
}
