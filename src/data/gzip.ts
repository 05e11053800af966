// Bounded gzip decompression with what Node and browsers both have.
import { FormatError } from "../base/errors.ts";

/** True for bytes that begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** So much of the beginning is shown to `sizeOf`: more than any format's header has. */
const headBytes = 2048;

/**
 * Decompresses `bytes`. `sizeOf` is shown the first bytes of the content (all of it, or at least 2 KiB) and gives
 * the size that the content must not exceed; one byte more ends the decompression with a FormatError.
 */
export async function gunzip(
  bytes: Uint8Array,
  sizeOf: (head: Uint8Array) => number,
  { file }: { file?: string | undefined } = {},
): Promise<Uint8Array> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // Failures of the writing side arrive at the reading side as well.
  writer.write(new Uint8Array(bytes)).catch(() => {});
  writer.close().catch(() => {});
  const chunks: Uint8Array[] = [];
  let total = 0;
  let limit: number | null = null;
  for (;;) {
    const next = await reader.read().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FormatError(`gzip: damaged or cut short after ${total} decompressed bytes (${reason})`, {
        file,
      });
    });
    if (next.value) {
      chunks.push(next.value);
      total += next.value.length;
    }
    if (limit === null && (total >= headBytes || next.done)) limit = sizeOf(concatenate(chunks, total));
    if (limit !== null && total > limit) {
      await reader.cancel().catch(() => {});
      throw new FormatError(`gzip: the content is larger than the ${limit} bytes that its own header says`, {
        file,
        offset: 0,
      });
    }
    if (next.done) return concatenate(chunks, total);
  }
}

function concatenate(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
