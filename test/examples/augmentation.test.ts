// Runs the examples of docs/augmentation.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/augmentation.ts makes a sample twice, and what is left for evaluation", async () => {
  assert.deepEqual((await runExample("augmentation")).trim().split("\n"), [
    "32 × 32 × 3",
    "the same again: true",
    "RGB → Resize → CenterCrop → ToTensor → Normalize",
    "float32 [1,3,32,32]",
    "RandomTear, RandomErasing",
    "probabilities [8,10], loss is finite: true",
  ]);
});

test("examples/preprocess.ts prepares a picture without the rest of the library", async () => {
  assert.equal((await runExample("preprocess")).trim(), "[1,3,24,24] from 1 to 1");
});
