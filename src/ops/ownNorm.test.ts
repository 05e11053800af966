// Normalisations of values far from 0, where squares and the square of the mean share most of their digits.
import assert from "node:assert/strict";
import { it } from "node:test";
import { createReferenceBackend } from "../check/index.ts";
import { manualSeed, nn, randn, type Tensor, withBackend } from "../index.ts";

const { functional: f } = nn;

for (const [name, norm] of [
  ["layerNorm", (x: Tensor) => f.layerNorm(x, [4, 9])],
  ["groupNorm", (x: Tensor) => f.groupNorm(x, 2)],
  ["instanceNorm", (x: Tensor) => f.instanceNorm(x)],
] as const) {
  for (const offset of [1000, 30_000]) {
    it(`${name} of values around ${offset} is as exact as they are`, () => {
      manualSeed(1);
      const x = randn([3, 4, 9]).mul(5).add(offset).realize();
      const wide = withBackend(createReferenceBackend(), () => norm(x.cast("float64")).dataSync());
      // The mean of float32 numbers is off by half a unit in the last place of the offset, seen through 1/σ.
      const bound = (offset * 2 ** -23) / 2 + 1e-6;
      norm(x)
        .dataSync()
        .forEach((value, i) => {
          assert.ok(Math.abs(value - wide[i]!) <= bound, `element ${i} is ${value}, in float64 ${wide[i]}`);
        });
    });
  }
}
