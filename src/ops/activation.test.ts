// That one file is enough: every activation is exported to users and known to the checks, and the guide shows the code as it is.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { registry } from "../check/index.ts";
import { nn } from "../index.ts";
import * as activations from "./activation.ts";

const root = new URL("../../../", import.meta.url);

test("every activation is in nn.functional and in the registry", () => {
  const known = registry();
  const functions: Readonly<Record<string, unknown>> = nn.functional;
  for (const [name, activation] of Object.entries(activations)) {
    assert.equal(functions[name], activation, name);
    assert.equal(activation.record.name, name);
    assert.equal(known.get(name), activation.record, name);
    assert.ok(activation.record.samples.length > 0, name);
  }
});

test("docs/contributing.md shows code as it stands", () => {
  const page = readFileSync(new URL("docs/contributing.md", root), "utf8");
  const source = readFileSync(new URL("src/ops/activation.ts", root), "utf8");
  const blocks = Array.from(page.matchAll(/^```typescript\n(.*?)^```$/gms), ([, code]) => code!);
  assert.ok(blocks.length > 0);
  for (const code of blocks) assert.ok(source.includes(code), code);
});
