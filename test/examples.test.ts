// Runs the examples as a reader would, for a few steps.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

test("examples/lenet.ts learns digits", { timeout: 120_000 }, async () => {
  const example = fileURLToPath(new URL("../examples/lenet.js", import.meta.url));
  const { stdout, stderr } = await run(process.execPath, [example, "--steps", "400"]);
  assert.equal(stderr, "");
  assert.match(stdout, /^step 100: loss \d\.\d+$/m);
  const accuracy = Number(/^accuracy after 400 steps: (.*)$/m.exec(stdout)?.[1]);
  assert.ok(accuracy > 0.75, `accuracy ${accuracy} after 400 steps:\n${stdout}`);
});
