// Loss and accuracy of a classifier on a data set.
import type { TypedArray } from "../base/dtype.ts";
import type { DataLoader } from "../data/loader.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { type Normalization, prepareInput } from "./input.ts";
import { ClassificationMetrics } from "./metrics.ts";

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
}

/** How `evaluate` goes about it. */
export interface EvaluateOptions {
  /** How pictures are prepared; by default bytes are brought to 0 … 1. */
  readonly normalization?: Normalization | undefined;
  /** Batches that are looked at; by default all. */
  readonly batches?: number;
  /** Called after each batch, and waited for. */
  readonly onBatch?: () => Promise<void> | void;
  /** Is given each batch's logits `[n, classes]` row-major, its labels `[n]`, and the samples' numbers. */
  readonly onLogits?: (logits: TypedArray, labels: TypedArray, indices: Int32Array) => void;
}

/** Runs the model in evaluation mode over one pass of the loader, and puts its mode back. */
export async function evaluate(
  model: Module,
  loader: DataLoader,
  { normalization, batches = Number.POSITIVE_INFINITY, onBatch = () => {}, onLogits }: EvaluateOptions = {},
): Promise<Evaluation> {
  const metrics = new ClassificationMetrics(loader.dataset.classes.length);
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
      onLogits?.(answers, labels, indices);
      await onBatch();
      if (++done >= batches) break;
    }
  } finally {
    model.train(wasTraining);
  }
  const { top1, top5, confusion, samples } = metrics;
  return { loss: samples === 0 ? 0 : lossSum / samples, top1, top5, confusion, samples };
}
