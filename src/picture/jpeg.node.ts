// JPEG: the markers are checked here (size, coding, number of scans, EXIF) before a decoder from npm is let loose on
// the data. Source: ITU-T T.81, annex B.
import { FormatError, FoveaError, UnsupportedError } from "../base/errors.ts";
import type { Picture } from "./picture.ts";

/** Progressive files have about ten scans; each costs a pass over all pixels, so a small file with thousands is a trap. */
const mostScans = 100;
const decoderMegabytes = 4096;

/** A JPEG's pixels (RGB), and its EXIF block where it has one. */
export async function decodeJpeg(
  bytes: Uint8Array,
  { file, checkSize }: { file?: string | undefined; checkSize: (width: number, height: number) => void },
): Promise<{ picture: Picture; exif: Uint8Array | null }> {
  const { exif } = scanMarkers(bytes, file, checkSize);
  const { default: jpeg } = await import("jpeg-js").catch(() => {
    throw new FoveaError(
      "reading JPEG needs the package jpeg-js, which is not installed. Run: npm install jpeg-js",
    );
  });
  try {
    const { width, height, data } = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxResolutionInMP: Number.MAX_SAFE_INTEGER,
      maxMemoryUsageInMB: decoderMegabytes,
    });
    return { picture: { width, height, channels: 3, data }, exif };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FormatError(`JPEG: damaged or cut short (${reason})`, { file });
  }
}

/** Goes through the markers up to the end and checks what they promise. */
function scanMarkers(
  bytes: Uint8Array,
  file: string | undefined,
  checkSize: (width: number, height: number) => void,
): { exif: Uint8Array | null } {
  const fail = (message: string, offset: number): never => {
    throw new FormatError(`JPEG: ${message}`, { file, offset });
  };
  let exif: Uint8Array | null = null;
  let scans = 0;
  let hasFrame = false;
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] !== 0xff) {
      // Inside a scan's data: on to the next marker.
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    if (marker === 0xd9) break;
    // Stuffed zero, fill bytes, restarts and markers without a length.
    if (marker === 0 || marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    if (length < 2 || at + 2 + length > bytes.length)
      fail(`segment 0x${marker?.toString(16)} does not fit into the file; it was cut short`, at);
    const segment = bytes.subarray(at + 4, at + 2 + length);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      if (marker > 0xc2) {
        throw new UnsupportedError(
          `${file ? `${file}: ` : ""}JPEG: coding 0x${marker.toString(16)} (lossless or arithmetic) can't be read; save it as baseline or progressive`,
        );
      }
      if (segment.length < 6) fail("the frame header is too short", at);
      const height = (segment[1]! << 8) | segment[2]!;
      const width = (segment[3]! << 8) | segment[4]!;
      if (width === 0 || height === 0) fail(`a picture of ${width} × ${height} pixels`, at);
      checkSize(width, height);
      hasFrame = true;
    }
    if (marker === 0xda && ++scans > mostScans) fail(`more than ${mostScans} scans`, at);
    if (marker === 0xe1 && String.fromCharCode(...segment.subarray(0, 6)) === "Exif\0\0")
      exif = segment.subarray(6);
    at += 2 + length;
  }
  if (!hasFrame || scans === 0) fail("no picture inside: a frame header or a scan is missing", bytes.length);
  return { exif };
}
