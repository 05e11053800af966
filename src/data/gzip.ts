// Bounded gzip decompression with what Node and browsers both have.
import { FormatError } from "../base/errors.ts";

/** True for bytes that begin like a gzip file. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** So much of the beginning is shown to `sizeOf`: more than any format's header has. */
const headBytes = 2048;
/** So much is handed to the decompressor at a time: a copy of a whole archive would double its memory. */
const feedBytes = 2 ** 20;

/**
 * Decompresses `bytes`. `sizeOf` is shown the first bytes of the content (all of it, or at least 2 KiB) and gives
 * the size that the content must not exceed; one byte more ends the decompression with a FormatError.
 */
export async function gunzip(
  bytes: Uint8Array,
  sizeOf: (head: Uint8Array) => number,
  { file }: { file?: string | undefined } = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let limit: number | null = null;
  const check = (): void => {
    if (limit !== null && total > limit) {
      throw new FormatError(`gzip: the content is larger than the ${limit} bytes that its own header says`, {
        file,
        offset: 0,
      });
    }
  };
  for await (const chunk of inflated(bytes, "gzip", { file })) {
    chunks.push(chunk);
    total += chunk.length;
    if (limit === null && total >= headBytes) limit = sizeOf(concatenate(chunks, total));
    check();
  }
  if (limit === null) limit = sizeOf(concatenate(chunks, total));
  check();
  return concatenate(chunks, total);
}

/** Compressed bytes piece by piece, as they are decompressed; whoever stops reading stops the work. FormatError for damaged ones. */
export async function* inflated(
  bytes: Uint8Array,
  format: "gzip" | "deflate-raw",
  { file }: { file?: string | undefined } = {},
): AsyncGenerator<Uint8Array, void> {
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // Failures of the writing side arrive at the reading side as well.
  const feed = async (): Promise<void> => {
    for (let at = 0; at < bytes.length; at += feedBytes) {
      await writer.write(new Uint8Array(bytes.subarray(at, at + feedBytes)));
    }
    await writer.close();
  };
  feed().catch(() => {});
  let total = 0;
  try {
    for (;;) {
      const next = await reader.read().catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const name = format === "gzip" ? "gzip" : "deflate";
        throw new FormatError(`${name}: damaged or cut short after ${total} decompressed bytes (${reason})`, {
          file,
        });
      });
      if (next.done) return;
      total += next.value.length;
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Pieces as one array of `total` bytes. */
export function concatenate(chunks: readonly Uint8Array[], total: number): Uint8Array {
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
