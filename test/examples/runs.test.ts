// Runs the example of docs/runs.md.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { runExample } from "../support/example.ts";

test("examples/events.ts writes an event file", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-events-"));
  try {
    assert.equal(await runExample("events", folder), `50 steps are in ${folder}\n`);
    const [name, ...more] = readdirSync(folder);
    assert.match(name!, /^events\.out\.tfevents\.\d{10}\.mylab$/);
    assert.equal(more.length, 0);
    const bytes = readFileSync(path.join(folder, name!));
    for (const tag of ["first digit", "train/loss", "val/loss", "weights/fc2.bias"]) {
      assert.ok(bytes.includes(tag), tag);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
