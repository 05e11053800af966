// Sizes along the axes of pictures and of sequences, which are pictures of one row.

import { OptionError } from "../base/errors.ts";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/** How many axes a window moves along: 1 for sequences, 2 for pictures. */
export type Axes = 1 | 2;

/** A number for each axis, checked to be integers of at least `least`. */
export function sizesOf(op: string, name: string, value: Pair, least: number, axes: Axes): readonly number[] {
  const sizes = typeof value === "number" ? new Array<number>(axes).fill(value) : value;
  if (
    !Array.isArray(sizes) ||
    sizes.length !== axes ||
    sizes.some((n) => !Number.isInteger(n) || n < least)
  ) {
    const several = axes === 1 ? "" : ", or two of them";
    throw new OptionError(
      `${op}: ${name} must be an integer of at least ${least}${several}; got ${Array.isArray(value) ? `[${value.join(", ")}]` : value}`,
    );
  }
  return sizes;
}

/** Both numbers of a pair, checked to be integers of at least `least`. */
export function pair(op: string, name: string, value: Pair, least: number): [number, number] {
  return [...sizesOf(op, name, value, least, 2)] as [number, number];
}

/** Sizes for both axes of a picture; a sequence, which has sizes for one, gets `row` for the other. */
export function asPicture(sizes: readonly number[], row: number): [number, number] {
  return [sizes.length === 1 ? row : sizes[0]!, sizes.at(-1)!];
}
