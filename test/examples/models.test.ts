// Runs the examples of networks and blocks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fashionMnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

test("examples/blocks.ts prints what its comments and its page say", { timeout: 60_000 }, async () => {
  const output = await runExample("blocks");
  assert.deepEqual(output.trim().split("\n"), [
    "[ 2, 10 ]",
    "2230277",
    "[ 'fc.weight', 'fc.bias' ]",
    "1 2 63 2",
    "[ 4, 64 ]",
    "full 3×3: 36992 parameters, 37748736 multiply-adds",
    "bottleneck: 4544 parameters, 4456448 multiply-adds",
    "depthwise separable: 4928 parameters, 4784128 multiply-adds",
    "[ 2, 10 ] 78594",
    "[] [ 2, 4 ]",
  ]);
  const page = readFileSync(new URL("../../../docs/models.md", import.meta.url), "utf8");
  for (const line of output.split("\n").filter((line) => line.includes("multiply-adds"))) {
    assert.ok(page.includes(line), line);
  }
});

// Where the pictures are missing, the message says how to get them.
const skip = await fashionMnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/resnet20.ts is on its way after a few steps", { timeout: 120_000, skip }, async () => {
  const output = await runExample("resnet20", "--steps", "60");
  const percent = Number(
    /^60 steps: loss \d\.\d+, (.*)% of the test pictures right, \d+ s$/m.exec(output)?.[1],
  );
  assert.ok(percent > 60, output);
});
