// What a network answered to held-out pictures, and which of them are meant by a cell, a class or an order.
import type { HeldOutAnswer } from "../../src/studio/shared/heldOut.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import type { EvaluateAnswer } from "../compute/evaluate.ts";

/** Everything that the tab shows. Pictures are told by their row: place in `answers` and the like. */
export interface Outcome {
  readonly held: HeldOutAnswer;
  readonly set: SetAnswer;
  readonly found: EvaluateAnswer;
}

/** How mistakes are sorted. */
export const orders = ["byLoss", "byConfidence"] as const;
export type Order = (typeof orders)[number];

/** Number of pictures that were measured. */
export function countOf({ found }: Outcome): number {
  return found.places.length;
}

/** The true class of a row. */
export function truthOf({ held, found }: Outcome, row: number): number {
  return held.labels[found.places[row]!]!;
}

/** The number in the set of a row's picture. */
export function numberOf({ held, found }: Outcome, row: number): number {
  return held.indices[found.places[row]!]!;
}

/** Rows by the numbers of their pictures in the set. */
export function rowsByNumber(outcome: Outcome): ReadonlyMap<number, number> {
  return new Map(Array.from(outcome.found.places, (_, row) => [numberOf(outcome, row), row]));
}

/** Rows that something is true of, the worst first. */
export function sortedRows(outcome: Outcome, order: Order, isMeant: (row: number) => boolean): number[] {
  const { losses, confidence } = outcome.found;
  const key = order === "byLoss" ? losses : confidence;
  const rows = Array.from(losses, (_, row) => row).filter(isMeant);
  return rows.sort((a, b) => key[b]! - key[a]! || a - b);
}

export function isWrong(outcome: Outcome, row: number): boolean {
  return outcome.found.answers[row] !== truthOf(outcome, row);
}

/** A pair of classes that were taken for each other. */
export interface Confusion {
  readonly truth: number;
  readonly answer: number;
  readonly count: number;
}

/** Confusions, the commonest first. */
export function commonest({ held, found }: Outcome, most: number): Confusion[] {
  const n = held.classes.length;
  const all: Confusion[] = [];
  for (let truth = 0; truth < n; truth++) {
    for (let answer = 0; answer < n; answer++) {
      const count = found.confusion[truth * n + answer]!;
      if (truth !== answer && count > 0) all.push({ truth, answer, count });
    }
  }
  return all.sort((a, b) => b.count - a.count).slice(0, most);
}

/** Rows for a projection of at most so many points: all mistakes, and others at even distances. */
export function evenRows(outcome: Outcome, most: number): Int32Array {
  const n = countOf(outcome);
  const all = Array.from({ length: n }, (_, row) => row);
  if (n <= most) return Int32Array.from(all);
  const wrong = sortedRows(outcome, "byLoss", (row) => isWrong(outcome, row)).slice(0, most / 2);
  const kept = new Set(wrong);
  const others = all.filter((row) => !kept.has(row));
  const wanted = most - kept.size;
  for (let i = 0; i < wanted; i++) kept.add(others[Math.floor((i * others.length) / wanted)]!);
  return Int32Array.from([...kept].sort((a, b) => a - b));
}
