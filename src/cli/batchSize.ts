// `batch=auto`: the largest batch whose training has room in memory. Knows no loop.
import os from "node:os";
import { OptionError } from "../base/errors.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { batchSizeFor, trainingBytes } from "../train/memory.ts";
import type { Trained } from "./runFiles.ts";
import { bytes } from "./terminal.ts";
import type { TrainingData } from "./trainingData.ts";

/** What WebAssembly's memory can hold, with a little left over for gaps between blocks. */
const mostMemory = 0.95 * 2 ** 32;
/** Of the memory that is free: others want some too, and so do pictures on their way. */
const share = 0.5;

/** A batch that was chosen, and what it takes of what there is. */
export interface ChosenBatch {
  readonly batch: number;
  readonly text: string;
}

/** Chooses a batch for a budget in bytes, by default half of the memory that is free. Throws OptionError where not even one picture fits. */
export function chooseBatch(
  budget: number | null,
  { network, optimizer, average }: Trained,
  { train, val, transform, input }: TrainingData,
): ChosenBatch {
  const memory = Math.min(budget ?? share * os.freemem(), mostMemory);
  // Data sets that are taken as they lie in memory are copied to the backend's once, and an average is another set of weights.
  const sets = transform ? [] : [train, val].filter((set) => set instanceof ArrayDataset);
  const data = sets.reduce((sum, set) => sum + set.data.byteLength, 0);
  const averaged = average ? network.parameters().reduce((sum, p) => sum + 4 * p.size, 0) : 0;
  const left = memory - data - averaged;
  if (left <= 0) {
    throw new OptionError(
      `memory=${bytes(memory)} is less than the pictures take, ${bytes(data)}; give more, or fewer pictures with limit=`,
    );
  }
  const options = { optimizer, dtype: "uint8" } as const;
  const batch = Math.min(
    batchSizeFor(network, input, { ...options, memory: left }),
    powerBelow(train.length),
  );
  const taken = trainingBytes(network, input, batch, options) + data + averaged;
  return { batch, text: `batch ${batch}: training takes ${bytes(taken)} of ${bytes(memory)}` };
}

/** The largest power of two that is no larger. */
function powerBelow(count: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, count)));
}
