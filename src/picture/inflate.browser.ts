// Inflating in browsers: a stream that is left as soon as it has given too much.

/** The content of zlib data in parts, null where it has more than `most` bytes; throws for damaged data and such that end early. */
export async function inflate(parts: readonly Uint8Array[], most: number): Promise<Uint8Array | null> {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // Failures of the writing side arrive at the reading side as well.
  for (const part of parts) writer.write(new Uint8Array(part)).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const content = new Uint8Array(most);
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return content.subarray(0, filled);
    if (filled + value.length > most) {
      await reader.cancel().catch(() => {});
      return null;
    }
    content.set(value, filled);
    filled += value.length;
  }
}
