// Members of a tar archive, read from its bytes as they arrive; nothing is ever written to a disk.
// Source: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU's type L for long names.
import { FormatError } from "../base/errors.ts";
import { concatenate } from "./gzip.ts";

const blockBytes = 512;
/** More than any name or extended header needs. */
const mostHeaderBytes = 2 ** 20;

/** What the header of a member says. */
interface Header {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/**
 * The files of an archive whose names `wanted` has, by name; reading ends when all are found. Other members are skipped, and of members
 * of one name the last counts, unless reading ended before. Throws FormatError, with the place in the archive, for a header whose checksum or
 * size makes no sense, for a member larger than `maxBytes`, and for an archive that ends in the middle of a member.
 */
export async function readTar(
  chunks: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<string>,
  { file, maxBytes = 2 ** 30 }: { file?: string | undefined; maxBytes?: number } = {},
): Promise<Map<string, Uint8Array>> {
  const source = new Blocks(chunks, file);
  const found = new Map<string, Uint8Array>();
  /** What the members before this one said about it. */
  let longName: string | null = null;
  let longSize: number | null = null;
  try {
    while (found.size < wanted.size) {
      const offset = source.position;
      const block = await source.take(blockBytes, "header", true);
      if (block === null || block.every((byte) => byte === 0)) break;
      const header = readHeader(block, file, offset);
      const size = longSize ?? header.size;
      const name = longName ?? header.name;
      const fail = (message: string): never => {
        throw new FormatError(`tar: byte ${offset}: ${message}`, { file, offset });
      };
      const padding = -size & (blockBytes - 1);
      if (header.type === "L" || header.type === "x") {
        if (size > mostHeaderBytes) fail(`a header of ${size} bytes; expected at most ${mostHeaderBytes}`);
        const text = decode((await source.take(size, name))!);
        await source.skip(padding, name);
        if (header.type === "L") longName = text.replace(/\0.*$/s, "");
        else {
          const records = paxRecords(text);
          longName = records.get("path") ?? longName;
          const written = records.get("size");
          if (written !== undefined) {
            longSize = /^\d{1,15}$/.test(written) ? Number(written) : fail(`size "${written}" is no number`);
          }
        }
        continue;
      }
      longName = null;
      longSize = null;
      const plain = name.replace(/^(\.\/)+/, "");
      if ((header.type === "0" || header.type === "\0" || header.type === "7") && wanted.has(plain)) {
        if (size > maxBytes) fail(`${plain} has ${size} bytes; expected at most ${maxBytes}`);
        found.set(plain, (await source.take(size, plain))!);
      } else await source.skip(size, name);
      await source.skip(padding, name);
    }
  } finally {
    await source.close();
  }
  return found;
}

function readHeader(block: Uint8Array, file: string | undefined, offset: number): Header {
  const fail = (message: string): never => {
    throw new FormatError(`tar: byte ${offset}: ${message}`, { file, offset });
  };
  // The sum counts its own eight bytes as spaces.
  let sum = 8 * 0x20;
  for (const [i, byte] of block.entries()) if (i < 148 || i >= 156) sum += byte;
  const written = octal(block, 148, 8);
  if (written !== sum) fail(`the header's checksum is ${sum}; it says ${written ?? "nothing"}`);
  const size = octal(block, 124, 12);
  if (size === null) return fail("the header's size is no octal number");
  const isUstar = textAt(block, 257, 5) === "ustar";
  // GNU's own format, told by its two spaces, has other things where POSIX has the prefix.
  const prefix = isUstar && textAt(block, 257, 8) !== "ustar  " ? textAt(block, 345, 155) : "";
  const name = textAt(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156]!),
  };
}

/** A field's octal number; null where it is none. */
function octal(block: Uint8Array, at: number, length: number): number | null {
  const text = textAt(block, at, length).trim();
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : null;
}

/** A field's text up to its first NUL. */
function textAt(block: Uint8Array, at: number, length: number): string {
  return decode(block.subarray(at, at + length)).replace(/\0.*$/s, "");
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The records of a pax header: each "length key=value\n", where length counts all of it in bytes; here in characters of ASCII keys. */
function paxRecords(text: string): Map<string, string> {
  return new Map(Array.from(text.matchAll(/^\d+ ([^=\n]+)=([^\n]*)$/gm), ([, key, value]) => [key!, value!]));
}

/** Bytes that arrive in pieces, handed out in the lengths that are asked for. */
class Blocks {
  /** Bytes handed out or skipped so far. */
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #file: string | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>, file: string | undefined) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#file = file;
  }

  /** The next bytes; null at the very end, where that is allowed. */
  async take(length: number, what: string, mayEnd = false): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [];
    const start = this.position;
    await this.#forward(length, what, (part) => parts.push(part), mayEnd);
    return mayEnd && this.position === start ? null : concatenate(parts, length);
  }

  async skip(length: number, what: string): Promise<void> {
    await this.#forward(length, what, () => {}, false);
  }

  /** Ends the reading, so that whatever makes the bytes stops too. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #forward(
    length: number,
    what: string,
    use: (part: Uint8Array) => void,
    mayEnd: boolean,
  ): Promise<void> {
    let left = length;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done) {
          if (mayEnd && left === length) return;
          throw new FormatError(
            `tar: byte ${this.position}: the archive ends within ${what}; ${left} bytes are missing`,
            { file: this.#file, offset: this.position },
          );
        }
        this.#rest = next.value;
        continue;
      }
      const part = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(part.length);
      this.position += part.length;
      left -= part.length;
      use(part);
    }
  }
}
