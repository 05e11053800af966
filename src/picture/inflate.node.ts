// Inflating in Node: at once, without a stream's turns.
import { inflateSync } from "node:zlib";

/** The content of zlib data in parts, null where it has more than `most` bytes; throws for damaged data and such that end early. */
export async function inflate(parts: readonly Uint8Array[], most: number): Promise<Uint8Array | null> {
  try {
    const data = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
    return inflateSync(data, { maxOutputLength: most });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw error;
  }
}
