// Runs the example of docs/weights.md.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/weights.ts writes and reads weights in four formats", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-weights-"));
  try {
    assert.deepEqual((await runExample("weights", folder)).trim().split("\n"), [
      "conv1.weight: BF16 [6, 1, 5, 5]",
      "conv1.bias: BF16 [6]",
      "6 values as float32",
      "lenet.pt: the same values",
      "lenet.pdparams: the same values",
      "lenet.npz: the same values",
      "10 tensors of npz",
    ]);
    assert.deepEqual(readdirSync(folder).sort(), [
      "half.safetensors",
      "lenet.npz",
      "lenet.pdparams",
      "lenet.pt",
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
