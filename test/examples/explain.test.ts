// Runs the example of docs/explain.md.
import assert from "node:assert/strict";
import { test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/explain.ts looks at a seven from all sides", { timeout: 60_000, skip: noDigits }, async () => {
  const output = await runExample("explain");
  assert.match(output, /^conv1 Conv2d \[ 1, 6, 24, 24 \]$/m);
  assert.match(
    output,
    /^a 7 with a score of \d+\.\d, by the maps of pool2\ntrue\n\[ 1, 28, 28 \] true true$/m,
  );
  const [, drop] = /^the worst patch takes (\d+)% of the probability$/m.exec(output)!.map(Number);
  assert.ok(drop! >= 10 && drop! <= 60, output);
  assert.match(output, /sees \{ top: \d+, left: \d+, height: 14, width: 14 \}$/m);
  const values = Array.from(output.matchAll(/picture \d+: (-?\d+\.\d+)/g), ([, value]) => Number(value));
  assert.deepEqual(
    values,
    values.toSorted((a, b) => b - a),
  );
  assert.equal(values.length, 4);
  const [, alike] = /^(\d+)% of the points have one of their own digit nearest$/m.exec(output)!.map(Number);
  assert.ok(alike! >= 90, output);
});
