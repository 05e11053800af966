// A JPEG file's segments: what its markers say, checked before any sample is decoded. Knows no arithmetic of pictures. Source: ITU-T
// T.81, annex B.
import { FormatError, UnsupportedError } from "../../base/errors.ts";
import { type Huffman, huffman } from "./huffman.ts";

/** Progressive files have about ten scans; each costs a pass over all pixels, so a small file with thousands is a trap. */
const mostScans = 100;

/** Where the n-th coefficient of a block stands: along diagonals. */
export const zigzag = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15],
  ...[23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** One colour component of the frame. */
export interface Component {
  readonly id: number;
  /** Sampling factors: samples across and down in the least part of the picture that holds all components. */
  readonly across: number;
  readonly down: number;
  readonly stepsId: number;
  /** Samples that the picture needs of it. */
  readonly width: number;
  readonly height: number;
  /** Blocks that cover those. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks in a line of the plane, which holds whole groups of all components. */
  readonly lineBlocks: number;
  readonly planeBlocks: number;
  /** Quantization steps in zigzag order, as they stood at its first scan. */
  steps: Uint16Array | null;
}

/** What the frame header says. */
export interface Frame {
  readonly progressive: boolean;
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  readonly mostAcross: number;
  readonly mostDown: number;
  /** Groups of blocks across and down. */
  readonly groupsAcross: number;
  readonly groupsDown: number;
}

/** One scan: which coefficients of which components, with which tables, and where its data are. */
export interface Scan {
  readonly parts: readonly {
    readonly component: Component;
    readonly dc: Huffman | undefined;
    readonly ac: Huffman | undefined;
  }[];
  /** First and last coefficient, and the bits of precision before and after. */
  readonly first: number;
  readonly last: number;
  readonly bitsBefore: number;
  readonly bitsAfter: number;
  /** Groups between restarts; 0 for none. */
  readonly restartEvery: number;
  readonly begin: number;
  readonly end: number;
}

/** All segments of a file. */
export interface Segments {
  readonly frame: Frame;
  readonly scans: readonly Scan[];
  /** EXIF block, where there is one. */
  readonly exif: Uint8Array | null;
  readonly hasJfif: boolean;
  /** Number of the colour transform in Adobe's segment, where there is one. */
  readonly adobe: number | null;
}

/** How a file is read: its name for errors, and what throws where it is too large. */
export interface SegmentOptions {
  readonly file?: string | undefined;
  readonly checkSize: (width: number, height: number) => void;
  /** Stops behind the frame header, and gives no scans. */
  readonly headerOnly?: boolean;
}

/** Goes through the markers up to the end and checks what they promise. */
export function readSegments(
  bytes: Uint8Array,
  { file, checkSize, headerOnly = false }: SegmentOptions,
): Segments {
  const fail = (message: string, offset: number): never => {
    throw new FormatError(`JPEG: ${message}`, { file, offset });
  };
  const refuse = (message: string): never => {
    throw new UnsupportedError(`${file ? `${file}: ` : ""}JPEG: ${message}`);
  };
  let exif: Uint8Array | null = null;
  let hasJfif = false;
  let adobe: number | null = null;
  let frame: Frame | null = null;
  let restartEvery = 0;
  const steps: (Uint16Array | undefined)[] = [];
  const tables: { dc: (Huffman | undefined)[]; ac: (Huffman | undefined)[] } = { dc: [], ac: [] };
  const scans: Scan[] = [];

  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] !== 0xff) {
      at = nextMarker(bytes, at);
      continue;
    }
    const marker = bytes[at + 1] ?? fail("it was cut short", at);
    if (marker === 0xd9) break;
    // Stuffed zero, fill bytes, restarts and markers without a length.
    if (marker === 0 || marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const next = at + 2 + length;
    if (length < 2 || next > bytes.length)
      fail(`segment 0x${marker.toString(16)} does not fit into the file; it was cut short`, at);
    const segment = bytes.subarray(at + 4, next);
    if (marker === 0xc4) readHuffman(segment, tables, (message) => fail(message, at));
    else if (marker === 0xdb) readSteps(segment, steps, (message) => fail(message, at));
    else if (marker === 0xdd) restartEvery = (segment[0]! << 8) | segment[1]!;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8) {
      if (marker > 0xc2)
        refuse(
          `coding 0x${marker.toString(16)} (lossless or arithmetic) can't be read; save it as baseline or progressive`,
        );
      if (frame) fail("a second frame header", at);
      frame = readFrame(segment, marker === 0xc2, (message) => fail(message, at), refuse);
      checkSize(frame.width, frame.height);
      if (headerOnly) return { frame, scans, exif, hasJfif, adobe };
    } else if (marker === 0xda) {
      if (scans.length === mostScans) fail(`more than ${mostScans} scans`, at);
      if (!frame) fail("a scan before the frame header", at);
      const end = endOfScan(bytes, next);
      const scan = readScan(segment, frame!, tables, (message) => fail(message, at));
      for (const { component } of scan.parts)
        component.steps ??=
          steps[component.stepsId] ??
          fail(`component ${component.id} has no quantization table ${component.stepsId}`, at);
      scans.push({ ...scan, restartEvery, begin: next, end });
      at = end;
      continue;
    } else if (marker === 0xe0 && startsWith(segment, "JFIF\0")) hasJfif = true;
    else if (marker === 0xe1 && startsWith(segment, "Exif\0\0")) exif ??= segment.subarray(6);
    else if (marker === 0xee && startsWith(segment, "Adobe") && segment.length >= 12) adobe = segment[11]!;
    at = next;
  }
  if (!frame || (scans.length === 0 && !headerOnly))
    fail("no picture inside: a frame header or a scan is missing", bytes.length);
  return { frame: frame!, scans, exif, hasJfif, adobe };
}

type Fail = (message: string) => never;

function startsWith(segment: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (segment[i] !== text.charCodeAt(i)) return false;
  return true;
}

function nextMarker(bytes: Uint8Array, at: number): number {
  const found = bytes.indexOf(0xff, at);
  return found < 0 ? bytes.length : found;
}

/** The first marker behind a scan's data that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, begin: number): number {
  let at = nextMarker(bytes, begin);
  while (at < bytes.length) {
    const marker = bytes[at + 1];
    if (marker !== undefined && marker !== 0 && marker !== 0xff && !(marker >= 0xd0 && marker <= 0xd7)) break;
    at = nextMarker(bytes, at + (marker === 0xff ? 1 : 2));
  }
  return Math.min(at, bytes.length);
}

function readFrame(segment: Uint8Array, progressive: boolean, fail: Fail, refuse: Fail): Frame {
  if (segment.length < 6) fail("the frame header is too short");
  const precision = segment[0]!;
  if (precision !== 8) refuse(`samples of ${precision} bits can't be read; save it with 8 bits`);
  const height = (segment[1]! << 8) | segment[2]!;
  const width = (segment[3]! << 8) | segment[4]!;
  if (width === 0 || height === 0) fail(`a picture of ${width} × ${height} pixels`);
  const count = segment[5]!;
  if (count !== 1 && count !== 3 && count !== 4)
    refuse(`${count} colour components can't be read; there are 1 (grey), 3 (colour) or 4 (CMYK)`);
  if (segment.length < 6 + 3 * count) fail("the frame header is too short");
  let mostAcross = 1;
  let mostDown = 1;
  for (let at = 7; at < 6 + 3 * count; at += 3) {
    const factors = segment[at]!;
    if (count > 1) {
      mostAcross = Math.max(mostAcross, factors >> 4);
      mostDown = Math.max(mostDown, factors & 15);
    }
  }
  const groupsAcross = Math.ceil(width / (8 * mostAcross));
  const groupsDown = Math.ceil(height / (8 * mostDown));
  const components: Component[] = [];
  for (let at = 6; at < 6 + 3 * count; at += 3) {
    const id = segment[at]!;
    // The only component of a picture has nothing to be sampled against.
    const across = count === 1 ? 1 : segment[at + 1]! >> 4;
    const down = count === 1 ? 1 : segment[at + 1]! & 15;
    if (across < 1 || across > 4 || down < 1 || down > 4)
      fail(`component ${id} has sampling factors ${across} × ${down}; expected 1 to 4`);
    if (mostAcross % across || mostDown % down)
      refuse(
        `sampling factors ${across} × ${down} beside ${mostAcross} × ${mostDown} can't be read; save it as 4:2:0`,
      );
    const ownWidth = Math.ceil((width * across) / mostAcross);
    const ownHeight = Math.ceil((height * down) / mostDown);
    components.push({
      id,
      across,
      down,
      stepsId: segment[at + 2]!,
      width: ownWidth,
      height: ownHeight,
      blocksAcross: Math.ceil(ownWidth / 8),
      blocksDown: Math.ceil(ownHeight / 8),
      lineBlocks: groupsAcross * across,
      planeBlocks: groupsAcross * across * groupsDown * down,
      steps: null,
    });
  }
  return { progressive, width, height, components, mostAcross, mostDown, groupsAcross, groupsDown };
}

function readHuffman(
  segment: Uint8Array,
  tables: { dc: (Huffman | undefined)[]; ac: (Huffman | undefined)[] },
  fail: Fail,
): void {
  for (let at = 0; at < segment.length; ) {
    const kind = segment[at]! >> 4;
    const id = segment[at]! & 15;
    const counts = segment.subarray(at + 1, at + 17);
    let total = 0;
    for (let i = 0; i < counts.length; i++) total += counts[i]!;
    const symbols = segment.subarray(at + 17, at + 17 + total);
    if (kind > 1 || id > 3 || counts.length < 16 || symbols.length < total) fail("a broken Huffman table");
    const table = huffman(counts, symbols) ?? fail("a Huffman table with too many codes");
    (kind === 0 ? tables.dc : tables.ac)[id] = table;
    at += 17 + total;
  }
}

function readSteps(segment: Uint8Array, steps: (Uint16Array | undefined)[], fail: Fail): void {
  for (let at = 0; at < segment.length; ) {
    const isWide = segment[at]! >> 4 === 1;
    const id = segment[at]! & 15;
    const size = isWide ? 128 : 64;
    if (id > 3 || segment[at]! > 31 || at + 1 + size > segment.length) fail("a broken quantization table");
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++) {
      table[i] = isWide ? (segment[at + 1 + 2 * i]! << 8) | segment[at + 2 + 2 * i]! : segment[at + 1 + i]!;
    }
    steps[id] = table;
    at += 1 + size;
  }
}

function readScan(
  segment: Uint8Array,
  frame: Frame,
  tables: { dc: readonly (Huffman | undefined)[]; ac: readonly (Huffman | undefined)[] },
  fail: Fail,
): Omit<Scan, "restartEvery" | "begin" | "end"> {
  const count = segment[0] ?? 0;
  if (count < 1 || count > 4 || segment.length < 4 + 2 * count) fail("a broken scan header");
  const parts = Array.from({ length: count }, (_, i) => {
    const id = segment[1 + 2 * i]!;
    const chosen = segment[2 + 2 * i]!;
    const component =
      frame.components.find((candidate) => candidate.id === id) ??
      fail(`a scan of component ${id}, which the frame does not have`);
    return { component, dc: tables.dc[chosen >> 4], ac: tables.ac[chosen & 15] };
  });
  if (new Set(parts.map(({ component }) => component)).size < count) fail("a scan with one component twice");
  if (count > 1 && parts.reduce((sum, { component }) => sum + component.across * component.down, 0) > 10)
    fail("a scan with more than 10 blocks in a group");
  const [first, last, bits] = frame.progressive
    ? [segment[1 + 2 * count]!, segment[2 + 2 * count]!, segment[3 + 2 * count]!]
    : [0, 63, 0];
  const [bitsBefore, bitsAfter] = [bits >> 4, bits & 15];
  const fits =
    last < 64 &&
    first <= last &&
    (first > 0 ? count === 1 : last === 0 || !frame.progressive) &&
    bitsAfter < 14 &&
    (bitsBefore === 0 || bitsBefore === bitsAfter + 1);
  if (!fits) fail(`a scan of coefficients ${first} to ${last}, bits ${bitsBefore} to ${bitsAfter}, can't be`);
  for (const { dc, ac } of parts) {
    const needsDc = first === 0 && bitsBefore === 0;
    const needsAc = last > 0;
    if ((needsDc && !dc) || (needsAc && !ac)) fail("a scan without its Huffman table");
  }
  return { parts, first, last, bitsBefore, bitsAfter };
}
