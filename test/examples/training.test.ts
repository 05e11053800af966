// Runs the examples of docs/training.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

test("examples/training.ts learns spirals, and a batch by heart", { timeout: 60_000 }, async () => {
  const lines = (await runExample("training")).trim().split("\n");
  const [end, scores, heart, room] = lines as [string, string, string, string];
  const [, best] = /^(?:epochs|earlyStopping): ([\d.]+)% at best, whose weights the model has now$/
    .exec(end)!
    .map(Number);
  assert.ok(best! >= 95, end);
  assert.match(scores, /^precision [01]\.\d\d, recall [01]\.\d\d, F1 [01]\.\d\d$/);
  assert.equal(heart, "it learns a batch by heart");
  const [, batch, bytes] = /^a batch of (\d+) takes (\d+) bytes$/.exec(room)!.map(Number);
  assert.ok(batch! >= 8 && bytes! <= 100_000, room);
});

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/lrFind.ts finds a rate that trains", { timeout: 120_000, skip: noDigits }, async () => {
  const output = await runExample("lrFind", "--steps", "300");
  const [, suggestion] = /^suggestion ([\d.]+)/m.exec(output)!.map(Number);
  const [, share] = /([\d.]+)% of the test digits right/.exec(output)!.map(Number);
  assert.ok(suggestion! > 1e-4 && suggestion! < 0.05 && share! > 90, output);
});

test("examples/fineTuning.ts gets as far as from nothing, in a third of the steps", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const lines = (await runExample("fineTuning")).trim().split("\n");
  const percents = (from: number, to: number) =>
    lines.slice(from, to).map((line) => Number(line.replace("%", "")));
  const [tuned, fresh] = [percents(1, 4), percents(5, 14)];
  assert.ok(Math.max(...tuned) >= Math.max(...fresh), `${tuned} and ${fresh}`);
  assert.equal(lines.at(-1), "head 9, rates 0.00001 0.00005 0.0002 0.001");
});
