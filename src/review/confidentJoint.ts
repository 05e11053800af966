// The confident joint: how often samples labelled as one class look like another, counted where a network is sure. Knows no pictures.

/** Least threshold of a class, so that one that the network never predicts does not gather what fits nowhere. */
const leastThreshold = 1e-6;
/** What rounding may take from a mean: equal self-confidences reach their own mean. */
const rounding = 1e-9;

/** Probabilities of samples `[samples, classes]`, row by row, with the label that each sample was given. */
export interface LabelledProbabilities {
  readonly probabilities: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
}

/** Samples of each class by their given labels. */
export function labelCounts({ labels, classes }: LabelledProbabilities): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return counts;
}

/** `t_j`: mean probability of class j over the samples labelled j; null for a class without samples. */
export function selfConfidenceThresholds(samples: LabelledProbabilities): (number | null)[] {
  const { probabilities, labels, classes } = samples;
  const sums = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) sums[labels[i]!]! += probabilities[i * classes + labels[i]!]!;
  return labelCounts(samples).map((count, j) => (count === 0 ? null : sums[j]! / count));
}

/**
 * `C[i][j]`: samples labelled i whose most probable class, among those with a probability of at least their threshold, is j. Samples that reach no
 * threshold are not counted. A class without a threshold is never reached.
 */
export function confidentJointOf(
  { probabilities, labels, classes }: LabelledProbabilities,
  thresholds: readonly (number | null)[],
): number[][] {
  const joint = squareOf(classes);
  const least = thresholds.map((t) =>
    t === null ? Number.POSITIVE_INFINITY : Math.max(t, leastThreshold) - rounding,
  );
  for (let i = 0; i < labels.length; i++) {
    let [best, confident] = [Number.NEGATIVE_INFINITY, -1];
    for (let j = 0; j < classes; j++) {
      const p = probabilities[i * classes + j]!;
      if (p >= least[j]! && p > best) [best, confident] = [p, j];
    }
    if (confident >= 0) joint[labels[i]!]![confident]!++;
  }
  return joint;
}

/**
 * The confident joint with the sums of its rows brought to the numbers of labels that there are: `C[i][j] / Σ_j C[i][j] · |X_i|`. A class in which nobody is confident
 * gives no evidence of noise, and counts as rightly labelled.
 */
export function calibratedCounts(confidentJoint: readonly number[][], counts: readonly number[]): number[][] {
  return confidentJoint.map((row, i) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value, j) => (sum > 0 ? (value / sum) * counts[i]! : i === j ? counts[i]! : 0));
  });
}

/** A row's numbers as whole ones with the same sum: rounded down, then up where the remainder is largest, the lower class first. */
export function wholeCounts(row: readonly number[]): number[] {
  const whole = row.map((value) => Math.floor(value + rounding));
  const missing = Math.round(row.reduce((a, b) => a + b, 0)) - whole.reduce((a, b) => a + b, 0);
  const byRemainder = row
    .map((value, j) => ({ j, remainder: value - whole[j]! }))
    .sort((a, b) => b.remainder - a.remainder || a.j - b.j);
  for (const { j } of byRemainder.slice(0, missing)) whole[j]!++;
  return whole;
}

/** Each column divided by its sum; a column of zeros stays, as there is nothing to say of it. */
export function columnShares(matrix: readonly number[][]): number[][] {
  const sums = matrix.map((_, j) => matrix.reduce((sum, row) => sum + row[j]!, 0));
  return matrix.map((row) => row.map((value, j) => (sums[j]! > 0 ? value / sums[j]! : 0)));
}

function squareOf(classes: number): number[][] {
  return Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
}
