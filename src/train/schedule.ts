// How the learning rate moves over a run, as pure functions of progress. Knows no optimizer and no epochs.
import { nearest, OptionError } from "../base/errors.ts";

/** Learning rate as a share of the first one, for a progress that goes from 0 (first step) towards 1 (end). */
export type Schedule = (progress: number) => number;

/** Schedules by name; `final` is the share of the first rate that is left at the end. */
const makers: Readonly<Record<ScheduleName, (final: number) => Schedule>> = {
  constant: () => () => 1,
  // 1 − p (1 − f)
  linear: (final) => (progress) => 1 - progress * (1 - final),
  // f + (1 − f) (1 + cos πp) / 2; Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts
  cosine: (final) => (progress) => final + ((1 - final) * (1 + Math.cos(Math.PI * progress))) / 2,
  // f^p
  exponential: (final) => (progress) => final ** progress,
};

/** The schedules that exist. */
export const scheduleNames = ["cosine", "linear", "exponential", "constant"] as const;

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
  if (warmup === 0) return rate;
  return (progress) => rate(progress) * Math.min(1, coldest + ((1 - coldest) * progress) / warmup);
}
