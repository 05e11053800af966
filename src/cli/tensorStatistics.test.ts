// Statistics go by the finite values, and count the others.
import assert from "node:assert/strict";
import { it } from "node:test";
import { tensorStatistics } from "./tensorStatistics.ts";

it("of finite values, with zeros, NaN and infinities counted", () => {
  const data = Float32Array.of(-0, 4, Number.NaN, Number.NEGATIVE_INFINITY, 2, Number.NaN);
  assert.deepEqual(tensorStatistics(data), {
    min: -0,
    max: 4,
    mean: 2,
    std: Math.sqrt(8 / 3),
    zeros: 1,
    nan: 2,
    infinite: 1,
  });
});

it("of large values of little spread, and of nothing", () => {
  const { mean, std } = tensorStatistics(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2));
  assert.deepEqual([mean, std], [1e9 + 1, Math.sqrt(2 / 3)]);
  const none = { min: null, max: null, mean: null, std: null, zeros: 0, infinite: 0 };
  assert.deepEqual(tensorStatistics(new Float32Array(0)), { ...none, nan: 0 });
  assert.deepEqual(tensorStatistics(Float32Array.of(Number.NaN)), { ...none, nan: 1 });
});
