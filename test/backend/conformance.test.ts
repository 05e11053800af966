// Every backend gives what the unfused reference gives, for every op of the registry.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend } from "../../src/index.ts";
import { runConformance } from "./conformance.ts";

const counts = [
  runConformance("reference", createReferenceBackend),
  runConformance("wasm", () => createWasmBackend({ threads: 1 })),
  runConformance("wasm, 2 threads, strict", () => createWasmBackend({ threads: 2, relaxed: false })),
];

test("the suite covers the registry", (t) => {
  const total = counts.reduce((a, b) => a + b, 0);
  t.diagnostic(`${total} cases`);
  assert.ok(total > 600);
});
