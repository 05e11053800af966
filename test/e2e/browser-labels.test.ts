// The page of label errors in Chromium: it loads nothing, runs nothing, and shows names as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LabelReport, labelPage } from "../../src/review/index.ts";
import { checkOfflinePage } from "../support/offlinePage.ts";

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const evil = "photos/<b>cat</b>/\"><script>document.title='hacked'</script>.png";

const report: LabelReport = {
  thresholds: [0.9, 0.8, null],
  confidentJoint: [],
  joint: [],
  noiseMatrix: [],
  noiseRate: 0.125,
  pictures: 2000,
  classes: [
    { name: "<b>cat</b>", labels: 1200, noiseRate: 0.2, mostOften: "dog" },
    { name: "dog", labels: 800, noiseRate: 0, mostOften: null },
    { name: "cow", labels: 0, noiseRate: null, mostOften: null },
  ],
  suspects: Array.from({ length: 230 }, (_, i) => ({
    name: i === 0 ? evil : `photos/dog/${i}.png`,
    index: i,
    given: "<b>cat</b>",
    suggested: "dog",
    score: 0.9,
  })),
};

test("the page of label errors is inert, complete and bounded", { timeout: 60_000 }, async () => {
  const asked: string[] = [];
  const html = await labelPage(report, {
    name: "<u>photos</u>",
    root: "photos",
    thumbnail: async (name) => {
      asked.push(name);
      return name.endsWith("/1.png") ? null : pixel;
    },
  });
  assert.equal(asked.length, 200);
  await checkOfflinePage(html, "Labels of <u>photos</u>", async (page) => {
    assert.equal(await page.locator("figcaption").first().textContent(), evil.slice("photos/".length));
    assert.equal(await page.locator("script, b, u").count(), 0);
    assert.equal(await page.locator("img").count(), 199);
    const text = await page.locator("body").innerText();
    for (const shown of [
      "Probably wrong: 230 of 2,000 labels; estimated noise 12.5%.",
      "and 30 more",
      "<b>cat</b> → dog, 0.90",
      "20.0%",
      "no pictures",
    ]) {
      assert.ok(text.includes(shown), shown);
    }
  });
});

test("the page of faultless labels says so", async () => {
  const html = await labelPage(
    { ...report, suspects: [] },
    { name: "a", root: null, thumbnail: async () => null },
  );
  assert.match(html, /No label looks wrong\./);
  assert.ok(!html.includes("Suspects"));
});
