// When to stop: no better for a while. A pure count over epochs, whose state is part of a run's progress.
import { OptionError } from "../base/errors.ts";
import { checkNotNegative, checkOptions } from "../base/options.ts";
import type { Evaluation } from "./evaluate.ts";

/** What is watched, and how patiently. */
export interface EarlyStoppingOptions {
  /** Epochs without a better result after which the run ends. */
  readonly patience: number;
  /** Smaller gains than this count as none. Default 0. */
  readonly minDelta?: number;
  /** What gets better: accuracy that rises, or loss that falls. Default "accuracy". */
  readonly monitor?: "accuracy" | "loss";
}

/** Throws OptionError for options outside their rules. */
export function checkStopping(options: EarlyStoppingOptions): void {
  checkOptions("fit: earlyStopping", options, ["patience", "minDelta", "monitor"]);
  const { patience, minDelta = 0, monitor = "accuracy" } = options;
  if (!(Number.isInteger(patience) && patience >= 1)) {
    throw new OptionError(
      `fit: earlyStopping.patience must be a whole number of at least 1; got ${patience}`,
    );
  }
  checkNotNegative("fit", "earlyStopping.minDelta", minDelta);
  if (monitor !== "accuracy" && monitor !== "loss") {
    throw new OptionError(
      `fit: earlyStopping.monitor must be "accuracy" or "loss"; got "${String(monitor)}"`,
    );
  }
}

/** How good an evaluation is by what is watched: larger is better. */
export function scoreOf(val: Evaluation, options: EarlyStoppingOptions | undefined): number {
  return options?.monitor === "loss" ? -val.loss : val.top1;
}

/** Epochs without a gain after an epoch with `score`, when there were `waited` before it and the best had `best` (null: none yet). */
export function waitedAfter(
  score: number,
  best: number | null,
  waited: number,
  options: EarlyStoppingOptions | undefined,
): number {
  const gain = best === null ? Number.POSITIVE_INFINITY : score - best;
  return gain > (options?.minDelta ?? 0) ? 0 : waited + 1;
}
