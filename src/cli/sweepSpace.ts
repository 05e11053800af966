// How a sweep's options are written, and what they mean: `lr0=1e-4..1e-1` is a range, `batch=32,64` are choices, anything else is one value.
import { OptionError } from "../base/errors.ts";
import { type Dimension, type Range, range, type SweepValue } from "../train/sweep/space.ts";
import { type Option, suggestion } from "./options.ts";

const decimal = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?`;
const rangeForm = new RegExp(`^(${decimal})?\\.\\.(${decimal})?((?::[^:]*)*)$`, "i");

/** The dimension that a text means, or null where it is a single value. Throws OptionError where the option does not take what it says. */
export function dimensionOf(raw: string, name: string, option: Option<unknown>): Dimension | null {
  const match = rangeForm.exec(raw.trim());
  if (match) return rangeOf(match, raw, name, option);
  if (raw.includes(",")) return choicesOf(raw, name, option);
  option.parse(raw, name);
  return null;
}

/** Whether a range says how many points it has in a grid: `1e-4..1e-1:5`. */
export function namesPoints(raw: string): boolean {
  return /:\d+(:|$)/.test(raw.trim());
}

function rangeOf(
  [, low, high, ends = ""]: RegExpExecArray,
  raw: string,
  name: string,
  option: Option<unknown>,
): Range {
  if (option.numbers === undefined) {
    throw new OptionError(
      `${name} takes no range such as ${raw}, as it is no number; list its values: ${name}=<one>,<another>`,
    );
  }
  if (low === undefined || high === undefined) {
    throw new OptionError(`${name}: a range needs both ends; got "${raw}". Write ${name}=<low>..<high>`);
  }
  const [from, to] = [low, high].map((end) => option.parse(end, name) as number) as [number, number];
  if (from >= to) {
    const way = from === to ? `${name}=${low} is one value` : `did you mean ${name}=${high}..${low}?`;
    throw new OptionError(
      `${name}: the range ${raw} is empty, as it goes from the smaller number to the larger; ${way}`,
    );
  }
  let scale: Range["scale"] | undefined;
  let points: number | undefined;
  for (const word of ends.split(":").slice(1)) {
    if (word === "log" || word === "linear") scale = word;
    else if (/^\d+$/.test(word) && Number(word) >= 2) points = Number(word);
    else {
      throw new OptionError(
        `${name}: a range ends with :log, :linear or the number of its points in a grid, at least 2; got ":${word}"; ${suggestion(word, ["log", "linear"])}`,
      );
    }
  }
  if (scale === "log" && from <= 0) {
    throw new OptionError(
      `${name}: a range with :log begins above 0; got ${raw}. Write ${name}=${low}..${high}:linear`,
    );
  }
  return range(from, to, {
    whole: option.numbers === "whole",
    ...(scale && { scale }),
    ...(points && { points }),
  });
}

function choicesOf(raw: string, name: string, option: Option<unknown>): readonly SweepValue[] {
  const words = raw.split(",").map((word) => word.trim());
  if (words.includes("")) {
    throw new OptionError(
      `${name}: there is a value missing in "${raw}"; write values with a comma between them`,
    );
  }
  const values = words.map((word) => option.parse(word, name) as SweepValue);
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined)
    throw new OptionError(`${name}: ${twice} is there twice in "${raw}"; list each value once`);
  return values;
}
