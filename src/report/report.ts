// What a report tells of a run, as plain data, and the charts that follow from it. Knows no files and no HTML.
import type { RunFinding } from "../doctor/index.ts";
import type { Chart } from "../plot/chart.ts";

/** A row of results for each epoch. */
export interface EpochResult {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly valLoss: number;
  readonly top1: number;
  readonly top5: number;
  readonly lr: number;
}

/** A picture that was taken for another class. */
export interface Mistake {
  /** File or number of the picture. */
  readonly name: string;
  /** As a data URI; null where it can't be shown. */
  readonly picture: string | null;
  readonly truth: string;
  readonly predicted: string;
  /** Probability of what was predicted, and of the true class. */
  readonly probability: number;
  readonly trueProbability: number;
  readonly loss: number;
}

/** What the weights do on pictures that were not trained on. */
export interface Measured {
  /** Which weights, such as "the weights of the best epoch, 7". */
  readonly weights: string;
  /** Which pictures, such as "the test pictures of photos". */
  readonly pictures: string;
  /** Whether the best epoch was chosen by these pictures. */
  readonly chosenBy: boolean;
  readonly samples: number;
  readonly top1: number;
  readonly top5: number;
  readonly loss: number;
  readonly classes: readonly string[];
  /** Row-major `[true, predicted]`. */
  readonly confusion: ArrayLike<number>;
  /** Those with the highest loss, worst first. */
  readonly mistakes: readonly Mistake[];
}

/** A picture of the first layer's weights. */
export interface Filters {
  /** Name of the parameter. */
  readonly layer: string;
  readonly shape: readonly number[];
  /** As a data URI. */
  readonly picture: string;
  readonly width: number;
}

/** A run. */
export interface RunReport {
  readonly name: string;
  readonly model: string;
  readonly data: string;
  readonly epochs: readonly EpochResult[];
  readonly measured: Measured;
  /** The confusion matrix as a data URI, where there are too many classes for a table. */
  readonly confusionPicture: string | null;
  readonly filters: Filters | null;
  /** What the doctor found; null where none watched. */
  readonly findings: readonly RunFinding[] | null;
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly environment: readonly (readonly [name: string, value: string])[];
}

/** Classes up to which the confusion matrix is a table of the page. */
export const mostTableClasses = 20;

/** Classes up to which the true one is always among the five likeliest. */
export const mostForTop5 = 5;

/** Loss, accuracy and learning rate over the epochs of a classifier of so many classes. */
export function chartsOf(results: readonly EpochResult[], classes: number): Chart[] {
  const epochs = results.map(({ epoch }) => epoch);
  const curve = (name: string, key: keyof EpochResult) => ({ name, values: results.map((row) => row[key]) });
  return [
    {
      title: "Loss",
      kind: "loss",
      epochs,
      curves: [curve("training", "trainLoss"), curve("validation", "valLoss")],
    },
    {
      title: "Accuracy, validation",
      kind: "share",
      epochs,
      curves: [curve("top 1", "top1"), ...(classes > mostForTop5 ? [curve("top 5", "top5")] : [])],
    },
    { title: "Learning rate", kind: "rate", epochs, curves: [curve("last of each epoch", "lr")] },
  ];
}
