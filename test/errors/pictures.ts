// Mistakes with picture files: damaged ones, those of other formats, and pictures that can't be written.
import { deflateSync } from "node:zlib";
import { decodeImage, encodeJpeg, encodePng, pictureInfo } from "../../src/picture/index.ts";
import { idat, iend, ihdr, pngOf } from "../support/png.ts";

const file = "photo.png";
const text = (value: string) => Uint8Array.from(Buffer.from(value, "latin1"));
const read = (bytes: Uint8Array) => decodeImage(bytes, { file });
const rows = idat(Uint8Array.of(0, 1, 2, 0, 3, 4));
const jpeg = encodeJpeg({ width: 16, height: 16, channels: 1, data: new Uint8Array(256).map((_, i) => i) });
const scan = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xda);
const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  empty: () => read(new Uint8Array(0)),
  "text as a picture": () => read(text("hello world")),
  "GIF under another name": () => read(text("GIF89a......")),
  "TIFF under another name": () => read(text("II*\0....")),
  "PNG of 2^31 pixels": () => read(pngOf([ihdr(2 ** 16, 2 ** 15), rows, iend])),
  "PNG bomb": () =>
    read(pngOf([ihdr(2, 2), { type: "IDAT", data: deflateSync(new Uint8Array(1_000_000)) }, iend])),
  "PNG check sum": () => read(pngOf([ihdr(2, 2), { ...rows, crc: 1 }, iend])),
  "PNG without header": () => read(pngOf([rows, iend])),
  "PNG without pixels": () => read(pngOf([ihdr(2, 2), iend])),
  "PNG cut short": () => read(pngOf([ihdr(2, 2), rows, iend]).subarray(0, 40)),
  "PNG pixels end early": () => read(pngOf([ihdr(2, 3), rows, iend])),
  "palette index": () =>
    read(
      pngOf([
        ihdr(2, 2, 8, 3),
        { type: "PLTE", data: Uint8Array.of(0, 0, 0, 9, 9, 9) },
        idat(Uint8Array.of(0, 0, 1, 0, 1, 2)),
        iend,
      ]),
    ),
  "JPEG scan bomb": () =>
    read(
      joined(
        jpeg.subarray(0, scan),
        ...Array.from({ length: 200 }, () => jpeg.subarray(scan, scan + 10)),
        jpeg.subarray(scan),
      ),
    ),
  "JPEG cut short": () => read(jpeg.subarray(0, jpeg.length - 20)),
  "JPEG header cut short": () => pictureInfo(jpeg.subarray(0, 60), { file: "photo.jpg" }),
  "WebP cut short": () => read(text("RIFF\x40\0\0\0WEBPVP8L\x20\0\0\0/")),
  "WebP animation": () => read(text("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x04\0\0\x04\0\0")),
  "a path in place of bytes": () => decodeImage("photo.png" as unknown as Uint8Array),
  "unknown option": () => decodeImage(jpeg, { maxPixel: 5 } as object),
  "size limit": () => decodeImage(jpeg, { maxPixels: 100 }),
  "bytes that are no picture": () => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(4) }),
  "five channels": () => encodePng({ width: 1, height: 1, channels: 5, data: new Uint8Array(5) }),
  "JPEG quality": () => encodeJpeg({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }, 0.9),
  "JPEG sides": () => encodeJpeg({ width: 70_000, height: 1, channels: 1, data: new Uint8Array(70_000) }),
};
