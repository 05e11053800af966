// Sheets that were drawn, up to a number of bytes; the one that was asked for longest ago goes first.
import type { Sheet } from "./sheet.ts";

/** The cache. */
export class SheetCache {
  readonly #kept = new Map<string, Sheet>();
  readonly #most: number;
  #bytes = 0;

  constructor(most = 64 * 1024 * 1024) {
    this.#most = most;
  }

  /** The sheet of a tag; drawn where it is not kept. */
  async get(tag: string, draw: () => Promise<Sheet>): Promise<Sheet> {
    const sheet = this.#kept.get(tag) ?? (await draw());
    if (this.#kept.delete(tag)) this.#bytes -= sheet.bytes.length;
    this.#kept.set(tag, sheet);
    this.#bytes += sheet.bytes.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#most || oldest === tag) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.length;
    }
    return sheet;
  }
}
