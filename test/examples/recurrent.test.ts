// Runs the examples of the page on recurrent layers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/recurrent.ts prints what its comments say", async () => {
  assert.deepEqual((await runExample("recurrent")).trim().split("\n"), [
    "[ 4, 10, 32 ] [ 4, 4, 16 ] [ 4, 4, 16 ]",
    "[ 20, 2, 5 ]",
    "[ 20, 2, 5 ]",
    "[ 1, 1 ]",
  ]);
});

test("examples/rows.ts: each recurrent network is on its way after a few steps", {
  timeout: 120_000,
}, async () => {
  const output = await runExample("rows", "--steps", "150");
  const right = Array.from(
    output.matchAll(/^(\w+): ([\d.]+)% of the test digits right, [\d.]+ s of training$/gm),
  );
  assert.deepEqual(
    right.map(([, name]) => name),
    ["RNN", "LSTM", "GRU"],
  );
  for (const [line, , percent] of right) assert.ok(Number(percent) > 50, line);
});
