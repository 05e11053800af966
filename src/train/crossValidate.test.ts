import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { before, describe, it } from "node:test";
import { shapes, writeShapes } from "../../test/support/pictureFolder.ts";
import { createReferenceBackend } from "../check/index.ts";
import { ArrayDataset } from "../data/dataset.ts";
import type { BrokenSample } from "../data/feeds.ts";
import { PictureDataset } from "../data/pictureDataset.ts";
import { listPictures } from "../data/pictureListing.ts";
import { nn, optim, setBackend, type Tensor } from "../index.ts";
import { Compose, Letterbox, Normalize, RGB, ToTensor } from "../transforms/index.ts";
import { type CrossValidationData, type CrossValidationOptions, crossValidate } from "./crossValidate.ts";

before(() => setBackend(createReferenceBackend()));

/** Points left and right of 0, the last of them with the wrong label. */
function points(n = 30): ArrayDataset {
  const data = Float32Array.from({ length: n }, (_, i) => (i % 2 === 0 ? -1 : 1) * (1 + (i % 5) / 5));
  const labels = Array.from({ length: n }, (_, i) => (i === n - 1 ? 0 : i % 2));
  return new ArrayDataset({ data, sampleShape: [1], labels });
}

const options = {
  folds: 3,
  epochs: 6,
  optimizer: (model: nn.Module) => new optim.SGD(model.parameters(), { lr: 1 }),
} satisfies CrossValidationOptions;

const linear = () => new nn.Linear(1, 2);
const run = (more: Partial<CrossValidationOptions> = {}, data: Partial<CrossValidationData> = {}) =>
  crossValidate(linear, { train: points(), batchSize: 5, ...data }, { ...options, ...more });

describe("crossValidate", () => {
  it("gives every sample the probabilities of a model that did not see it", async () => {
    const { probabilities, labels, indices, accuracy } = await run().finished();
    assert.deepEqual(
      [...indices],
      Array.from({ length: 30 }, (_, i) => i),
    );
    assert.deepEqual(labels, points().labels);
    for (const i of indices) {
      const [p, q] = probabilities.subarray(2 * i, 2 * i + 2);
      assert.ok(Math.abs(p! + q! - 1) < 1e-6);
      assert.ok(i % 2 === 0 ? p! > 0.8 : q! > 0.8, `sample ${i}: ${p}, ${q}`);
    }
    assert.ok(Math.abs(accuracy - 29 / 30) < 1e-12);
  });

  it("never shows a model the fold that it judges", async () => {
    const seen: Set<number>[] = [];
    const data = points();
    const learns: number[] = [];
    /** Notes the samples of each batch while it trains; their first values tell them apart. */
    class Noting extends nn.Module {
      readonly fc = new nn.Linear(1, 2);
      readonly fold: number;
      constructor(fold: number) {
        super();
        this.fold = fold;
        seen[fold] = new Set();
      }
      forward(x: Tensor): Tensor {
        if (this.training) for (const value of x.dataSync()) seen[this.fold]!.add(value);
        return this.fc.forward(x);
      }
    }
    const distinct = new ArrayDataset({
      data: Float32Array.from(data.data, (_, i) => i),
      sampleShape: [1],
      labels: data.labels,
    });
    const validation = crossValidate(
      (fold) => new Noting(fold),
      { train: distinct },
      { folds: 3, epochs: 1 },
    );
    for await (const event of validation) {
      if (event.type === "fold") learns.push(seen[event.fold]!.size);
    }
    assert.deepEqual(learns, [20, 20, 20]);
    for (let i = 0; i < 30; i++) {
      assert.equal(seen.filter((samples) => samples.has(i)).length, 2, `sample ${i}`);
    }
  });

  it("tells of each fold's run, of each fold, and at last of all", async () => {
    const kinds: string[] = [];
    for await (const event of run({ epochs: 1 })) {
      kinds.push(event.type === "run" ? `${event.fold} ${event.event.type}` : event.type);
      if (event.type === "fold") assert.equal(event.heldOut.samples, 10);
    }
    const fold = (i: number) => [
      `${i} start`,
      ...new Array(4).fill(`${i} step`),
      `${i} epoch`,
      `${i} end`,
      "fold",
    ];
    assert.deepEqual(kinds, [...fold(1), ...fold(2), ...fold(3), "end"]);
  });

  it("gives the same bits for the same options", async () => {
    const [a, b, other] = [await run().finished(), await run().finished(), await run({ seed: 1 }).finished()];
    assert.deepEqual(a, b);
    assert.notDeepEqual(a.probabilities, other.probabilities);
  });

  it("lets averaged weights judge in their place", async () => {
    const plain = await run({ epochs: 1 }).finished();
    const averaged = await run({ epochs: 1, ema: 0.5 }).finished();
    assert.notDeepEqual(plain.probabilities, averaged.probabilities);
  });

  it("ends after the interrupted run where a signal is raised, and says why", async () => {
    const controller = new AbortController();
    const validation = run({ signal: controller.signal });
    const kinds: string[] = [];
    for await (const event of validation) {
      if (event.type === "fold") controller.abort();
      kinds.push(event.type === "run" ? event.event.type : event.type);
    }
    assert.deepEqual(kinds.slice(-2), ["start", "interrupted"]);
    assert.equal(kinds.filter((kind) => kind === "fold").length, 1);
    await assert.rejects(run({ signal: controller.signal }).finished(), { name: "AbortError" });
  });

  it("takes data sets of one's own, whose labels it asks for", async () => {
    const { length, classes, sampleShape, dtype } = points();
    const own = { length, classes, sampleShape, dtype, get: (i: number) => points().get(i) };
    const { probabilities } = await run({}, { train: own }).finished();
    assert.deepEqual(probabilities, (await run().finished()).probabilities);
  });
});

describe("cross-validation of picture files", () => {
  it("transforms them on the way, and tells of those that can't be read once, leaving them out", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "fovea-folds-"));
    try {
      writeShapes(folder, 6);
      const { pictures, classes } = await listPictures(folder);
      await writeFile(pictures[7]!.file, "no picture");
      const broken: BrokenSample[] = [];
      const train = new PictureDataset({ pictures, classes });
      const { probabilities, labels, indices } = await crossValidate(
        () => new nn.Sequential(new nn.Flatten(), new nn.Linear(3 * 8 * 8, 3)),
        {
          train,
          transform: new Compose([new RGB(), new Letterbox(8), new ToTensor(), new Normalize([0.5], [0.5])]),
          workers: 2,
          onBroken: (sample) => broken.push(sample),
        },
        { folds: 2, epochs: 2 },
      ).finished();
      assert.deepEqual(
        broken.map(({ index }) => index),
        [7],
      );
      assert.ok(broken[0]!.message.startsWith(pictures[7]!.file), broken[0]!.message);
      const whole = Array.from({ length: 18 }, (_, i) => i).filter((i) => i !== 7);
      assert.deepEqual([...indices], whole);
      assert.deepEqual(
        [...labels],
        whole.map((i) => train.labels[i]),
      );
      assert.equal(probabilities.length, whole.length * shapes.length);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
