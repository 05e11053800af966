// Which option of a sweep mattered: how far the median scores of its values lie apart, beside what chance alone would give.

import { median } from "../../base/median.ts";
import { Random } from "../../tensor/random.ts";
import { isRange, type Space, type SweepValue } from "./space.ts";

/** A trial that came to a score; larger is better. */
export interface ScoredTrial {
  readonly values: Readonly<Record<string, SweepValue>>;
  readonly score: number;
}

/** What one option made of the scores. */
export interface Spread {
  readonly option: string;
  /** Best median score of a group of values, less the worst. */
  readonly spread: number;
  /** The same where scores are dealt out to the trials at random: what says nothing. */
  readonly chance: number;
  /** The group with the best median: its lowest and highest value, or its one value twice. */
  readonly best: { readonly from: SweepValue; readonly to: SweepValue; readonly median: number };
}

/** Groups that a range is cut into, with the same number of trials each. */
const groupsOfRange = 3;
/** Deals that the spread of chance is the mean of. */
const deals = 200;
/** Trials from which there is something to say. */
const leastTrials = 4;

/**
 * The options by how much they mattered, most first. Trials are grouped by an option's value (those of a range into thirds), and the spread is the difference between
 * the best and the worst median score of a group; medians, as a few trials that diverged would rule means. That is a plain comparison: it sees each option by itself, not how they work together. Options with a single
 * group are left out; with fewer than four trials the list is empty. The same trials give the same result.
 */
export function spreadByOption(space: Space, trials: readonly ScoredTrial[]): Spread[] {
  if (trials.length < leastTrials) return [];
  const scores = trials.map(({ score }) => score);
  const random = new Random(0);
  const dealt = Array.from({ length: deals }, () =>
    Array.from(random.permutation(scores.length), (i) => scores[i]!),
  );
  return Object.entries(space)
    .flatMap(([option, dimension]) => {
      const values = trials.map((trial) => trial.values[option]!);
      const groups = isRange(dimension) ? thirds(values as number[]) : byValue(values);
      if (groups.length < 2) return [];
      const chance = dealt.reduce((sum, deal) => sum + spreadOf(groups, deal), 0) / deals;
      const best = groups.reduce((a, b) => (medianOf(b, scores) > medianOf(a, scores) ? b : a));
      const [from, to] = [values[best[0]!]!, values[best.at(-1)!]!];
      return [
        {
          option,
          spread: spreadOf(groups, scores),
          chance,
          best: { from, to, median: medianOf(best, scores) },
        },
      ];
    })
    .sort((a, b) => b.spread - a.spread);
}

/** Numbers of the trials with the same value. */
function byValue(values: readonly SweepValue[]): number[][] {
  const groups = new Map<SweepValue, number[]>();
  for (const [i, value] of values.entries()) groups.set(value, [...(groups.get(value) ?? []), i]);
  return [...groups.values()];
}

/** Numbers of the trials in thirds by value, each in order of value; equal values stay together. */
function thirds(values: readonly number[]): number[][] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const groups: number[][] = Array.from({ length: groupsOfRange }, () => []);
  let first = 0;
  for (const [rank, i] of order.entries()) {
    if (values[i] !== values[order[first]!]) first = rank;
    groups[Math.floor((first * groupsOfRange) / values.length)]!.push(i);
  }
  return groups.filter((group) => group.length > 0);
}

function spreadOf(groups: readonly (readonly number[])[], scores: readonly number[]): number {
  const medians = groups.map((group) => medianOf(group, scores));
  return Math.max(...medians) - Math.min(...medians);
}

function medianOf(group: readonly number[], scores: readonly number[]): number {
  return median(group.map((i) => scores[i]!));
}
