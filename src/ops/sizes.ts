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

/** What a window that moves over an input is like along each axis: one for sequences, two for pictures. */
export interface Windows {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** Elements added before the first. */
  readonly before: readonly number[];
}

/** Windows as a picture's; a sequence is a picture of one row. */
export function asPicture({ input, output, kernel, stride, dilation, before }: Windows) {
  const along = (sizes: readonly number[], row: number) => (sizes.length === 1 ? row : sizes[0]!);
  return {
    inH: along(input, 1),
    inW: input.at(-1)!,
    outH: along(output, 1),
    outW: output.at(-1)!,
    kernelH: along(kernel, 1),
    kernelW: kernel.at(-1)!,
    strideH: along(stride, 1),
    strideW: stride.at(-1)!,
    padTop: along(before, 0),
    padLeft: before.at(-1)!,
    dilationH: along(dilation, 1),
    dilationW: dilation.at(-1)!,
  };
}
