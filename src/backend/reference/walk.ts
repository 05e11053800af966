// Walking an index space in row-major order while following strided windows into buffers.

import { type Shape, sizeOf } from "../../base/shape.ts";
import type { Access } from "../../kernel/kernel.ts";

/** A place in an index space, with the element that each of some strided windows shows there. */
export class Walk {
  /** The current index along each dim. */
  readonly index: Int32Array;
  /** For each window: its element at the current index. */
  readonly positions: Float64Array;
  readonly #dims: Shape;
  readonly #strides: readonly (readonly number[])[];

  /** Strides cover `dims`; windows start at their offsets, or at 0 where none are given. */
  constructor(dims: Shape, strides: readonly (readonly number[])[], offsets?: readonly number[]) {
    this.#dims = dims;
    this.#strides = strides;
    this.index = new Int32Array(dims.length);
    this.positions = Float64Array.from(strides, (_, w) => offsets?.[w] ?? 0);
  }

  /** Calls `visit` at every index of the space; not at all where a dim is 0. Ends where it began. */
  each(visit: () => void): void {
    const total = sizeOf(this.#dims);
    for (let count = 0; count < total; count++) {
      visit();
      this.advance();
    }
  }

  /** Goes to the next index; from the last one, back to the first. */
  advance(): void {
    for (let d = this.#dims.length - 1; d >= 0; d--) {
      const next = this.index[d]! + 1;
      const back = next === this.#dims[d]!;
      this.index[d] = back ? 0 : next;
      const moved = back ? 1 - next : 1;
      for (let w = 0; w < this.#strides.length; w++) this.positions[w]! += moved * this.#strides[w]![d]!;
      if (!back) return;
    }
  }
}

/** The lowest and highest element that a window shows over an index space, or null where the space is empty. */
export function reach(access: Access, dims: Shape): { low: number; high: number } | null {
  let low = access.offset;
  let high = access.offset;
  for (const [d, size] of dims.entries()) {
    if (size === 0) return null;
    const end = (size - 1) * access.strides[d]!;
    if (end < 0) low += end;
    else high += end;
  }
  return { low, high };
}
