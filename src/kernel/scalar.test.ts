// Scalar functions that JavaScript's Math lacks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scalarFunctions } from "./scalar.ts";

test("erf: within 2e-15 of values computed with 40 digits", () => {
  const erf = (x: number) => scalarFunctions.erf.js(x, 0, 0);
  const known: readonly (readonly [number, number])[] = [
    [1e-9, 1.1283791670955127e-9],
    [0.001, 0.0011283787909692365],
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [1.5, 0.9661051464753108],
    [2, 0.9953222650189527],
    [2.4, 0.999311486103355],
    [2.5, 0.999593047982555],
    [3, 0.9999779095030014],
    [4, 0.9999999845827421],
    [5, 0.9999999999984626],
  ];
  for (const [x, y] of known) {
    assert.ok(Math.abs(erf(x) / y - 1) < 2e-15, `erf(${x}) = ${erf(x)}, not ${y}`);
    assert.equal(erf(-x), -erf(x));
  }
  assert.deepEqual([0, -0, 7, -7, Infinity, -Infinity, Number.NaN].map(erf), [
    0,
    -0,
    1,
    -1,
    1,
    -1,
    Number.NaN,
  ]);
});
