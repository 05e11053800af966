// Runs the examples of the pages on optimizers and schedules.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/optimizers.ts prints a row for every optimizer, and all of them learn", async () => {
  const output = await runExample("optimizers", "--steps", "40");
  const rows = output.trim().split("\n");
  assert.deepEqual(rows.slice(0, 2), [
    "| optimizer | options | epoch 1 | epoch 2 | seconds |",
    "| --- | --- | ---: | ---: | ---: |",
  ]);
  assert.equal(rows.length, 15);
  for (const row of rows.slice(2)) {
    const accuracy = Number(row.split("|")[4]);
    assert.ok(accuracy > 25, row);
  }
});

test("examples/optimizers.ts trains with one optimizer where asked", async () => {
  const output = await runExample("optimizers", "--steps", "2", "--only", "Lion");
  assert.match(output.trim().split("\n").at(-1)!, /^\| Lion \| lr 0\.0003 \|/);
});

test("examples/descents.ts: small batches get further with the same samples", async () => {
  const output = await runExample("descents");
  const losses = Array.from(output.matchAll(/loss (\d\.\d+)/g), ([, loss]) => Number(loss));
  assert.match(output, /^batch +8 steps of 1024 samples/m);
  assert.match(output, /^mini-batch +256 steps of +32 samples/m);
  assert.match(output, /^stochastic +8192 steps of +1 samples/m);
  assert.ok(losses[0]! > losses[1]! && losses[1]! > losses[2]!, output);
});

test("examples/optimizing.ts: all that stands around a step", async () => {
  const output = await runExample("optimizing");
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1]);
  assert.ok(number(/^loss ([\d.]+)$/m) < number(/^loss at first ([\d.]+)$/m) / 4, output);
  assert.ok(number(/^loss of the average ([\d.]+)$/m) < number(/^loss at first ([\d.]+)$/m) / 3, output);
  assert.ok(number(/^loss after Muon ([\d.]+)$/m) < number(/^loss ([\d.]+)$/m), output);
  assert.match(output, /^rate after a plateau 0\.05$/m);
  assert.match(output, /^half way 0\.050$/m);
});
