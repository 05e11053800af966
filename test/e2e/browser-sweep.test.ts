// The page of a sweep in Chromium: it loads nothing, runs nothing, and shows names as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type SweepReport, sweepPage } from "../../src/report/sweepPage.ts";
import { checkOfflinePage } from "../support/offlinePage.ts";

const evil = "<img src=x onerror=document.title='hacked'>";

const report: SweepReport = {
  name: "<u>sweep</u>",
  subject: "lenet on <i>photos</i>",
  best: { accuracy: "90.00%", trial: "trial 1" },
  counts: "3 trials: 2 finished, 1 failed.",
  command: `fovea train data=photos augment='${evil}' ${"lr0=0.01 ".repeat(30)}`,
  chart: {
    title: "accuracy",
    axes: [
      { name: "lr0", low: 1e-4, high: 1e-1, scale: "log" },
      { name: "augment", choices: ["light", evil] },
    ],
    score: "accuracy",
    lines: [
      { values: [0.01, evil], score: 0.9, label: `trial 1, augment ${evil}` },
      { values: [0.001, "light"], score: 0.5, label: "trial 2" },
      { values: [0.1, "light"], score: null, label: "trial 3" },
    ],
  },
  table: { head: ["trial", "accuracy", "augment"], rows: [["1", "90.00%", evil]] },
  mattered: { head: ["what mattered", "spread"], rows: [["lr0", "12.34"]], note: "By groups." },
};

test("the page of a sweep is inert, complete and fits a telephone", { timeout: 60_000 }, async () => {
  const colours = new Set<string>();
  await checkOfflinePage(sweepPage(report), "<u>sweep</u>: lenet on <i>photos</i>", async (page) => {
    assert.equal(await page.locator("script, u, i, img").count(), 0);
    const text = await page.locator("body").innerText();
    for (const shown of ["90.00%", "trial 1", "2 finished", evil, "12.34", "By groups.", "fovea train"]) {
      assert.ok(text.includes(shown), shown);
    }
    assert.equal(await page.locator("svg .trial").count(), 3);
    const best = "getComputedStyle(document.querySelector('svg .best')).stroke";
    colours.add((await page.evaluate(best)) as string);
  });
  assert.equal(colours.size, 2, "the best line has one colour for light and dark");
});

test("the page of a sweep in which nothing was finished says so", () => {
  const page = sweepPage({
    ...report,
    best: null,
    chart: { ...report.chart, lines: [] },
    mattered: { ...report.mattered, rows: [] },
  });
  assert.ok(page.includes("No trial has come to an accuracy."));
  for (const text of ["Train with", "What mattered", "NaN"]) assert.ok(!page.includes(text), text);
});
