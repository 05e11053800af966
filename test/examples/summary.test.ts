// Runs the example of summaries, and holds the tables of its page against what the tool prints.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/summary.ts prints what its comments and its page say", { timeout: 60_000 }, async () => {
  const output = await runExample("summary");
  const page = readFileSync(new URL("../../../docs/summary.md", import.meta.url), "utf8");
  const [table] = output.split(/^ 0 0$/m);
  assert.ok(page.includes(table!.trim()), table);
  assert.deepEqual(output.slice(table!.length).trim().split("\n"), [
    "0 0",
    "conv1 432 442368",
    "bn1 32 0",
    "layer1 14016 14155776",
    "layer2 51648 13107200",
    "layer3 205696 13107200",
    "avgpool 0 0",
    "fc 650 640",
    "272474 40813184",
    "16 4 7.5",
    "[ [ 4, 19 ], [ 8, 23 ] ]",
    "field 7: 110592 parameters, 346816512 multiply-adds",
    "field 7: 200704 parameters, 629407744 multiply-adds",
    "all 9",
    "near 3",
    "far 9",
    "layer1.0 adds BatchNorm2d layer1.0.bn2, 1×16×32×32",
    "layer1.0 adds Identity layer1.0.downsample, 1×16×32×32",
    "conv1 Conv2d 1×6×24×24",
    "between layers: sigmoid 1×6×24×24",
    "pool1 MaxPool2d 1×6×12×12",
    "between layers: sigmoid 1×6×12×12",
    "conv2 Conv2d 1×16×8×8",
    "pool2 MaxPool2d 1×16×4×4",
    "conv3 Conv2d 1×120×1×1",
    "fc1 Linear 1×64",
    "between layers: sigmoid 1×64",
    "fc2 Linear 1×10",
  ]);
});
