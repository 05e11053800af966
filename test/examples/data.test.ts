// Runs the examples of docs/data.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/data.ts reads sets and tables", async () => {
  assert.deepEqual((await runExample("data")).trim().split("\n"), [
    "10000 samples of 1×28×28; the first is a 7",
    "its brightest pixel is 255",
    "8000 + 2000 samples, 125 batches",
    "mean 0.1325, deviation 0.3105",
    "cat, dog: 0, 1",
    "sun, low.jpg → sky; lake.png → water",
    "{ file: 'lake.png', label: 'water', line: 1 }",
    "200 points of 2 classes; a line through 50 of 50 points",
  ]);
});

test("examples/toys.ts learns three arms of a spiral and draws them", async () => {
  const [first, ...picture] = (await runExample("toys")).split("\n");
  const right = Number(/^(\d+) of 100 points that it has not seen are right$/.exec(first!)?.[1]);
  assert.ok(right >= 93, first);
  assert.equal(picture.length, 22);
  assert.ok(picture.every((line) => line.length <= 42 && /^[ ·:abc]*$/.test(line)));
  const text = picture.join("");
  for (const mark of ["·", ":", "a", "b", "c"]) assert.ok(text.split(mark).length > 30, mark);
});
