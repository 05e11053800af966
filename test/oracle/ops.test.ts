// Every stored call of an op gives PyTorch's value, gradients and second derivatives, on every backend.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, withBackend } from "../../src/index.ts";
import { calls } from "./calls.ts";
import { type CaseRow, readStored, runCase } from "./harness.ts";

const files = ["ops.safetensors", "norm.safetensors"].map((file) =>
  readStored<{ torch: string; cases: readonly CaseRow[] }>(file),
);
const { torch } = files[0]!.index;
const cases = files.flatMap(({ index, tensors }) => index.cases.map((row) => ({ row, tensors })));
const byOp = new Map<string, typeof cases>();
for (const stored of cases) byOp.set(stored.row.op, [...(byOp.get(stored.row.op) ?? []), stored]);
const backends = { reference: createReferenceBackend(), wasm: createWasmBackend() };

for (const [backendName, backend] of Object.entries(backends)) {
  for (const [op, rows] of byOp) {
    test(`${op} on ${backendName}: ${rows.length} cases`, () => {
      const call = calls.get(op);
      assert.ok(call, `no call is known for ${op}`);
      const problems = withBackend(backend, () =>
        rows.flatMap(({ row, tensors }, i) => {
          const at = `${row.id} ${JSON.stringify(row.args ?? {})}${row.note ? ` (${row.note})` : ""}`;
          try {
            return runCase(row, tensors, call, i % 2 === 0).map((problem) => `${at}: ${problem}`);
          } catch (error) {
            return [`${at}: ${error}`];
          }
        }),
      );
      assert.equal(
        problems.length,
        0,
        `${problems.length} differences from PyTorch ${torch}\n${problems.join("\n")}`,
      );
    });
  }
}

test("there are enough cases", (t) => {
  const count = (key: "grads" | "second") => cases.filter(({ row }) => row[key]).length;
  t.diagnostic(
    `${cases.length} cases of ${byOp.size} ops, ${count("grads")} with gradients, ${count("second")} with second derivatives`,
  );
  assert.ok(cases.length >= 1100);
});
