// Runs the example of docs/doctor.md, and holds the page's lines and its list of rules against the code.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { mnist } from "../../src/data/index.ts";
import { runRules } from "../../src/doctor/index.ts";
import { runExample } from "../support/example.ts";

const page = readFileSync(new URL("../../../docs/doctor.md", import.meta.url), "utf8");

const noDigits = await mnist({ train: false }).then(
  () => false,
  ({ message }: Error) => message,
);

test("examples/doctor.ts is healed of a rate that is far too high", {
  timeout: 120_000,
  skip: noDigits,
}, async () => {
  const output = await runExample("doctor");
  assert.match(output, /^rate-too-high: a step changes the typical weight by \d+% of itself with SGD/m);
  assert.match(output, /^again with a rate of 0\.60$/m);
  assert.ok(Number(/epoch 4: ([\d.]+)%/.exec(output)![1]) > 70, output);
});

test("docs/doctor.md tells every rule as it is", () => {
  const headings = Array.from(page.matchAll(/^### (.+)$/gm), ([, id]) => id);
  assert.deepEqual(
    headings,
    runRules.map(({ id }) => id),
  );
  for (const { id, title, severity, rule, why, fix } of runRules) {
    assert.ok(page.includes(`**${title}** (${severity}). ${rule[0]!.toUpperCase()}${rule.slice(1)}.`), id);
    assert.ok(page.includes(why) && page.includes(`→ ${fix}`), id);
  }
});
