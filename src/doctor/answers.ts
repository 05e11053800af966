// Figures of a network's answers.
import type { Answers, Evaluation } from "../train/evaluate.ts";
import { confusionScores } from "../train/metrics.ts";

/** Accuracy of always giving the most frequent class' name. */
export function guessAccuracy({ confusion, samples }: Evaluation): number {
  const { classes } = confusionScores(confusion);
  return samples === 0 ? 0 : Math.max(...classes.map(({ support }) => support)) / samples;
}

/** Share of the samples that get the most frequent answer. */
export function commonestAnswer({ confusion, samples }: Evaluation): number {
  const classes = Math.round(Math.sqrt(confusion.length));
  const answers = new Array<number>(classes).fill(0);
  for (const [i, count] of confusion.entries()) answers[i % classes]! += count;
  return samples === 0 ? 0 : Math.max(...answers) / samples;
}

/** Mean over the samples of the largest probability. */
export function meanProbability({ probabilities, labels }: Answers): number {
  const classes = probabilities.length / labels.length;
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    let largest = 0;
    for (let c = 0; c < classes; c++) largest = Math.max(largest, probabilities[i * classes + c]!);
    sum += largest;
  }
  return sum / labels.length;
}

/** Number of samples of which some other class is likelier than the label by so much. */
export function contradicted({ probabilities, labels }: Answers, margin: number): number {
  const classes = probabilities.length / labels.length;
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    const own = probabilities[i * classes + labels[i]!]!;
    for (let c = 0; c < classes; c++) {
      if (probabilities[i * classes + c]! - own < margin) continue;
      count++;
      break;
    }
  }
  return count;
}
