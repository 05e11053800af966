// Schedules that rise and fall between rates of their own, and move the momentum the other way.
import { OptionError } from "../../base/errors.ts";
import { type CycleOptions, cycle, type OneCycleOptions, oneCycle, type Rate } from "./rates.ts";
import { LRScheduler, perGroup, type Scheduled } from "./scheduler.ts";

/** One value for all groups, or one for each. */
type PerGroup = number | readonly number[];

/** How a cycle moves the momentum. */
interface MomentumOptions {
  /** Moves the momentum (β₁ where there are betas) against the rate. Default true. */
  cycleMomentum?: boolean;
  /** Momentum where the rate is highest. */
  baseMomentum?: PerGroup;
  /** Momentum where the rate is lowest. */
  maxMomentum?: PerGroup;
}

/** Options of CyclicLR. baseMomentum is 0.8 by default, maxMomentum 0.9. */
export interface CyclicOptions extends CycleOptions, MomentumOptions {
  /** Lowest rate. */
  baseLr: PerGroup;
  /** Highest rate of the first cycle. */
  maxLr: PerGroup;
}

/**
 * The rate rises and falls between two bounds in straight lines: see `cycle`.
 * Source: Smith, "Cyclical learning rates for training neural networks", WACV 2017.
 */
export class CyclicLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: CyclicOptions) {
    const { baseLr, maxLr, cycleMomentum = true, baseMomentum = 0.8, maxMomentum = 0.9 } = options;
    const height = cycle(options);
    const between = (from: PerGroup, to: PerGroup, names: readonly [string, string]): Rate[] => {
      const starts = perGroup("CyclicLR", names[0], from, optimizer);
      const ends = perGroup("CyclicLR", names[1], to, optimizer);
      return starts.map((start, i) => (_, step) => start + (ends[i]! - start) * height(step));
    };
    super(
      optimizer,
      between(baseLr, maxLr, ["baseLr", "maxLr"]),
      cycleMomentum ? between(maxMomentum, baseMomentum, ["maxMomentum", "baseMomentum"]) : null,
    );
  }
}

/** How long one cycle is: the number of steps, or what it follows from. */
type Length =
  | { totalSteps: number }
  | {
      totalSteps?: never;
      epochs: number;
      stepsPerEpoch: number;
    };

/** Options of OneCycleLR. baseMomentum is 0.85 by default, maxMomentum 0.95. */
export type OneCycleLROptions = Omit<OneCycleOptions, "totalSteps"> &
  MomentumOptions &
  Length & {
    /** Highest rate. */
    maxLr: PerGroup;
    /** The first rate is `maxLr / divFactor`. Default 25. */
    divFactor?: number;
    /** The last rate is the first one divided by this. Default 1e4. */
    finalDivFactor?: number;
  };

/**
 * One rise to a high rate and one fall to almost nothing over the whole run, stepped after every batch: see `oneCycle`.
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
 */
export class OneCycleLR extends LRScheduler {
  constructor(optimizer: Scheduled, options: OneCycleLROptions) {
    const { maxLr, divFactor = 25, finalDivFactor = 1e4, cycleMomentum = true } = options;
    const { baseMomentum = 0.85, maxMomentum = 0.95 } = options;
    const totalSteps = options.totalSteps ?? options.epochs * options.stepsPerEpoch;
    if (totalSteps === undefined || Number.isNaN(totalSteps)) {
      throw new OptionError("OneCycleLR: needs totalSteps, or epochs and stepsPerEpoch");
    }
    const value = oneCycle({ ...options, totalSteps });
    const rates = perGroup("OneCycleLR", "maxLr", maxLr, optimizer).map((top): Rate => {
      const first = top / divFactor;
      return (_, step) => value(step, { first, top, last: first / finalDivFactor });
    });
    const lows = perGroup("OneCycleLR", "baseMomentum", baseMomentum, optimizer);
    const highs = perGroup("OneCycleLR", "maxMomentum", maxMomentum, optimizer);
    const momenta = highs.map(
      (first, i): Rate =>
        (_, step) =>
          value(step, { first, top: lows[i]!, last: first }),
    );
    super(optimizer, rates, cycleMomentum ? momenta : null);
  }
}
