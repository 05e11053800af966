// Counts of right and wrong answers of a classifier, from logits on the host.
import type { TypedArray } from "../base/dtype.ts";

/** Counts over samples: top-1, top-5 and the confusion matrix. */
export class ClassificationMetrics {
  readonly classes: number;
  /** Row-major `[true class, predicted class]`. */
  readonly confusion: Int32Array;
  samples = 0;
  #top1 = 0;
  #top5 = 0;

  constructor(classes: number) {
    this.classes = classes;
    this.confusion = new Int32Array(classes * classes);
  }

  /** Counts a batch. Shapes: logits `[n, classes]` row-major, labels `[n]`. */
  add(logits: TypedArray, labels: ArrayLike<number>): void {
    const { classes } = this;
    for (let i = 0; i < labels.length; i++) {
      const row = logits.subarray(i * classes, (i + 1) * classes);
      const label = labels[i]!;
      const answer = argmax(row);
      this.confusion[label * classes + answer]!++;
      if (answer === label) this.#top1++;
      if (isAmongBest(row, label, 5)) this.#top5++;
      this.samples++;
    }
  }

  /** Share of samples whose class has the largest logit. */
  get top1(): number {
    return this.samples === 0 ? 0 : this.#top1 / this.samples;
  }

  /** Share of samples whose class is among the five largest logits. */
  get top5(): number {
    return this.samples === 0 ? 0 : this.#top5 / this.samples;
  }
}

/** Number of samples whose label has the largest logit. */
export function countCorrect(logits: TypedArray, labels: ArrayLike<number>): number {
  const classes = logits.length / labels.length;
  let correct = 0;
  for (let i = 0; i < labels.length; i++) {
    if (argmax(logits.subarray(i * classes, (i + 1) * classes)) === labels[i]) correct++;
  }
  return correct;
}

/** Place of the largest element, the first of equal ones. */
function argmax(row: TypedArray): number {
  let best = 0;
  for (let j = 1; j < row.length; j++) if (row[j]! > row[best]!) best = j;
  return best;
}

/** True where fewer than `k` elements stand before place `label` when sorted; a NaN is never among them. */
function isAmongBest(row: TypedArray, label: number, k: number): boolean {
  const own = row[label]!;
  if (Number.isNaN(own)) return false;
  let before = 0;
  for (let j = 0; j < row.length; j++) {
    if (row[j]! > own || (row[j] === own && j < label)) before++;
  }
  return before < k;
}

/** How well one class is told from the others. */
export interface ClassScores {
  /** Of the samples that were taken for this class, the share that belongs to it; 0 where none was. */
  readonly precision: number;
  /** Of the samples of this class, the share that was found; 0 where there are none. */
  readonly recall: number;
  /** `2 · precision · recall / (precision + recall)`, 0 where both are 0. */
  readonly f1: number;
  /** Samples of this class. */
  readonly support: number;
}

/** Scores of each class, and their plain means over the classes that have samples (macro averages). */
export interface ConfusionScores {
  readonly classes: readonly ClassScores[];
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Precision, recall and F1 from a row-major confusion matrix `[true class, predicted class]`. */
export function confusionScores(confusion: ArrayLike<number>): ConfusionScores {
  const n = Math.round(Math.sqrt(confusion.length));
  const classes = Array.from({ length: n }, (_, c) => {
    const hits = confusion[c * n + c]!;
    let support = 0;
    let taken = 0;
    for (let k = 0; k < n; k++) {
      support += confusion[c * n + k]!;
      taken += confusion[k * n + c]!;
    }
    const precision = taken === 0 ? 0 : hits / taken;
    const recall = support === 0 ? 0 : hits / support;
    const f1 = hits === 0 ? 0 : (2 * precision * recall) / (precision + recall);
    return { precision, recall, f1, support };
  });
  const present = classes.filter(({ support }) => support > 0);
  const mean = (name: "precision" | "recall" | "f1") =>
    present.length === 0 ? 0 : present.reduce((sum, scores) => sum + scores[name], 0) / present.length;
  return { classes, precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
}

/**
 * Area under the receiver operating characteristic: the probability that a positive sample has a larger score than a negative one, ties counting
 * half. NaN where one of the two kinds is missing. Source: Hanley and McNeil, "The meaning and use of the area under a ROC curve", 1982.
 */
export function rocAuc(scores: ArrayLike<number>, isPositive: ArrayLike<boolean | number>): number {
  const order = Array.from(scores, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  let positives = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end++;
    // Equal scores share the mean of their ranks.
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i++) {
      if (!isPositive[order[i]!]) continue;
      positives++;
      rankSum += rank;
    }
    start = end;
  }
  const negatives = order.length - positives;
  if (positives === 0 || negatives === 0) return Number.NaN;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
