// The findings of a data check in Chinese: every kind, and every sentence on what was seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findingKinds } from "../../src/review/findings.ts";
import { reviewPictures } from "../../src/review/index.ts";
import { detailInChinese } from "../../studio/data/details.ts";
import { findingsInChinese } from "../../studio/data/findingTexts.ts";
import { writeFaulty } from "../support/faultyFolder.ts";
import { temporaryFolder } from "../support/studio.ts";

/** What decoders say stays in their words. */
const ofDecoders = new Set(["damaged", "unsupported"]);
/** Sentences that the folder of the test gives no occasion for. */
const others = [
  ["class-imbalance", "cat has 60, bird 12: 5.0 to 1", "cat 有 60 张，bird 有 12 张：5.0 比 1"],
  ["huge-picture", "6000 × 5000 pixels: 30.0 million", "6000 × 5000 像素：30.0 百万"],
  ["mixed-colour", "grey, as 1.5% of the set", "灰度，占全部的 1.5%"],
  [
    "brightness-by-class",
    "cat is darker than level 90: right in 99.0% of cases",
    "cat 暗于 90 级：99.0% 的情况下正确",
  ],
  [
    "brightness-by-part",
    "mean level 90 in val, 120 in train: 1.2 deviations apart",
    "val 的平均亮度 90 级，train 的 120 级：相差 1.2 个标准差",
  ],
  [
    "label-conflict",
    "in cat and dog; edges correlate by 0.97, mirrored",
    "在 cat and dog；边缘相关系数 0.97，镜像",
  ],
] as const;

test("numbers of the rules are those of the check", () => {
  for (const [id, { rule }] of Object.entries(findingKinds)) {
    const numbers = (text: string) => (text.match(/\d+(\.\d+)?/g) ?? []).map(Number);
    const said = numbers(findingsInChinese[id as keyof typeof findingKinds].rule);
    // Millions are counted in other units.
    if (!/million/.test(rule))
      for (const one of numbers(rule)) assert.ok(said.includes(one) || one === 1, `${id}: ${one}`);
  }
});

test("what was seen is said in Chinese", { timeout: 60_000 }, async () => {
  const root = `${temporaryFolder()}/photos`;
  writeFaulty(root);
  const { findings } = await reviewPictures(root, { threads: 0 });
  for (const { id, cases } of findings) {
    if (ofDecoders.has(id)) continue;
    for (const { detail } of cases) {
      const said = detailInChinese(id, detail);
      assert.match(said, /[\u4e00-\u9fff]|^.+: \d+$/, `${id}: ${detail}`);
    }
  }
  for (const [id, detail, said] of others) assert.equal(detailInChinese(id, detail), said);
});
