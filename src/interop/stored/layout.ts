// Elements that lie in a file in another order than row by row, or with their bytes the other way round.
import { type Shape, sizeOf } from "../../base/shape.ts";

/** Swaps the bytes of each unit of `size` bytes in place, and gives them back. */
export function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  for (let at = 0; at + size <= bytes.length; at += size) {
    for (let i = 0; i < size >> 1; i++) {
      const last = at + size - 1 - i;
      const byte = bytes[at + i]!;
      bytes[at + i] = bytes[last]!;
      bytes[last] = byte;
    }
  }
  return bytes;
}

/** Strides, in elements, of an array whose first axis is innermost. */
export function columnStrides(shape: Shape): number[] {
  let stride = 1;
  return shape.map((size) => {
    stride *= size;
    return stride / (size || 1);
  });
}

/** True where strides are those of rows that follow each other; axes of one element may have any. */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  let expected = 1;
  for (let d = shape.length - 1; d >= 0; d--) {
    if (shape[d] !== 1 && strides[d] !== expected) return false;
    expected *= shape[d]!;
  }
  return true;
}

/** How many elements lie between the first that a tensor with strides has and its last, both included; 0 for none. */
export function extentOf(shape: Shape, strides: readonly number[]): number {
  if (sizeOf(shape) === 0) return 0;
  return shape.reduce((extent, size, d) => extent + (size - 1) * strides[d]!, 1);
}

/** The elements of a tensor with strides, row by row; `bytes` begins at its first. */
export function gatherRows(
  bytes: Uint8Array,
  shape: Shape,
  strides: readonly number[],
  size: number,
): Uint8Array {
  const rows = new Uint8Array(sizeOf(shape) * size);
  const index = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < rows.length; to += size) {
    for (let i = 0; i < size; i++) rows[to + i] = bytes[from * size + i]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      from -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return rows;
}
