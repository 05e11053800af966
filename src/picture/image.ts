// Pictures from the bytes of image files: the format is told by content, never by name; limits are checked before
// anything is allocated.
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { type Picture, upright } from "./picture.ts";
import { decodePng, pngSignature } from "./png.ts";

/** How a picture is read. */
export interface ImageOptions {
  /** Name for errors. */
  readonly file?: string | undefined;
  /** Most pixels that a picture may have. Default 100 million. */
  readonly maxPixels?: number;
}

/** Beginnings of files that are often met under a wrong name. */
const others: readonly (readonly [string, RegExp])[] = [
  ["GIF", /^GIF8[79]a/],
  ["TIFF", /^(II\*\0|MM\0\*)/],
  ["WebP", /^RIFF....WEBP/s],
  ["BMP", /^BM/],
  ["PDF", /^%PDF/],
  ["AVIF or HEIC", /^....ftyp(avi|hei|mif)/s],
  ["SVG or HTML", /^\s*</],
];

/**
 * Decodes PNG or JPEG, turned upright as EXIF says. Throws FormatError, with the file's name, for bytes that are no picture,
 * are damaged, cut short or claim more than `maxPixels`, and UnsupportedError for other formats.
 */
export async function decodeImage(
  bytes: Uint8Array,
  { file, maxPixels = 100_000_000 }: ImageOptions = {},
): Promise<Picture> {
  const checkSize = (width: number, height: number): void => {
    if (width * height > maxPixels) {
      throw new FormatError(
        `a picture of ${width} × ${height} pixels is larger than the limit of ${maxPixels}`,
        { file },
      );
    }
  };
  if (bytes.length === 0) throw new FormatError("the file is empty", { file });
  if (pngSignature.every((byte, i) => bytes[i] === byte)) {
    const { picture, exif } = await decodePng(bytes, { file, checkSize });
    return upright(picture, exifOrientation(exif));
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) {
    const { decodeJpeg } = await import("./jpeg.node.ts");
    const { picture, exif } = await decodeJpeg(bytes, { file, checkSize });
    return upright(picture, exifOrientation(exif));
  }
  const head = String.fromCharCode(...bytes.subarray(0, 32));
  const other = others.find(([, pattern]) => pattern.test(head));
  if (other) {
    throw new UnsupportedError(
      `${file ? `${file}: ` : ""}the content is ${other[0]}, whatever the name says; convert it to PNG or JPEG`,
    );
  }
  const first = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FormatError(`neither PNG nor JPEG: the file begins with ${first}`, { file, offset: 0 });
}

/** The orientation tag of an EXIF block (TIFF inside); 1 where there is none or the block makes no sense. */
export function exifOrientation(exif: Uint8Array | null): number {
  if (!exif || exif.length < 14) return 1;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > exif.length) return 1;
    if (view.getUint16(at, little) !== 0x0112) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
