// When a trial ends early: the median rule. Knows no training.
import { median } from "../../base/median.ts";

/** How soon the rule may speak. */
const leastPeers = 5;
const leastEpochs = 2;

/**
 * Whether a trial is worse than the median: its best score so far is below the median of what the finished trials had at the same epoch. Scores are lists by
 * epoch, larger is better. It speaks from the second epoch on, once five finished trials have come as far.
 * Source: Golovin et al., Google Vizier, 2017, in the form of Optuna's MedianPruner.
 */
export function isBelowMedian(own: readonly number[], finished: readonly (readonly number[])[]): boolean {
  const epoch = own.length;
  const peers = finished.filter((scores) => scores.length >= epoch).map((scores) => scores[epoch - 1]!);
  return epoch >= leastEpochs && peers.length >= leastPeers && Math.max(...own) < median(peers);
}
