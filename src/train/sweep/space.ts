// What a sweep varies: choices and ranges of numbers, how values are drawn from them, and which points a grid takes. Knows no training.
import { OptionError } from "../../base/errors.ts";
import { checkNumber, checkOptions } from "../../base/options.ts";
import type { Random } from "../../tensor/random.ts";

/** A value that a trial is given. */
export type SweepValue = number | string;

/** Numbers from `low` to `high`, both included; see `range`. */
export interface Range {
  readonly low: number;
  readonly high: number;
  readonly scale: "linear" | "log";
  readonly whole: boolean;
  readonly points: number;
}

/** How a range is walked through. */
export interface RangeOptions {
  /** Equal shares of the draws for equal differences, or for equal ratios. Default "log" where both ends are above 0 and `high` is at least 100 times `low`. */
  readonly scale?: "linear" | "log";
  /** Whole numbers alone. Default false. */
  readonly whole?: boolean;
  /** Values that a grid takes, the ends among them. Default 3. */
  readonly points?: number;
}

/** One option of a sweep: a range, or its values one by one. */
export type Dimension = Range | readonly SweepValue[];

/** What a sweep varies, by name. */
export type Space = Readonly<Record<string, Dimension>>;

/** Ratio of the ends from which a range is drawn by ratios: two decades. */
const logFrom = 100;
/** Digits that drawn numbers have within their range, so that they can be typed. */
const digits = 4;

/**
 * A range of numbers for a sweep. Throws OptionError unless `low` is below `high` (above 0 for `scale: "log"`), whole where `whole` is true, and `points` is
 * at least 2.
 */
export function range(low: number, high: number, options: RangeOptions = {}): Range {
  checkOptions("range", options, ["scale", "whole", "points"]);
  const { whole = false, points = 3 } = options;
  for (const [name, end] of [
    ["low", low],
    ["high", high],
  ] as const) {
    checkNumber(
      "range",
      name,
      end,
      whole ? "a whole number" : undefined,
      (x) => !whole || Number.isInteger(x),
    );
  }
  if (low >= high) throw new OptionError(`range: low must be below high; got ${low} and ${high}`);
  const scale = options.scale ?? (low > 0 && high / low >= logFrom ? "log" : "linear");
  if (scale !== "log" && scale !== "linear") {
    throw new OptionError(`range: scale must be "linear" or "log"; got ${JSON.stringify(scale)}`);
  }
  if (scale === "log" && low <= 0) {
    throw new OptionError(`range: low must be above 0 for scale "log"; got ${low}. Use scale "linear"`);
  }
  checkNumber(
    "range",
    "points",
    points,
    "a whole number of at least 2",
    (x) => Number.isInteger(x) && x >= 2,
  );
  return { low, high, scale, whole, points };
}

/** Whether a dimension is a range. */
export function isRange(dimension: Dimension): dimension is Range {
  return !Array.isArray(dimension);
}

/** Throws OptionError for a space that has nothing in it, and for dimensions without values or with one of them twice. */
export function checkSpace(who: string, space: Space): void {
  const entries = Object.entries(space);
  if (entries.length === 0)
    throw new OptionError(`${who}: the space is empty; give at least one option to vary`);
  for (const [name, dimension] of entries) {
    if (isRange(dimension)) continue;
    if (dimension.length === 0) throw new OptionError(`${who}: ${name} has no values; list at least one`);
    const twice = dimension.find((value, i) => dimension.indexOf(value) !== i);
    if (twice !== undefined)
      throw new OptionError(`${who}: ${name} has ${JSON.stringify(twice)} twice; list each once`);
  }
}

/** How many different values a dimension has; infinitely many for ranges that are not of whole numbers. */
export function sizeOf(dimension: Dimension): number {
  if (!isRange(dimension)) return dimension.length;
  return dimension.whole ? dimension.high - dimension.low + 1 : Number.POSITIVE_INFINITY;
}

/** A value at random; numbers have four digits within their range. */
export function draw(dimension: Dimension, random: Random): SweepValue {
  if (!isRange(dimension)) return dimension[random.integer(dimension.length)]!;
  const { low, high, scale, whole } = dimension;
  // Half a step beyond the ends gives the outermost whole numbers the share of the others.
  const margin = whole ? 0.5 : 0;
  return placed(dimension, random.uniform(), scaled(low - margin, scale), scaled(high + margin, scale));
}

/** The values that a grid takes: each choice, or `points` of a range at equal distances by its scale. */
export function gridValues(dimension: Dimension): readonly SweepValue[] {
  if (!isRange(dimension)) return dimension;
  const { low, high, scale, points } = dimension;
  const steps = Math.min(points, sizeOf(dimension)) - 1;
  const values = Array.from({ length: steps + 1 }, (_, i) =>
    placed(dimension, i / steps, scaled(low, scale), scaled(high, scale)),
  );
  return [...new Set(values)];
}

/** The value at a share of the way between two ends, which are given as the scale has them. */
function placed({ low, high, scale, whole }: Range, share: number, from: number, to: number): number {
  const level = from + share * (to - from);
  const value = scale === "log" ? Math.exp(level) : level;
  const narrow = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high)) / (high - low)));
  const kept = Math.min(15, digits + Math.max(0, narrow));
  const rounded = whole ? Math.round(value) : Number(value.toPrecision(kept));
  return Math.min(high, Math.max(low, rounded));
}

function scaled(value: number, scale: Range["scale"]): number {
  return scale === "log" ? Math.log(value) : value;
}
