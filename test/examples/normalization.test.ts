// Runs the example of docs/normalization.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/normalization.ts finds mean 0 and variance 1 over each layer's axes", async () => {
  assert.deepEqual((await runExample("normalization")).trim().split("\n"), [
    "BatchNorm2d: true",
    "LayerNorm: true",
    "InstanceNorm2d: true",
    "GroupNorm: true",
    "RMSNorm: true",
    "a single sample: true",
    "[ 1, 32, 8, 8 ]",
  ]);
});
