// Runs the examples that the READMEs show, and holds the code of all documents against the examples.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

const root = new URL("../../../", import.meta.url);

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

test("the code of the documents is the examples'", () => {
  const folder = new URL("examples/", root);
  const examples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"));
  const pages = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md"));
  for (const name of ["README.md", "README.zh-CN.md", ...pages.map((page) => `docs/${page}`)]) {
    const text = readFileSync(new URL(name, root), "utf8");
    const blocks = Array.from(text.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code!);
    if (name.startsWith("README")) assert.ok(blocks.length > 5, name);
    for (const code of blocks) {
      assert.ok(
        examples.some((example) => example.includes(code)),
        `${name} shows code that is in no example:\n${code}`,
      );
    }
  }
});
