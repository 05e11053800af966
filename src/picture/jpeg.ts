// Decodes JPEG, baseline and progressive, to the bytes that libjpeg gives with its "islow" transform and "fancy upsampling". All checks of
// size come before anything is allocated; data that end early are an error.
import { FormatError } from "../base/errors.ts";
import { decodeBaseline } from "./jpeg/baseline.ts";
import { scanBits } from "./jpeg/bits.ts";
import { type Colours, toPixels } from "./jpeg/colour.ts";
import { makePlanes } from "./jpeg/planes.ts";
import { decodeProgressive, transformAll } from "./jpeg/progressive.ts";
import { readSegments, type Segments } from "./jpeg/segments.ts";
import type { Picture } from "./picture.ts";

/** A JPEG's pixels (grey or RGB), and its EXIF block where it has one. */
export function decodeJpeg(
  bytes: Uint8Array,
  { file, checkSize }: { file?: string | undefined; checkSize: (width: number, height: number) => void },
): { picture: Picture; exif: Uint8Array | null } {
  const segments = readSegments(bytes, { file, checkSize });
  const { frame, scans, exif } = segments;
  const fail = (message: string): never => {
    throw new FormatError(`JPEG: ${message}`, { file });
  };
  const { width, height, components } = frame;
  const colours = coloursOf(segments);
  const scanned = new Set(
    scans.filter(({ first }) => first === 0).flatMap(({ parts }) => parts.map(({ component }) => component)),
  );
  if (scanned.size < components.length)
    fail(`damaged or cut short (${scanned.size} of ${components.length} components have a scan)`);
  const channels = colours === "grey" ? 1 : 3;
  const scanBytes = scans.reduce((most, { begin, end }) => Math.max(most, end - begin), 0);
  const planes = makePlanes(frame, channels, scanBytes);
  const { address, bytes: size } = planes.scan;
  const room = planes.bytes.subarray(address, address + size);
  if (frame.progressive) {
    const coefficients = components.map(({ planeBlocks }) => new Int16Array(planeBlocks * 64));
    for (const scan of scans)
      decodeProgressive(frame, scan, scanBits(bytes, scan.begin, scan.end, room), coefficients, fail);
    for (const [i, component] of components.entries())
      transformAll(component, coefficients[i]!, planes, planes.planes[i]!);
  } else {
    for (const scan of scans)
      decodeBaseline(frame, scan, scanBits(bytes, scan.begin, scan.end, room), planes, fail);
  }
  const data = toPixels(frame, planes, colours);
  return { picture: { width, height, channels, data }, exif };
}

/** What the components mean, by libjpeg's rules: JFIF, then Adobe's segment, then the components' names. */
export function coloursOf({ frame: { components }, hasJfif, adobe }: Segments): Colours {
  if (components.length === 1) return "grey";
  if (components.length === 4) return adobe === 2 ? "YCCK" : "CMYK";
  if (hasJfif) return "YCbCr";
  if (adobe !== null) return adobe === 0 ? "RGB" : "YCbCr";
  return String.fromCharCode(...components.map(({ id }) => id)) === "RGB" ? "RGB" : "YCbCr";
}
