// Schedules made of schedules.
import { OptionError } from "../../base/errors.ts";
import { requireRising } from "./rates.ts";
import { LRScheduler, type Scheduled, type SchedulerState } from "./scheduler.ts";

/** What the composed schedules share: parts over the same optimizer, whose states are saved with their own. */
abstract class ComposedLR extends LRScheduler {
  readonly schedulers: readonly LRScheduler[];

  constructor(optimizer: Scheduled, schedulers: readonly LRScheduler[]) {
    super(optimizer, (base) => base);
    const own = this.constructor.name;
    if (schedulers.length === 0) throw new OptionError(`${own}: needs at least one schedule; got none`);
    for (const part of schedulers) {
      if (!(part instanceof LRScheduler)) {
        throw new OptionError(
          `${own}: takes schedules of the step alone; ReduceLROnPlateau needs a metric at each step`,
        );
      }
      if (part.optimizer !== optimizer) {
        throw new OptionError(
          `${own}: all schedules must be made for the optimizer that it is made for; one is of another`,
        );
      }
    }
    this.schedulers = schedulers;
  }

  override stateDict(): SchedulerState {
    return { ...super.stateDict(), schedulers: this.schedulers.map((part) => part.stateDict()) };
  }

  override loadStateDict(state: SchedulerState): void {
    for (const [i, part] of this.schedulers.entries()) {
      const saved = state.schedulers?.[i];
      if (saved) part.loadStateDict(saved);
    }
    super.loadStateDict(state);
  }
}

/**
 * One schedule after the other: each counts its own steps from its milestone on. Warm-up and fall:
 * `new SequentialLR(o, [new LinearLR(o), new CosineAnnealingLR(o, { tMax: 95 })], { milestones: [5] })`.
 */
export class SequentialLR extends ComposedLR {
  readonly milestones: readonly number[];

  constructor(
    optimizer: Scheduled,
    schedulers: readonly LRScheduler[],
    { milestones }: { milestones: readonly number[] },
  ) {
    super(optimizer, schedulers);
    requireRising("SequentialLR", milestones);
    if (milestones.length !== schedulers.length - 1) {
      throw new OptionError(
        `SequentialLR: ${schedulers.length} schedules need ${schedulers.length - 1} milestones; got ${milestones.length}`,
      );
    }
    this.milestones = milestones;
    this.moveTo(0);
  }

  override moveTo(step: number): void {
    // The base class sets the rates of step 0 before there are parts.
    if (this.milestones) {
      const [part, own] = this.#partAt(step);
      part.moveTo(own);
    }
    this.lastEpoch = step;
  }

  override rateAt(group: number, step: number): number {
    const [part, own] = this.#partAt(step);
    return part.rateAt(group, own);
  }

  /** The schedule whose turn it is, and its own step. */
  #partAt(step: number): [LRScheduler, number] {
    const place = this.milestones.filter((at) => at <= step).length;
    return [this.schedulers[place]!, step - (place === 0 ? 0 : this.milestones[place - 1]!)];
  }
}

/** Schedules at the same time: the first rate times the shares of all of them. */
export class ChainedScheduler extends ComposedLR {
  constructor(optimizer: Scheduled, schedulers: readonly LRScheduler[]) {
    super(optimizer, schedulers);
    this.moveTo(0);
  }

  override moveTo(step: number): void {
    if (this.schedulers) {
      // Each sets what it has beside rates, such as a momentum.
      for (const part of this.schedulers) part.moveTo(step);
      for (const [i, group] of this.optimizer.groups.entries()) group.lr = this.rateAt(i, step);
    }
    this.lastEpoch = step;
  }

  override rateAt(group: number, step: number): number {
    const base = this.baseLrs[group]!;
    if (base === 0) return 0;
    return this.schedulers.reduce((rate, part) => rate * (part.rateAt(group, step) / base), base);
  }
}
