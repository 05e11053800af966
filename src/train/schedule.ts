// How the learning rate moves over a run, as pure functions of progress. Knows no optimizer and no epochs.
import { nearest, OptionError } from "../base/errors.ts";
import { cosineRate, exponentialRate, linearRate, oneCycle, type Rate } from "../optim/schedules/rates.ts";

/** Learning rate as a share of the first one, for a progress that goes from 0 (first step) towards 1 (end). */
export type Schedule = (progress: number) => number;

/** A run of length 1 in steps so fine that where one begins is of no concern. */
const fineSteps = 1e6;

/** Schedules by name, by the formulas of `fovea/optim` over a run of length 1; `final` is the share of the first rate that is left at the end. */
const makers: Readonly<Record<ScheduleName, (final: number) => Rate>> = {
  constant: () => linearRate({ startFactor: 1, totalIters: 1 }),
  linear: (final) => linearRate({ startFactor: 1, endFactor: final, totalIters: 1 }),
  cosine: (final) => cosineRate({ tMax: 1, etaMin: final }),
  exponential: (final) => exponentialRate({ gamma: final }),
  // fastai's numbers: from a 25th up within a quarter of the run, then down to a 100,000th; `final` is of no concern.
  onecycle: () => {
    const cycle = oneCycle({ totalSteps: fineSteps, pctStart: 0.25 });
    const corners = { first: 1 / 25, top: 1, last: 1e-5 };
    return (base, progress) => base * cycle(Math.min(1, progress) * fineSteps, corners);
  },
};

/** The schedules that exist. */
export const scheduleNames = ["cosine", "linear", "exponential", "constant", "onecycle"] as const;

/** Name of a schedule. */
export type ScheduleName = (typeof scheduleNames)[number];

/** Share of the rate that a warm-up begins with. */
const coldest = 0.01;

/**
 * A schedule by name that ends at `final` times the first rate, 0 < final ≤ 1. During the first part of the run, the share
 * `warmup` of it (0 … 1), the rate also rises in a straight line from a hundredth. Throws OptionError for others.
 */
export function schedule(
  name: ScheduleName,
  { final = 0.01, warmup = 0 }: { final?: number; warmup?: number } = {},
): Schedule {
  if (!Object.hasOwn(makers, name)) {
    const near = nearest(name, scheduleNames);
    throw new OptionError(
      `schedule: unknown name "${name}"; ${near ? `did you mean "${near}"?` : `known are ${scheduleNames.join(", ")}`}`,
    );
  }
  if (!(final > 0 && final <= 1)) {
    throw new OptionError(`schedule: final must lie above 0 and be at most 1; got ${final}`);
  }
  if (!(warmup >= 0 && warmup <= 1))
    throw new OptionError(`schedule: warmup must lie in 0 … 1; got ${warmup}`);
  const rate = makers[name](final);
  if (warmup === 0) return (progress) => rate(1, progress);
  const rise = linearRate({ startFactor: coldest, totalIters: warmup });
  return (progress) => rate(1, progress) * rise(1, progress);
}
