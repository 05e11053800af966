// Checks that all transforms share: of pictures, and of options that break a rule.
import { OptionError, ShapeError } from "../../base/errors.ts";
import type { Picture } from "../../picture/picture.ts";

/** What stands where a picture has no pixels: bytes 0 … 255, one for all channels or one for each. */
export type Fill = number | readonly number[];

/** A number for both ends, or two. */
export type Span = number | readonly [number, number];

/** Throws ShapeError for pictures that are neither grey nor RGB, or whose bytes do not fit their size. */
export function checkPicture(op: string, { width, height, channels, data }: Picture): void {
  if (channels !== 1 && channels !== 3) {
    const kind = channels === 2 ? " (grey and alpha)" : channels === 4 ? " (RGB and alpha)" : "";
    throw new ShapeError(
      `${op}: takes pictures of 1 channel (grey) or 3 (RGB); got ${channels}${kind}. ` +
        "Put new RGB() or new Grayscale() first: they show what is transparent over white",
    );
  }
  if (data.length !== width * height * channels || data.length === 0) {
    throw new ShapeError(
      `${op}: a picture of ${height} × ${width} × ${channels} (height, width, channels) has ${width * height * channels} bytes, at least 1; got ${data.length}`,
    );
  }
}

/** Throws OptionError unless `p` lies in 0 … 1. */
export function checkProbability(op: string, p: number): void {
  if (!(p >= 0 && p <= 1)) {
    throw new OptionError(`${op}: p must be a probability from 0 (never) to 1 (always); got ${shown(p)}`);
  }
}

/** Throws OptionError unless a number lies in a range. */
export function checkNumber(
  op: string,
  name: string,
  value: number,
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false, above = false } = {},
): void {
  const fits = typeof value === "number" && value <= most && (above ? value > least : value >= least);
  if (fits && Number.isFinite(value) && (!whole || Number.isInteger(value))) return;
  throw new OptionError(
    `${op}: ${name} must be ${rangeText(whole ? "a whole number" : "a number", least, most, above)}; got ${shown(value)}`,
  );
}

/** `[low, high]`, checked to be in order and in range. */
export function checkSpan(
  op: string,
  name: string,
  value: readonly number[],
  { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, above = false } = {},
): readonly [number, number] {
  const [low, high, ...more] = Array.isArray(value) ? (value as number[]) : [];
  const inside = (x: number | undefined) =>
    typeof x === "number" && Number.isFinite(x) && x <= most && (above ? x > least : x >= least);
  if (more.length > 0 || !inside(low) || !inside(high) || low! > high!) {
    throw new OptionError(
      `${op}: ${name} must be [smallest, largest] of ${rangeText("numbers", least, most, above)}; got ${shown(value)}`,
    );
  }
  return [low!, high!];
}

/** `[−value, value]` of a number, or the two that are given. */
export function symmetricSpan(op: string, name: string, value: Span): readonly [number, number] {
  if (typeof value !== "number") return checkSpan(op, name, value);
  if (!(value >= 0 && Number.isFinite(value))) {
    throw new OptionError(
      `${op}: ${name} must be a number of at least 0, which goes both ways, or [smallest, largest]; got ${shown(value)}`,
    );
  }
  return [-value, value];
}

/** Two numbers for x and y: the same twice, or those given. */
export function pairOf(
  op: string,
  name: string,
  value: Span,
  range: { readonly least?: number; readonly most?: number } = {},
): readonly [number, number] {
  const pair = typeof value === "number" ? [value, value] : Array.isArray(value) ? (value as number[]) : [];
  if (pair.length !== 2) {
    throw new OptionError(`${op}: ${name} must be a number, or [x, y] of them; got ${shown(value)}`);
  }
  for (const number of pair) checkNumber(op, name, number, range);
  return pair as [number, number];
}

/** `[height, width]` of a size: a number makes a square. */
export function checkSize(
  op: string,
  size: number | readonly number[],
  name = "size",
): readonly [number, number] {
  const [height, width = height, ...more] =
    typeof size === "number" ? [size] : Array.isArray(size) ? size : [];
  const fits = (n: unknown) => Number.isInteger(n) && (n as number) >= 1;
  if (more.length > 0 || !fits(height) || !fits(width)) {
    throw new OptionError(
      `${op}: ${name} must be a whole number of at least 1, or [height, width] of such; got ${shown(size)}`,
    );
  }
  return [height, width];
}

/** Throws OptionError unless the value is one of some names. */
export function checkName<T extends string>(op: string, name: string, value: T, known: readonly T[]): void {
  if (known.includes(value)) return;
  throw new OptionError(
    `${op}: ${name} must be one of ${known.map((k) => `"${k}"`).join(", ")}; got ${shown(value)}`,
  );
}

/** Throws OptionError unless all values of a fill are bytes. */
export function checkFill(op: string, fill: Fill, name = "fill", others = ""): void {
  const values = typeof fill === "number" ? [fill] : Array.isArray(fill) ? (fill as number[]) : [];
  const fits = (value: number) => typeof value === "number" && value >= 0 && value <= 255;
  if (![1, 3].includes(values.length) || !values.every(fits)) {
    throw new OptionError(
      `${op}: ${name} must be a number from 0 to 255, or 3 of them for red, green and blue${others}; got ${shown(fill)}`,
    );
  }
}

/** A fill as one byte for each channel. */
export function fillBytes(op: string, fill: Fill, channels: number, name = "fill"): Uint8Array {
  checkFill(op, fill, name);
  const values = typeof fill === "number" ? [fill] : fill;
  if (values.length !== 1 && values.length !== channels) {
    throw new OptionError(
      `${op}: ${name} has ${values.length} values, and the picture is grey. Give one number, which also does for RGB`,
    );
  }
  return Uint8Array.from({ length: channels }, (_, c) => Math.round(values[c % values.length]!));
}

/** A fill as bytes, kept for both kinds of pictures so that applying a step makes none. */
export class FillBytes {
  readonly #op: string;
  readonly #fill: Fill;
  readonly #name: string;
  #grey: Uint8Array | null = null;
  #rgb: Uint8Array | null = null;

  /** `op` and `name` are for messages. */
  constructor(op: string, fill: Fill, name = "fill") {
    this.#op = op;
    this.#fill = fill;
    this.#name = name;
  }

  /** Throws OptionError where three values meet a grey picture. */
  of(channels: number): Uint8Array {
    if (channels === 1) return (this.#grey ??= fillBytes(this.#op, this.#fill, 1, this.#name));
    return (this.#rgb ??= fillBytes(this.#op, this.#fill, channels, this.#name));
  }
}

/** A value in a message. */
export function shown(value: unknown): string {
  return typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
}

function rangeText(what: string, least: number, most: number, above: boolean): string {
  if (most < Number.POSITIVE_INFINITY)
    return `${what} ${above ? `above ${least} and up` : `from ${least}`} to ${most}`;
  if (least === Number.NEGATIVE_INFINITY) return what;
  return above ? `${what} above ${least}` : `${what} of at least ${least}`;
}
