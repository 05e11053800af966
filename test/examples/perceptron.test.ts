// Runs the example of docs/perceptron.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/perceptron.ts learns what a line separates, and XOR with a hidden layer", async () => {
  assert.deepEqual((await runExample("perceptron")).trim().split("\n"), [
    "AND: no mistakes in epoch 7",
    "OR: no mistakes in epoch 6",
    "XOR: still wrong after 100 epochs",
    "clouds: no mistakes in epoch 2",
    "XOR by an MLP: 0,1,1,0",
    "weight 10×784, bias 10",
    "the same sum: true",
  ]);
});
