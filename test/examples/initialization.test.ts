// Runs the example of docs/initialization.md, whose figures the page quotes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/initialization.ts shows what becomes of signals", async () => {
  assert.deepEqual((await runExample("initialization")).trim().split("\n"), [
    "[ 128, 128 ]",
    "normal, std 0.01: 5e-17",
    "xavierNormal: 8e-3",
    "kaimingNormal: 1e+0",
    "normal, std 0.2: 2e+3",
    "0.1",
    "length after 100 steps: 1.000 of what it was",
  ]);
});
