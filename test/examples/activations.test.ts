// Runs the example of docs/activations.md, and holds the page's plots against what draws them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { draw } from "../../scripts/plots/activations.ts";
import { runExample } from "../support/example.ts";

const docs = new URL("../../../docs/", import.meta.url);

test("examples/activations.ts prints what its comments say", async () => {
  assert.deepEqual((await runExample("activations")).trim().split("\n"), [
    "[ -0.5, -0.125, 0, 1 ]",
    "[ 0.25, 0.25, 0.25, 1 ]",
    "[ 2, 3 ]",
    "sigmoid 5e-6",
    "relu 4e-1",
    "0.659,0.242,0.099",
    "1.000",
  ]);
});

test("docs/activations.md shows every plot, as npm run plots draws it", () => {
  const page = readFileSync(new URL("activations.md", docs), "utf8");
  for (const [name, svg] of draw()) {
    assert.ok(page.includes(`plots/${name}`), name);
    assert.equal(readFileSync(new URL(`plots/${name}`, docs), "utf8"), svg, name);
  }
});
