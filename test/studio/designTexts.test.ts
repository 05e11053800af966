// The findings of a review in Chinese: every rule has its texts, and no rule that there is none of.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../../src/index.ts";
import { designRules } from "../../src/design/index.ts";
import { designInChinese } from "../../studio/model/designTexts.ts";

test("every rule of the review has a title, a reason and a remedy in Chinese", () => {
  assert.deepEqual(Object.keys(designInChinese).sort(), designRules.map(({ id }) => id).sort());
  for (const texts of Object.values(designInChinese)) {
    for (const text of Object.values(texts)) assert.match(text, /[\u4e00-\u9fff]/);
  }
});
