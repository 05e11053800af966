// How much an activation shrinks what passes it, and the fans that initial values go by.

import { nearest, OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, type Shape } from "../../base/shape.ts";
import { fanIn, fanOut } from "../module/init.ts";

/** Activations that `calculateGain` knows. */
export type Nonlinearity = "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu" | "selu";

const gains: Readonly<Record<Nonlinearity, (param: number) => number>> = {
  linear: () => 1,
  sigmoid: () => 1,
  tanh: () => 5 / 3,
  relu: () => Math.SQRT2,
  leakyRelu: (slope) => Math.sqrt(2 / (1 + slope * slope)),
  selu: () => 3 / 4,
};

/**
 * The factor by which weights before an activation are larger, so that signals keep their size: √2 for ReLU, 5/3 for tanh,
 * `√(2 / (1 + slope²))` for leaky ReLU with slope `param` (0.01 unless given), 3/4 for SELU, 1 for sigmoid and none.
 * Throws OptionError for an activation that it does not know. Source: PyTorch's `calculate_gain`.
 */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  const gain = oneOf("calculateGain", "nonlinearity", nonlinearity, gains);
  return gain(param);
}

/** Which size weights are scaled by: inputs of each output, or outputs of each input. */
export type FanMode = "fanIn" | "fanOut";

const fans: Readonly<Record<FanMode, (shape: Shape) => number>> = { fanIn, fanOut };

/** One fan of a weight `[out, in, ...kernel]`; throws ShapeError for a rank below 2. */
export function fanOf(rule: string, shape: Shape, mode: FanMode): number {
  const fan = oneOf(rule, "mode", mode, fans);
  if (shape.length < 2) {
    throw new ShapeError(
      `${rule}: fans are those of weights [out, in, …] of rank 2 or more; got ${formatShape(shape)}. ` +
        "Start biases with zeros() or uniform()",
    );
  }
  return fan(shape);
}

/** The entry of `known` by name; throws OptionError with the nearest name where there is none. */
export function oneOf<T>(rule: string, option: string, name: string, known: Readonly<Record<string, T>>): T {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return found;
  const names = Object.keys(known);
  const guess = nearest(name, names);
  throw new OptionError(
    `${rule}: ${option} must be one of ${names.join(", ")}; got ${name}${guess ? `. Did you mean ${guess}?` : ""}`,
  );
}
