// Label errors with the names of pictures and classes, as people and programs read them. Knows no files and no networks.
import type { LabelErrors } from "./labelErrors.ts";

/** A picture whose label is probably wrong. */
export interface LabelSuspect {
  /** Its file, or its part and number. */
  readonly name: string;
  /** Its number among the pictures. */
  readonly index: number;
  readonly given: string;
  readonly suggested: string;
  /** How certain the error is, 0 … 1. */
  readonly score: number;
}

/** How noisy the labels of a class are. */
export interface ClassNoise {
  readonly name: string;
  /** Pictures that are labelled so. */
  readonly labels: number;
  /** The share of them that is estimated to be wrong; null without any. */
  readonly noiseRate: number | null;
  /** What those most often are; null where none is wrong. */
  readonly mostOften: string | null;
}

/** What is said of the labels of a data set. Matrices are `[given class][true class]`, as `findLabelErrors` gives them. */
export interface LabelReport extends Omit<LabelErrors, "errors" | "noiseRates"> {
  readonly pictures: number;
  readonly classes: readonly ClassNoise[];
  /** The most certain first. */
  readonly suspects: readonly LabelSuspect[];
}

/** What the rows of the probabilities were. */
export interface LabelNames {
  readonly classes: readonly string[];
  readonly labels: ArrayLike<number>;
  /** Number of each row's picture in the data set. */
  readonly indices: ArrayLike<number>;
  /** Names of the pictures of the data set. */
  readonly names: readonly string[];
}

/** Puts names to numbers. */
export function labelReport(
  found: LabelErrors,
  { classes, labels, indices, names }: LabelNames,
): LabelReport {
  const { errors, noiseRates, ...figures } = found;
  const counts = classes.map(() => 0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]!++;
  return {
    ...figures,
    pictures: labels.length,
    classes: classes.map((name, i) => {
      const most = largestBeside(found.joint[i]!, i);
      return {
        name,
        labels: counts[i]!,
        noiseRate: noiseRates[i]!,
        mostOften: most === null ? null : classes[most]!,
      };
    }),
    suspects: errors.map(({ index, given, suggested, score }) => ({
      name: names[indices[index]!]!,
      index: indices[index]!,
      given: classes[given]!,
      suggested: classes[suggested]!,
      score,
    })),
  };
}

/** Place of the largest number above 0, one place left out. */
function largestBeside(row: readonly number[], left: number): number | null {
  let best: number | null = null;
  for (const [j, value] of row.entries()) {
    if (j !== left && value > 0 && (best === null || value > row[best]!)) best = j;
  }
  return best;
}

/** The suspects as a table `file_name,label,suggested,score`, whose labels a person can put right and `csvLabels` reads. */
export function suspectTable({ suspects }: LabelReport): string {
  const rows = suspects.map(({ name, given, suggested, score }) => [
    name,
    given,
    suggested,
    score.toFixed(4),
  ]);
  return [["file_name", "label", "suggested", "score"], ...rows]
    .map((row) => `${row.map(field).join()}\n`)
    .join("");
}

/** A field of CSV, in quotes where it has to be (RFC 4180). */
function field(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
