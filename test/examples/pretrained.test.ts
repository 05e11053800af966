// Runs the example of docs/pretrained.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/pretrained.ts is as good as from nothing in a third of the steps at most", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const lines = (await runExample("pretrained")).trim().split("\n");
  const [digit, fresh, tuned, sooner] = lines as [string, string, string, string];
  assert.equal(digit, "a 7");
  const [, plain] = /^from nothing: ([\d.]+)% after \d+ steps$/.exec(fresh)!.map(Number);
  const [, better] = /^from the weights: ([\d.]+)% after \d+ steps$/.exec(tuned)!.map(Number);
  const [, share] = /^as good as from nothing after \d+ steps, ([\d.]+)% of them$/.exec(sooner)!.map(Number);
  assert.ok(plain! > 70 && better! > plain! && share! <= 33, lines.join("\n"));
});
