// Principal components are numpy's, and t-SNE ends where scikit-learn's does.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { principalComponents, Tsne } from "../../src/explain/index.ts";
import { assertClose } from "../support/close.ts";
import { formula } from "../support/formula.ts";
import { readStored, stored } from "./harness.ts";

const { index, tensors } = readStored<{
  k: number;
  groups: number;
  each: number;
  columns: number;
  perplexity: number;
  divergences: number[];
}>("projections.safetensors");

const shapes = { tall: [60, 7], wide: [9, 40], square: [12, 12] } as const;

describe("principal components are those of numpy's singular value decomposition", () => {
  for (const [name, [rows, columns]] of Object.entries(shapes)) {
    it(`${rows} × ${columns}`, () => {
      const values = formula(name, [rows, columns], -1, 1).dataSync();
      const lists = Array.from({ length: rows }, (_, i) =>
        Array.from({ length: columns }, (_, j) => values[i * columns + j]! * (3 - (2 * j) / (columns - 1))),
      );
      const found = principalComponents(lists, index.k);
      for (const part of ["components", "coordinates", "variance", "ratio"] as const) {
        assertClose(found[part], stored(tensors, `${name}.${part}`).data, part, { rtol: 1e-5, atol: 2e-6 });
      }
    });
  }
});

describe("t-SNE comes as far down as scikit-learn's", () => {
  const { groups, each, columns, perplexity, divergences } = index;
  const middles = formula("middles", [groups, columns], -2, 2).dataSync();
  const around = formula("around", [groups * each, columns], -1, 1).dataSync();
  const rows = Array.from({ length: groups * each }, (_, i) =>
    Array.from(
      { length: columns },
      (_, j) => middles[Math.floor(i / each) * columns + j]! + around[i * columns + j]!,
    ),
  );
  for (const theta of [0, 0.5]) {
    it(`theta ${theta}`, () => {
      // Where it starts decides in which of many valleys it ends, there as here.
      const ends = (["pca", "random"] as const).map((init) => {
        const map = new Tsne(rows, { perplexity, theta, init });
        while (map.step());
        return map.divergence();
      });
      const [least, most] = [Math.min(...divergences), Math.max(...divergences)];
      const found = Math.min(...ends);
      assert.ok(found > 0.95 * least && found < 1.05 * most, `${ends}, scikit-learn ${divergences}`);
    });
  }
});
