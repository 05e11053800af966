// WebP's container: size, alpha and EXIF are read and checked here before a decoder is let loose on the data. Sources: WebP Container
// Specification; RFC 6386 (lossy frames) and RFC 9649 (lossless ones).
import { FormatError, FoveaError, UnsupportedError } from "../base/errors.ts";
import type { Picture } from "./picture.ts";

/** What a WebP file says of itself. */
export interface WebpHeader {
  readonly width: number;
  readonly height: number;
  readonly hasAlpha: boolean;
  readonly exif: Uint8Array | null;
  /** Where the EXIF chunk begins. */
  readonly exifAt: number | null;
}

type Fail = (message: string, offset?: number) => never;

/** Reads the chunks' headers; `checkSize` throws where the picture is too large. */
export function readWebpHeader(
  bytes: Uint8Array,
  { file, checkSize }: { file?: string | undefined; checkSize: (width: number, height: number) => void },
): WebpHeader {
  const fail: Fail = (message, offset) => {
    throw new FormatError(`WebP: ${message}`, { file, offset });
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 20) fail("the file is cut short", bytes.length);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) fail(`the file claims ${end} bytes and has ${bytes.length}; it was cut short`, 4);
  let canvas: { width: number; height: number; hasAlpha: boolean } | null = null;
  let frame: { width: number; height: number; hasAlpha: boolean } | null = null;
  let exif: Uint8Array | null = null;
  let exifAt: number | null = null;
  for (let at = 12; at + 8 <= end; ) {
    const type = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    if (length > end - at - 8) fail(`chunk ${JSON.stringify(type)} does not fit into the file`, at);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === "VP8X") {
      if (length < 10) fail("the header chunk is too short", at);
      if (data[0]! & 2) {
        throw new UnsupportedError(
          `${file ? `${file}: ` : ""}WebP: animated pictures can't be read; save one frame of it`,
        );
      }
      canvas = { width: 1 + low24(data, 4), height: 1 + low24(data, 7), hasAlpha: (data[0]! & 16) !== 0 };
      checkSize(canvas.width, canvas.height);
    } else if (type === "VP8 " || type === "VP8L") {
      frame ??=
        type === "VP8 "
          ? lossyFrame(data, (message) => fail(message, at))
          : losslessFrame(data, (message) => fail(message, at));
      checkSize(frame.width, frame.height);
    } else if (type === "EXIF" && !exif) {
      // Some writers keep the six bytes that JPEG has before it.
      exif = String.fromCharCode(...data.subarray(0, 6)) === "Exif\0\0" ? data.subarray(6) : data;
      exifAt = at;
    }
    at += 8 + length + (length & 1);
  }
  if (!frame) return fail("no picture inside", bytes.length);
  if (canvas && (canvas.width !== frame.width || canvas.height !== frame.height))
    fail(`a frame of ${frame.width} × ${frame.height} pixels for ${canvas.width} × ${canvas.height}`);
  const { width, height } = frame;
  return { width, height, hasAlpha: canvas?.hasAlpha || frame.hasAlpha, exif, exifAt };
}

function lossyFrame(data: Uint8Array, fail: (message: string) => never) {
  if (data.length < 10 || data[0]! & 1 || data[3] !== 0x9d || data[4] !== 1 || data[5] !== 0x2a)
    fail("the lossy frame has a broken header");
  const width = (data[6]! | (data[7]! << 8)) & 0x3fff;
  const height = (data[8]! | (data[9]! << 8)) & 0x3fff;
  if (width === 0 || height === 0) fail(`a picture of ${width} × ${height} pixels`);
  return { width, height, hasAlpha: false };
}

function losslessFrame(data: Uint8Array, fail: (message: string) => never) {
  if (data.length < 5 || data[0] !== 0x2f) fail("the lossless frame has a broken header");
  const bits = low24(data, 1) | (data[4]! << 24);
  return {
    width: 1 + (bits & 0x3fff),
    height: 1 + ((bits >> 14) & 0x3fff),
    hasAlpha: ((bits >> 28) & 1) === 1,
  };
}

function low24(data: Uint8Array, at: number): number {
  return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
}

/** A frame as the platform's decoder gives it, four bytes a pixel. */
export interface Rgba {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The pixels of a checked file: RGB, or RGBA where it has alpha. `decode` is the platform's. */
export async function decodeWebp(
  bytes: Uint8Array,
  header: WebpHeader,
  file: string | undefined,
  decode: (bytes: Uint8Array) => Promise<Rgba>,
): Promise<Picture> {
  const { width, height, data } = await decode(withoutExif(bytes, header)).catch((error: unknown) => {
    if (error instanceof FoveaError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`WebP: damaged or cut short (${reason})`, { file });
  });
  if (header.hasAlpha) return { width, height, channels: 4, data };
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = data[from]!;
    rgb[to + 1] = data[from + 1]!;
    rgb[to + 2] = data[from + 2]!;
  }
  return { width, height, channels: 3, data: rgb };
}

/** The file with its EXIF chunk under a name that decoders skip: some browsers would turn the picture, and it would be turned twice. */
function withoutExif(bytes: Uint8Array, { exifAt }: WebpHeader): Uint8Array {
  if (exifAt === null) return bytes;
  const copy = bytes.slice();
  copy.set([0x73, 0x6b, 0x69, 0x70], exifAt);
  return copy;
}
