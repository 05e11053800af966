// The doctor at its patients: broken runs get their finding by name, healthy ones hear nothing. Runs on real digits, each of a second or so.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunFinding } from "../../src/doctor/index.ts";
import { broken, healthy, type Recipe, start } from "./runs.ts";

/** What the doctor says of a run. */
async function findingsOf(recipe: Recipe): Promise<readonly RunFinding[]> {
  const run = await start(recipe);
  try {
    for await (const _ of run);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "NonFiniteError") throw error;
  }
  return run.doctor.findings;
}

const shown = (findings: readonly RunFinding[]) =>
  findings.map(({ id, layer, evidence }) => `${id} ${layer}: ${evidence}`).join("\n");

describe("broken runs get their finding", () => {
  for (const recipe of broken) {
    it(recipe.what, async () => {
      const findings = await findingsOf(recipe);
      const [id, layer] = recipe.finds!;
      assert.ok(
        findings.some((found) => found.id === id && (layer === undefined || found.layer === layer)),
        `expected ${id}${layer === undefined ? "" : ` at ${layer}`}; got\n${shown(findings)}`,
      );
    });
  }
});

describe("healthy recipes hear nothing", () => {
  for (const recipe of healthy) {
    it(recipe.what, async () => {
      assert.equal(shown(await findingsOf(recipe)), "");
    });
  }
});
