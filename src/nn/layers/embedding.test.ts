// The table of learned vectors: what it starts from, and what becomes of its padding.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { arange, manualSeed, nn, optim, tensor } from "../../index.ts";

const int = (values: number[] | number[][]) => tensor(values, { dtype: "int32" });

describe("Embedding", () => {
  it("starts from normal numbers, its padding from zeros", () => {
    manualSeed(1);
    const { weight } = new nn.Embedding(200, 100, { paddingIdx: -3 });
    const data = Float64Array.from(weight.dataSync());
    const size = data.length;
    const mean = data.reduce((a, b) => a + b) / size;
    const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / size;
    assert.ok(Math.abs(mean) < 5 / Math.sqrt(size));
    assert.ok(Math.abs(variance - 199 / 200) < 5 * Math.sqrt(2 / size));
    assert.deepEqual([...weight.select(0, 197).dataSync()], Array(100).fill(0));
    assert.deepEqual(
      [...new nn.Embedding(2, 1, { init: { weight: nn.init.ones() } }).weight.dataSync()],
      [1, 1],
    );
  });

  it("sums gradients of one row, and trains no padding", () => {
    const table = new nn.Embedding(4, 2, { paddingIdx: 0 });
    const before = [...table.weight.dataSync()];
    const optimizer = new optim.SGD(table.parameters(), { lr: 0.5 });
    const index = int([
      [3, 0, 3],
      [0, 1, 3],
    ]);
    const y = table.forward(index);
    assert.deepEqual(y.shape, [2, 3, 2]);
    y.sum().backward();
    assert.deepEqual([...table.weight.grad!.dataSync()], [0, 0, 1, 1, 0, 0, 3, 3]);
    optimizer.step();
    const moved = [0, 0, 0.5, 0.5, 0, 0, 1.5, 1.5];
    assert.deepEqual(
      [...table.weight.dataSync()],
      before.map((x, i) => Math.fround(x - moved[i]!)),
    );
  });

  it("names the index that it has no row for, and where it stands", () => {
    const model = new nn.Sequential(new nn.Embedding(3, 2));
    model.parameters();
    const wrong = int([
      [0, 1],
      [2, 3],
    ]);
    assert.throws(
      () => model.forward(wrong),
      /^ShapeError: Embedding "0": .*index 3 at position \[1, 1\].* 0 … 2/,
    );
    assert.throws(() => model.forward(int([0, -1])), /index -1 at position 1/);
    assert.throws(() => model.forward(arange(2).cast("float32")), /must be int32 or uint8/);
  });
});
