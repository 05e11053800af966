import assert from "node:assert/strict";
import { test } from "node:test";
import type { TypedArray } from "../base/dtype.ts";
import { DTypeError, OptionError, ShapeError } from "../base/errors.ts";
import { ArrayDataset, type Dataset, type Sample, type SampleBatch } from "./dataset.ts";
import "../index.ts";
import { RandomHorizontalFlip } from "../transforms/index.ts";
import { DataLoader, type DataLoaderOptions } from "./loader.ts";
import { sequentialOrder, shuffledOrder } from "./sampler.ts";

/** Samples [2, 2] whose elements tell the sample's number; labels are its remainder by 3. */
function samples(length: number): ArrayDataset {
  return new ArrayDataset({
    data: Uint8Array.from({ length: length * 4 }, (_, i) => i),
    sampleShape: [2, 2],
    labels: Array.from({ length }, (_, i) => i % 3),
    classes: ["a", "b", "c"],
  });
}

/** The sample numbers of every batch of the next epoch, checked against the tensors' elements. */
async function epochOf(loader: DataLoader): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const [x, y, indices] of loader) {
    const order = Array.from(indices);
    assert.deepEqual([x.shape, x.dtype], [[order.length, 2, 2], "uint8"]);
    assert.deepEqual([y.shape, y.dtype], [[order.length], "int32"]);
    assert.deepEqual(
      Array.from(await x.data()),
      order.flatMap((i) => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3]),
    );
    assert.deepEqual(
      Array.from(await y.data()),
      order.map((i) => i % 3),
    );
    batches.push(order);
  }
  return batches;
}

test("batches in order, the last one smaller, or left out", async () => {
  const loader = new DataLoader(samples(10), { batchSize: 4 });
  assert.equal(loader.length, 3);
  assert.deepEqual(await epochOf(loader), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9],
  ]);
  const even = new DataLoader(samples(10), { batchSize: 4, dropLast: true });
  assert.equal(even.length, 2);
  assert.deepEqual(await epochOf(even), [
    [0, 1, 2, 3],
    [4, 5, 6, 7],
  ]);
  assert.equal((await epochOf(new DataLoader(samples(3)))).length, 3);
  assert.deepEqual(await epochOf(new DataLoader(samples(0), { batchSize: 4, dropLast: true })), []);
});

test("a shuffled epoch is a permutation that seed and epoch decide", async () => {
  const options: DataLoaderOptions = { batchSize: 7, shuffle: true, seed: 5 };
  const loader = new DataLoader(samples(50), options);
  const first = (await epochOf(loader)).flat();
  assert.equal(loader.epoch, 1);
  const second = (await epochOf(loader)).flat();
  assert.deepEqual(
    [...first].sort((a, b) => a - b),
    Array.from(sequentialOrder(50)),
  );
  assert.deepEqual(
    [...second].sort((a, b) => a - b),
    Array.from(sequentialOrder(50)),
  );
  assert.notDeepEqual(first, second);
  const again = new DataLoader(samples(50), { ...options, batchSize: 50, prefetch: 0 });
  again.epoch = 1;
  assert.deepEqual((await epochOf(again)).flat(), second);
  assert.notDeepEqual((await epochOf(new DataLoader(samples(50), { ...options, seed: 6 }))).flat(), first);
});

test("every order of a few samples is about equally frequent", () => {
  const counts = new Map<string, number>();
  const epochs = 2400;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffledOrder(4, 1, epoch).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // χ² with 23 degrees of freedom stays under 49.7 in 999 of 1000 cases.
  const expected = epochs / 24;
  const chi2 = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  assert.ok(chi2 < 49.7, `χ² = ${chi2}`);
});

test("the plain loop gives the same batches", async () => {
  const options = { batchSize: 4, shuffle: true };
  const want = await epochOf(new DataLoader(samples(10), options));
  const got: number[][] = [];
  for (const [x, , indices] of new DataLoader(samples(10), options)) {
    assert.equal(x.dataSync()[0], 4 * indices[0]!);
    got.push(Array.from(indices));
  }
  assert.deepEqual(got, want);
});

/** A data set that reads its samples later and counts its requests. */
class Slow implements Dataset {
  readonly #inner = samples(10);
  readonly length = 10;
  readonly sampleShape = [2, 2];
  readonly dtype = "uint8";
  readonly classes = ["a", "b", "c"];
  requests = 0;

  async get(index: number): Promise<Sample> {
    return this.#inner.get(index);
  }

  async batch(indices: Int32Array): Promise<SampleBatch> {
    this.requests++;
    await new Promise((resolve) => setTimeout(resolve, 10 - indices[0]!));
    if (indices.includes(5)) throw new Error("sample 5 can't be read");
    return this.#inner.batch(indices);
  }
}

test("a data set that gives its samples later: order, prefetch, failures", async () => {
  const dataset = new Slow();
  const loader = new DataLoader(dataset, { batchSize: 1, prefetch: 3 });
  const seen: number[] = [];
  const loop = async () => {
    for await (const [, , indices] of loader) {
      seen.push(indices[0]!);
      if (seen.length === 1) assert.equal(dataset.requests, 4);
    }
  };
  await assert.rejects(loop(), /sample 5 can't be read/);
  assert.deepEqual(seen, [0, 1, 2, 3, 4]);
  // Leaving the loop while a failure is on its way disturbs nobody.
  for await (const [, , indices] of loader) if (indices[0] === 3) break;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.throws(
    () => [...loader],
    (error) => error instanceof OptionError && /use for await/.test(error.message),
  );
});

test("bad options are refused by name", () => {
  const make = (options: object) => () => new DataLoader(samples(10), options as DataLoaderOptions);
  const broken: [object, RegExp][] = [
    [{ batchsize: 4 }, /unknown option batchsize; did you mean batchSize\?/],
    [{ shufle: true }, /unknown option shufle; did you mean shuffle\?/],
    [{ worker: 2 }, /unknown option worker; did you mean workers\?/],
    [{ colour: 2 }, /unknown option colour; known are batchSize, shuffle, sampler, seed, dropLast, prefetch/],
    [{ workers: -1 }, /workers must be an integer from 0 to 64; got -1/],
    [{ workers: 2 }, /workers transform pictures, and there is no transform/],
    [{ transform: "flip" }, /transform must be a transform, such as new Compose\(\[…\]\); got flip/],
    [{ sampler: 3 }, /sampler must be a sampler/],
    [JSON.parse('{"__proto__": 1}'), /unknown option __proto__/],
    [{ batchSize: 0 }, /batchSize must be an integer of at least 1; got 0/],
    [{ batchSize: Number.NaN }, /batchSize must be .*; got NaN/],
    [{ batchSize: 2.5 }, /got 2\.5/],
    [{ batchSize: "64" }, /batchSize must be an integer of at least 1; got 64/],
    [{ shuffle: 1 }, /shuffle must be true or false; got 1/],
    [{ seed: -1 }, /seed must be an integer from 0 to 2\^53 - 1; got -1/],
    [{ prefetch: -1 }, /prefetch must be an integer of at least 0/],
    [
      { batchSize: 11, dropLast: true },
      /dropLast leaves no batch of batchSize 11: the data set has 10 samples/,
    ],
  ];
  for (const [options, message] of broken) {
    assert.throws(make(options), (error) => error instanceof OptionError && message.test(error.message));
  }
  assert.throws(
    make({ transform: new RandomHorizontalFlip() }),
    (error) =>
      error instanceof ShapeError &&
      /pictures are \[1 or 3, height, width\]; the samples are \[2, 2\]/.test(error.message),
  );
});

test("ArrayDataset: subset copies, slice shares, contradictions are refused", () => {
  const dataset = samples(10);
  const part = dataset.subset([7, 0]);
  assert.deepEqual(part.data, Uint8Array.of(28, 29, 30, 31, 0, 1, 2, 3));
  assert.deepEqual(Array.from(part.labels), [1, 0]);
  assert.deepEqual(part.classes, ["a", "b", "c"]);
  const tail = dataset.slice(-2);
  assert.deepEqual(tail.data, Uint8Array.of(32, 33, 34, 35, 36, 37, 38, 39));
  assert.equal(tail.data.buffer, dataset.data.buffer);
  assert.equal(dataset.slice(3, 3).length, 0);
  assert.deepEqual(dataset.slice(2, 4).slice(1).data, Uint8Array.of(12, 13, 14, 15));
  assert.throws(
    () => dataset.subset([10]),
    (e) => e instanceof OptionError && /sample 10 is outside 0 to 9/.test(e.message),
  );
  const make = (data: TypedArray, labels: number[], dtype?: "bool") => () =>
    new ArrayDataset({ data, sampleShape: [2], labels, classes: ["a", "b"], ...(dtype ? { dtype } : {}) });
  const isError = (type: new (m: string) => Error, message: RegExp) => (e: unknown) =>
    e instanceof type && message.test(e.message);
  assert.throws(
    make(new Float32Array(3), [0]),
    isError(ShapeError, /1 labels and samples \[2\] need 2 elements; got 3/),
  );
  assert.throws(
    make(new Float32Array(4), [0, 2]),
    isError(OptionError, /label 2 of sample 1 is no class; expected 0 to 1/),
  );
  assert.throws(make(new Float32Array(2), [0], "bool"), isError(DTypeError, /bool elements .* Float32Array/));
  assert.deepEqual(new ArrayDataset({ data: new Float32Array(2), sampleShape: [], labels: [0, 2] }).classes, [
    "0",
    "1",
    "2",
  ]);
});
