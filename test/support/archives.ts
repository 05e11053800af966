// Tar and zip archives made by hand, right or with what is wrong about them.
import { deflateRawSync } from "node:zlib";
import { crc32 } from "../../src/picture/png.ts";

/** A member of a tar archive; `header` changes the header after everything but its checksum is written. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type?: string;
  readonly header?: (block: Buffer) => void;
}

/** A tar archive in ustar form, with the two empty blocks at its end. */
export function makeTar(entries: readonly TarEntry[], { end = true } = {}): Buffer {
  const blocks = entries.flatMap(({ name, bytes, type = "0", header }) => {
    const block = Buffer.alloc(512);
    block.write(name.slice(0, 100), 0);
    block.write("0000644\0", 100);
    block.write(`${bytes.length.toString(8).padStart(11, "0")}\0`, 124);
    block.write(type, 156);
    block.write("ustar\u000000", 257);
    header?.(block);
    block.fill(" ", 148, 156);
    const sum = block.reduce((a, b) => a + b, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return [block, Buffer.from(bytes), Buffer.alloc(-bytes.length & 511)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(end ? 1024 : 0)]);
}

/** A member of a zip archive; `local` and `central` change its two headers. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly stored?: boolean;
  readonly local?: (header: Buffer) => void;
  readonly central?: (header: Buffer) => void;
}

/** A zip archive; `end` changes its last record. */
export function makeZip(
  entries: readonly ZipEntry[],
  { comment = "", end = () => {} }: { comment?: string; end?: (record: Buffer) => void } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, stored = false, local = () => {}, central = () => {} } of entries) {
    const data = stored ? Buffer.from(bytes) : deflateRawSync(bytes);
    const method = stored ? 0 : 8;
    const header = Buffer.alloc(30 + name.length);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(method, 8);
    header.writeUInt32LE(crc32(bytes), 14);
    header.writeUInt32LE(data.length, 18);
    header.writeUInt32LE(bytes.length, 22);
    header.writeUInt16LE(name.length, 26);
    header.write(name, 30);
    local(header);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc32(bytes), 16);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt32LE(bytes.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entry.write(name, 46);
    central(entry);
    parts.push(header, data);
    directory.push(entry);
    offset += header.length + data.length;
  }
  const central = Buffer.concat(directory);
  const record = Buffer.alloc(22 + comment.length);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(entries.length, 8);
  record.writeUInt16LE(entries.length, 10);
  record.writeUInt32LE(central.length, 12);
  record.writeUInt32LE(offset, 16);
  record.writeUInt16LE(comment.length, 20);
  record.write(comment, 22);
  end(record);
  return Buffer.concat([...parts, central, record]);
}
