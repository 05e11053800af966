// Bytes and Blobs as files that are read in parts.
import { FormatError, UnsupportedError } from "../base/errors.ts";
import type { OpenFile } from "./files.ts";

/** Bytes in memory; `file` is what errors call them. */
export function partsOfBytes(bytes: Uint8Array, file: string): OpenFile {
  const read = async (start: number, length: number): Promise<Uint8Array> => {
    checkRange(file, bytes.length, start, length);
    // Not slice(): that of a Node Buffer would share its memory.
    return new Uint8Array(bytes.subarray(start, start + length));
  };
  return { file, size: bytes.length, read, close: async () => {} };
}

/** A Blob, of which a File that a user chose is one; only the parts that are asked for are read. */
export function partsOfBlob(blob: Blob, file: string): OpenFile {
  const read = async (start: number, length: number): Promise<Uint8Array> => {
    checkRange(file, blob.size, start, length);
    return new Uint8Array(await blob.slice(start, start + length).arrayBuffer());
  };
  return { file, size: blob.size, read, close: async () => {} };
}

/** As many bytes as one array has in every engine. */
const mostBytes = 2 ** 32 - 1;

/** Before anything is allocated: FormatError for a range that reaches beyond the file, UnsupportedError for one that no array holds. */
export function checkRange(file: string, size: number, start: number, length: number): void {
  if (start + length > size) {
    throw new FormatError(`${length} bytes at ${start} were expected; the file has ${size}`, {
      file,
      offset: size,
    });
  }
  if (length > mostBytes) {
    throw new UnsupportedError(`${file}: ${length} bytes in one piece; at most ${mostBytes} can be read`);
  }
}
