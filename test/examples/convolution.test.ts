// The examples of convolutions and poolings print what their comments and the documents say.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

/** Lines without the breaks and blanks that the console puts into longer arrays. */
function lines(output: string): string[] {
  return output
    .replace(/\s*\n(?=[ \]])\s*/g, "")
    .trim()
    .split("\n");
}

test("examples/convolution.ts prints what its comments say", { timeout: 60_000 }, async () => {
  assert.deepEqual(lines(await runExample("convolution")), [
    "[ [ 0, 2 ], [ -1, -1 ] ]",
    "[ 8, 32, 26, 26 ]",
    "[ 8, 32, 28, 28 ]",
    "[ 8, 32, 14, 14 ]",
    "[ 8, 32, 24, 24 ]",
    "[ 8, 32, 100 ]",
    "73728 102400",
    "25",
    "73728 8768",
    "69632 589824",
    "[[ 1, 2, 10, 20 ],[ 3, 4, 30, 40 ],[ 0, 0, 100, 200 ],[ 0, 0, 300, 400 ]]",
    "[ 8, 16, 28, 28 ]",
    "constant 0 0 1 2 3 0 0",
    "reflect 3 2 1 2 3 2 1",
    "replicate 1 1 1 2 3 3 3",
    "circular 2 3 1 2 3 1 2",
    "[ 8, 32, 28, 28 ]",
  ]);
});

test("examples/pooling.ts prints what its comments say", { timeout: 60_000 }, async () => {
  assert.deepEqual(lines(await runExample("pooling")), [
    "[ [ 2, 3 ], [ 2, 2 ] ]",
    "[ [ 1, 1.25 ], [ 1, 0.75 ] ]",
    "[ 8, 64, 55, 55 ]",
    "[ 8, 64, 56, 56 ]",
    "[ 8, 64, 56, 56 ]",
    "[ [ [ 1, 4 ] ] ]",
    "[ [ [ 0.5, 2.5 ] ] ]",
    "[ [ [ 1, 2.5 ] ] ]",
    "[ 2, 10 ]",
    "[ 2, 10 ]",
    "[ [ [ 2, 4, 6 ] ] ]",
    "[ [ [ 3, 5, 7 ] ] ]",
  ]);
});
