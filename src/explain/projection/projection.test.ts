// Eigenvectors, principal components and t-SNE, held against their definitions.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertClose } from "../../../test/support/close.ts";
import { formula } from "../../../test/support/formula.ts";
import { Random } from "../../tensor/random.ts";
import { affinitiesOf } from "./affinities.ts";
import { symmetricEigen } from "./eigen.ts";
import { matrixOf } from "./matrix.ts";
import { principalComponents } from "./principalComponents.ts";
import { QuadTree } from "./quadTree.ts";
import { Tsne, tsne } from "./tsne.ts";

const close = { rtol: 0, atol: 1e-10 };

/** `count` rows around each of some middles. */
function grouped(groups: number, count: number, columns: number): number[][] {
  const random = new Random(7);
  return Array.from({ length: groups }, () =>
    Array.from({ length: columns }, () => 4 * random.normal()),
  ).flatMap((middle) => Array.from({ length: count }, () => middle.map((value) => value + random.normal())));
}

describe("eigenvectors", () => {
  const matrices: [string, number, (i: number, j: number) => number][] = [
    ["of numbers without pattern", 17, (i, j) => Math.sin(Math.min(i, j) * 3 + Math.max(i, j) * 7)],
    ["of a matrix that is diagonal", 5, (i, j) => (i === j ? i - 2 : 0)],
    ["of one eigenvalue many times", 9, (i, j) => (i === j ? 2 : 1)],
    ["of zeros", 4, () => 0],
    ["of sizes far apart", 6, (i, j) => 10 ** -(i + j)],
    ["of one number", 1, () => -3],
  ];
  for (const [name, n, at] of matrices) {
    it(name, () => {
      const a = Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n));
      const { values, vectors } = symmetricEigen(a.slice(), n);
      for (let i = 1; i < n; i++) assert.ok(values[i - 1]! >= values[i]!);
      const again = new Float64Array(n * n);
      const overlaps = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) {
            again[i * n + j]! += values[k]! * vectors[k * n + i]! * vectors[k * n + j]!;
            overlaps[i * n + j]! += vectors[i * n + k]! * vectors[j * n + k]!;
          }
        }
      }
      assertClose(again, a, "V Λ Vᵀ", close);
      assertClose(
        overlaps,
        Float64Array.from(a, (_, k) => (Math.floor(k / n) === k % n ? 1 : 0)),
        "V Vᵀ",
        close,
      );
    });
  }
});

describe("principal components", () => {
  it("of few rows of many numbers: no more directions than there are", () => {
    const rows = formula("rows", [3, 20], -1, 1);
    const { components, variance, ratio, coordinates } = principalComponents(rows, 3);
    assert.ok(Math.abs(ratio[0]! + ratio[1]! - 1) < 1e-12);
    assert.ok(variance[2]! < 1e-12 && components.slice(40).every((value) => value === 0));
    assert.ok([2, 5, 8].every((at) => coordinates[at] === 0));
  });

  it("of equal rows is nothing, and of a line its direction", () => {
    const equal = principalComponents(
      [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
      1,
    );
    assert.deepEqual([[...equal.variance], [...equal.ratio], [...equal.coordinates]], [[0], [0], [0, 0, 0]]);
    const { components, variance } = principalComponents(
      [
        [0, 0],
        [-3, 4],
        [-6, 8],
      ],
      1,
    );
    assertClose(components, [-0.6, 0.8], "direction", close);
    assertClose(variance, [25], "variance", close);
  });
});

describe("t-SNE", () => {
  it("has affinities of the perplexity that was asked for", () => {
    const rows = matrixOf("test", grouped(2, 30, 3));
    const { starts, columns, values } = affinitiesOf(rows, 10);
    assert.ok(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1) < 1e-12);
    const at = (i: number, j: number) => {
      for (let k = starts[i]!; k < starts[i + 1]!; k++) if (columns[k] === j) return values[k]!;
      return 0;
    };
    for (let i = 0; i < 60; i += 7) for (let j = 0; j < 60; j++) assert.equal(at(i, j), at(j, i));
    // Alone on a ring every row has the same neighbours, so p_j|i can be told from p_ij.
    const ring = Array.from({ length: 40 }, (_, i) => [
      Math.cos((i * Math.PI) / 20),
      Math.sin((i * Math.PI) / 20),
    ]);
    const even = affinitiesOf(matrixOf("test", ring), 8);
    let entropy = 0;
    for (let k = even.starts[0]!; k < even.starts[1]!; k++) {
      const p = even.values[k]! * 40;
      entropy -= p * Math.log(p);
    }
    assert.ok(Math.abs(Math.exp(entropy) - 8) < 1e-3, `${Math.exp(entropy)}`);
  });

  it("has the gradient of the divergence, by finite differences", () => {
    const map = new Tsne(grouped(3, 12, 4), { perplexity: 6, theta: 0, steps: 60 });
    for (let i = 0; i < 40; i++) map.step();
    const gradient = map.gradient();
    const step = 1e-5;
    for (let i = 0; i < map.points.length; i += 5) {
      const own = map.points[i]!;
      map.points[i] = own + step;
      const above = map.divergence();
      map.points[i] = own - step;
      const below = map.divergence();
      map.points[i] = own;
      const slope = (above - below) / (2 * step);
      assert.ok(Math.abs(slope - gradient[i]!) < 1e-7 + 1e-5 * Math.abs(slope), `${slope} ${gradient[i]}`);
    }
  });

  it("sums over the tree what sums over all pairs are, exactly with theta 0 and nearly with 0.5", () => {
    const random = new Random(1);
    const points = Float64Array.from({ length: 600 }, () => 5 * random.normal());
    points.set(points.subarray(0, 20), 20); // ten points twice
    const tree = new QuadTree(points);
    const found = { sum: 0, x: 0, y: 0 };
    let [worst, size] = [0, 0];
    for (let i = 0; i < 300; i++) {
      let [sum, x, y] = [0, 0, 0];
      for (let j = 0; j < 300; j++) {
        if (j === i) continue;
        const wayX = points[2 * i]! - points[2 * j]!;
        const wayY = points[2 * i + 1]! - points[2 * j + 1]!;
        const q = 1 / (1 + wayX ** 2 + wayY ** 2);
        sum += q;
        x += q * q * wayX;
        y += q * q * wayY;
      }
      tree.repulsion(i, 0, found);
      assertClose([found.sum, found.x, found.y], [sum, x, y], `point ${i}`, close);
      tree.repulsion(i, 0.5, found);
      assert.ok(Math.abs(found.sum - sum) < 0.02 * sum);
      worst += (found.x - x) ** 2 + (found.y - y) ** 2;
      size += x ** 2 + y ** 2;
    }
    assert.ok(Math.sqrt(worst / size) < 0.05, `${Math.sqrt(worst / size)}`);
  });

  it("keeps groups together, says how far it is, and gives the same bits again", async () => {
    const rows = grouped(3, 20, 60); // more columns than are kept
    const seen: number[] = [];
    const options = {
      perplexity: 10,
      steps: 200,
      onProgress: ({ done }: { done: number }) => seen.push(done),
    };
    const { points, divergence } = await tsne(rows, options);
    assert.deepEqual(
      seen,
      Array.from({ length: 201 }, (_, i) => i),
    );
    assert.deepEqual([...(await tsne(rows, { perplexity: 10, steps: 200 })).points], [...points]);
    assert.notDeepEqual([...(await tsne(rows, { perplexity: 10, steps: 200, seed: 1 })).points], [...points]);
    assert.ok(divergence > 0 && divergence < 1);
    for (let i = 0; i < 60; i++) {
      const away = (j: number) =>
        (points[2 * i]! - points[2 * j]!) ** 2 + (points[2 * i + 1]! - points[2 * j + 1]!) ** 2;
      const others = Array.from({ length: 60 }, (_, j) => j).filter((j) => j !== i);
      const nearest = others.reduce((a, b) => (away(b) < away(a) ? b : a));
      assert.equal(Math.floor(nearest / 20), Math.floor(i / 20), `row ${i}`);
    }
  });

  it("takes few and equal rows, and numbers on a line", () => {
    for (const rows of [
      [[1], [2]],
      [
        [0, 0],
        [0, 0],
        [0, 0],
      ],
      Array.from({ length: 12 }, (_, i) => [i, 0]),
    ]) {
      const map = new Tsne(rows, { steps: 50 });
      while (map.step());
      assert.ok(map.points.every(Number.isFinite) && Number.isFinite(map.divergence()));
    }
  });

  it("stops when it is asked to", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 3 && stop.abort();
    await assert.rejects(tsne(grouped(2, 5, 2), { onProgress, signal: stop.signal }), { name: "AbortError" });
  });
});
