// PNG, read strictly: sizes are known from the header before anything is allocated, and inflating stops where the
// header's size is exceeded. Source: W3C, "Portable Network Graphics (PNG) specification, third edition".
import { inflate } from "#inflate";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import type { Picture } from "./picture.ts";

/** What the header chunk says. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  readonly interlaced: boolean;
}

/** One part of an interlaced picture, or all of a plain one: pixel (x, y) stands at (x0 + dx·x, y0 + dy·y). */
interface Pass {
  readonly x0: number;
  readonly y0: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** Samples of a pixel in the file, and the bit depths allowed, by colour type. */
const colourTypes = new Map([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { samples: 3, depths: [8, 16] }],
  [3, { samples: 1, depths: [1, 2, 4, 8] }],
  [4, { samples: 2, depths: [8, 16] }],
  [6, { samples: 4, depths: [8, 16] }],
]);

const plain = { x0: 0, y0: 0, dx: 1, dy: 1 };
/** The seven passes of Adam7. */
const adam7 = [
  { x0: 0, y0: 0, dx: 8, dy: 8 },
  { x0: 4, y0: 0, dx: 8, dy: 8 },
  { x0: 0, y0: 4, dx: 4, dy: 8 },
  { x0: 2, y0: 0, dx: 4, dy: 4 },
  { x0: 0, y0: 2, dx: 2, dy: 4 },
  { x0: 1, y0: 0, dx: 2, dy: 2 },
  { x0: 0, y0: 1, dx: 1, dy: 2 },
];

/** The eight bytes that every PNG file begins with. */
export const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** A PNG's pixels as bytes (16-bit samples lose their lower half), and its EXIF block where it has one. */
export async function decodePng(
  bytes: Uint8Array,
  { file, checkSize }: { file?: string | undefined; checkSize: (width: number, height: number) => void },
): Promise<{ picture: Picture; exif: Uint8Array | null }> {
  const fail = (message: string, offset?: number): never => {
    throw new FormatError(`PNG: ${message}`, { file, offset });
  };
  let header: Header | null = null;
  let palette: Uint8Array | null = null;
  let transparency: Uint8Array | null = null;
  let exif: Uint8Array | null = null;
  const parts: Uint8Array[] = [];
  let ended = false;
  for (const { type, data, offset } of chunks(bytes, fail)) {
    if (!header && type !== "IHDR") fail(`the first chunk must be IHDR; got ${type}`, offset);
    if (type === "IHDR") {
      if (header) fail("a second IHDR", offset);
      header = readHeader(data, offset, fail);
      checkSize(header.width, header.height);
    } else if (type === "PLTE") {
      if (data.length === 0 || data.length % 3 !== 0 || data.length > 768) {
        fail(`PLTE has ${data.length} bytes; a palette has 1 to 256 colours of 3 bytes`, offset);
      }
      palette = data;
    } else if (type === "tRNS") transparency = data;
    else if (type === "eXIf") exif = data;
    else if (type === "IDAT") parts.push(data);
    else if (type === "IEND") ended = true;
    // A lower-case first letter marks what a reader may skip.
    else if (type[0] === type[0]!.toUpperCase()) {
      throw new UnsupportedError(
        `${file ? `${file}: ` : ""}PNG: chunk ${type} is needed to read this picture and unknown here`,
      );
    }
  }
  if (!header) return fail("no IHDR chunk", bytes.length);
  if (parts.length === 0) fail("no IDAT chunk: the file has no pixels", bytes.length);
  if (!ended) fail("the file ends before its IEND chunk; it was cut short", bytes.length);
  if (header.colour === 3 && !palette) fail("colours are from a palette, but there is no PLTE chunk");

  const passes = passesOf(header);
  const rowBytes = (pass: Pass) => Math.ceil((pass.width * bitsPerPixel(header)) / 8);
  const expected = passes.reduce((sum, pass) => sum + pass.height * (rowBytes(pass) + 1), 0);
  const raw = await inflated(parts, expected, fail);
  if (header.depth === 8 && header.colour !== 3 && !header.interlaced && !transparency)
    return { picture: unpackBytes(raw, header, fail), exif };
  const samples = unpack(raw, header, passes, rowBytes, fail);
  return { picture: toPicture(samples, header, palette, transparency, fail), exif };
}

/** Size, channels and EXIF block of a PNG from its chunks' headers; those of the pixels are passed over. */
export function pngInfo(
  bytes: Uint8Array,
  { file, checkSize }: { file?: string | undefined; checkSize: (width: number, height: number) => void },
): { width: number; height: number; channels: number; exif: Uint8Array | null } {
  const fail: Fail = (message, offset) => {
    throw new FormatError(`PNG: ${message}`, { file, offset });
  };
  let header: Header | null = null;
  let hasTransparency = false;
  let exif: Uint8Array | null = null;
  for (const { type, data, offset } of chunks(bytes, fail, false)) {
    if (type === "IHDR") header = readHeader(data, offset, fail);
    else if (!header) fail(`the first chunk must be IHDR; got ${type}`, offset);
    else if (type === "tRNS") hasTransparency = true;
    else if (type === "eXIf") exif = data;
  }
  if (!header) return fail("no IHDR chunk", bytes.length);
  const { width, height, colour } = header;
  checkSize(width, height);
  const channels = (colour === 3 ? 3 : colourTypes.get(colour)!.samples) + (hasTransparency ? 1 : 0);
  return { width, height, channels, exif };
}

type Fail = (message: string, offset?: number) => never;

/** The chunks in order; with `pixelsToo` those of the pixels are held against their check sums as well. */
function* chunks(
  bytes: Uint8Array,
  fail: Fail,
  pixelsToo = true,
): Generator<{ type: string; data: Uint8Array; offset: number }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = pngSignature.length; at < bytes.length; ) {
    if (at + 12 > bytes.length)
      fail(`a chunk needs 12 bytes, ${bytes.length - at} are left; the file was cut short`, at);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) fail(`a chunk's type is not four letters: ${JSON.stringify(type)}`, at);
    if (length > bytes.length - at - 12) {
      fail(
        `chunk ${type} claims ${length} bytes, ${bytes.length - at - 12} are left; the file was cut short`,
        at,
      );
    }
    if (pixelsToo || type !== "IDAT") {
      const stored = view.getUint32(at + 8 + length);
      const found = crc32(bytes.subarray(at + 4, at + 8 + length));
      if (stored !== found) fail(`chunk ${type} is damaged: CRC ${hex(found)}, expected ${hex(stored)}`, at);
    }
    yield { type, data: bytes.subarray(at + 8, at + 8 + length), offset: at };
    if (type === "IEND") return;
    at += 12 + length;
  }
}

function readHeader(data: Uint8Array, offset: number, fail: Fail): Header {
  if (data.length !== 13) fail(`IHDR has ${data.length} bytes; expected 13`, offset);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, compression, filter, interlace] = data.subarray(8) as unknown as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (width === 0 || height === 0) fail(`a picture of ${width} × ${height} pixels`, offset);
  if (!colourTypes.get(colour)?.depths.includes(depth))
    fail(`colour type ${colour} with ${depth} bits does not exist`, offset);
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    fail(
      `compression ${compression}, filter ${filter}, interlace ${interlace}; expected 0, 0, and 0 or 1`,
      offset,
    );
  }
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

function bitsPerPixel({ colour, depth }: Header): number {
  return colourTypes.get(colour)!.samples * depth;
}

function passesOf({ width, height, interlaced }: Header): Pass[] {
  return (interlaced ? adam7 : [plain])
    .map((pass) => ({
      ...pass,
      width: Math.ceil((width - pass.x0) / pass.dx),
      height: Math.ceil((height - pass.y0) / pass.dy),
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0);
}

/** Inflates into exactly `expected` bytes. */
async function inflated(parts: readonly Uint8Array[], expected: number, fail: Fail): Promise<Uint8Array> {
  const raw = await inflate(parts, expected).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    return fail(`pixel data are damaged or cut short (${reason})`);
  });
  if (!raw) return fail(`pixel data are larger than the ${expected} bytes that the header's size needs`);
  if (raw.length < expected) fail(`pixel data end after ${raw.length} of ${expected} bytes`);
  return raw;
}

/** `unpack` and `toPicture` for the most frequent kind, whose bytes are the pixels once the filters are undone: 8 bits, neither palette nor passes. */
function unpackBytes(raw: Uint8Array, { width, height, colour }: Header, fail: Fail): Picture {
  const channels = colourTypes.get(colour)!.samples;
  const length = width * channels;
  const data = new Uint8Array(height * length);
  let above: Uint8Array = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const at = y * (length + 1);
    const filter = raw[at]!;
    if (filter > 4) fail(`row ${y} has filter ${filter}; expected 0 to 4`);
    const row = data.subarray(y * length, (y + 1) * length);
    row.set(raw.subarray(at + 1, at + 1 + length));
    unfilter(row, above, filter, channels);
    above = row;
  }
  return { width, height, channels, data };
}

/** Undoes the rows' filters and spreads bits to samples: `[height, width, samples]`, each as stored (1 to 16 bits). */
function unpack(
  raw: Uint8Array,
  header: Header,
  passes: readonly Pass[],
  rowBytes: (pass: Pass) => number,
  fail: Fail,
): Uint16Array {
  const { width, height, depth, colour } = header;
  const { samples } = colourTypes.get(colour)!;
  const result = new Uint16Array(width * height * samples);
  const step = Math.max(1, bitsPerPixel(header) >> 3);
  let at = 0;
  for (const pass of passes) {
    const length = rowBytes(pass);
    let above: Uint8Array = new Uint8Array(length);
    for (let y = 0; y < pass.height; y++) {
      const filter = raw[at]!;
      const row = raw.subarray(at + 1, at + 1 + length);
      if (filter > 4) fail(`row ${y} has filter ${filter}; expected 0 to 4`);
      unfilter(row, above, filter, step);
      const line = (pass.y0 + y * pass.dy) * width;
      for (let x = 0; x < pass.width; x++) {
        const to = (line + pass.x0 + x * pass.dx) * samples;
        for (let s = 0; s < samples; s++) result[to + s] = sample(row, x * samples + s, depth);
      }
      above = row;
      at += length + 1;
    }
  }
  return result;
}

/** Adds to each byte what its filter predicted from the bytes to the left (a), above (b) and above left (c). */
function unfilter(row: Uint8Array, above: Uint8Array, filter: number, step: number): void {
  const { length } = row;
  if (filter === 1) {
    for (let i = step; i < length; i++) row[i]! += row[i - step]!;
  } else if (filter === 2) {
    for (let i = 0; i < length; i++) row[i]! += above[i]!;
  } else if (filter === 3) {
    for (let i = 0; i < step; i++) row[i]! += above[i]! >> 1;
    for (let i = step; i < length; i++) row[i]! += (row[i - step]! + above[i]!) >> 1;
  } else if (filter === 4) {
    for (let i = 0; i < step; i++) row[i]! += above[i]!;
    for (let i = step; i < length; i++) row[i]! += paeth(row[i - step]!, above[i]!, above[i - step]!);
  }
}

function paeth(a: number, b: number, c: number): number {
  const toA = Math.abs(b - c);
  const toB = Math.abs(a - c);
  const toC = Math.abs(a + b - 2 * c);
  return toA <= toB && toA <= toC ? a : toB <= toC ? b : c;
}

function sample(row: Uint8Array, i: number, depth: number): number {
  if (depth === 8) return row[i]!;
  if (depth === 16) return (row[2 * i]! << 8) | row[2 * i + 1]!;
  const perByte = 8 / depth;
  const shift = 8 - depth * ((i % perByte) + 1);
  return (row[Math.floor(i / perByte)]! >> shift) & ((1 << depth) - 1);
}

function toPicture(
  samples: Uint16Array,
  { width, height, depth, colour }: Header,
  palette: Uint8Array | null,
  transparency: Uint8Array | null,
  fail: Fail,
): Picture {
  const pixels = width * height;
  if (colour === 3) {
    const colours = palette!.length / 3;
    if (transparency && transparency.length > colours)
      fail(`tRNS has ${transparency.length} entries for ${colours} colours`);
    const channels = transparency ? 4 : 3;
    const data = new Uint8Array(pixels * channels);
    for (let i = 0; i < pixels; i++) {
      const index = samples[i]!;
      if (index >= colours) fail(`pixel ${i} has palette index ${index}; the palette has ${colours} colours`);
      data.set(palette!.subarray(3 * index, 3 * index + 3), i * channels);
      if (transparency) data[i * channels + 3] = transparency[index] ?? 255;
    }
    return { width, height, channels, data };
  }
  const stored = colourTypes.get(colour)!.samples;
  // One colour of a grey or RGB picture may stand for "transparent".
  const key = colour === 0 || colour === 2 ? transparency : null;
  if (key && key.length !== 2 * stored) fail(`tRNS has ${key.length} bytes; expected ${2 * stored}`);
  const channels = stored + (key ? 1 : 0);
  const toByte = depth === 16 ? 1 / 256 : 255 / ((1 << depth) - 1);
  const data = new Uint8Array(pixels * channels);
  for (let i = 0; i < pixels; i++) {
    let matches = true;
    for (let s = 0; s < stored; s++) {
      const value = samples[i * stored + s]!;
      data[i * channels + s] = value * toByte;
      if (key && value !== ((key[2 * s]! << 8) | key[2 * s + 1]!)) matches = false;
    }
    if (key) data[i * channels + stored] = matches ? 0 : 255;
  }
  return { width, height, channels, data };
}

/** What each byte does to the sum, for the last four bytes, the one nearest to the end first. */
const crcTables = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let place = 0; place < 4; place++) {
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    crcTables[place]![n] = c;
  }
}

/** Cyclic redundancy check of a chunk's type and data (PNG, annex D), four bytes at a time. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = crcTables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let crc = -1;
  let i = 0;
  for (const end = bytes.length - 3; i < end; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t3[crc & 0xff]! ^ t2[(crc >>> 8) & 0xff]! ^ t1[(crc >>> 16) & 0xff]! ^ t0[crc >>> 24]!;
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
