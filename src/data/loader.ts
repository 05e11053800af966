// Batches of tensors from a data set, epoch by epoch.
import { nearest, OptionError } from "../base/errors.ts";
import { pickRows } from "../ops/indexing.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ArrayDataset, type Dataset, type SampleBatch } from "./dataset.ts";
import { sequentialOrder, shuffledOrder } from "./sampler.ts";

/** One batch: samples `[n, ...sampleShape]`, class indices int32 `[n]`, and the samples' numbers in the data set. */
export type Batch = readonly [x: Tensor, y: Tensor, indices: Int32Array];

/** The samples of data sets in memory, as tensors in the backend's memory. */
const residents = new WeakMap<ArrayDataset, Tensor>();
/** Larger data sets stay where they are, and their batches are copied. */
const mostResidentBytes = 2 ** 28;

/** How a DataLoader cuts a data set into batches. */
export interface DataLoaderOptions {
  /** Samples in a batch; the last batch of an epoch may have fewer. */
  readonly batchSize?: number;
  /** Another order in every epoch. */
  readonly shuffle?: boolean;
  /** Which orders; the same seed gives the same orders on every machine. */
  readonly seed?: number;
  /** Leaves out a last batch of fewer than `batchSize` samples. */
  readonly dropLast?: boolean;
  /** Batches that are asked of the data set ahead of the one in use (in `for await` loops). */
  readonly prefetch?: number;
}

/** What each option must be; also the list of those that exist. */
const rules: Record<
  keyof DataLoaderOptions,
  { readonly rule: string; readonly allows: (value: unknown) => boolean }
> = {
  batchSize: { rule: "an integer of at least 1", allows: (value) => isIntegerFrom(1, value) },
  shuffle: { rule: "true or false", allows: (value) => typeof value === "boolean" },
  seed: { rule: "an integer from 0 to 2^53 - 1", allows: (value) => isIntegerFrom(0, value) },
  dropLast: { rule: "true or false", allows: (value) => typeof value === "boolean" },
  prefetch: { rule: "an integer of at least 0", allows: (value) => isIntegerFrom(0, value) },
};

/**
 * Goes through a data set in batches. Each loop over the loader is one epoch; `epoch` counts them, decides the
 * order together with the seed, and can be set to go on where an earlier run stopped.
 *
 * ```ts
 * const loader = new DataLoader(dataset, { batchSize: 64, shuffle: true });
 * for await (const [x, y] of loader) { … }
 * ```
 *
 * A plain `for … of` works for data sets that give their samples at once. Options out of their range are an OptionError.
 */
export class DataLoader implements AsyncIterable<Batch>, Iterable<Batch> {
  readonly dataset: Dataset;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly seed: number;
  readonly dropLast: boolean;
  readonly prefetch: number;
  /** The number of the epoch that the next loop goes through, from 0. */
  epoch = 0;

  constructor(dataset: Dataset, options: DataLoaderOptions = {}) {
    checkOptions(options);
    const { batchSize = 1, shuffle = false, seed = 0, dropLast = false, prefetch = 2 } = options;
    if (dropLast && dataset.length > 0 && dataset.length < batchSize) {
      throw new OptionError(
        `DataLoader: dropLast leaves no batch of batchSize ${batchSize}: the data set has ${dataset.length} samples`,
      );
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.seed = seed;
    this.dropLast = dropLast;
    this.prefetch = prefetch;
  }

  /** Number of batches in an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  *[Symbol.iterator](): Generator<Batch, void> {
    for (const indices of this.#nextEpoch()) {
      const picked = this.#pick(indices);
      if (picked) {
        yield picked;
        continue;
      }
      const samples = this.dataset.batch(indices);
      if (samples instanceof Promise) {
        samples.catch(() => {});
        throw new OptionError(
          "DataLoader: this data set gives its samples later; use for await (const [x, y] of loader)",
        );
      }
      yield this.#tensors(samples, indices);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void> {
    const pending: { samples: Promise<SampleBatch>; indices: Int32Array }[] = [];
    for (const indices of this.#nextEpoch()) {
      const picked = this.#pick(indices);
      if (picked) {
        yield picked;
        continue;
      }
      const samples = this.#request(indices);
      // A failure is thrown when its batch's turn comes; until then, or after a break, it must not count as unhandled.
      samples.catch(() => {});
      pending.push({ samples, indices });
      if (pending.length > this.prefetch) {
        const next = pending.shift()!;
        yield this.#tensors(await next.samples, next.indices);
      }
    }
    for (const { samples, indices } of pending) yield this.#tensors(await samples, indices);
  }

  /** The sample numbers of each batch of the next epoch. */
  *#nextEpoch(): Generator<Int32Array> {
    const { dataset, batchSize, length } = this;
    const epoch = this.epoch++;
    const order = this.shuffle
      ? shuffledOrder(dataset.length, this.seed, epoch)
      : sequentialOrder(dataset.length);
    for (let b = 0; b < length; b++) yield order.slice(b * batchSize, (b + 1) * batchSize);
  }

  /**
   * A batch of a data set in memory: its samples are picked in the backend's memory, in the program that uses them, so that
   * all threads share the work. Null for other data sets.
   */
  #pick(indices: Int32Array): Batch | null {
    const { dataset } = this;
    if (!(dataset instanceof ArrayDataset) || dataset.data.byteLength > mostResidentBytes) return null;
    let all = residents.get(dataset);
    if (!all) {
      all = Tensor.fromArray(dataset.data, [dataset.length, ...dataset.sampleShape], dataset.dtype);
      residents.set(dataset, all.makeResident());
    }
    const labels = new Int32Array(indices.length);
    for (let i = 0; i < labels.length; i++) labels[i] = dataset.labels[indices[i]!]!;
    return [pickRows(all, Tensor.fromArray(indices)), Tensor.fromArray(labels), indices];
  }

  /** Asks for a batch ahead of its use. */
  async #request(indices: Int32Array): Promise<SampleBatch> {
    return this.dataset.batch(indices);
  }

  #tensors({ data, labels }: SampleBatch, indices: Int32Array): Batch {
    const { sampleShape, dtype } = this.dataset;
    const n = indices.length;
    return [
      Tensor.fromArray(data, [n, ...sampleShape], dtype),
      Tensor.fromArray(labels, [n], "int32"),
      indices,
    ];
  }
}

function checkOptions(options: DataLoaderOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      const known = Object.keys(rules);
      const near = nearest(name, known);
      const hint = near ? `did you mean ${near}?` : `known are ${known.join(", ")}`;
      throw new OptionError(`DataLoader: unknown option ${name}; ${hint}`);
    }
    const { rule, allows } = rules[name as keyof DataLoaderOptions];
    if (value !== undefined && !allows(value)) {
      throw new OptionError(`DataLoader: ${name} must be ${rule}; got ${String(value)}`);
    }
  }
}

function isIntegerFrom(least: number, value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}
