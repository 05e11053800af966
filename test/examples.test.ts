// Runs the examples as a reader would, and holds the documents' code against them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url);

async function runExample(name: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(`dist/examples/${name}.js`, root));
  const { stdout, stderr } = await run(process.execPath, [file, ...args]);
  assert.equal(stderr, "");
  return stdout;
}

test("examples/lenet.ts learns digits", { timeout: 120_000 }, async () => {
  const output = await runExample("lenet", "--steps", "400");
  assert.match(output, /^step 100: loss \d\.\d+$/m);
  const accuracy = Number(/^accuracy after 400 steps: (.*)$/m.exec(output)?.[1]);
  assert.ok(accuracy > 0.75, `accuracy ${accuracy} after 400 steps:\n${output}`);
});

test("examples/mnist99.ts is on its way after a few steps", { timeout: 120_000 }, async () => {
  const output = await runExample("mnist99", "--steps", "100");
  const percent = Number(
    /^100 steps: (.*)% of the test digits right, \d+\.\d+ s after the start$/m.exec(output)?.[1],
  );
  assert.ok(percent > 92, output);
  assert.match(output, /^30514 parameters$/m);
});

test("examples/tour.ts prints what its comments say", { timeout: 60_000 }, async () => {
  assert.deepEqual((await runExample("tour")).trim().split("\n"), [
    "270",
    "[ [ false, false, true ], [ true, true, true ] ]",
    "[ 3, 12, 27 ]",
    "[ 6, 12, 18 ]",
    "0.weight [ 16, 2 ]",
    "0.bias [ 16 ]",
    "2.weight [ 2, 16 ]",
    "2.bias [ 2 ]",
    "true",
    "true",
    "true 400 3200",
  ]);
});

test("the code of the READMEs is the examples'", () => {
  const folder = new URL("examples/", root);
  const examples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  for (const name of ["README.md", "README.zh-CN.md"]) {
    const text = readFileSync(new URL(name, root), "utf8");
    const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code!);
    assert.ok(blocks.length > 5, name);
    for (const code of blocks) {
      assert.ok(
        examples.some((example) => example.includes(code)),
        `${name} shows code that is in no example:\n${code}`,
      );
    }
  }
});
