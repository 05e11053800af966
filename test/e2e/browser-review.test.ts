// The page of a review in Chromium: it loads nothing, runs nothing, and shows names of files as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findingKinds } from "../../src/review/findings.ts";
import { reviewPage } from "../../src/review/page.ts";
import type { Review } from "../../src/review/review.ts";
import { checkOfflinePage } from "../support/offlinePage.ts";

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const evil = [
  "photos/cat/<img src=x onerror=document.title='hacked'>.png",
  "photos/cat/\"><script>document.title='hacked'</script>.png",
  "photos/cat/'&amp;.png",
];

const review: Review = {
  root: "photos",
  pictures: 40,
  readable: 39,
  parts: ["train", "test"],
  classes: [{ name: "<b>cat</b>", pictures: 40, byPart: { train: 30, test: 10 } }],
  sizes: { smallest: [8, 8], largest: [90, 60] },
  normalize: { mean: [0.5], std: [0.25] },
  findings: [
    {
      id: "damaged",
      ...findingKinds.damaged,
      count: 20,
      cases: Array.from({ length: 20 }, (_, i) => ({
        files: i === 0 ? [...evil, "photos/a", "photos/b"] : [`photos/${i}.png`],
        detail: "<script>document.title='hacked'</script>",
      })),
    },
  ],
  leftOut: ["<i>nothing</i>"],
};

test("the page of a review is inert, complete and bounded", { timeout: 60_000 }, async () => {
  const asked: string[] = [];
  const html = await reviewPage(review, {
    name: "<u>photos</u>",
    thumbnail: async (file) => {
      asked.push(file);
      return file.endsWith("b") ? null : pixel;
    },
  });
  assert.equal(asked.length, 4 + 11);
  await checkOfflinePage(html, "Review of <u>photos</u>", async (page) => {
    const captions = await page.locator("figcaption").allTextContents();
    assert.deepEqual(captions.slice(0, 4), [...evil.map((name) => name.slice("photos/".length)), "a"]);
    assert.equal(await page.locator("script, b, i, u").count(), 0);
    assert.equal(await page.locator("img").count(), 15);
    const text = await page.locator("body").innerText();
    for (const shown of ["and 8 more", "and 1 more", "1 unreadable", "8 × 8 to 90 × 60", "<b>cat</b>"]) {
      assert.ok(text.includes(shown), shown);
    }
  });
});
