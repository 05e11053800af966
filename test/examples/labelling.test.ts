// Runs the example of docs/labelling.md, and holds the page's acts against those that the library knows.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LabelState } from "../../src/data/index.ts";
import { runExample } from "../support/example.ts";

const page = readFileSync(new URL("../../../docs/labelling.md", import.meta.url), "utf8");

test("examples/labelling.ts labels, undoes and exports", async () => {
  assert.equal(
    await runExample("labelling"),
    '10 pictures in disc, square; 0 without a label, 0 dropped\n{"disc":6,"square":4}\n',
  );
});

test("the journal that docs/labelling.md shows is one", () => {
  const [head, ...lines] = /```json\n([\s\S]*?)```/.exec(page)![1]!.trim().split("\n");
  assert.equal(head, '{"format":"fovea-labels","version":1}');
  const state = new LabelState();
  for (const line of lines) {
    const { n, ...act } = JSON.parse(line);
    state.apply({ n, act });
  }
  assert.deepEqual([state.classes([]), state.toRedo!.n], [["heron"], 2]);
});
