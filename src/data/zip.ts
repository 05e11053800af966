// The directory of a zip archive that lies in a file; nothing is ever written to a disk. zipMember.ts reads what it names.
// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10.
import { FormatError, UnsupportedError } from "../base/errors.ts";
import type { FileParts } from "./files.ts";

const endSignature = 0x06054b50;
const endBytes = 22;
const locatorSignature = 0x07064b50;
const locatorBytes = 20;
const wideEndSignature = 0x06064b50;
const wideEndBytes = 56;
const centralSignature = 0x02014b50;
const centralBytes = 46;
/** Bytes of a member's own header before its name. */
export const localBytes = 30;
const mostCommentBytes = 0xffff;
const encrypted = 1;

/** What the central directory says of a member. */
export interface ZipMember {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
  /** Where the next member or the directory begins. */
  readonly limit: number;
}

/** Where the directory lies, and how many entries it has. */
interface DirectoryPlace {
  readonly count: number;
  readonly length: number;
  readonly start: number;
}

/**
 * The members that the archive's directory names, by name. Throws FormatError, with the place in the file, where there is no directory,
 * where it points outside of the file, and where members overlap, share a name or would lie outside of a folder (`../`); UnsupportedError for
 * archives in parts and encrypted members.
 */
export async function zipDirectory(parts: FileParts): Promise<Map<string, ZipMember>> {
  const { file } = parts;
  const fail = failIn(file);
  const { count, length, start } = await findDirectory(parts);
  const directory = await parts.read(start, length);
  const members: Omit<ZipMember, "limit">[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const what = `entry ${i + 1} of ${count} of the directory`;
    const place = start + at;
    if (at + centralBytes > length || viewOf(directory).getUint32(at, true) !== centralSignature) {
      fail(`expected ${what}`, place);
    }
    const { member, next } = readEntry(directory, at, (message) => fail(`${what} ${message}`, place));
    if (leadsOutside(member.name)) {
      fail(`a member is called ${JSON.stringify(member.name)}; expected a path inside of the archive`, place);
    }
    if (names.has(member.name)) fail(`${member.name} is there twice`, place);
    if (member.flags & encrypted) {
      throw new UnsupportedError(`${file}: zip: ${member.name} is encrypted; unpack it`);
    }
    names.add(member.name);
    if (member.offset + localBytes + member.compressed > start) {
      fail(`${member.name} reaches beyond the data`, place);
    }
    members.push(member);
    at = next;
  }
  const limits = limitsOf(members, start, fail);
  return new Map(members.map((member) => [member.name, { ...member, limit: limits.get(member.offset)! }]));
}

/** Finds the record at the archive's end, and the one of ZIP64 before it. */
async function findDirectory(parts: FileParts): Promise<DirectoryPlace> {
  const { file, size } = parts;
  const fail = failIn(file);
  const tailStart = Math.max(0, size - endBytes - mostCommentBytes);
  const tail = await parts.read(tailStart, size - tailStart);
  const view = viewOf(tail);
  let at = tail.length - endBytes;
  // The end record is followed by a comment of the length that it says.
  const isEnd = (p: number) =>
    view.getUint32(p, true) === endSignature && p + endBytes + view.getUint16(p + 20, true) === tail.length;
  while (at >= 0 && !isEnd(at)) at--;
  if (at < 0) return fail("no end of a directory was found; the file is cut short, or no zip archive", size);
  let end = tailStart + at;
  let place: DirectoryPlace = {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
  let isSplit = view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== place.count;
  if (place.count === 0xffff || place.length === 0xffffffff || place.start === 0xffffffff) {
    const locator = at - locatorBytes;
    if (locator < 0 || view.getUint32(locator, true) !== locatorSignature) {
      fail("sizes are said to stand in a ZIP64 record, and there is none", end);
    }
    end = wholeNumber(view, locator + 8, (message) => fail(message, tailStart + locator));
    if (end + wideEndBytes > tailStart + locator) fail(`no ZIP64 record fits at ${end}`, tailStart + locator);
    const record = viewOf(await parts.read(end, wideEndBytes));
    if (record.getUint32(0, true) !== wideEndSignature) fail("expected a ZIP64 record", end);
    const [count, length, start] = [32, 40, 48].map((p) => wholeNumber(record, p, (m) => fail(m, end)));
    place = { count: count!, length: length!, start: start! };
    isSplit = record.getUint32(16, true) !== 0;
  }
  if (isSplit) throw new UnsupportedError(`${file}: zip: archives in several parts can't be read; unpack it`);
  if (place.start + place.length > end) {
    fail(`the directory of ${place.length} bytes at ${place.start} reaches beyond its end`, end);
  }
  return place;
}

/** An entry of the directory, and where the next one begins. */
function readEntry(
  directory: Uint8Array,
  at: number,
  fail: (message: string) => never,
): { member: Omit<ZipMember, "limit">; next: number } {
  const view = viewOf(directory);
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((p) => view.getUint16(at + p, true));
  const extraStart = at + centralBytes + nameLength!;
  const next = extraStart + extraLength! + commentLength!;
  if (next > directory.length) fail("reaches beyond the directory");
  const extra = directory.subarray(extraStart, extraStart + extraLength!);
  const [size, compressed, offset] = wideFields(
    extra,
    [24, 20, 42].map((p) => view.getUint32(at + p, true)),
    fail,
  );
  const member = {
    name: new TextDecoder().decode(directory.subarray(at + centralBytes, extraStart)),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    compressed: compressed!,
    size: size!,
    offset: offset!,
  };
  return { member, next };
}

/** Fields of which those of all ones stand, in their order, as 64 bits in the extra field of ZIP64. */
export function wideFields(
  extra: Uint8Array,
  fields: readonly number[],
  fail: (message: string) => never,
): number[] {
  const view = viewOf(extra);
  let [at, end] = [0, 0];
  for (let p = 0; p + 4 <= extra.length && end === 0; ) {
    const length = view.getUint16(p + 2, true);
    if (view.getUint16(p, true) === 1) [at, end] = [p + 4, Math.min(p + 4 + length, extra.length)];
    p += 4 + length;
  }
  return fields.map((field) => {
    if (field !== 0xffffffff) return field;
    if (at + 8 > end) fail("has no ZIP64 field for a size of more than 4 GiB");
    at += 8;
    return wholeNumber(view, at - 8, fail);
  });
}

/** True for the name of a member that whoever unpacks the archive would write outside of the folder. */
export function leadsOutside(name: string): boolean {
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(name);
  return isAbsolute || name.includes("\0") || name.split(/[/\\]/).includes("..");
}

/** Where each member has to end at the latest, by where it begins; fails for those that overlap. */
function limitsOf(
  members: readonly Omit<ZipMember, "limit">[],
  directory: number,
  fail: (message: string, offset: number) => never,
): Map<number, number> {
  const ordered = [...members].sort((a, b) => a.offset - b.offset);
  return new Map(
    ordered.map((member, i) => {
      const next = ordered[i + 1];
      const limit = next?.offset ?? directory;
      if (next && member.offset + localBytes + member.compressed > limit) {
        fail(`${member.name} overlaps ${next.name}, which begins at ${limit}`, member.offset);
      }
      return [member.offset, limit];
    }),
  );
}

function wholeNumber(view: DataView, at: number, fail: (message: string) => never): number {
  const value = Number(view.getBigUint64(at, true));
  return Number.isSafeInteger(value) ? value : fail(`names ${value} bytes, more than any file has`);
}

/** Throws FormatError with the place in the file. */
export function failIn(file: string): (message: string, offset: number) => never {
  return (message, offset) => {
    throw new FormatError(`zip: byte ${offset}: ${message}`, { file, offset });
  };
}

/** A DataView of the same bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
