// Single numbers of tensors whose elements are there.
import type { Tensor } from "../../../src/index.ts";

/** The element of the first sample at an index without the batch axis; axes of size 1 hold for all places. */
export function at(tensor: Tensor, cell: readonly number[]): number {
  const shape = tensor.shape.slice(1);
  const missing = shape.length - cell.length;
  let offset = 0;
  for (const [d, size] of shape.entries())
    offset = offset * size + (size === 1 ? 0 : (cell[d - missing] ?? 0));
  return tensor.dataSync()[offset]!;
}

/** An option that is one number for both axes, or one for each. */
export function pairOf(value: number | readonly number[]): readonly [number, number] {
  return typeof value === "number" ? [value, value] : [value[0]!, value[1]!];
}
