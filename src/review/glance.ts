// What a review keeps of one picture: a few numbers, two sums and a thumbnail, never the pixels. Knows no folders, classes or other pictures.
import { files } from "#files";
import { FoveaError, UnsupportedError } from "../base/errors.ts";
import type { PictureLimits } from "../data/pictureDataset.ts";
import { decodeImage, type ImageFormat, pictureInfo } from "../picture/image.ts";
import { type Picture, toGrey, toRgb } from "../picture/picture.ts";
import { resample } from "../picture/resample.ts";
import { type Signature, signatureOf, thumbnailSize } from "./signature.ts";

/** Squares on a side of the colour grid. */
export const colourGrid = 8;
/** Larger files than this are not read, in bytes. */
const largestFile = 2 ** 28;
/** R, G and B of a grey pixel are no further apart than coding makes them, in levels. */
const greySpread = 4;

/** How names of files of a format end. */
const endings: Readonly<Record<ImageFormat, RegExp>> = {
  png: /\.png$/i,
  jpeg: /\.(jpe?g|jpe|jfif)$/i,
  webp: /\.webp$/i,
};

/** What is kept of any picture. */
export interface Glance {
  readonly width: number;
  readonly height: number;
  /** True where R, G and B are nearly the same everywhere. */
  readonly isGrey: boolean;
  /** True where a pixel is not opaque. */
  readonly hasAlpha: boolean;
  /** Mean of the values 0 … 1 of red, green and blue, what is transparent laid on white. */
  readonly mean: readonly [number, number, number];
  /** Mean of their squares. */
  readonly square: readonly [number, number, number];
  readonly light: Light;
}

/** Brightness of a picture's pixels, or of its thumbnail's where that is smaller, in levels 0 … 255. */
export interface Light {
  readonly mean: number;
  readonly deviation: number;
  /** One pixel of a hundred is darker. */
  readonly low: number;
  /** One pixel of a hundred is brighter. */
  readonly high: number;
}

/** What is kept of a picture in a file. */
export interface FileGlance extends Glance {
  /** EXIF's orientation, 1 … 8. */
  readonly orientation: number;
  /** The content's format where the name promises another; null where they agree. */
  readonly misnamed: string | null;
  /** Brightness, squeezed into `thumbnailSize` squared, row by row. */
  readonly thumbnail: Uint8Array;
  /** Red less green and blue less green, halved, plus 128, on `colourGrid` squared squares: first all of one, then all of the other. */
  readonly colour: Uint8Array;
  /** Null for pictures of one colour. */
  readonly signature: Signature | null;
  /** SHA-256 of the file, and of size and pixels. */
  readonly fileSum: string;
  readonly pixelSum: string;
}

/** Why a file gives no picture. */
export interface Unreadable {
  readonly problem: "empty" | "unsupported" | "damaged";
  readonly reason: string;
}

/** Reads a file and looks at it; what can't be decoded is a result, not an error. */
export async function glanceAtFile(
  file: string,
  limits: PictureLimits = {},
): Promise<FileGlance | Unreadable> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(file, largestFile);
  } catch (error) {
    const reason = error instanceof Error ? withoutName(error.message, file) : String(error);
    return { problem: "damaged", reason };
  }
  if (bytes.length === 0) return { problem: "empty", reason: "the file is empty" };
  try {
    const picture = await decodeImage(bytes, { ...limits, file });
    const { format, orientation } = pictureInfo(bytes, { ...limits, file });
    const [fileSum, pixelSum] = await Promise.all([sha256(bytes), sumOfPixels(picture)]);
    const small = resample(toRgb(picture), thumbnailSize, thumbnailSize);
    const thumbnail = toGrey(small).data;
    return {
      ...glanceAt(picture, thumbnail),
      orientation,
      misnamed: endings[format].test(file) ? null : format.toUpperCase(),
      thumbnail,
      colour: colours(resample(small, colourGrid, colourGrid).data),
      signature: signatureOf(thumbnail),
      fileSum,
      pixelSum,
    };
  } catch (error) {
    if (!(error instanceof FoveaError)) throw error;
    const reason = withoutName(error.message, file);
    return { problem: error instanceof UnsupportedError ? "unsupported" : "damaged", reason };
  }
}

/** Looks at a picture; `brightness` is that of its pixels or of fewer that stand for them. */
export function glanceAt(picture: Picture, brightness: Uint8Array = toGrey(picture).data): Glance {
  const { width, height, channels, data } = picture;
  const rgb = toRgb(picture);
  return {
    width,
    height,
    isGrey: channels < 3 || isGrey(rgb.data),
    hasAlpha: channels % 2 === 0 && data.some((value, i) => i % channels === channels - 1 && value < 255),
    ...moments(rgb.data),
    light: lightOf(brightness),
  };
}

function lightOf(brightness: Uint8Array): Light {
  const counts = new Uint32Array(256);
  let [sum, squares] = [0, 0];
  for (const value of brightness) {
    counts[value]!++;
    sum += value;
    squares += value * value;
  }
  const n = brightness.length;
  const levelAt = (share: number): number => {
    let left = Math.ceil(share * n);
    return Math.max(
      0,
      counts.findIndex((count) => (left -= count) <= 0),
    );
  };
  const mean = sum / n;
  const deviation = Math.sqrt(Math.max(0, squares / n - mean * mean));
  return { mean, deviation, low: levelAt(0.01), high: levelAt(0.99) };
}

function isGrey(rgb: Uint8Array): boolean {
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    if (Math.abs(r - g) > greySpread || Math.abs(b - g) > greySpread) return false;
  }
  return true;
}

function moments(rgb: Uint8Array): Pick<Glance, "mean" | "square"> {
  let [r, g, b, rr, gg, bb] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < rgb.length; i += 3) {
    const red = rgb[i]!;
    const green = rgb[i + 1]!;
    const blue = rgb[i + 2]!;
    r += red;
    g += green;
    b += blue;
    rr += red * red;
    gg += green * green;
    bb += blue * blue;
  }
  const one = 255 * (rgb.length / 3);
  return {
    mean: [r / one, g / one, b / one],
    square: [rr / (255 * one), gg / (255 * one), bb / (255 * one)],
  };
}

function colours(rgb: Uint8Array): Uint8Array {
  const squares = colourGrid ** 2;
  const result = new Uint8Array(2 * squares);
  for (let i = 0; i < squares; i++) {
    const green = rgb[3 * i + 1]!;
    result[i] = 128 + (rgb[3 * i]! - green) / 2;
    result[squares + i] = 128 + (rgb[3 * i + 2]! - green) / 2;
  }
  return result;
}

async function sumOfPixels({ width, height, channels, data }: Picture): Promise<string> {
  return `${width}×${height}×${channels} ${await sha256(data)}`;
}

async function sha256(bytes: Uint8Array): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A message without the file's name before it, which a finding shows anyway. */
function withoutName(message: string, file: string): string {
  return message.startsWith(`${file}: `) ? message.slice(file.length + 2) : message;
}
