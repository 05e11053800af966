// The stretch of one picture axis that an element of a tensor sees, as an interval that moves with the element's index, and
// what movement, windows and sums do to it. Knows shapes alone.

import { type Shape, sizeOf } from "../base/shape.ts";

/** One digit of an index: it counts 0 … size − 1, and each count moves the interval by `step` pixels. */
export interface Digit {
  readonly size: number;
  readonly step: number;
}

/**
 * What an element sees: the pixels `start + Σ step · digit … + length − 1`. The index along each axis is written in digits, outermost
 * first; mostly there is one, and more where axes of different meaning were joined. Pixels may lie outside the picture (padding) and
 * between two pixels (between the elements of something enlarged).
 */
export interface Extent {
  readonly start: number;
  readonly length: number;
  readonly axes: readonly (readonly Digit[])[];
}

/** An index of the input for index i of the output: `scale · i + offset + t`, for all t of `0 … reach`. */
export interface WindowOf {
  readonly scale: number;
  readonly offset: number;
  readonly reach: number;
  /** Number of windows. */
  readonly size: number;
}

/** Extents that move differently are kept apart up to this number. */
const mostApart = 8;

/** An axis along which nothing moves. */
export function still(size: number): readonly Digit[] {
  return [{ size, step: 0 }];
}

/** The same interval for every index of a tensor of shape `to`: all that any element of `extent` sees. */
export function everywhere(extent: Extent, to: Shape): Extent {
  const { start, length } = extent.axes.reduce((whole: Extent, _, d) => joined(whole, d), extent);
  return { start, length, axes: to.map(still) };
}

/** What all elements along one axis see together; the axis stays, and nothing moves along it. */
export function joined(extent: Extent, axis: number): Extent {
  let { start, length } = extent;
  let size = 1;
  for (const digit of extent.axes[axis]!) {
    const way = digit.step * Math.max(0, digit.size - 1);
    start += Math.min(0, way);
    length += Math.abs(way);
    size *= digit.size;
  }
  return { start, length, axes: extent.axes.with(axis, still(size)) };
}

/** What windows along one axis see. */
export function windows(extent: Extent, axis: number, { scale, offset, reach, size }: WindowOf): Extent {
  const [digit, ...more] = extent.axes[axis]!;
  if (!digit || more.length > 0) {
    const whole = joined(extent, axis);
    return { ...whole, axes: whole.axes.with(axis, still(size)) };
  }
  return {
    start: extent.start + digit.step * offset + Math.min(0, digit.step * reach),
    length: extent.length + Math.abs(digit.step) * reach,
    axes: extent.axes.with(axis, [{ size, step: digit.step * scale }]),
  };
}

/** Axes of size 1 repeated, and axes added in front. */
export function broadcast(extent: Extent, to: Shape): Extent {
  const added = to.length - extent.axes.length;
  const axes = to.map((size, d) => {
    const own = extent.axes[d - added];
    return own && sizeOf(own.map((digit) => digit.size)) === size ? own : still(size);
  });
  return { ...extent, axes };
}

/** The same elements in the same order under another shape: digits change their axis, and are cut where an axis is. */
export function reshaped(extent: Extent, to: Shape): Extent {
  const digits = extent.axes.flat();
  const axes: (readonly Digit[])[] = new Array(to.length);
  let digit = digits.pop();
  for (let d = to.length - 1; d >= 0; d--) {
    const own: Digit[] = [];
    let left = to[d]!;
    while (left > 1) {
      if (!digit) return everywhere(extent, to);
      const { size, step }: Digit = digit;
      if (left % size === 0) {
        own.unshift(digit);
        left /= size;
        digit = digits.pop();
      } else if (size % left === 0) {
        own.unshift({ size: left, step });
        digit = { size: size / left, step: step * left };
        left = 1;
      } else return everywhere(extent, to);
    }
    axes[d] = simplest(own);
  }
  return { ...extent, axes };
}

/** Neighbouring digits that move as one are one. */
function simplest(digits: readonly Digit[]): readonly Digit[] {
  const result: Digit[] = [];
  for (const digit of digits) {
    if (digit.size === 1) continue;
    const last = result.at(-1);
    if (last && isSame(last.step, digit.step * digit.size)) {
      result[result.length - 1] = { size: last.size * digit.size, step: digit.step };
    } else result.push(digit);
  }
  return result.length > 0 ? result : still(1);
}

/** Equal but for rounding: steps of enlarged pictures are fractions. */
function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-9;
}

/** All extents, those that move alike as one interval around them. */
export function union(extents: readonly Extent[]): readonly Extent[] {
  if (extents.length < 2) return extents;
  const byMotion = new Map<string, Extent>();
  for (const extent of extents) {
    const motion = extent.axes
      .map((digits) => digits.map(({ size, step }) => `${size}:${step.toFixed(9)}`).join("·"))
      .join();
    const other = byMotion.get(motion);
    byMotion.set(motion, other ? around(other, extent) : extent);
  }
  const apart = [...byMotion.values()];
  if (apart.length <= mostApart) return apart;
  const shape = apart[0]!.axes.map((digits) => sizeOf(digits.map(({ size }) => size)));
  return [apart.map((extent) => everywhere(extent, shape)).reduce(around)];
}

function around(a: Extent, b: Extent): Extent {
  const start = Math.min(a.start, b.start);
  return { start, length: Math.max(a.start + a.length, b.start + b.length) - start, axes: a.axes };
}

/** First and last pixel that the element at `index` sees by any of the extents. */
export function intervalAt(extents: readonly Extent[], index: readonly number[]): [number, number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { start, length, axes } of extents) {
    const at = start + axes.reduce((sum, digits, d) => sum + motion(digits, index[d] ?? 0), 0);
    first = Math.min(first, at);
    last = Math.max(last, at + length - 1);
  }
  // Between the elements of something enlarged there are no pixels; + 0 turns −0 into 0.
  return [Math.ceil(first - 1e-6) + 0, Math.floor(last + 1e-6) + 0];
}

function motion(digits: readonly Digit[], index: number): number {
  let left = index;
  let sum = 0;
  for (const { size, step } of digits.toReversed()) {
    sum += step * (left % size);
    left = Math.floor(left / size);
  }
  return sum;
}
