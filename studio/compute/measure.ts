// What answers to labelled pictures amount to: accuracy, confusions, and picture by picture how sure and how wrong they are.
import { ClassificationMetrics, type ConfusionScores, confusionScores } from "../../src/entry/train.ts";
import type { Values } from "./protocol.ts";

/** Answers to n pictures, in figures. */
export interface Measured {
  readonly top1: number;
  readonly top5: number;
  /** Row-major `[true class, predicted class]`. */
  readonly confusion: Int32Array;
  readonly scores: ConfusionScores;
  /** The class that each picture was taken for. */
  readonly answers: Int32Array;
  /** Probability of that class. */
  readonly confidence: Float32Array;
  /** Probability of the true class. */
  readonly trueProbability: Float32Array;
  /** Cross-entropy of each picture. */
  readonly losses: Float32Array;
}

/** Measures logits `[n, classes]`. */
export function measure({ shape, data }: Values, labels: ArrayLike<number>): Measured {
  const [n = 0, classes = 0] = shape;
  const metrics = new ClassificationMetrics(classes);
  metrics.add(data, labels);
  const answers = new Int32Array(n);
  const confidence = new Float32Array(n);
  const trueProbability = new Float32Array(n);
  const losses = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * classes, (i + 1) * classes);
    const truth = labels[i]!;
    let answer = 0;
    for (let c = 1; c < classes; c++) if (row[c]! > row[answer]!) answer = c;
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(row[c]! - row[answer]!);
    const loss = Math.log(sum) + row[answer]! - row[truth]!; // −log softmax
    answers[i] = answer;
    confidence[i] = 1 / sum;
    trueProbability[i] = Math.exp(-loss);
    losses[i] = loss;
  }
  const { top1, top5, confusion } = metrics;
  return {
    top1,
    top5,
    confusion,
    scores: confusionScores(confusion),
    ...{ answers, confidence, trueProbability, losses },
  };
}
