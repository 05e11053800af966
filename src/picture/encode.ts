// Pictures as files, for contact sheets and reports: PNG without loss, JPEG with. Knows no reader.
import { OptionError } from "../base/errors.ts";
import { checkNumber } from "../base/options.ts";
import { writeJpeg } from "./jpeg/encode.ts";
import { type Picture, toGrey, toRgb } from "./picture.ts";
import { crc32, pngSignature } from "./png.ts";

/** PNG's colour types by channels. */
const colourTypes = [0, 0, 4, 2, 6];

/** The picture as a PNG file with 8 bits a channel: grey, RGB, with alpha or without, byte for byte. Throws OptionError for what is no picture. */
export async function encodePng(picture: Picture): Promise<Uint8Array> {
  checkPicture("encodePng", picture);
  const { width, height, channels, data } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colourTypes[channels]!, 0, 0, 0], 8);
  const rows = filtered(data, width * channels, height, channels);
  const chunks = [
    chunk("IHDR", header),
    chunk("IDAT", await deflated(rows)),
    chunk("IEND", new Uint8Array(0)),
  ];
  return joined([pngSignature, ...chunks]);
}

/**
 * The picture as a baseline JPEG file of `quality` 1 … 100 on libjpeg's scale, colours at half the resolution. JPEG has no alpha: what is
 * transparent becomes white. Throws OptionError for what is no picture, and for sides above 65535.
 */
export function encodeJpeg(picture: Picture, quality = 75): Uint8Array {
  checkPicture("encodeJpeg", picture);
  checkNumber(
    "encodeJpeg",
    "quality",
    quality,
    "a whole number from 1 to 100",
    (value) => Number.isInteger(value) && value >= 1 && value <= 100,
  );
  const { width, height, channels } = picture;
  if (width > 65535 || height > 65535) {
    throw new OptionError(
      `encodeJpeg: JPEG has at most 65535 pixels across and down; got ${width} × ${height}. Use encodePng`,
    );
  }
  return channels < 3
    ? writeJpeg(toGrey(picture).data, width, height, 1, quality)
    : writeJpeg(toRgb(picture).data, width, height, 3, quality);
}

function checkPicture(op: string, { width, height, channels, data }: Picture): void {
  const isSize = (value: number) => Number.isInteger(value) && value > 0;
  if (!isSize(width) || !isSize(height) || ![1, 2, 3, 4].includes(channels)) {
    throw new OptionError(
      `${op}: a picture has whole sides above 0 and 1 to 4 channels; got ${width} × ${height} with ${channels}`,
    );
  }
  if (data.length !== width * height * channels) {
    throw new OptionError(
      `${op}: ${width} × ${height} pixels of ${channels} channels are ${width * height * channels} bytes; got ${data.length}`,
    );
  }
}

/** Rows as what they differ by from the row above, which photographs and drawings pack well with; the first byte of each says so. */
function filtered(data: Uint8Array, rowBytes: number, height: number, step: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(height * (rowBytes + 1));
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = y * rowBytes;
    // Filter 1 looks to the left, 2 up.
    const back = y === 0 ? step : rowBytes;
    result[to++] = y === 0 ? 1 : 2;
    for (let i = row; i < row + rowBytes; i++) {
      const hasNeighbour = y > 0 || i >= step;
      result[to++] = data[i]! - (hasNeighbour ? data[i - back]! : 0);
    }
  }
  return result;
}

/** The bytes as zlib data. */
async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packer = new CompressionStream("deflate");
  const writer = packer.writable.getWriter();
  // Failures of the writing side arrive at the reading side as well.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = packer.readable.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(parts);
    parts.push(value);
  }
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
