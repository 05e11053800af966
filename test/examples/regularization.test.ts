// Runs the example of docs/regularization.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/regularization.ts leaves out elements, channels and branches, while training", async () => {
  const [elements, channels, ...rest] = (await runExample("regularization")).trim().split("\n");
  assert.match(elements!, /^elements: [02](,[02]){9}$/);
  assert.match(channels!, /^channels: ((0,0,0,0|2,2,2,2),?){5}$/);
  assert.deepEqual(rest, [
    "training differs from pass to pass: true",
    "evaluation does not: true",
    "mean of ones: 1.00",
  ]);
});
