// How far predictions of numbers lie from the truth, from values on the host.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";

/** How the values are meant. */
export interface RegressionOptions {
  /** Numbers that are predicted for each sample; the values are row-major `[n, outputs]`, and the scores of the outputs are averaged. Default 1. */
  readonly outputs?: number;
}

type Values = ArrayLike<number>;

/** `mean |p − t|`, in the targets' units. Throws OptionError for no values, or not as many predictions as targets. */
export function meanAbsoluteError(predictions: Values, targets: Values): number {
  const { rows } = sizes("meanAbsoluteError", predictions, targets);
  return sumOver(rows, (i) => Math.abs(predictions[i]! - targets[i]!)) / rows;
}

/** `mean (p − t)²`. Throws OptionError for no values, or not as many predictions as targets. */
export function meanSquaredError(predictions: Values, targets: Values): number {
  const { rows } = sizes("meanSquaredError", predictions, targets);
  return sumOver(rows, (i) => (predictions[i]! - targets[i]!) ** 2) / rows;
}

/** `√(mean (p − t)²)`, in the targets' units; large errors weigh more than in the mean absolute error. Throws OptionError as that does. */
export function rootMeanSquaredError(
  predictions: Values,
  targets: Values,
  options: RegressionOptions = {},
): number {
  const { rows, outputs } = sizes("rootMeanSquaredError", predictions, targets, options);
  return meanOver(outputs, (o) =>
    Math.sqrt(sumOver(rows, (i) => (predictions[i * outputs + o]! - targets[i * outputs + o]!) ** 2) / rows),
  );
}

/**
 * The coefficient of determination, `1 − Σ(p − t)² / Σ(t − mean t)²`: 1 where all is right, 0 for what always says the mean, below 0 for what is worse.
 * Where all targets are equal, 1 for predictions that are right and else 0; NaN for a single sample. Definitions as in scikit-learn.
 * Throws OptionError for no values, or not as many predictions as targets.
 */
export function r2Score(predictions: Values, targets: Values, options: RegressionOptions = {}): number {
  const { rows, outputs } = sizes("r2Score", predictions, targets, options);
  if (rows < 2) return Number.NaN;
  return meanOver(outputs, (o) => {
    const target = (i: number) => targets[i * outputs + o]!;
    const mean = sumOver(rows, target) / rows;
    const unexplained = sumOver(rows, (i) => (predictions[i * outputs + o]! - target(i)) ** 2);
    const total = sumOver(rows, (i) => (target(i) - mean) ** 2);
    if (total === 0) return unexplained === 0 ? 1 : 0;
    return 1 - unexplained / total;
  });
}

/** Numbers of samples and of outputs; throws OptionError where the values are none or do not belong together. */
function sizes(
  who: string,
  { length }: Values,
  targets: Values,
  options: RegressionOptions = {},
): { rows: number; outputs: number } {
  checkOptions(who, options, ["outputs"]);
  const { outputs = 1 } = options;
  checkNumber(who, "outputs", outputs, "a whole number of at least 1", (x) => Number.isInteger(x) && x >= 1);
  if (length !== targets.length || length === 0 || length % outputs !== 0) {
    const each = outputs > 1 ? `, ${outputs} for each sample` : "";
    throw new OptionError(
      `${who}: predictions and targets are values of the same samples${each}; got ${length} and ${targets.length}`,
    );
  }
  return { rows: length / outputs, outputs };
}

function sumOver(count: number, value: (index: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += value(i);
  return sum;
}

function meanOver(count: number, value: (index: number) => number): number {
  return sumOver(count, value) / count;
}
