// Runs the example of docs/review.md, and holds the page's lines against what it prints.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/design.ts prints what its page says", { timeout: 60_000 }, async () => {
  const output = await runExample("design");
  const page = readFileSync(new URL("../../../docs/review.md", import.meta.url), "utf8");
  const [findings, rest] = output.split(/^0$/m);
  assert.ok(page.includes(findings!), findings);
  const [large, small] = rest!.trim().split("\n");
  assert.equal(large, "224 nothing");
  assert.match(small!, /^32 (map-smaller-than-kernel layer4\.[01]\.conv[12](, |$)){4}$/);
});
