// Members of a zip archive that lies in a file, of which only the parts that are asked for are read; nothing is ever written to a disk.
// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10.
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { crc32 } from "../picture/png.ts";
import type { FileParts } from "./files.ts";
import { concatenate, inflated } from "./gzip.ts";

const endSignature = 0x06054b50;
const endBytes = 22;
const centralSignature = 0x02014b50;
const centralBytes = 46;
const localSignature = 0x04034b50;
const localBytes = 30;
const mostCommentBytes = 0xffff;

/** What the central directory says of a member. */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

/**
 * The members that the archive's directory names, by name. Throws FormatError, with the place in the file, where there is no directory or
 * where it points outside of the file, and UnsupportedError for archives in parts or of more than 4 GiB (ZIP64).
 */
export async function zipDirectory(parts: FileParts): Promise<Map<string, ZipMember>> {
  const { file, size } = parts;
  const fail = (message: string, offset: number): never => {
    throw new FormatError(`zip: byte ${offset}: ${message}`, { file, offset });
  };
  const tailStart = Math.max(0, size - endBytes - mostCommentBytes);
  const tail = await parts.read(tailStart, size - tailStart);
  const view = viewOf(tail);
  let at = tail.length - endBytes;
  // The end record is followed by a comment of the length that it says.
  const isEnd = (p: number) =>
    view.getUint32(p, true) === endSignature && p + endBytes + view.getUint16(p + 20, true) === tail.length;
  while (at >= 0 && !isEnd(at)) at--;
  if (at < 0) return fail("no end of a directory was found; the file is cut short, or no zip archive", size);
  const count = view.getUint16(at + 10, true);
  const length = view.getUint32(at + 12, true);
  const start = view.getUint32(at + 16, true);
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    throw new UnsupportedError(`${file}: zip: archives of the ZIP64 form can't be read; unpack it`);
  }
  if (view.getUint16(at + 4, true) !== 0 || view.getUint16(at + 8, true) !== count) {
    throw new UnsupportedError(`${file}: zip: archives in several parts can't be read; unpack it`);
  }
  if (start + length > tailStart + at) {
    fail(`the directory of ${length} bytes at ${start} reaches beyond its end`, tailStart + at);
  }
  const directory = await parts.read(start, length);
  const entries = viewOf(directory);
  const members = new Map<string, ZipMember>();
  let entry = 0;
  for (let i = 0; i < count; i++) {
    if (entry + centralBytes > length || entries.getUint32(entry, true) !== centralSignature) {
      fail(`expected entry ${i + 1} of ${count} of the directory`, start + entry);
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((p) => entries.getUint16(entry + p, true));
    const end = entry + centralBytes + nameLength! + extra! + comment!;
    if (end > length) fail(`entry ${i + 1} reaches beyond the directory`, start + entry);
    const name = new TextDecoder().decode(
      directory.subarray(entry + centralBytes, entry + centralBytes + nameLength!),
    );
    const member: ZipMember = {
      name,
      method: entries.getUint16(entry + 10, true),
      crc: entries.getUint32(entry + 16, true),
      compressed: entries.getUint32(entry + 20, true),
      size: entries.getUint32(entry + 24, true),
      offset: entries.getUint32(entry + 42, true),
    };
    if (member.offset + localBytes + member.compressed > start) {
      fail(`${name} reaches beyond the data`, start + entry);
    }
    members.set(name, member);
    entry = end;
  }
  return members;
}

/**
 * A member's bytes. Throws FormatError where its own header is not the directory's, and where size or checksum differ from what the directory says, and
 * UnsupportedError for other methods than stored (0) and deflated (8).
 */
export async function readZipMember(parts: FileParts, member: ZipMember): Promise<Uint8Array> {
  const { file } = parts;
  const { name, offset, size } = member;
  const fail = (message: string): never => {
    throw new FormatError(`zip: byte ${offset}: ${name}: ${message}`, { file, offset });
  };
  const header = viewOf(await parts.read(offset, localBytes));
  if (header.getUint32(0, true) !== localSignature) fail("expected the header of a member");
  const nameLength = header.getUint16(26, true);
  const start = offset + localBytes + nameLength + header.getUint16(28, true);
  if (start + member.compressed > parts.size) fail("its data reach beyond the file");
  const ownName = new TextDecoder().decode(await parts.read(offset + localBytes, nameLength));
  if (ownName !== name) fail(`its own header calls it ${ownName}`);
  if (header.getUint16(8, true) !== member.method) fail("its own header names another method");
  const stored = await parts.read(start, member.compressed);
  let bytes: Uint8Array;
  if (member.method === 0) bytes = stored;
  else if (member.method === 8) {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for await (const chunk of inflated(stored, "deflate-raw", { file: `${file}: ${name}` })) {
      chunks.push(chunk);
      total += chunk.length;
      if (total > size) fail(`more than the ${size} bytes that the directory says`);
    }
    bytes = concatenate(chunks, total);
  } else {
    throw new UnsupportedError(
      `${file}: zip: ${name} is compressed by method ${member.method}; known are 0 and 8. Unpack it`,
    );
  }
  if (bytes.length !== size) fail(`${bytes.length} bytes; the directory says ${size}`);
  const crc = crc32(bytes);
  if (crc !== member.crc) fail(`the checksum is ${hex(crc)}; the directory says ${hex(member.crc)}`);
  return bytes;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
