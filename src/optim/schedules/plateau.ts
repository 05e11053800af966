// A schedule that listens to a metric.
import { OptionError } from "../../base/errors.ts";
import { requireAtLeast, requireOneOf, requireWhole } from "./rates.ts";
import { perGroup, type Scheduled } from "./scheduler.ts";

/** Options of ReduceLROnPlateau. */
export interface PlateauOptions {
  /** Whether the metric is to fall or to rise. Default "min". */
  mode?: "min" | "max";
  /** What each drop leaves of the rate. Default 0.1. */
  factor?: number;
  /** Steps without progress that are put up with. Default 10. */
  patience?: number;
  /** Least progress that counts. Default 1e-4. */
  threshold?: number;
  /** Whether the threshold is a share of the best value. Default "rel". */
  thresholdMode?: "rel" | "abs";
  /** Steps after a drop in which nothing is counted. Default 0. */
  cooldown?: number;
  /** Lowest rate, one for all groups or one for each. Default 0. */
  minLr?: number | readonly number[];
  /** Smaller drops are not made. Default 1e-8. */
  eps?: number;
}

/** What it is saved as; plain data. `best` is null before the first metric. */
export interface PlateauState {
  readonly lastEpoch: number;
  readonly lrs: readonly number[];
  readonly best: number | null;
  readonly badEpochs: number;
  readonly cooldown: number;
}

/**
 * Lowers the rate where a metric has stopped getting better: `scheduler.step(loss)` after each validation. After more than
 * `patience` steps without progress the rate is multiplied by `factor`.
 */
export class ReduceLROnPlateau {
  readonly optimizer: Scheduled;
  readonly #options: Required<PlateauOptions>;
  readonly #minLrs: readonly number[];
  /** Number of `step()` calls so far. */
  lastEpoch = 0;
  #best: number | null = null;
  #badEpochs = 0;
  #cooldown = 0;

  constructor(optimizer: Scheduled, options: PlateauOptions = {}) {
    const own = "ReduceLROnPlateau";
    const all = {
      mode: "min",
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      thresholdMode: "rel",
      cooldown: 0,
      minLr: 0,
      eps: 1e-8,
      ...options,
    } as const;
    this.optimizer = optimizer;
    this.#options = all;
    this.#minLrs = perGroup(own, "minLr", all.minLr, optimizer);
    requireOneOf(own, "mode", all.mode, ["min", "max"]);
    requireOneOf(own, "thresholdMode", all.thresholdMode, ["rel", "abs"]);
    requireWhole(own, "patience", all.patience, 0);
    requireWhole(own, "cooldown", all.cooldown, 0);
    requireAtLeast(own, "factor", all.factor, 0);
    if (all.factor >= 1) throw new OptionError(`${own}: factor must be below 1; got ${all.factor}`);
  }

  /** Takes note of the metric, and lowers the rates where it is time. */
  step(metric: number): void {
    const { patience, cooldown } = this.#options;
    this.lastEpoch++;
    if (this.#isBetter(metric)) {
      this.#best = metric;
      this.#badEpochs = 0;
    } else {
      this.#badEpochs++;
    }
    if (this.#cooldown > 0) {
      this.#cooldown--;
      this.#badEpochs = 0;
    }
    if (this.#badEpochs > patience) {
      this.#lower();
      this.#cooldown = cooldown;
      this.#badEpochs = 0;
    }
  }

  /** The rates that the groups have now. */
  getLastLr(): number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  /** What it takes to go on later, as plain data. */
  stateDict(): PlateauState {
    return {
      lastEpoch: this.lastEpoch,
      lrs: this.getLastLr(),
      best: this.#best,
      badEpochs: this.#badEpochs,
      cooldown: this.#cooldown,
    };
  }

  /** Goes on where one of the same options was saved, and sets the rates of that step. */
  loadStateDict({ lastEpoch, lrs, best, badEpochs, cooldown }: PlateauState): void {
    const all = perGroup("ReduceLROnPlateau", "rates of the state", lrs, this.optimizer);
    for (const [i, group] of this.optimizer.groups.entries()) group.lr = all[i]!;
    this.lastEpoch = lastEpoch;
    this.#best = best;
    this.#badEpochs = badEpochs;
    this.#cooldown = cooldown;
  }

  #isBetter(metric: number): boolean {
    const { mode, threshold, thresholdMode } = this.#options;
    const sign = mode === "min" ? -1 : 1;
    const best = this.#best ?? -sign * Number.POSITIVE_INFINITY;
    const bound = thresholdMode === "rel" ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === "min" ? metric < bound : metric > bound;
  }

  #lower(): void {
    const { factor, eps } = this.#options;
    for (const [i, group] of this.optimizer.groups.entries()) {
      const next = Math.max(group.lr * factor, this.#minLrs[i]!);
      if (group.lr - next > eps) group.lr = next;
    }
  }
}
