// Batches are mixed by their formulas, with labels that fit crossEntropy.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { arange, nn, tensor } from "../index.ts";
import { Random } from "../tensor/random.ts";
import { batchFromJSON, CutMix, MixUp } from "./index.ts";

const x = arange(2 * 3 * 4 * 5)
  .cast("float32")
  .reshape([2, 3, 4, 5]);
const y = tensor([2, 0], { dtype: "int32" });

describe("MixUp", () => {
  it("mixes each sample with the one before it, and so their labels", async () => {
    const [mixed, labels] = new MixUp({ numClasses: 3 }).apply(x, y, { lambda: 0.75 });
    const expected = x.mul(0.75).add(x.indexSelect(0, tensor([1, 0], { dtype: "int32" })).mul(0.25));
    assert.ok(mixed.sub(expected).abs().amax().itemSync() < 1e-5);
    assert.deepEqual(Array.from(await labels.data()), [0.25, 0, 0.75, 0.75, 0, 0.25]);
  });

  it("makes numbers 0 … 1 of bytes, and takes probabilities", async () => {
    const bytes = tensor(new Uint8Array([255, 51]), { shape: [2, 1, 1, 1] });
    const probabilities = tensor([
      [0.5, 0.5],
      [1, 0],
    ]);
    const [mixed, labels] = new MixUp().apply(bytes, probabilities, { lambda: 0.5 });
    for (const value of await mixed.data()) assert.ok(Math.abs(value - 0.6) < 1e-6);
    assert.deepEqual(Array.from(await labels.data()), [0.75, 0.25, 0.75, 0.25]);
  });
});

describe("CutMix", () => {
  it("puts a box of the sample before, and weighs labels by area", async () => {
    const step = new CutMix({ numClasses: 3 });
    const box = { top: 1, left: 2, height: 2, width: 3 };
    const [mixed, labels] = step.apply(x, y, { box, lambda: 1 - 6 / 20 });
    const values = Array.from(await mixed.data());
    const source = Array.from(await x.data());
    for (const [i, value] of values.entries()) {
      const [line, column] = [Math.floor(i / 5) % 4, i % 5];
      const inside = line >= 1 && line < 3 && column >= 2;
      assert.equal(value, source[inside ? (i + 60) % 120 : i]);
    }
    const sums = Array.from(await labels.data()).map((p) => Math.round(p * 1e6) / 1e6);
    assert.deepEqual(sums, [0.3, 0, 0.7, 0.7, 0, 0.3]);
  });

  it("keeps bytes, and its shares are those of its boxes", async () => {
    const step = new CutMix({ numClasses: 2 });
    const random = new Random(5);
    for (let i = 0; i < 200; i++) {
      const { box, lambda } = step.draw(random, { width: 17, height: 11 });
      assert.ok(box.top >= 0 && box.left >= 0 && box.height >= 0 && box.width >= 0);
      assert.ok(box.top + box.height <= 11 && box.left + box.width <= 17);
      assert.ok(Math.abs(lambda - (1 - (box.width * box.height) / 187)) < 1e-12);
    }
    const bytes = tensor(new Uint8Array(2 * 3 * 8 * 8).fill(7), { shape: [2, 3, 8, 8] });
    const [mixed] = step.forward(bytes, tensor([0, 1], { dtype: "int32" }), random);
    assert.equal(mixed.dtype, "uint8");
    assert.ok((await mixed.data()).every((v) => v === 7));
  });

  it("gives labels that crossEntropy takes, with a gradient", () => {
    const logits = tensor(
      [
        [1, 2, 3],
        [0, 1, -1],
      ],
      { requiresGrad: true },
    );
    const [, labels] = new CutMix({ numClasses: 3 }).forward(x, y, new Random(1));
    nn.crossEntropy(logits, labels).backward();
    assert.ok(logits.grad!.abs().sum().itemSync() > 0);
  });

  it("goes through JSON", () => {
    for (const step of [new CutMix({ alpha: 0.4 }), new MixUp({ numClasses: 9 })]) {
      const read = batchFromJSON(JSON.stringify(step));
      assert.deepEqual(read.toJSON(), step.toJSON());
      assert.equal(read.constructor, step.constructor);
    }
    assert.throws(() => batchFromJSON({ name: "Mixup" }), /did you mean "MixUp"/);
  });
});
