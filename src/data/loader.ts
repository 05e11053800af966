// Batches of tensors from a data set, epoch by epoch.
import { threads } from "#workers";
import { FormatError, nearest, OptionError } from "../base/errors.ts";
import { pickRows } from "../ops/indexing.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { Compose } from "../transforms/compose.ts";
import { type Step, Transform } from "../transforms/transform.ts";
import { ArrayDataset, type Dataset } from "./dataset.ts";
import {
  type BatchPlan,
  type BrokenSample,
  DatasetFeed,
  type FedBatch,
  type Feed,
  PictureFeed,
  WorkerFeed,
} from "./feeds.ts";
import { cacheMemory, PictureCache } from "./pictureCache.ts";
import { describeSource, type PictureSource } from "./pictureSource.ts";
import { pipelineOf, SampleMaker, sampleShapeOf } from "./sampleMaker.ts";
import { RandomSampler, type Sampler, SequentialSampler } from "./sampler.ts";

/** One batch: samples `[n, ...sampleShape]`, class indices int32 `[n]`, and the samples' numbers in the data set. */
export type Batch = readonly [x: Tensor, y: Tensor, indices: Int32Array];

/** The samples of data sets in memory, as tensors in the backend's memory. */
const residents = new WeakMap<ArrayDataset, Tensor>();
/** Larger data sets stay where they are, and their batches are copied. */
const mostResidentBytes = 2 ** 28;

/** How a DataLoader cuts a data set into batches. */
export interface DataLoaderOptions {
  /** Samples in a batch; the last batch of an epoch may have fewer, and so may one with pictures that can't be read. */
  readonly batchSize?: number;
  /** Another order in every epoch. */
  readonly shuffle?: boolean;
  /** Which samples an epoch has and in which order, in the place of `shuffle`. */
  readonly sampler?: Sampler;
  /** Which orders, and which random numbers of the transform; the same seed gives the same samples on every machine. */
  readonly seed?: number;
  /** Leaves out a last batch of fewer than `batchSize` samples. */
  readonly dropLast?: boolean;
  /** Batches that are asked of the data set ahead of the one in use (in `for await` loops). */
  readonly prefetch?: number;
  /** Changes each picture on its way: sizes, augmentation. A pipeline's `Normalize` is left to the network's first kernel. */
  readonly transform?: Step;
  /** Threads that read and transform pictures; 0 (default) does it on the calling thread. */
  readonly workers?: number;
  /** Bytes for pictures that were read and brought to size, kept for later epochs. Default 2^28; of concern for files only. */
  readonly cache?: number;
  /** Is told of each picture that can't be read, once. */
  readonly onBroken?: (sample: BrokenSample) => void;
}

/** Where a loader stands: the next batch is number `batch` of `epoch`, both from 0. */
export interface LoaderState {
  readonly epoch: number;
  readonly batch: number;
}

const isSampler = (value: unknown): value is Sampler =>
  typeof value === "object" && value !== null && "order" in value && "length" in value;

/** What each option must be; also the list of those that exist. */
const rules: Record<
  keyof DataLoaderOptions,
  { readonly rule: string; readonly allows: (value: unknown) => boolean }
> = {
  batchSize: { rule: "an integer of at least 1", allows: (value) => isIntegerFrom(1, value) },
  shuffle: { rule: "true or false", allows: (value) => typeof value === "boolean" },
  sampler: { rule: "a sampler, such as new StratifiedSampler(labels)", allows: isSampler },
  seed: { rule: "an integer from 0 to 2^53 - 1", allows: (value) => isIntegerFrom(0, value) },
  dropLast: { rule: "true or false", allows: (value) => typeof value === "boolean" },
  prefetch: { rule: "an integer of at least 0", allows: (value) => isIntegerFrom(0, value) },
  transform: {
    rule: "a transform, such as new Compose([…])",
    allows: (value) => value instanceof Transform,
  },
  workers: {
    rule: "an integer from 0 to 64",
    allows: (value) => isIntegerFrom(0, value) && (value as number) <= 64,
  },
  cache: { rule: "an integer of at least 0", allows: (value) => isIntegerFrom(0, value) },
  onBroken: { rule: "a function", allows: (value) => typeof value === "function" },
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
 * With a `transform`, each picture is changed by random numbers of (seed, epoch, its number), so batches are the same for any number of workers
 * and can be made again; bytes stay bytes. Pictures that can't be read are left out of their batch and named in `broken`.
 * A plain `for … of` works for data sets that give their samples at once. Options out of their range are an OptionError.
 */
export class DataLoader implements AsyncIterable<Batch>, Iterable<Batch> {
  readonly dataset: Dataset | PictureSource;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly sampler: Sampler;
  readonly seed: number;
  readonly dropLast: boolean;
  readonly prefetch: number;
  readonly transform: Compose | null;
  readonly workers: number;
  /** The number of the epoch that the next loop goes through, from 0. */
  epoch = 0;
  readonly #feed: Feed;
  readonly #broken = new Map<number, BrokenSample>();
  readonly #onBroken: ((sample: BrokenSample) => void) | undefined;
  /** The batch that the next loop begins with. */
  #first = 0;
  /** The epoch of the loop in progress, and its batches that were handed out. */
  #current: { readonly epoch: number; done: number } | null = null;

  constructor(dataset: Dataset | PictureSource, options: DataLoaderOptions = {}) {
    checkOptions(options);
    const { batchSize = 1, shuffle = false, seed = 0, dropLast = false, prefetch = 2, workers = 0 } = options;
    if (shuffle && options.sampler) {
      throw new OptionError("DataLoader: shuffle and sampler both give the order; leave one of them out");
    }
    const { length } = dataset;
    this.sampler = options.sampler ?? (shuffle ? new RandomSampler(length) : new SequentialSampler(length));
    if (dropLast && this.sampler.length > 0 && this.sampler.length < batchSize) {
      throw new OptionError(
        `DataLoader: dropLast leaves no batch of batchSize ${batchSize}: the data set has ${this.sampler.length} samples`,
      );
    }
    this.dataset = dataset;
    this.batchSize = batchSize;
    this.shuffle = shuffle;
    this.seed = seed;
    this.dropLast = dropLast;
    this.prefetch = prefetch;
    this.transform = options.transform ? pipelineOf(options.transform) : null;
    this.workers = workers;
    this.#onBroken = options.onBroken;
    this.#feed = this.#feedOf(options.cache ?? 2 ** 28);
  }

  /** Number of batches in an epoch. */
  get length(): number {
    const batches = this.sampler.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  /** Shape of one sample as batches have it. */
  get sampleShape(): readonly number[] {
    return this.#feed.sampleShape;
  }

  /** Pictures that could not be read so far. */
  get broken(): readonly BrokenSample[] {
    return [...this.#broken.values()];
  }

  /** Where the loop in progress stands, or the next one begins. */
  state(): LoaderState {
    // A loop of another epoch than the one before the next: `epoch` was set since.
    if (this.#current?.epoch !== this.epoch - 1) return { epoch: this.epoch, batch: this.#first };
    const { epoch, done } = this.#current;
    return done >= this.length ? { epoch: epoch + 1, batch: 0 } : { epoch, batch: done };
  }

  /** Lets the next loop go on from a state: the rest of that epoch, without making what came before. */
  restore({ epoch, batch }: LoaderState): void {
    if (!isIntegerFrom(0, epoch) || !isIntegerFrom(0, batch) || batch > this.length) {
      throw new OptionError(
        `DataLoader: a state has an epoch from 0 and a batch from 0 to ${this.length}; got ${JSON.stringify({ epoch, batch })}`,
      );
    }
    this.epoch = epoch;
    this.#first = batch;
    this.#current = null;
  }

  /** Ends the loader's threads. Without it they end with the program; they do not keep it running. */
  close(): void {
    this.#feed.close();
  }

  *[Symbol.iterator](): Generator<Batch, void> {
    let any = false;
    for (const plan of this.#nextEpoch()) {
      const picked = this.#pick(plan.indices);
      if (picked) {
        yield picked;
        continue;
      }
      const samples = this.#feed.request(plan);
      if (samples instanceof Promise) {
        samples.catch(() => {});
        throw new OptionError(
          "DataLoader: this data set gives its samples later; use for await (const [x, y] of loader)",
        );
      }
      const batch = this.#tensors(samples);
      any ||= batch !== null;
      if (batch) yield batch;
      else this.#checkAny(any);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void> {
    const pending: Promise<FedBatch>[] = [];
    let any = false;
    const next = async (): Promise<Batch | null> => {
      const batch = this.#tensors(await pending.shift()!);
      any ||= batch !== null;
      if (!batch) this.#checkAny(any);
      return batch;
    };
    const plans = this.#nextEpoch(false);
    for (const plan of plans) {
      const picked = this.#pick(plan.indices);
      if (picked) {
        this.#current!.done++;
        yield picked;
        continue;
      }
      const samples = this.#request(plan);
      // A failure is thrown when its batch's turn comes; until then, or after a break, it must not count as unhandled.
      samples.catch(() => {});
      pending.push(samples);
      if (pending.length <= this.prefetch) continue;
      const batch = await next();
      this.#current!.done++;
      if (batch) yield batch;
    }
    while (pending.length > 0) {
      const batch = await next();
      this.#current!.done++;
      if (batch) yield batch;
    }
  }

  /** The plan of each batch of the next epoch, from where the loader stands. */
  *#nextEpoch(counts = true): Generator<BatchPlan> {
    const { batchSize, length, seed } = this;
    const epoch = this.epoch++;
    const first = this.#first;
    this.#first = 0;
    const current = { epoch, done: first };
    this.#current = current;
    const order = this.sampler.order(seed, epoch);
    const draws = drawNumbers(order, this.dataset.length);
    for (let b = first; b < length; b++) {
      if (counts) current.done = b + 1;
      const range = [b * batchSize, (b + 1) * batchSize] as const;
      yield { indices: order.slice(...range), draws: draws.slice(...range), epoch };
    }
  }

  /**
   * A batch of a data set in memory: its samples are picked in the backend's memory, in the program that uses them, so that
   * all threads share the work. Null for other data sets.
   */
  #pick(indices: Int32Array): Batch | null {
    const { dataset } = this;
    if (this.transform || !(dataset instanceof ArrayDataset) || dataset.data.byteLength > mostResidentBytes)
      return null;
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
  async #request(plan: BatchPlan): Promise<FedBatch> {
    return this.#feed.request(plan);
  }

  /** A batch as tensors; null where none of its pictures could be read. */
  #tensors({ data, labels, indices, broken }: FedBatch): Batch | null {
    for (const sample of broken) {
      if (this.#broken.has(sample.index)) continue;
      this.#broken.set(sample.index, sample);
      this.#onBroken?.(sample);
    }
    const n = indices.length;
    if (n === 0) return null;
    const { sampleShape, dtype } = this.#feed;
    return [
      Tensor.fromArray(data, [n, ...sampleShape], dtype),
      Tensor.fromArray(labels, [n], "int32"),
      indices,
    ];
  }

  /** A data set of which nothing can be read is an error, not an empty epoch. */
  #checkAny(any: boolean): void {
    if (any || this.#broken.size < this.dataset.length) return;
    const [first] = this.broken;
    throw new FormatError(
      `DataLoader: none of the ${this.dataset.length} pictures can be read; the first: ${first!.message}`,
    );
  }

  #feedOf(cacheBytes: number): Feed {
    const { dataset, transform, workers, seed } = this;
    if (!transform) {
      if (workers > 0) {
        throw new OptionError(
          "DataLoader: workers transform pictures, and there is no transform; leave workers out, or give a transform",
        );
      }
      if (!("sampleShape" in dataset)) {
        throw new OptionError(
          "DataLoader: the pictures have sizes of their own; give a transform that makes them one size, such as new Compose([new RGB(), new Letterbox(64)])",
        );
      }
      return new DatasetFeed(dataset);
    }
    if (!("picture" in dataset)) {
      throw new OptionError(
        "DataLoader: a transform changes pictures, and this data set has none; it needs picture(index), as ArrayDataset and PictureDataset have it",
      );
    }
    const input = dataset instanceof ArrayDataset && dataset.length > 0 ? dataset.picture(0) : null;
    const shape = sampleShapeOf(transform, input);
    // Samples in memory need no reading, so there is nothing to keep.
    const cached =
      dataset instanceof ArrayDataset || cacheBytes === 0 ? null : cacheMemory(dataset.length, cacheBytes);
    if (workers === 0) {
      const maker = new SampleMaker({
        picture: (index) => dataset.picture(index),
        pipeline: transform,
        seed,
        shape,
        cache: cached && new PictureCache(cached),
      });
      return new PictureFeed(dataset, maker, shape);
    }
    if (threads.missing) throw new OptionError(`DataLoader: ${threads.missing}. Use workers: 0`);
    const source = describeSource(dataset);
    if (!source) {
      throw new OptionError(
        "DataLoader: workers read ArrayDataset and PictureDataset; for a source of your own use workers: 0",
      );
    }
    const task = { source, pipeline: transform.toJSON(), seed, shape, cache: cached };
    return new WorkerFeed(dataset, task, workers);
  }
}

/**
 * The number by which each sample of an order draws: its own where it comes first, and for the k-th time that it comes again its own +
 * k · length, so that copies of one picture are not changed alike.
 */
function drawNumbers(order: Int32Array, length: number): Int32Array {
  const draws = order.slice();
  const times = new Int32Array(length);
  for (let i = 0; i < order.length; i++) {
    const index = order[i]!;
    const before = times[index]!;
    if (before > 0) draws[i] = index + before * length;
    times[index] = before + 1;
  }
  return draws;
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
