import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { idat, iend, ihdr, pngOf } from "../../test/support/png.ts";
import { FormatError, OptionError, WorkerError } from "../base/errors.ts";
import "../index.ts";
import type { Picture } from "../picture/picture.ts";
import { toPlanes } from "../picture/planes.ts";
import {
  ColorJitter,
  Compose,
  Identity,
  Letterbox,
  RandomAffine,
  RandomErasing,
  RandomHorizontalFlip,
  RGB,
  type Step,
  sampleRandom,
  Transform,
} from "../transforms/index.ts";
import { ArrayDataset } from "./dataset.ts";
import { DataLoader, type DataLoaderOptions } from "./loader.ts";
import { PictureDataset } from "./pictureDataset.ts";
import type { PictureSource } from "./pictureSource.ts";
import { balancedWeights, StratifiedSampler, WeightedRandomSampler } from "./sampler.ts";

/** A picture that tells its number, in a size of its own. */
function picture(seed: number): Picture {
  const width = 20 + (seed % 7);
  const height = 16 + (seed % 5);
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + seed * 31) & 255);
  return { width, height, channels: 3, data };
}

function encodePng({ width, height, data }: Picture): Uint8Array {
  const rows = new Uint8Array(height * (1 + 3 * width));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * 3 * width, (y + 1) * 3 * width), y * (1 + 3 * width) + 1);
  }
  return pngOf([ihdr(width, height, 8, 2), idat(rows), iend]);
}

const pipeline = new Compose([
  new RGB(),
  new Letterbox(12),
  new RandomHorizontalFlip(),
  new RandomAffine(20, { translate: [0.1, 0.1], interpolation: "bilinear" }),
  new ColorJitter({ brightness: 0.3, saturation: 0.3 }),
  new RandomErasing(0.5, { value: "random" }),
]);

interface Taken {
  readonly x: number[];
  readonly y: number[];
  readonly indices: number[];
}

/** All batches of the next epoch as plain numbers. */
async function epochOf(loader: DataLoader): Promise<Taken[]> {
  const batches: Taken[] = [];
  for await (const [x, y, indices] of loader) {
    batches.push({ x: [...(await x.data())], y: [...(await y.data())], indices: [...indices] });
  }
  return batches;
}

describe("loaders of pictures", () => {
  let folder = "";
  let dataset: PictureDataset;
  const count = 23;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "fovea-pictures-"));
    await mkdir(path.join(folder, "a"));
    const pictures = [];
    for (let i = 0; i < count; i++) {
      const file = path.join(folder, "a", `${i}.png`);
      await writeFile(file, encodePng(picture(i)));
      pictures.push({ file, label: i % 3 });
    }
    dataset = new PictureDataset({ pictures, classes: ["a", "b", "c"] });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const open = (options: DataLoaderOptions, source: PictureSource = dataset) =>
    new DataLoader(source, { batchSize: 5, shuffle: true, seed: 3, transform: pipeline, ...options });

  it("gives the same bits for any number of workers, with and without a cache", async () => {
    const inline = open({});
    assert.deepEqual(inline.sampleShape, [3, 12, 12]);
    const want = [await epochOf(inline), await epochOf(inline)];
    assert.notDeepEqual(want[0], want[1]);
    for (const options of [
      { workers: 1 },
      { workers: 2 },
      { workers: 3, prefetch: 0 },
      { cache: 0 },
      { cache: 2000 },
    ]) {
      const loader = open(options);
      assert.deepEqual([await epochOf(loader), await epochOf(loader)], want, JSON.stringify(options));
      loader.close();
    }
  });

  it("makes each sample by (seed, epoch, index), as the transform alone makes it", async () => {
    const loader = open({});
    loader.epoch = 4;
    const [first] = await epochOf(loader);
    const size = 3 * 12 * 12;
    for (const [row, index] of first!.indices.entries()) {
      const alone = pipeline.forward(picture(index), sampleRandom(3, 4, index));
      const planes = new Uint8Array(size);
      toPlanes(alone, planes);
      assert.deepEqual(first!.x.slice(row * size, (row + 1) * size), [...planes]);
      assert.equal(first!.y[row], index % 3);
    }
  });

  it("goes on in mid-epoch with the identical rest", async () => {
    for (const workers of [0, 2]) {
      const whole = open({ workers });
      const want = [...(await epochOf(whole)), ...(await epochOf(whole))];
      for (const stop of [0, 1, 3, 5, 7]) {
        const begun = open({ workers });
        let taken = 0;
        let state = begun.state();
        while (taken < stop) {
          for await (const _ of begun) {
            state = begun.state();
            if (++taken === stop) break;
          }
        }
        assert.deepEqual(state, { epoch: Math.floor(stop / 5), batch: stop % 5 });
        const resumed = open({ workers });
        resumed.restore(JSON.parse(JSON.stringify(state)));
        const rest = await epochOf(resumed);
        if (stop < 5) rest.push(...(await epochOf(resumed)));
        assert.deepEqual(rest, want.slice(stop));
        begun.close();
        resumed.close();
      }
      whole.close();
    }
    assert.throws(() => open({}).restore({ epoch: 0, batch: 6 }), OptionError);
  });

  it("leaves out pictures that can't be read, and names them once", async () => {
    const broken = [
      path.join(folder, "cut.png"),
      path.join(folder, "empty.jpg"),
      path.join(folder, "none.png"),
    ];
    await writeFile(broken[0]!, encodePng(picture(1)).subarray(0, 60));
    await writeFile(broken[1]!, "");
    const files = [...dataset.files.slice(0, 6), ...broken];
    const mixed = new PictureDataset({
      pictures: files.map((file) => ({ file, label: 0 })),
      classes: ["a"],
    });
    for (const workers of [0, 2]) {
      const told: string[] = [];
      const loader = open({ workers, batchSize: 3, onBroken: ({ message }) => told.push(message) }, mixed);
      for (let epoch = 0; epoch < 2; epoch++) {
        const batches = await epochOf(loader);
        assert.deepEqual(batches.flatMap(({ indices }) => indices).sort(), [0, 1, 2, 3, 4, 5]);
        for (const { x, y, indices } of batches) {
          assert.deepEqual([x.length, y.length], [indices.length * 432, indices.length]);
        }
      }
      assert.deepEqual(loader.broken.map(({ index }) => index).sort(), [6, 7, 8]);
      assert.equal(told.length, 3);
      for (const file of broken)
        assert.ok(
          told.some((message) => message.startsWith(file)),
          file,
        );
      loader.close();
    }
    const nothing = new PictureDataset({ pictures: [{ file: broken[1]!, label: 0 }], classes: ["a"] });
    await assert.rejects(
      epochOf(open({}, nothing)),
      (error) => error instanceof FormatError && /none of the 1 pictures can be read/.test(error.message),
    );
  });

  it("changes pictures of data sets in memory, at once and by workers", async () => {
    const grey = new ArrayDataset({
      data: Uint8Array.from({ length: 9 * 48 }, (_, i) => (i * 11) & 255),
      sampleShape: [3, 4, 4],
      labels: [0, 1, 2, 0, 1, 2, 0, 1, 2],
    });
    const transform = new Compose([new RandomHorizontalFlip(), new RandomErasing(0.5)]);
    const options = { batchSize: 4, shuffle: true, transform };
    const want: Taken[] = [];
    for (const [x, y, indices] of new DataLoader(grey, options)) {
      want.push({ x: [...x.dataSync()], y: [...y.dataSync()], indices: [...indices] });
    }
    const threaded = new DataLoader(grey, { ...options, workers: 2 });
    assert.deepEqual(await epochOf(threaded), want);
    threaded.close();
  });

  it("draws anew for a picture that comes again in an epoch", async () => {
    const sampler = new WeightedRandomSampler([1, 0, 0], { numSamples: 6 });
    const one = new DataLoader(dataset.slice(0, 3), { batchSize: 6, sampler, transform: pipeline });
    const [batch] = await epochOf(one);
    assert.deepEqual(batch!.indices, [0, 0, 0, 0, 0, 0]);
    const rows = Array.from({ length: 6 }, (_, i) => batch!.x.slice(i * 432, (i + 1) * 432).join());
    assert.equal(new Set(rows).size, 6);
  });

  it("refuses what can't work, before anything is read", async () => {
    const refuse = (source: unknown, options: object, message: RegExp) =>
      assert.throws(
        () => new DataLoader(source as PictureSource, options),
        (error) => error instanceof OptionError && message.test(error.message),
      );
    refuse(dataset, {}, /sizes of their own; give a transform/);
    refuse(dataset, { transform: new RGB() }, /pictures of several sizes: 480 × 640 × 3, 100 × 75 × 3/);
    refuse(dataset, { transform: new Letterbox(8) }, /8 × 8 × 3, 8 × 8 × 1/);
    refuse(
      dataset,
      { transform: pipeline, shuffle: true, sampler: new StratifiedSampler([0]) },
      /both give the order/,
    );
    const own: PictureSource = { length: 1, classes: ["a"], labels: [0], picture: () => picture(0) };
    refuse(own, { transform: pipeline, workers: 1 }, /for a source of your own use workers: 0/);
    assert.equal((await epochOf(new DataLoader(own, { transform: pipeline }))).length, 1);
    refuse(
      { length: 1, classes: [], sampleShape: [1], dtype: "float32", get: () => null },
      { transform: new Identity() },
      /this data set has none/,
    );
  });

  it("tells of a transform that workers do not know", async () => {
    class Own extends Transform<null> {
      override readonly name = "Own";
      override draw(): null {
        return null;
      }
      override apply(from: Picture): Picture {
        return from;
      }
      protected override settings(): object {
        return {};
      }
    }
    const steps: Step[] = [new RGB(), new Letterbox(12), new Own()];
    const loader = open({ workers: 1, transform: new Compose(steps) });
    await assert.rejects(
      epochOf(loader),
      (error) => error instanceof WorkerError && /there is no transform "Own"/.test(error.message),
    );
    assert.equal((await epochOf(open({ transform: new Compose(steps) }))).length, 5);
  });
});

describe("samplers", () => {
  it("draw by weights, with and without replacement", () => {
    const weights = [0, 1, 2, 5];
    const counts = [0, 0, 0, 0];
    const sampler = new WeightedRandomSampler(weights, { numSamples: 4000 });
    for (const i of sampler.order(1, 0)) counts[i]!++;
    assert.equal(counts[0], 0);
    for (let i = 1; i < 4; i++) {
      const expected = (4000 * weights[i]!) / 8;
      assert.ok(Math.abs(counts[i]! - expected) < 4 * Math.sqrt(expected), `${counts}`);
    }
    assert.deepEqual(sampler.order(1, 0), sampler.order(1, 0));
    assert.notDeepEqual(sampler.order(1, 0), sampler.order(1, 1));
    const without = new WeightedRandomSampler(weights, { numSamples: 3, replacement: false });
    const first = [0, 0, 0, 0];
    for (let epoch = 0; epoch < 2000; epoch++) {
      const order = without.order(7, epoch);
      assert.deepEqual([...order].sort(), [1, 2, 3]);
      first[order[0]!]!++;
    }
    for (let i = 1; i < 4; i++) {
      const expected = (2000 * weights[i]!) / 8;
      assert.ok(Math.abs(first[i]! - expected) < 4 * Math.sqrt(expected), `${first}`);
    }
    const bad = (options: () => unknown, message: RegExp) =>
      assert.throws(options, (error) => error instanceof OptionError && message.test(error.message));
    bad(() => new WeightedRandomSampler([1, -1]), /weight 1 must be a number of at least 0; got -1/);
    bad(() => new WeightedRandomSampler([0, 0]), /all weights are 0/);
    bad(
      () => new WeightedRandomSampler([1, 0], { replacement: false }),
      /at most 1, the samples with a weight above 0; got 2/,
    );
    bad(() => new WeightedRandomSampler([1], { numSample: 3 } as object), /did you mean "numSamples"/);
  });

  it("balanced weights give every class the same share", () => {
    const labels = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2];
    const counts = [0, 0, 0];
    const sampler = new WeightedRandomSampler(balancedWeights(labels), { numSamples: 3000 });
    for (const i of sampler.order(0, 0)) counts[labels[i]!]!++;
    for (const n of counts) assert.ok(Math.abs(n - 1000) < 4 * Math.sqrt(1000), `${counts}`);
  });

  it("strata: every stretch has each class in its share", () => {
    const labels = Array.from({ length: 400 }, (_, i) => (i % 10 === 0 ? 1 : 0));
    const sampler = new StratifiedSampler(labels);
    const order = sampler.order(2, 0);
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      labels.map((_, i) => i),
    );
    for (let start = 0; start < 400; start += 50) {
      const rare = [...order.slice(start, start + 50)].filter((i) => labels[i] === 1).length;
      assert.ok(rare >= 4 && rare <= 6, `${rare} of 50`);
    }
    assert.notDeepEqual(order, sampler.order(2, 1));
  });
});
