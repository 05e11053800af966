// Recipes that are as they should be: the doctor says nothing of any of them.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { findingsOf, shown, useOneThread } from "./findings.ts";
import { healthy } from "./runs.ts";

before(useOneThread);

describe("healthy recipes hear nothing", () => {
  for (const recipe of healthy) {
    it(recipe.what, async () => {
      assert.equal(shown(await findingsOf(recipe)), "");
    });
  }
});
