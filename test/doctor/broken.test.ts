// The doctor at its patients: each broken run gets its finding by name. Runs on real digits, each of a second or less.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { findingsOf, shown, useOneThread } from "./findings.ts";
import { broken } from "./runs.ts";

before(useOneThread);

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
