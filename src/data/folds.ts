// Folds of a data set for cross-validation, and data sets of some of another's samples. Knows no training.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { Random } from "../tensor/random.ts";
import { ArrayDataset, type Dataset } from "./dataset.ts";
import { PictureDataset } from "./pictureDataset.ts";
import type { PictureSource } from "./pictureSource.ts";
import type { SplitOptions } from "./split.ts";

/** Keeps these draws apart from those of other things under the same seed. */
const foldStream = 0x666f6c64;

/**
 * Numbers of the samples of each of `folds` parts, in rising order. Sizes differ by at most one; with `stratify`, the numbers of each class do too. Every
 * sample is in one fold. Throws OptionError for fewer than two folds, and for more than there are samples.
 */
export function foldIndices(
  labels: ArrayLike<number>,
  folds: number,
  options: SplitOptions = {},
): Int32Array[] {
  checkOptions("foldIndices", options, ["seed", "stratify"]);
  const { seed = 0, stratify = true } = options;
  const { length } = labels;
  if (length < 2) {
    throw new OptionError(`foldIndices: folds need at least 2 samples; got ${length}`);
  }
  const rule = `a whole number from 2 to ${length}, the number of samples`;
  checkNumber("foldIndices", "folds", folds, rule, (x) => Number.isInteger(x) && x >= 2 && x <= length);
  const order = new Random(seed, foldStream).permutation(length);
  // Dealt out class after class: whoever comes next goes on where the class before ended.
  const ranks = new Int32Array(length);
  for (const [rank, i] of order.entries()) ranks[i] = rank;
  if (stratify) order.sort((a, b) => labels[a]! - labels[b]! || ranks[a]! - ranks[b]!);
  return Array.from({ length: folds }, (_, fold) =>
    order.filter((_, place) => place % folds === fold).sort((a, b) => a - b),
  );
}

/** The samples of a data set with the given numbers, in that order; of data sets of one's own a view. */
export function subsetOf(dataset: Dataset | PictureSource, indices: Int32Array): Dataset | PictureSource {
  if (dataset instanceof ArrayDataset || dataset instanceof PictureDataset) return dataset.subset(indices);
  const { length } = indices;
  const { classes } = dataset;
  if ("picture" in dataset) {
    return {
      length,
      classes,
      labels: Int32Array.from(indices, (i) => dataset.labels[i]!),
      picture: (i) => dataset.picture(indices[i]!),
    };
  }
  const { sampleShape, dtype } = dataset;
  return {
    length,
    classes,
    sampleShape,
    dtype,
    get: (i) => dataset.get(indices[i]!),
    ...(dataset.batch && { batch: (own) => dataset.batch!(own.map((i) => indices[i]!)) }),
  };
}

/** The label of each sample; where a data set does not list them, each sample is asked for its own. */
export async function labelsOf(dataset: Dataset | PictureSource): Promise<Int32Array> {
  if ("labels" in dataset) return Int32Array.from(dataset.labels as ArrayLike<number>);
  const labels = new Int32Array(dataset.length);
  for (let i = 0; i < labels.length; i++) labels[i] = (await (dataset as Dataset).get(i)).label;
  return labels;
}
