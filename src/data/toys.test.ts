import assert from "node:assert/strict";
import { test } from "node:test";
import { OptionError } from "../base/errors.ts";
import { ArrayDataset } from "./dataset.ts";
import { splitIndices } from "./split.ts";
import { channelStatistics } from "./statistics.ts";
import { blobs, circles, line, moons, spirals, xor } from "./toys.ts";

const sets = { spirals, moons, circles, blobs, xor };

/** Points of a class, in their order. */
function pointsOf(dataset: ArrayDataset, label: number): [number, number][] {
  const of: [number, number][] = [];
  for (let i = 0; i < dataset.length; i++) {
    const sample = dataset.get(i);
    if (sample.label === label) of.push([sample.data[0]!, sample.data[1]!]);
  }
  return of;
}

function near(actual: readonly (readonly number[])[], expected: readonly (readonly number[])[]): void {
  assert.equal(actual.length, expected.length);
  for (const [i, point] of actual.entries()) {
    for (const [k, value] of point.entries()) {
      assert.ok(Math.abs(value - expected[i]![k]!) < 1e-6, `${actual} ≠ ${expected}`);
    }
  }
}

test("the same options give the same points, other seeds others", () => {
  for (const [name, make] of Object.entries(sets)) {
    const [one, same, other] = [make({ seed: 1 }), make({ seed: 1 }), make({ seed: 2 })];
    assert.equal(one.length, 100, name);
    assert.deepEqual(one.sampleShape, [2]);
    assert.deepEqual([one.data, one.labels], [same.data, same.labels], name);
    assert.notDeepEqual([one.data, one.labels], [other.data, other.labels], name);
    assert.equal(make({ count: 0 }).length, 0);
    for (const count of [1, 2, 7]) assert.equal(make({ count }).length, count, name);
  }
});

test("moons and circles without noise lie where scikit-learn puts them", () => {
  // make_moons(7, shuffle=False): cos and sin of linspace(0, π, 3), then 1 − cos and 1 − sin − 0.5 of linspace(0, π, 4)
  const moon = moons({ count: 7, shuffle: false });
  assert.deepEqual([...moon.labels], [0, 0, 0, 1, 1, 1, 1]);
  const root = Math.sqrt(3) / 2;
  near(pointsOf(moon, 0), [
    [1, 0],
    [0, 1],
    [-1, 0],
  ]);
  near(pointsOf(moon, 1), [
    [0, 0.5],
    [0.5, 0.5 - root],
    [1.5, 0.5 - root],
    [2, 0.5],
  ]);
  // make_circles(7, shuffle=False, factor=0.5): linspace(0, 2π, 3, endpoint=False), then 4 of the inner circle
  const circle = circles({ count: 7, shuffle: false, factor: 0.5 });
  near(pointsOf(circle, 0), [
    [1, 0],
    [-0.5, root],
    [-0.5, -root],
  ]);
  near(pointsOf(circle, 1), [
    [0.5, 0],
    [0, 0.5],
    [-0.5, 0],
    [0, -0.5],
  ]);
});

test("spirals wind from the middle to radius 1", () => {
  const arms = spirals({ count: 9, classes: 3, turns: 0.5, shuffle: false });
  assert.deepEqual([...arms.labels], [0, 0, 0, 1, 1, 1, 2, 2, 2]);
  near(pointsOf(arms, 0), [
    [0, 0],
    [0, 0.5],
    [-1, 0],
  ]);
  const [, , end] = pointsOf(arms, 1);
  near([end!], [[Math.cos(Math.PI + (2 * Math.PI) / 3), Math.sin(Math.PI + (2 * Math.PI) / 3)]]);
});

test("blobs have their middles and deviations, xor its signs", () => {
  const centers = [
    [-5, 0],
    [5, 5],
  ] as const;
  const clouds = blobs({ count: 4000, centers, std: 0.5, seed: 3 });
  for (const [label, [cx, cy]] of centers.entries()) {
    const points = pointsOf(clouds, label);
    assert.equal(points.length, 2000);
    const mean = (k: 0 | 1) => points.reduce((sum, p) => sum + p[k], 0) / points.length;
    const deviation = Math.sqrt(points.reduce((sum, [x]) => sum + (x - cx) ** 2, 0) / points.length);
    assert.ok(Math.abs(mean(0) - cx) < 0.05 && Math.abs(mean(1) - cy) < 0.05);
    assert.ok(Math.abs(deviation - 0.5) < 0.03, String(deviation));
  }
  // Drawn middles stay where they are when only the number of points changes.
  const few = blobs({ count: 300, std: 0, seed: 4 });
  assert.deepEqual(pointsOf(few, 1)[0], pointsOf(blobs({ count: 30, std: 0, seed: 4 }), 1)[0]);
  const signs = xor({ count: 500, seed: 5 });
  for (let i = 0; i < signs.length; i++) {
    const { data, label } = signs.get(i);
    assert.equal(label, Number(data[0]! > 0 !== data[1]! > 0));
  }
  const quarters = new Set(pointsOf(signs, 1).map(([x]) => x > 0));
  assert.equal(quarters.size, 2);
});

test("noise has the deviation that is asked for", () => {
  const still = circles({ count: 2000, seed: 1 });
  const noisy = circles({ count: 2000, seed: 1, noise: 0.2 });
  assert.deepEqual(still.labels, noisy.labels);
  let squares = 0;
  for (const [i, value] of noisy.data.entries()) squares += (value - still.data[i]!) ** 2;
  assert.ok(Math.abs(Math.sqrt(squares / noisy.data.length) - 0.2) < 0.01);
});

test("a line for regression", () => {
  const { x, y } = line({ count: 50, slope: -3, intercept: 2, range: [0, 4] });
  assert.equal(x.length, 50);
  for (const [i, value] of x.entries()) {
    assert.ok(value >= 0 && value < 4);
    assert.ok(Math.abs(y[i]! - (2 - 3 * value)) < 1e-5);
  }
});

test("options outside of their rules", () => {
  const wrong: (() => unknown)[] = [
    () => spirals({ count: -1 }),
    () => spirals({ count: 2.5 }),
    () => spirals({ classes: 0 }),
    () => spirals({ turns: Number.NaN }),
    () => moons({ noise: -1 }),
    () => moons({ seed: 0.5 }),
    () => circles({ factor: 1 }),
    () => blobs({ centers: [[0, 0]], classes: 2 }),
    () => blobs({ std: -1 }),
    () => blobs({ noise: 1 } as object),
    () => xor({ classes: 3 } as object),
    () => line({ range: [1, 1] }),
  ];
  for (const call of wrong) assert.throws(call, OptionError, String(call));
});

test("a split keeps the share of every class, and is the same for the same seed", () => {
  const labels = Int32Array.from({ length: 103 }, (_, i) => (i < 60 ? 0 : i < 100 ? 1 : 2));
  const dataset = new ArrayDataset({ data: Float32Array.from(labels.keys()), sampleShape: [1], labels });
  const [first, rest] = dataset.split(0.8, { seed: 7 });
  assert.deepEqual([first.length, rest.length], [82, 21]);
  const count = (set: ArrayDataset, label: number) => set.labels.filter((l) => l === label).length;
  assert.deepEqual(
    [0, 1, 2].map((label) => count(first, label)),
    [48, 32, 2],
  );
  assert.deepEqual(rest.classes, ["0", "1", "2"]);
  const numbers = [...first.data, ...rest.data].sort((a, b) => a - b);
  assert.deepEqual(numbers, [...labels.keys()]);
  assert.deepEqual(dataset.split(0.8, { seed: 7 })[0].data, first.data);
  assert.notDeepEqual(dataset.split(0.8, { seed: 8 })[0].data, first.data);
  const [plain] = splitIndices(labels, 0.5, { stratify: false });
  assert.equal(plain.length, 52);
  for (const share of [0, 1]) assert.equal(splitIndices(labels, share)[0].length, share * 103);
  for (const share of [-0.1, 1.1, Number.NaN]) assert.throws(() => dataset.split(share), OptionError);
  assert.throws(() => dataset.split(0.5, { sed: 1 } as object), /did you mean "seed"/);
});

test("one sample is a view", () => {
  const dataset = new ArrayDataset({ data: Uint8Array.of(1, 2, 3, 4), sampleShape: [2], labels: [1, 0] });
  const { data, label } = dataset.get(1);
  assert.deepEqual([[...data], label], [[3, 4], 0]);
  assert.equal(data.buffer, dataset.data.buffer);
  for (const index of [-1, 2, 0.5]) assert.throws(() => dataset.get(index), OptionError);
});

test("statistics of channels, of bytes and of numbers", () => {
  // Two pictures of two channels and two pixels.
  const bytes = Uint8Array.of(0, 255, 51, 51, 255, 0, 51, 51);
  const make = (data: Uint8Array | Float32Array) =>
    channelStatistics(new ArrayDataset({ data, sampleShape: [2, 1, 2], labels: [0, 0] }));
  assert.deepEqual(make(bytes), { mean: [0.5, 0.2], std: [0.5, 1] });
  assert.deepEqual(make(Float32Array.of(1e6, 1e6 + 2, 3, 3, 1e6 + 2, 1e6, 3, 3)), {
    mean: [1e6 + 1, 3],
    std: [1, 1],
  });
  assert.throws(
    () => channelStatistics(moons()),
    /expected samples \[C, H, W\], at least one; got 100 samples \[2\]/,
  );
});
