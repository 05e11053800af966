// Loss and accuracy of a classifier on a data set.
import type { TypedArray } from "../base/dtype.ts";
import type { DataLoader } from "../data/loader.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { type Normalization, prepareInput } from "./input.ts";
import { ClassificationMetrics } from "./metrics.ts";

/** What a classifier answered to each sample of a data set, in the order in which they were asked. */
export interface Answers {
  /** Softmax of the logits, `[samples, classes]` row-major. */
  readonly probabilities: Float32Array;
  /** Class indices. */
  readonly labels: Int32Array;
  /** Numbers of the samples in their data set. */
  readonly indices: Int32Array;
}

/** What a classifier does on a data set. */
export interface Evaluation {
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Shares in 0 … 1. */
  readonly top1: number;
  readonly top5: number;
  /** Row-major `[true class, predicted class]`. */
  readonly confusion: Int32Array;
  readonly samples: number;
  /** Where they were asked for, and are not more than four million numbers. */
  readonly answers?: Answers;
}

/** How `evaluate` goes about it. */
export interface EvaluateOptions {
  /** How pictures are prepared; by default bytes are brought to 0 … 1. */
  readonly normalization?: Normalization | undefined;
  /** Batches that are looked at; by default all. */
  readonly batches?: number;
  /** Called after each batch, and waited for. */
  readonly onBatch?: () => Promise<void> | void;
  /** Gives all probabilities as `answers`. */
  readonly keepAnswers?: boolean;
  /** Is given each batch's logits `[n, classes]` row-major, its labels `[n]`, and the samples' numbers. */
  readonly onLogits?: (logits: TypedArray, labels: TypedArray, indices: Int32Array) => void;
}

/** Probabilities that are kept, at most. */
const mostNumbers = 4_000_000;

/** Runs the model in evaluation mode over one pass of the loader, and puts its mode back. */
export async function evaluate(
  model: Module,
  loader: DataLoader,
  {
    normalization,
    batches = Number.POSITIVE_INFINITY,
    onBatch = () => {},
    keepAnswers = false,
    onLogits,
  }: EvaluateOptions = {},
): Promise<Evaluation> {
  const classes = loader.dataset.classes.length;
  const metrics = new ClassificationMetrics(classes);
  const most = loader.dataset.length;
  const kept = keepAnswers && most * classes <= mostNumbers ? new AnswerList(most, classes) : null;
  const wasTraining = model.training;
  let lossSum = 0;
  let done = 0;
  model.eval();
  try {
    for await (const [x, y, indices] of loader) {
      const { logits, loss } = noGrad(() => {
        const logits = model.forward(prepareInput(x, normalization)).retain();
        return { logits, loss: crossEntropy(logits, y) };
      });
      const n = y.size;
      lossSum += (await loss.item()) * n;
      const [answers, labels] = [await logits.data(), await y.data()];
      metrics.add(answers, labels);
      kept?.add(answers, labels, indices);
      onLogits?.(answers, labels, indices);
      await onBatch();
      if (++done >= batches) break;
    }
  } finally {
    model.train(wasTraining);
  }
  const { top1, top5, confusion, samples } = metrics;
  const loss = samples === 0 ? 0 : lossSum / samples;
  return { loss, top1, top5, confusion, samples, ...(kept && { answers: kept.all() }) };
}

/** Answers of one batch after another, to so many samples at most. */
class AnswerList {
  readonly #classes: number;
  readonly #probabilities: Float32Array;
  readonly #labels: Int32Array;
  readonly #indices: Int32Array;
  #length = 0;

  constructor(samples: number, classes: number) {
    this.#classes = classes;
    this.#probabilities = new Float32Array(samples * classes);
    this.#labels = new Int32Array(samples);
    this.#indices = new Int32Array(samples);
  }

  add(logits: TypedArray, labels: TypedArray, indices: Int32Array): void {
    const n = this.#classes;
    for (let i = 0; i < labels.length; i++) {
      const row = logits.subarray(i * n, (i + 1) * n);
      let highest = Number.NEGATIVE_INFINITY;
      for (const logit of row) if (logit > highest) highest = logit;
      let sum = 0;
      for (const logit of row) sum += Math.exp(logit - highest);
      const start = this.#length * n;
      for (let c = 0; c < n; c++) this.#probabilities[start + c] = Math.exp(row[c]! - highest) / sum;
      this.#labels[this.#length] = labels[i]!;
      this.#indices[this.#length++] = indices[i]!;
    }
  }

  all(): Answers {
    const length = this.#length;
    return {
      probabilities: this.#probabilities.subarray(0, length * this.#classes),
      labels: this.#labels.subarray(0, length),
      indices: this.#indices.subarray(0, length),
    };
  }
}
