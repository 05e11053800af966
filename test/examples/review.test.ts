// Runs the example of docs/data-check.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/review.ts finds nothing wrong with MNIST", async () => {
  assert.deepEqual((await runExample("review")).trim().split("\n"), [
    "10000 pictures of 10 classes, 0 findings",
    "new Normalize([0.1325], [0.3105])",
    "a sheet of 352 × 72 pixels",
  ]);
});
