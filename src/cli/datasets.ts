// The data sets that commands know by name.
import { type EmnistSplit, emnistSets, known, type PublicSet } from "../data/catalogue.ts";
import { cifar10, cifar100 } from "../data/cifar.ts";
import type { ArrayDataset } from "../data/dataset.ts";
import { emnist, fashionMnist, kmnist, mnist } from "../data/mnist.ts";
import type { SetOptions } from "../data/publicSet.ts";
import type { Normalization } from "../train/input.ts";
import { cacheFolder } from "./cache.ts";

/** How a data set is read. */
export interface DataSetEntry {
  readonly load: (part: "train" | "test") => Promise<ArrayDataset>;
  /** Mean and deviation of the training pictures' values 0 … 1; null where they are computed from the pictures. */
  readonly normalization: Normalization | null;
  /** Brightness of what stands behind the motif, 0 … 1, so that pictures of the other kind can be inverted; 0.5 where it may be any. */
  readonly background: number;
  readonly summary: string;
  /** Files, sums and places. */
  readonly set: PublicSet;
}

function entry(
  set: PublicSet,
  load: (options: SetOptions) => Promise<ArrayDataset>,
  { normalization = null, background }: { normalization?: Normalization | null; background: number },
): [string, DataSetEntry] {
  const { name, summary } = set;
  const read = (part: "train" | "test") => load({ train: part === "train", cache: cacheFolder() });
  return [name, { set, load: read, normalization, background, summary }];
}

const emnists = Object.entries(emnistSets).map(([split, set]) =>
  entry(set, (options) => emnist({ split: split as EmnistSplit, ...options }), { background: 0 }),
);

/** Data sets by name. */
export const dataSets: ReadonlyMap<string, DataSetEntry> = new Map([
  entry(known.mnist, mnist, { background: 0, normalization: { mean: [0.1307], std: [0.3081] } }),
  entry(known.fashionMnist, fashionMnist, { background: 0, normalization: { mean: [0.286], std: [0.353] } }),
  entry(known.kmnist, kmnist, { background: 0 }),
  ...emnists,
  ["emnist", emnists[0]![1]], // balanced, as emnist() has it by default
  entry(known.cifar10, cifar10, { background: 0.5 }),
  entry(known.cifar100, cifar100, { background: 0.5 }),
]);
