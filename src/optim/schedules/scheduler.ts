// What all schedules of an optimizer share: the first rates, the count of steps, and the state to resume from.
import { OptionError } from "../../base/errors.ts";
import type { Rate } from "./rates.ts";

/** A group whose rate a schedule sets, with the momentum that some schedules cycle. */
export interface ScheduledGroup {
  lr: number;
  momentum?: number;
  betas?: readonly [number, number];
}

/** What a schedule needs of an optimizer. */
export interface Scheduled {
  readonly groups: readonly ScheduledGroup[];
}

/** What a schedule is saved as; plain data. */
export interface SchedulerState {
  readonly lastEpoch: number;
  readonly baseLrs: readonly number[];
  /** States of the schedules that it is made of. */
  readonly schedulers?: readonly SchedulerState[];
}

/** The rate that each group had when its first schedule was made: a second one begins from there too. */
const firstRates = new WeakMap<ScheduledGroup, number>();

/**
 * A schedule of an optimizer's learning rates: a formula of each group's first rate and of the steps taken. Making it sets the rates
 * of step 0; `step()` belongs behind `optimizer.step()`, or behind an epoch, as the schedule's lengths are meant.
 */
export abstract class LRScheduler {
  readonly optimizer: Scheduled;
  /** Number of `step()` calls so far. */
  lastEpoch = 0;
  /** The groups' first rates. */
  baseLrs: number[];
  readonly #rates: readonly Rate[];
  readonly #momenta: readonly Rate[] | null;

  /** One formula for all groups, or one for each; `momenta` are those of the momentum (β₁ where there are betas). */
  constructor(
    optimizer: Scheduled,
    rates: Rate | readonly Rate[],
    momenta: Rate | readonly Rate[] | null = null,
  ) {
    this.optimizer = optimizer;
    const own = this.constructor.name;
    this.#rates = perGroup(own, "formulas", rates, optimizer);
    this.#momenta = momenta && perGroup(own, "formulas", momenta, optimizer);
    this.baseLrs = optimizer.groups.map((group) => {
      const first = firstRates.get(group) ?? group.lr;
      firstRates.set(group, first);
      return first;
    });
    if (momenta && optimizer.groups.some((group) => !group.betas && group.momentum === undefined)) {
      throw new OptionError(
        `${own}: the optimizer has neither momentum nor betas to cycle; pass cycleMomentum: false`,
      );
    }
    this.moveTo(0);
  }

  /** Goes one step on. */
  step(): void {
    this.moveTo(this.lastEpoch + 1);
  }

  /** Sets the rates as they are after `step` steps. */
  moveTo(step: number): void {
    for (const [i, group] of this.optimizer.groups.entries()) {
      group.lr = this.rateAt(i, step);
      if (!this.#momenta) continue;
      const momentum = this.#momenta[i]!(0, step);
      if (group.betas) group.betas = [momentum, group.betas[1]];
      else group.momentum = momentum;
    }
    this.lastEpoch = step;
  }

  /** The rate of a group after `step` steps. */
  rateAt(group: number, step: number): number {
    return this.#rates[group]!(this.baseLrs[group]!, step);
  }

  /** The rates that the groups have now. */
  getLastLr(): number[] {
    return this.optimizer.groups.map(({ lr }) => lr);
  }

  /** What it takes to go on later, as plain data. */
  stateDict(): SchedulerState {
    return { lastEpoch: this.lastEpoch, baseLrs: [...this.baseLrs] };
  }

  /** Goes on where a schedule of the same options was saved, and sets the rates of that step. */
  loadStateDict({ lastEpoch, baseLrs }: SchedulerState): void {
    if (baseLrs.length !== this.baseLrs.length) {
      throw new OptionError(
        `${this.constructor.name}: the state is of ${baseLrs.length} groups; the optimizer has ${this.baseLrs.length}`,
      );
    }
    this.baseLrs = [...baseLrs];
    this.moveTo(lastEpoch);
  }
}

/** A value for each group: the same one, or those of a list. Throws OptionError where the list has another length. */
export function perGroup<T>(
  own: string,
  name: string,
  value: T | readonly T[],
  { groups }: Scheduled,
): readonly T[] {
  if (!Array.isArray(groups)) throw new OptionError(`${own}: needs an optimizer, whose rates it sets`);
  if (!Array.isArray(value)) return groups.map(() => value as T);
  if (value.length === groups.length) return value as readonly T[];
  throw new OptionError(
    `${own}: needs one value or one for each group; got ${value.length} ${name} for ${groups.length} groups`,
  );
}
