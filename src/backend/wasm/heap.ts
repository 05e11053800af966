// Allocation of address ranges in a space that grows at its end; knows nothing of what is kept in them.

/** Alignment of every block, in bytes: a cache line, and enough for any vector load. */
export const alignment = 64;

/** `bytes` rounded up to the alignment. */
export function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

const binCount = 33;

/** Bin of a free block: bin b holds sizes 2^b … 2^(b+1) − 1 alignments. */
function binOf(bytes: number): number {
  return 31 - Math.clz32(bytes / alignment);
}

/**
 * Free lists by power of two, best fit inside a bin; neighbouring free blocks join at once. Blocks are known
 * by their address; sizes are multiples of the alignment.
 */
export class Heap {
  readonly #bins: Set<number>[] = Array.from({ length: binCount }, () => new Set());
  /** Free blocks: size by first address, and first address by end. */
  readonly #freeSize = new Map<number, number>();
  readonly #freeStart = new Map<number, number>();
  readonly #used = new Map<number, number>();
  #end: number;
  #usedBytes = 0;

  constructor(start: number) {
    this.#end = start;
  }

  /** End of the space. */
  get end(): number {
    return this.#end;
  }

  /** Bytes in blocks now allocated. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Size of the free block that the space ends with. */
  get tailBytes(): number {
    const start = this.#freeStart.get(this.#end);
    return start === undefined ? 0 : this.#end - start;
  }

  /** Moves the end of the space up to `end`. */
  extend(end: number): void {
    const start = this.#end;
    this.#end = end;
    if (end > start) this.#insert(start, end - start);
  }

  /** Address of a new block of at least `bytes` bytes, or null when no free block is large enough. */
  allocate(bytes: number): number | null {
    const size = Math.max(alignment, align(bytes));
    const start = this.#find(size);
    if (start === null) return null;
    const whole = this.#freeSize.get(start)!;
    this.#remove(start, whole);
    if (whole > size) this.#insert(start + size, whole - size);
    this.#used.set(start, size);
    this.#usedBytes += size;
    return start;
  }

  /** Gives a block back. */
  free(address: number): void {
    const size = this.#used.get(address);
    if (size === undefined) throw new Error(`heap: no block at ${address}`);
    this.#used.delete(address);
    this.#usedBytes -= size;
    this.#insert(address, size);
  }

  #find(size: number): number | null {
    let best: number | null = null;
    let bestSize = Number.POSITIVE_INFINITY;
    for (let bin = binOf(size); bin < binCount; bin++) {
      for (const start of this.#bins[bin]!) {
        const candidate = this.#freeSize.get(start)!;
        if (candidate >= size && candidate < bestSize) {
          best = start;
          bestSize = candidate;
          if (candidate === size) return start;
        }
      }
      if (best !== null) return best;
    }
    return null;
  }

  #insert(start: number, size: number): void {
    let first = start;
    let end = start + size;
    const before = this.#freeStart.get(start);
    if (before !== undefined) {
      this.#remove(before, start - before);
      first = before;
    }
    const after = this.#freeSize.get(end);
    if (after !== undefined) {
      this.#remove(end, after);
      end += after;
    }
    this.#freeSize.set(first, end - first);
    this.#freeStart.set(end, first);
    this.#bins[binOf(end - first)]!.add(first);
  }

  #remove(start: number, size: number): void {
    this.#freeSize.delete(start);
    this.#freeStart.delete(start + size);
    this.#bins[binOf(size)]!.delete(start);
  }
}
