// Runs the example of loading weights into models.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/loadWeights.ts prints what its comments say", { timeout: 60_000 }, async () => {
  assert.deepEqual((await runExample("loadWeights")).trim().split("\n"), [
    "fc.weight is missing; module.linear.weight?",
    "fc.bias is missing; module.linear.bias?",
    "128 true",
    "conv1.weight ← tensor_0 [16, 3, 3, 3]",
    "fc.weight: made for 100 outputs, not 3",
    "fc.bias: made for 100 outputs, not 3",
    "[ 'fc1.weight', 'fc2.weight' ]",
    "[ 'weight', 'bias', '_mean', '_variance' ]",
  ]);
});
