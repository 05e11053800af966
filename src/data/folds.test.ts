import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { foldIndices, labelsOf, subsetOf } from "./folds.ts";

const labels = Int32Array.from({ length: 103 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2));

describe("foldIndices", () => {
  it("puts every sample into one fold, with sizes and classes that differ by one at most", () => {
    const folds = foldIndices(labels, 4, { seed: 3 });
    assert.deepEqual(
      folds.flatMap((fold) => [...fold]).sort((a, b) => a - b),
      Array.from(labels, (_, i) => i),
    );
    const counts = [null, 0, 1, 2].map((label) =>
      folds.map((fold) => fold.filter((i) => label === null || labels[i] === label).length),
    );
    for (const count of counts) assert.ok(Math.max(...count) - Math.min(...count) <= 1, `${count}`);
    for (const fold of folds)
      assert.deepEqual(
        [...fold].sort((a, b) => a - b),
        [...fold],
      );
  });

  it("draws the same folds for a seed, other ones for another, and by chance alone where asked", () => {
    const draw = (seed: number, stratify = true) => foldIndices(labels, 3, { seed, stratify });
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2));
    assert.notDeepEqual(draw(1), draw(1, false));
    const first = foldIndices([0, 0, 0, 0, 1, 1], 2)[0]!;
    assert.equal(first.filter((i) => i >= 4).length, 1);
  });

  it("goes down to one sample in each fold", () => {
    assert.deepEqual(
      foldIndices([0, 1, 0], 3).map((fold) => fold.length),
      [1, 1, 1],
    );
  });
});

describe("subsets of data sets of one's own", () => {
  const own = {
    length: 5,
    classes: ["a", "b"],
    sampleShape: [1],
    dtype: "float32" as const,
    get: (i: number) => ({ data: Float32Array.of(i), label: i % 2 }),
  };

  it("ask for the samples that they stand for", async () => {
    const part = subsetOf(own, Int32Array.of(4, 1));
    assert.equal(part.length, 2);
    assert.ok("get" in part);
    assert.deepEqual(await part.get(0), { data: Float32Array.of(4), label: 0 });
    assert.deepEqual(await labelsOf(part), Int32Array.of(0, 1));
  });

  it("keep batches and pictures where there are such", async () => {
    const batch = (indices: Int32Array) => ({ data: Float32Array.from(indices), labels: indices });
    const whole = subsetOf({ ...own, batch }, Int32Array.of(3, 2));
    assert.ok("batch" in whole);
    assert.deepEqual((await whole.batch!(Int32Array.of(1))).data, Float32Array.of(2));
    const picture = (i: number) => ({ width: 1, height: 1, channels: 1 as const, data: Uint8Array.of(i) });
    const source = subsetOf({ length: 3, classes: ["a"], labels: [0, 0, 0], picture }, Int32Array.of(2));
    assert.ok("picture" in source);
    assert.deepEqual((await source.picture(0)).data, Uint8Array.of(2));
    assert.deepEqual(await labelsOf(source), Int32Array.of(0));
  });
});
