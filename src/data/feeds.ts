// Where the batches of a loader come from: a data set's own batches, pictures made on this thread, or pictures made by threads. Knows no tensors and
// no order of samples.
import type { DType, TypedArray } from "../base/dtype.ts";
import { allocate } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { formatShape, type Shape, sizeOf } from "../base/shape.ts";
import type { Dataset, Sample } from "./dataset.ts";
import type { PictureSource } from "./pictureSource.ts";
import type { SampleMaker } from "./sampleMaker.ts";
import { WorkerPool } from "./workerPool.ts";
import type { BrokenRow, WorkerTask } from "./workers.ts";

/** Which samples make a batch. */
export interface BatchPlan {
  /** Numbers of the samples. */
  readonly indices: Int32Array;
  /** The numbers that their random numbers are drawn by. */
  readonly draws: Int32Array;
  readonly epoch: number;
}

/** A picture that could not be read, and so is not in its batch. */
export interface BrokenSample {
  readonly index: number;
  /** What is wrong, with the path of the file. */
  readonly message: string;
}

/** The samples of a batch, without those that could not be read. */
export interface FedBatch {
  readonly data: TypedArray;
  readonly labels: Int32Array;
  readonly indices: Int32Array;
  readonly broken: readonly BrokenSample[];
}

/** Gives batches by plan. */
export interface Feed {
  readonly sampleShape: Shape;
  readonly dtype: DType;
  /** A promise where samples have to be waited for. */
  request(plan: BatchPlan): FedBatch | Promise<FedBatch>;
  /** Lets threads go. */
  close(): void;
}

/** The batches of a data set, by its `batch` or by one `get` after another. */
export class DatasetFeed implements Feed {
  readonly sampleShape: Shape;
  readonly dtype: DType;
  readonly #dataset: Dataset;

  constructor(dataset: Dataset) {
    this.#dataset = dataset;
    this.sampleShape = dataset.sampleShape;
    this.dtype = dataset.dtype;
  }

  request({ indices }: BatchPlan): FedBatch | Promise<FedBatch> {
    const whole = (batch: { data: TypedArray; labels: Int32Array }): FedBatch => ({
      ...batch,
      indices,
      broken: [],
    });
    const batch = this.#dataset.batch?.(indices) ?? this.#gather(indices);
    return batch instanceof Promise ? batch.then(whole) : whole(batch);
  }

  close(): void {}

  #gather(
    indices: Int32Array,
  ): { data: TypedArray; labels: Int32Array } | Promise<{ data: TypedArray; labels: Int32Array }> {
    const samples = Array.from(indices, (i) => this.#dataset.get(i));
    return samples.some((sample) => sample instanceof Promise)
      ? Promise.all(samples).then((all) => this.#stack(all, indices))
      : this.#stack(samples as Sample[], indices);
  }

  #stack(samples: readonly Sample[], indices: Int32Array): { data: TypedArray; labels: Int32Array } {
    const size = sizeOf(this.sampleShape);
    const data = allocate(this.dtype, samples.length * size);
    for (const [i, sample] of samples.entries()) {
      if (sample.data.length !== size) {
        throw new ShapeError(
          `DataLoader: sample ${indices[i]} has ${sample.data.length} elements; samples ${formatShape(this.sampleShape)} have ${size}`,
        );
      }
      data.set(sample.data, i * size);
    }
    return { data, labels: Int32Array.from(samples, ({ label }) => label) };
  }
}

type PictureShape = readonly [channels: number, height: number, width: number];

/** Pictures made on this thread. */
export class PictureFeed implements Feed {
  readonly sampleShape: PictureShape;
  readonly dtype = "uint8";
  readonly #source: PictureSource;
  readonly #maker: SampleMaker;

  constructor(source: PictureSource, maker: SampleMaker, sampleShape: PictureShape) {
    this.#source = source;
    this.#maker = maker;
    this.sampleShape = sampleShape;
  }

  request(plan: BatchPlan): FedBatch | Promise<FedBatch> {
    const { indices, draws, epoch } = plan;
    const size = sizeOf(this.sampleShape);
    const data = new Uint8Array(indices.length * size);
    const waiting: Promise<void>[] = [];
    const broken: BrokenRow[] = [];
    for (let row = 0; row < indices.length; row++) {
      const made = this.#maker.make({ index: indices[row]!, epoch, draw: draws[row]! }, data, row * size);
      if (made instanceof Promise) {
        waiting.push(
          made.then((failure) => {
            if (failure) broken.push({ row, message: failure.message });
          }),
        );
      } else if (made) broken.push({ row, message: made.message });
    }
    const finish = () => fedBatch(this.#source, plan, data, size, broken);
    return waiting.length > 0 ? Promise.all(waiting).then(finish) : finish();
  }

  close(): void {}
}

/** Pictures made by threads, straight into shared memory; memory of batches that were taken is used again. */
export class WorkerFeed implements Feed {
  readonly sampleShape: PictureShape;
  readonly dtype = "uint8";
  readonly #source: PictureSource;
  readonly #task: WorkerTask;
  readonly #count: number;
  #pool: WorkerPool | null = null;
  #free: Uint8Array[] = [];

  constructor(source: PictureSource, task: WorkerTask, count: number) {
    this.#source = source;
    this.#task = task;
    this.#count = count;
    this.sampleShape = task.shape;
  }

  async request(plan: BatchPlan): Promise<FedBatch> {
    this.#pool ??= new WorkerPool(this.#count, this.#task);
    const pool = this.#pool;
    const { indices, draws, epoch } = plan;
    const size = sizeOf(this.sampleShape);
    const bytes = indices.length * size;
    const target = this.#free.pop() ?? new Uint8Array(new SharedArrayBuffer(bytes));
    const shared = target.length >= bytes ? target : new Uint8Array(new SharedArrayBuffer(bytes));
    const rows = Math.ceil(indices.length / this.#count);
    const parts: Promise<readonly BrokenRow[]>[] = [];
    for (let from = 0; from < indices.length; from += rows) {
      parts.push(
        pool.run({
          indices: indices.slice(from, from + rows),
          draws: draws.slice(from, from + rows),
          epoch,
          target: shared,
          from,
        }),
      );
    }
    const broken = (await Promise.all(parts)).flat();
    const data = new Uint8Array(bytes);
    data.set(shared.subarray(0, bytes));
    this.#free.push(shared);
    return fedBatch(this.#source, plan, data, size, broken);
  }

  close(): void {
    this.#pool?.close();
    this.#pool = null;
    this.#free = [];
  }
}

/** A batch with its labels; rows that are broken are left out. */
function fedBatch(
  { labels }: PictureSource,
  { indices }: BatchPlan,
  data: Uint8Array,
  size: number,
  broken: readonly BrokenRow[],
): FedBatch {
  const labelsOf = (numbers: Int32Array) => Int32Array.from(numbers, (i) => labels[i]!);
  if (broken.length === 0) return { data, labels: labelsOf(indices), indices, broken: [] };
  const left = new Set(broken.map(({ row }) => row));
  const whole = indices.filter((_, row) => !left.has(row));
  const kept = new Uint8Array(whole.length * size);
  for (let row = 0, to = 0; row < indices.length; row++) {
    if (left.has(row)) continue;
    kept.set(data.subarray(row * size, (row + 1) * size), to);
    to += size;
  }
  const named = [...broken].sort((a, b) => a.row - b.row);
  return {
    data: kept,
    labels: labelsOf(whole),
    indices: whole,
    broken: named.map(({ row, message }) => ({ index: indices[row]!, message })),
  };
}
