// Label errors by confident learning: which labels a network that never saw them disagrees with, and how noisy each class is. Works on arrays alone.
import { OptionError, ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import {
  calibratedCounts,
  columnShares,
  confidentJointOf,
  type LabelledProbabilities,
  labelCounts,
  selfConfidenceThresholds,
  wholeCounts,
} from "./confidentJoint.ts";

/** Ways to choose the suspects; see `findLabelErrors`. */
export const pruneMethods = ["noiseRate", "class", "both", "confusion"] as const;
/** Ways to score them. */
export const labelScores = ["margin", "selfConfidence"] as const;

/** How label errors are looked for. */
export interface LabelErrorOptions {
  /** Which samples are chosen; see `findLabelErrors`. Default "noiseRate". */
  readonly prune?: (typeof pruneMethods)[number];
  /** What the score is made of; see `LabelError.score`. Default "margin". */
  readonly rank?: (typeof labelScores)[number];
}

/** A sample whose label is probably wrong. */
export interface LabelError {
  /** Row of the probabilities. */
  readonly index: number;
  /** The class that it is labelled as, and the one that is most probable. */
  readonly given: number;
  readonly suggested: number;
  /**
   * How certain the error is, 0 … 1. With "margin" `(1 + p(suggested) − p(given)) / 2`, with "selfConfidence" `1 − p(given)`.
   */
  readonly score: number;
}

/** What confident learning says of a set of labels. Matrices are `[given class][true class]`. */
export interface LabelErrors {
  /** The most certain first. */
  readonly errors: readonly LabelError[];
  /** Mean probability of each class over the samples labelled so; null for a class without samples. */
  readonly thresholds: readonly (number | null)[];
  /** Numbers of samples that are confidently of a class. */
  readonly confidentJoint: readonly (readonly number[])[];
  /** Estimated joint distribution of given and true classes; sums to 1. */
  readonly joint: readonly (readonly number[])[];
  /** Estimated probability of a label given the true class: each column sums to 1, or is 0 where nothing is of the class. */
  readonly noiseMatrix: readonly (readonly number[])[];
  /** Of the labels of each class, the share that is estimated to be wrong; null for a class without samples. */
  readonly noiseRates: readonly (number | null)[];
  /** Of all labels, the share that is estimated to be wrong. */
  readonly noiseRate: number;
}

/** How far from 1 the sum of a row may be. */
const sumTolerance = 1e-3;

/**
 * Finds labels that are probably wrong. `probabilities` are `[samples, classes]`, row by row, and must come from networks that were not trained on the sample they
 * judge, as `crossValidate` of fovea/train gives them; `labels` are indices of classes.
 *
 * With `t_j` the mean of `p(j)` over the samples labelled j, the confident joint `C[i][j]` counts the samples labelled i whose most probable class among
 * those with `p(j) ≥ t_j` is j. Its rows, brought to the numbers of labels, and divided by their sum are the joint `Q`. Of n samples these are chosen:
 *
 * - "noiseRate": for each pair i ≠ j the `n Q[i][j]` samples labelled i with the largest `p(j) − p(i)`;
 * - "class": for each class i the `n Σ_{j≠i} Q[i][j]` samples labelled i with the smallest `p(i)`;
 * - "both": those that are chosen either way;
 * - "confusion": all whose label is not the most probable class.
 *
 * Never chosen is a sample whose label is its most probable class. Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels",
 * JAIR 70 (2021), sections 3 and 4. Throws ShapeError where probabilities do not fit the labels, OptionError for a label that is no class, for a row that holds no
 * probabilities, and for options outside their rules.
 */
export function findLabelErrors(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  options: LabelErrorOptions = {},
): LabelErrors {
  checkOptions("findLabelErrors", options, ["prune", "rank"]);
  const { prune = "noiseRate", rank = "margin" } = options;
  checkName("prune", prune, pruneMethods);
  checkName("rank", rank, labelScores);
  const samples = checked(probabilities, labels);
  const counts = labelCounts(samples);
  const thresholds = selfConfidenceThresholds(samples);
  const confidentJoint = confidentJointOf(samples, thresholds);
  const calibrated = calibratedCounts(confidentJoint, counts);
  const joint = calibrated.map((row) => row.map((value) => value / labels.length));
  const noisy = calibrated.map((row, i) => counts[i]! - row[i]!);
  return {
    errors: suspects(samples, calibrated.map(wholeCounts), prune)
      .map((index) => errorOf(samples, index, rank))
      .sort((a, b) => b.score - a.score || a.index - b.index),
    thresholds,
    confidentJoint,
    joint,
    noiseMatrix: columnShares(joint),
    noiseRates: noisy.map((value, i) => (counts[i] === 0 ? null : value / counts[i]!)),
    noiseRate: noisy.reduce((a, b) => a + b, 0) / labels.length,
  };
}

/** Rows of the chosen samples; `counts` are how many there should be of each pair of given and true class. */
function suspects(
  samples: LabelledProbabilities,
  counts: readonly number[][],
  prune: (typeof pruneMethods)[number],
): number[] {
  const { labels, classes } = samples;
  const members: number[][] = Array.from({ length: classes }, () => []);
  for (let i = 0; i < labels.length; i++) members[labels[i]!]!.push(i);
  const chosenBy = (choose: typeof largestMargins) =>
    members.flatMap((own, i) => choose(samples, own, i, counts[i]!));
  const methods = {
    noiseRate: () => [...new Set(chosenBy(largestMargins))],
    class: () => chosenBy(leastSelfConfident),
    both: () => {
      const other = new Set(chosenBy(largestMargins));
      return chosenBy(leastSelfConfident).filter((i) => other.has(i));
    },
    confusion: () => members.flat(),
  };
  return methods[prune]().filter((i) => mostProbableOther(samples, i).isLikelier);
}

/** Of the samples labelled `given`, those with the least probability of it, as many as are labelled wrong. */
function leastSelfConfident(
  { probabilities, classes }: LabelledProbabilities,
  members: readonly number[],
  given: number,
  counts: readonly number[],
): number[] {
  const wrong = counts.reduce((sum, count, j) => (j === given ? sum : sum + count), 0);
  const confidence = (i: number) => probabilities[i * classes + given]!;
  return [...members].sort((a, b) => confidence(a) - confidence(b) || a - b).slice(0, wrong);
}

/** Of the samples labelled `given`, for each other class those that it leads in by the largest margin, as many as are of it. */
function largestMargins(
  { probabilities, classes }: LabelledProbabilities,
  members: readonly number[],
  given: number,
  counts: readonly number[],
): number[] {
  return counts.flatMap((count, j) => {
    if (j === given || count === 0) return [];
    const margin = (i: number) => probabilities[i * classes + j]! - probabilities[i * classes + given]!;
    return [...members].sort((a, b) => margin(b) - margin(a) || a - b).slice(0, count);
  });
}

function errorOf(
  samples: LabelledProbabilities,
  index: number,
  rank: (typeof labelScores)[number],
): LabelError {
  const given = samples.labels[index]!;
  const own = samples.probabilities[index * samples.classes + given]!;
  const { suggested, probability } = mostProbableOther(samples, index);
  return { index, given, suggested, score: rank === "margin" ? (1 + probability - own) / 2 : 1 - own };
}

/** The most probable class beside the label, and whether it is likelier than that. */
function mostProbableOther(
  { probabilities, labels, classes }: LabelledProbabilities,
  index: number,
): { suggested: number; probability: number; isLikelier: boolean } {
  let [suggested, probability] = [-1, Number.NEGATIVE_INFINITY];
  for (let j = 0; j < classes; j++) {
    const p = probabilities[index * classes + j]!;
    if (j !== labels[index] && p > probability) [suggested, probability] = [j, p];
  }
  return {
    suggested,
    probability,
    isLikelier: probability > probabilities[index * classes + labels[index]!]!,
  };
}

function checkName(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new OptionError(`findLabelErrors: ${option} must be one of ${known.join(", ")}; got "${value}"`);
}

function checked(probabilities: ArrayLike<number>, labels: ArrayLike<number>): LabelledProbabilities {
  const classes = probabilities.length / labels.length;
  if (labels.length === 0 || !Number.isInteger(classes) || classes < 2) {
    throw new ShapeError(
      `findLabelErrors: probabilities are [samples, classes], row by row, with at least two classes; got ${probabilities.length} numbers for ${labels.length} labels`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new OptionError(
        `findLabelErrors: label ${label} of sample ${i} is no class; expected 0 to ${classes - 1}`,
      );
    }
    let sum = 0;
    for (let j = 0; j < classes; j++) {
      const p = probabilities[i * classes + j]!;
      if (!(p >= 0 && p <= 1 + sumTolerance)) {
        throw new OptionError(
          `findLabelErrors: sample ${i} has ${p} for class ${j}; probabilities are from 0 to 1. Of logits, take the softmax`,
        );
      }
      sum += p;
    }
    if (Math.abs(sum - 1) > sumTolerance) {
      throw new OptionError(
        `findLabelErrors: the probabilities of sample ${i} sum to ${Number(sum.toPrecision(4))}, and must sum to 1. Of logits, take the softmax`,
      );
    }
  }
  return { probabilities, labels, classes };
}
