// Pictures that were decoded and brought to size once, kept for the epochs that follow; shared by all threads of a loader.
import type { Picture } from "../picture/picture.ts";

/** The memory behind a cache, which can be posted to other threads. */
export interface CacheMemory {
  /** Four numbers a picture: its place in the arena + 1 in units of 16 bytes (0 for none), width, height, channels. */
  readonly table: Int32Array;
  readonly arena: Uint8Array;
  /** One number: the first free unit of the arena. */
  readonly next: Int32Array;
}

/** Places in the arena are counted in units of so many bytes, so that 32 bits reach far enough. */
const unit = 16;

/** Memory for `length` pictures with at most `bytes` altogether; pages that are never written cost nothing. */
export function cacheMemory(length: number, bytes: number): CacheMemory {
  // Threads share it where the host allows that: a page that is not isolated has none, and no loader threads either.
  const allocate = (size: number) =>
    typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(size) : new SharedArrayBuffer(size);
  return {
    table: new Int32Array(allocate(16 * length)),
    arena: new Uint8Array(allocate(Math.floor(bytes / unit) * unit)),
    next: new Int32Array(allocate(4)),
  };
}

/** Keeps the first pictures that come until the memory is full. Threads may fill and read it at the same time. */
export class PictureCache {
  readonly #memory: CacheMemory;

  constructor(memory: CacheMemory) {
    this.#memory = memory;
  }

  /** The picture with a number, as a view on the cache, or null. */
  get(index: number): Picture | null {
    const { table, arena } = this.#memory;
    const place = Atomics.load(table, 4 * index);
    if (place === 0) return null;
    const [width, height, channels] = table.subarray(4 * index + 1, 4 * index + 4) as unknown as [
      number,
      number,
      number,
    ];
    const start = (place - 1) * unit;
    return { width, height, channels, data: arena.subarray(start, start + width * height * channels) };
  }

  /** Keeps a copy of a picture, unless the memory is full. */
  put(index: number, { width, height, channels, data }: Picture): void {
    const { table, arena, next } = this.#memory;
    const units = Math.ceil(data.length / unit);
    const end = arena.length / unit;
    if (Atomics.load(next, 0) + units > end) return;
    const place = Atomics.add(next, 0, units);
    if (place + units > end) return;
    arena.set(data, place * unit);
    table[4 * index + 1] = width;
    table[4 * index + 2] = height;
    table[4 * index + 3] = channels;
    // Last, so that whoever sees the place also sees the pixels.
    Atomics.store(table, 4 * index, place + 1);
  }
}
