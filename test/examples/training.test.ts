// Runs the example of docs/training.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/training.ts learns spirals, and a batch by heart", { timeout: 60_000 }, async () => {
  const [end, scores, heart] = (await runExample("training")).trim().split("\n") as [string, string, string];
  const [, best] = /^(?:epochs|earlyStopping): ([\d.]+)% at best, whose weights the model has now$/
    .exec(end)!
    .map(Number);
  assert.ok(best! >= 95, end);
  assert.match(scores, /^precision [01]\.\d\d, recall [01]\.\d\d, F1 [01]\.\d\d$/);
  assert.equal(heart, "it learns a batch by heart");
});
