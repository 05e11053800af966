// The dropout family: how much is left out, in which shapes, with which mask going back, and that evaluation leaves all as it is.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manualSeed, nn, ones, randn, type Tensor } from "../../index.ts";

const { functional: f } = nn;
const layers: Record<string, (p: number) => nn.Module> = {
  Dropout: (p) => new nn.Dropout(p),
  Dropout1d: (p) => new nn.Dropout1d(p),
  Dropout2d: (p) => new nn.Dropout2d(p),
  AlphaDropout: (p) => new nn.AlphaDropout(p),
  DropPath: (p) => new nn.DropPath(p),
  "DropPath of batches": (p) => new nn.DropPath(p, { mode: "batch" }),
};
const shapeFor = (name: string) => (name === "Dropout1d" ? [40, 30, 5] : [40, 30, 3, 2]);

/** Share of zeros, and the distinct values. */
function seenIn(x: Tensor): { zeros: number; values: number[] } {
  const data = [...x.dataSync()];
  const zeros = data.filter((value) => value === 0).length / data.length;
  return { zeros, values: [...new Set(data)].sort((a, b) => a - b) };
}

for (const [name, make] of Object.entries(layers)) {
  describe(name, () => {
    it("gives its input itself in evaluation, and where p is 0", () => {
      const x = randn(shapeFor(name));
      assert.equal(make(0.5).eval().forward(x), x);
      assert.equal(make(0).forward(x), x);
    });

    it("gives only zeros where p is 1", () => {
      assert.deepEqual(seenIn(make(1).forward(ones(shapeFor(name)))).values, [0]);
    });

    it("draws the same again after the same seed, and something else otherwise", () => {
      const x = randn(shapeFor(name));
      const layer = make(0.5);
      const draw = (seed: number) => {
        manualSeed(seed);
        return Array.from({ length: 8 }, () => [...layer.forward(x).dataSync()]);
      };
      const first = draw(11);
      assert.deepEqual(draw(11), first);
      assert.notDeepEqual(draw(12), first);
      assert.ok(first.some((pass) => `${pass}` !== `${first[0]}`));
    });

    it("has the mask of its output in its gradient", () => {
      const layer = make(0.4);
      for (let pass = 0; pass < 4; pass++) {
        const x = ones(shapeFor(name), { requiresGrad: true });
        const y = layer.forward(x).retain();
        y.sum().backward();
        const [values, slopes] = [y.dataSync(), x.grad!.dataSync()];
        if (name !== "AlphaDropout") assert.deepEqual(slopes, values);
        else {
          // Kept and dropped elements have one value each; the gradient tells which is which.
          const kept = values[slopes.findIndex((slope) => slope !== 0)];
          values.forEach((value, i) => {
            assert.equal(slopes[i] !== 0, value === kept);
          });
        }
      }
    });
  });
}

describe("how much is left out", () => {
  it("is a share p of the elements, and the rest makes up for it", () => {
    manualSeed(1);
    for (const p of [0.1, 0.5, 0.8]) {
      const { zeros, values } = seenIn(f.dropout(ones([300, 200]), p));
      assert.ok(Math.abs(zeros - p) < 0.01, `${zeros} for p ${p}`);
      assert.deepEqual(values, [0, Math.fround(1 / (1 - p))]);
    }
  });

  it("is whole channels", () => {
    manualSeed(2);
    const flat = f.dropout2d(ones([60, 50, 3, 4]), 0.25).reshape([3000, 12]);
    const sums = [...flat.sum(1).dataSync()].map((sum) => Math.round(sum));
    assert.deepEqual([...new Set(sums)].sort(), [0, 16]);
    assert.ok(Math.abs(sums.filter((sum) => sum === 0).length / 3000 - 0.25) < 0.04);
    for (const x of [ones([60, 50, 4]), ones([3000, 4])]) {
      const rows = [...f.dropout1d(x, 0.5).reshape([3000, 4]).sum(1).dataSync()];
      assert.deepEqual([...new Set(rows)].sort(), [0, 8]);
      assert.ok(Math.abs(rows.filter((sum) => sum === 0).length / 3000 - 0.5) < 0.05);
    }
  });

  it("is whole samples, or the batch", () => {
    manualSeed(3);
    const rows = [
      ...f
        .dropPath(ones([3000, 2, 2]), 0.2)
        .flatten(1)
        .sum(1)
        .dataSync(),
    ];
    assert.deepEqual([...new Set(rows)].sort(), [0, 5]);
    assert.ok(Math.abs(rows.filter((sum) => sum === 0).length / 3000 - 0.2) < 0.04);
    const batches = Array.from({ length: 400 }, () =>
      seenIn(f.dropPath(ones([5, 2]), 0.5, true, { mode: "batch" })),
    );
    assert.ok(batches.every(({ values }) => values.length === 1));
    const dropped = batches.filter(({ zeros }) => zeros === 1).length;
    assert.ok(Math.abs(dropped / 400 - 0.5) < 0.13, `${dropped} of 400`);
  });

  it("leaves mean and variance of a normal input as they are, for AlphaDropout", () => {
    manualSeed(4);
    for (const p of [0.1, 0.5]) {
      const data = Float64Array.from(f.alphaDropout(randn([400, 400]), p).dataSync());
      const mean = data.reduce((a, b) => a + b) / data.length;
      const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;
      assert.ok(Math.abs(mean) < 0.015, `mean ${mean}`);
      assert.ok(Math.abs(variance - 1) < 0.02, `variance ${variance}`);
    }
  });

  it("differs from layer to layer and from pass to pass of a step", () => {
    manualSeed(5);
    const x = ones([64]);
    const [a, b] = [f.dropout(x), f.dropout(x)].map((y) => `${y.dataSync()}`);
    assert.notEqual(a, b);
  });
});
