// Runs the example of docs/label-errors.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/labelErrors.ts finds most of the labels that it changed", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const output = await runExample("labelErrors", "--samples", "3000", "--folds", "3", "--epochs", "6");
  const [, recall, precision] = /^recall ([\d.]+)%, precision ([\d.]+)%$/m.exec(output)!.map(Number);
  assert.ok(recall! >= 75 && precision! >= 50, output);
  assert.match(output, /^estimated noise [2-5]\.\d%, \d+ suspects for 90 changes$/m);
});
