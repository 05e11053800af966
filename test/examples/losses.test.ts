// Runs the example of docs/losses.md, and holds the page's plots against what draws them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { draw } from "../../scripts/plots/losses.ts";
import { runExample } from "../support/example.ts";

test("examples/losses.ts prints what its comments say", async () => {
  assert.deepEqual((await runExample("losses")).trim().split("\n"), [
    "1.99 1.04",
    "0.3069",
    "0.3069",
    "0.5413 0.3069",
    "1.0986",
    "203.0486",
    "103.0486",
    "Sigmoid BCEWithLogitsLoss true",
    "25.0150",
    "2.3825",
    "2.6000",
  ]);
});

test("docs/losses.md shows every plot, as npm run plots draws it", () => {
  const docs = new URL("../../../docs/", import.meta.url);
  const page = readFileSync(new URL("losses.md", docs), "utf8");
  for (const [name, svg] of draw()) {
    assert.ok(page.includes(`plots/${name}`), name);
    assert.equal(readFileSync(new URL(`plots/${name}`, docs), "utf8"), svg, name);
  }
});
