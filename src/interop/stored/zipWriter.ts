// Zip archives whose members are stored as they are, each beginning at a multiple of 64 bytes, so that readers can map them.
// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 6.3.10.
import { FormatError, UnsupportedError } from "../../base/errors.ts";
import { leadsOutside } from "../../data/zip.ts";
import { crc32 } from "../../picture/png.ts";

const alignment = 64;
/** Id of an extra field that only fills, as PyTorch writes it. */
const fillerId = 0x4246;
/** Names are UTF-8. */
const utf8 = 0x0800;
/** 1980-01-01, the first day that the format knows: the same content gives the same bytes. */
const day = 0x21;
const version = 20;

/** A member to be written. */
export interface MemberToStore {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Writes an archive. Throws UnsupportedError for one of 4 GiB or 65,535 members, which would need ZIP64, and FormatError for unsafe names. */
export function writeZip(members: readonly MemberToStore[]): Uint8Array {
  const encoder = new TextEncoder();
  let end = 0;
  const placed = members.map(({ name, bytes }) => {
    if (leadsOutside(name)) {
      throw new FormatError(`zip: ${JSON.stringify(name)} is no path inside of an archive; rename it`);
    }
    const encoded = encoder.encode(name);
    const offset = end;
    const bare = offset + 30 + encoded.length + 4;
    const start = Math.ceil(bare / alignment) * alignment;
    end = start + bytes.length;
    return { name: encoded, bytes, crc: crc32(bytes), offset, start };
  });
  const directoryBytes = placed.reduce((sum, { name }) => sum + 46 + name.length, 0);
  const size = end + directoryBytes + 22;
  if (size >= 0xffffffff || members.length >= 0xffff) {
    throw new UnsupportedError(
      `zip: ${members.length} members of ${end} bytes need ZIP64, which is not written; split the file, or write safetensors`,
    );
  }
  const archive = new Uint8Array(size);
  const view = new DataView(archive.buffer);
  let at = end;
  for (const member of placed) {
    const { name, bytes, offset, start } = member;
    view.setUint32(offset, 0x04034b50, true);
    writeCommon(view, offset + 4, member);
    const filler = start - offset - 30 - name.length;
    view.setUint16(offset + 28, filler, true);
    archive.set(name, offset + 30);
    view.setUint16(offset + 30 + name.length, fillerId, true);
    view.setUint16(offset + 32 + name.length, filler - 4, true);
    archive.set(bytes, start);
    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, version, true);
    writeCommon(view, at + 6, member);
    view.setUint32(at + 42, offset, true);
    archive.set(name, at + 46);
    at += 46 + name.length;
  }
  view.setUint32(at, 0x06054b50, true);
  view.setUint16(at + 8, members.length, true);
  view.setUint16(at + 10, members.length, true);
  view.setUint32(at + 12, directoryBytes, true);
  view.setUint32(at + 16, end, true);
  return archive;
}

/** The fields that both headers of a member have, from the version that is needed to the name's length. */
function writeCommon(
  view: DataView,
  at: number,
  { name, bytes, crc }: { name: Uint8Array; bytes: Uint8Array; crc: number },
): void {
  view.setUint16(at, version, true);
  view.setUint16(at + 2, utf8, true);
  view.setUint16(at + 8, day, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, bytes.length, true);
  view.setUint32(at + 18, bytes.length, true);
  view.setUint16(at + 22, name.length, true);
}
