// What lies in a member of a zip archive: all of it, its beginning, or any range where it is stored as it is.
import { UnsupportedError } from "../base/errors.ts";
import { crc32 } from "../picture/png.ts";
import type { FileParts } from "./files.ts";
import { inflated } from "./gzip.ts";
import { failIn, localBytes, viewOf, wideFields, type ZipMember } from "./zip.ts";

const localSignature = 0x04034b50;
const stored = 0;
const deflated = 8;
/** Sizes and checksum follow the data, and may be missing in the local header. */
const sizesFollow = 8;
/** No deflate stream gives more than this for a byte. Source: zlib, "Technical Details", maximum compression factor. */
const mostDeflated = 1032;
/** What gives more than so much for a byte, and is larger than so many bytes, is taken for a bomb. */
const bomb = { ratio: 250, bytes: 64 * 2 ** 20 };

/** True for a member whose bytes stand in the archive as they are. */
export function isStored({ method }: ZipMember): boolean {
  return method === stored;
}

/**
 * Where a member's data begin. Throws FormatError where its own header and the directory disagree about name, method, sizes or
 * checksum, and where its data reach into what follows.
 */
export async function zipDataStart(parts: FileParts, member: ZipMember): Promise<number> {
  const { name, offset } = member;
  const fail = (message: string): never => failIn(parts.file)(`${name}: ${message}`, offset);
  const header = viewOf(await parts.read(offset, localBytes));
  if (header.getUint32(0, true) !== localSignature) fail("expected the header of a member");
  const nameLength = header.getUint16(26, true);
  const extraLength = header.getUint16(28, true);
  const start = offset + localBytes + nameLength + extraLength;
  if (start + member.compressed > parts.size) fail("its data reach beyond the file");
  if (start + member.compressed > member.limit) fail(`its data overlap what begins at ${member.limit}`);
  const rest = await parts.read(offset + localBytes, nameLength + extraLength);
  const ownName = new TextDecoder().decode(rest.subarray(0, nameLength));
  if (ownName !== name) fail(`its own header calls it ${ownName}`);
  if (header.getUint16(8, true) !== member.method) fail("its own header names another method");
  const [size, compressed] = wideFields(
    rest.subarray(nameLength),
    [header.getUint32(22, true), header.getUint32(18, true)],
    (message) => fail(`its own header ${message}`),
  );
  const mayLack = (header.getUint16(6, true) & sizesFollow) !== 0;
  const disagree = (own: number, directory: number) => own !== directory && !(mayLack && own === 0);
  for (const [what, own, directory] of [
    ["size", size!, member.size],
    ["compressed size", compressed!, member.compressed],
    ["checksum", header.getUint32(14, true), member.crc],
  ] as const) {
    if (disagree(own, directory)) fail(`its own header says ${what} ${own}, the directory ${directory}`);
  }
  return start;
}

/**
 * A member's bytes. Beside what `zipDataStart` throws: FormatError where size or checksum differ from what the directory says, and, before
 * anything is allocated, for a size that compressed data can't have or that only a bomb has; UnsupportedError for other methods than
 * stored (0) and deflated (8). With `mayLackChecksum`, a checksum of 0 stands for none, as writers of weights have it that save the time.
 */
export async function readZipMember(
  parts: FileParts,
  member: ZipMember,
  { mayLackChecksum = false } = {},
): Promise<Uint8Array> {
  const fail = (message: string): never => failIn(parts.file)(`${member.name}: ${message}`, member.offset);
  checkMethod(parts.file, member);
  checkSize(member, fail);
  const start = await zipDataStart(parts, member);
  const data = await parts.read(start, member.compressed);
  const bytes = isStored(member) ? data : await inflateMember(parts.file, member, data, fail);
  const crc = crc32(bytes);
  const lacksChecksum = mayLackChecksum && member.crc === 0;
  if (crc !== member.crc && !lacksChecksum)
    fail(`the checksum is ${hex(crc)}; the directory says ${hex(member.crc)}`);
  return bytes;
}

/** The first `most` bytes of a member, or all of it where it has fewer; its checksum is not looked at. */
export async function readZipHead(parts: FileParts, member: ZipMember, most: number): Promise<Uint8Array> {
  checkMethod(parts.file, member);
  const start = await zipDataStart(parts, member);
  if (isStored(member)) return parts.read(start, Math.min(most, member.compressed));
  // Deflate adds a few bytes at most to what it can't shrink.
  const data = await parts.read(start, Math.min(member.compressed, most + 1024));
  const head = new Uint8Array(Math.min(most, member.size));
  let filled = 0;
  for await (const chunk of inflated(data, "deflate-raw", { file: `${parts.file}: ${member.name}` })) {
    const part = chunk.subarray(0, head.length - filled);
    head.set(part, filled);
    filled += part.length;
    if (filled === head.length) break;
  }
  return head.subarray(0, filled);
}

function checkMethod(file: string, { name, method }: ZipMember): void {
  if (method === stored || method === deflated) return;
  throw new UnsupportedError(
    `${file}: zip: ${name} is compressed by method ${method}; known are ${stored} and ${deflated}. Unpack it`,
  );
}

function checkSize(member: ZipMember, fail: (message: string) => never): void {
  const { compressed, size } = member;
  if (isStored(member)) {
    if (size !== compressed) fail(`it is stored with ${compressed} bytes; the directory says ${size}`);
  } else if (size > compressed * mostDeflated) {
    fail(`the directory says ${size} bytes; ${compressed} compressed ones can't hold so many`);
  } else if (size > bomb.bytes && size > compressed * bomb.ratio) {
    fail(`${compressed} bytes would become ${size}, which is taken for a bomb; store it without compression`);
  }
}

async function inflateMember(
  file: string,
  { name, size }: ZipMember,
  data: Uint8Array,
  fail: (message: string) => never,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of inflated(data, "deflate-raw", { file: `${file}: ${name}` })) {
    if (filled + chunk.length > size) fail(`more than the ${size} bytes that the directory says`);
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled !== size) fail(`${filled} bytes; the directory says ${size}`);
  return bytes;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
