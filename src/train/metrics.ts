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
