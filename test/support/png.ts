// Writes PNG files for tests, also broken ones: every chunk can be given by hand.
import { deflateSync } from "node:zlib";
import { crc32 } from "../../src/picture/png.ts";

/** One chunk; `crc` replaces the right one. */
export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  readonly crc?: number;
}

/** A PNG file of chunks. */
export function pngOf(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ type, data, crc }) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const frame = Buffer.alloc(8 + body.length);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc ?? crc32(body), 4 + body.length);
    return frame;
  });
  return new Uint8Array(
    Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]),
  );
}

/** The header chunk. */
export function ihdr(width: number, height: number, depth = 8, colour = 0, interlace = 0): Chunk {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlace], 8);
  return { type: "IHDR", data };
}

/** The pixels' chunk: rows that each begin with their filter. */
export function idat(rows: Uint8Array): Chunk {
  return { type: "IDAT", data: deflateSync(rows) };
}

/** The last chunk. */
export const iend: Chunk = { type: "IEND", data: new Uint8Array(0) };
