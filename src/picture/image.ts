// Pictures from the bytes of image files: the format is told by content, never by name; limits are checked before
// anything is allocated.
import { decodeRgba } from "#webp";
import { FormatError, OptionError, UnsupportedError } from "../base/errors.ts";
import { checkOptions, checkPositive } from "../base/options.ts";
import { exifOrientation } from "./exif.ts";
import { readSegments } from "./jpeg/segments.ts";
import { coloursOf, decodeJpeg } from "./jpeg.ts";
import { type Picture, upright } from "./picture.ts";
import { decodePng, pngInfo, pngSignature } from "./png.ts";
import "./vectors.ts";
import { decodeWebp, readWebpHeader } from "./webp.ts";

/** How a picture is read. */
export interface ImageOptions {
  /** Name for errors. */
  readonly file?: string | undefined;
  /** Most pixels that a picture may have. Default 100 million. */
  readonly maxPixels?: number | undefined;
}

/** The formats that are read. */
export type ImageFormat = "png" | "jpeg" | "webp";

/** What a file's header says of its picture. */
export interface PictureInfo {
  readonly format: ImageFormat;
  /** Size as it is stored, before the picture is turned upright: from orientation 5 on the two change places. */
  readonly width: number;
  readonly height: number;
  /** Those that `decodeImage` gives. */
  readonly channels: number;
  /** EXIF's orientation, 1 … 8; 1 where the file has none. */
  readonly orientation: number;
}

/** Beginnings of files that are often met under a wrong name. */
const others: readonly (readonly [string, RegExp])[] = [
  ["GIF", /^GIF8[79]a/],
  ["TIFF", /^(II\*\0|MM\0\*)/],
  ["BMP", /^BM/],
  ["PDF", /^%PDF/],
  ["AVIF or HEIC", /^....ftyp(avi|hei|mif)/s],
  ["SVG or HTML", /^\s*</],
];

/**
 * Decodes PNG, JPEG or WebP, turned upright as EXIF says. Gives 1 channel for grey, 3 for RGB, and one more where the file has alpha. Throws
 * FormatError, with the file's name, for bytes that are no picture, are damaged, cut short or claim more than `maxPixels`, and
 * UnsupportedError for other formats.
 */
export async function decodeImage(bytes: Uint8Array, options: ImageOptions = {}): Promise<Picture> {
  const { file, checkSize } = checked("decodeImage", options);
  const format = formatOf(bytes, file);
  if (format === "jpeg") {
    const { picture, exif } = decodeJpeg(bytes, { file, checkSize });
    return upright(picture, exifOrientation(exif));
  }
  if (format === "png") {
    const { picture, exif } = await decodePng(bytes, { file, checkSize });
    return upright(picture, exifOrientation(exif));
  }
  const header = readWebpHeader(bytes, { file, checkSize });
  return upright(await decodeWebp(bytes, header, file, decodeRgba), exifOrientation(header.exif));
}

/**
 * Format, size, channels and orientation from the headers of a PNG, JPEG or WebP file, without decoding it. Throws as `decodeImage` does, except that
 * damage in the pixels stays unseen.
 */
export function pictureInfo(bytes: Uint8Array, options: ImageOptions = {}): PictureInfo {
  const { file, checkSize } = checked("pictureInfo", options);
  const format = formatOf(bytes, file);
  if (format === "png") {
    const { exif, ...info } = pngInfo(bytes, { file, checkSize });
    return { format, ...info, orientation: exifOrientation(exif) };
  }
  if (format === "webp") {
    const { width, height, hasAlpha, exif } = readWebpHeader(bytes, { file, checkSize });
    return { format, width, height, channels: hasAlpha ? 4 : 3, orientation: exifOrientation(exif) };
  }
  const segments = readSegments(bytes, { file, checkSize, headerOnly: true });
  const { width, height } = segments.frame;
  const channels = coloursOf(segments) === "grey" ? 1 : 3;
  return { format, width, height, channels, orientation: exifOrientation(segments.exif) };
}

function checked(op: string, options: ImageOptions) {
  checkOptions(op, options, ["file", "maxPixels"]);
  const { file, maxPixels = 100_000_000 } = options;
  checkPositive(op, "maxPixels", maxPixels);
  const checkSize = (width: number, height: number): void => {
    if (width * height <= maxPixels) return;
    throw new FormatError(
      `a picture of ${width} × ${height} pixels is larger than the limit of ${maxPixels}; the option maxPixels sets another`,
      { file },
    );
  };
  return { file, checkSize };
}

function formatOf(bytes: Uint8Array, file: string | undefined): ImageFormat {
  if (!(bytes instanceof Uint8Array)) {
    throw new OptionError(
      "a picture file is given as a Uint8Array of its bytes, such as readFile() of node:fs/promises or new Uint8Array(await response.arrayBuffer())",
    );
  }
  if (bytes.length === 0) throw new FormatError("the file is empty", { file });
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return "jpeg";
  if (pngSignature.every((byte, i) => bytes[i] === byte)) return "png";
  const head = String.fromCharCode(...bytes.subarray(0, 32));
  if (/^RIFF....WEBP/s.test(head)) return "webp";
  const other = others.find(([, pattern]) => pattern.test(head));
  if (other) {
    throw new UnsupportedError(
      `${file ? `${file}: ` : ""}the content is ${other[0]}, whatever the name says; convert it to PNG, JPEG or WebP`,
    );
  }
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FormatError(`neither PNG, JPEG nor WebP: the file begins with ${first}`, { file, offset: 0 });
}
