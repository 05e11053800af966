// Mistakes with folds and cross-validation.

import { ArrayDataset } from "../../src/data/dataset.ts";
import { foldIndices } from "../../src/data/index.ts";
import { nn } from "../../src/index.ts";
import { crossValidate } from "../../src/train/index.ts";

const train = new ArrayDataset({ data: new Float32Array(4), sampleShape: [1], labels: [0, 1, 0, 1] });
const make = () => new nn.Linear(1, 2);

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "one fold": () => foldIndices([0, 1], 1),
  "more folds than samples": () => foldIndices([0, 1], 3),
  "folds of one sample": () => foldIndices([0], 2),
  "option of folds": () => foldIndices([0, 1], 2, { stratified: false } as object),
  "early stopping on the fold": () =>
    crossValidate(make, { train }, { earlyStopping: { patience: 2 } } as object),
  "validation data": () => crossValidate(make, { train, val: train } as never),
  "option of cross-validation": () => crossValidate(make, { train }, { fold: 3 } as object),
  "more folds than a data set has samples": () => crossValidate(make, { train }, { folds: 5 }).finished(),
  "option of its data": () =>
    crossValidate(make, { train, transforms: [] } as never, { folds: 2 }).finished(),
};
