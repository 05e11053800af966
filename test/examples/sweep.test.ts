// Runs the example of docs/sweep.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/sweep.ts finds settings that learn spirals, and that the rate matters most", {
  timeout: 60_000,
}, async () => {
  const lines = (await runExample("sweep")).trim().split("\n");
  assert.equal(lines.length, 16 + 1 + 3);
  const [, best] = /^best \{"lr":.*\} ([\d.]+)%$/.exec(lines[16]!)!.map(Number);
  assert.ok(best! >= 90, lines[16]);
  const [, spread, chance] = /^lr: ([\d.]+) points, by chance ([\d.]+)$/.exec(lines[17]!)!.map(Number);
  assert.ok(spread! > chance!, lines[17]);
});
