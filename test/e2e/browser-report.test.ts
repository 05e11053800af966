// The report of a run in Chromium: it loads nothing, runs nothing, and shows names of classes and files as they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reportPage } from "../../src/report/page.ts";
import type { RunReport } from "../../src/report/report.ts";
import { checkOfflinePage } from "../support/offlinePage.ts";

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
const evil = "<img src=x onerror=document.title='hacked'>";
const classes = [
  evil,
  '"><script>document.title="hacked"</script>',
  "猫",
  "a long name of a class that goes on and on",
];

const run: RunReport = {
  name: "<u>run</u>",
  model: "lenet",
  data: "<i>photos</i>",
  epochs: [1, 2, 3].map((epoch) => ({
    epoch,
    trainLoss: 2 / epoch,
    valLoss: epoch === 2 ? Number.NaN : 3 / epoch,
    top1: 0.3 * epoch,
    top5: 1,
    lr: 0.001,
  })),
  measured: {
    weights: "the last weights, of epoch 3",
    pictures: `the 40 test pictures of ${evil}`,
    chosenBy: true,
    samples: 40,
    top1: 0.9,
    top5: 1,
    loss: 0.25,
    classes,
    confusion: [10, 0, 0, 0, 1, 9, 0, 0, 0, 0, 8, 2, 0, 0, 1, 9],
    mistakes: [pixel, null].map((picture, i) => ({
      name: `${evil}/${i}.png`,
      picture,
      truth: classes[i]!,
      predicted: classes[i + 1]!,
      probability: 0.97,
      trueProbability: 0.0012,
      loss: 6.7,
    })),
  },
  confusionPicture: null,
  filters: { layer: "conv1.weight", shape: [6, 1, 5, 5], picture: pixel, width: 23 },
  findings: [
    {
      id: "dead-relus",
      severity: "warning",
      title: `Many ${evil}`,
      layer: evil,
      evidence: evil,
      why: evil,
      fix: evil,
      docs: "docs/doctor.md#dead-relus",
      epoch: 1,
      step: 25,
      automatic: null,
      healed: null,
    },
  ],
  settings: [["augment", evil]],
  environment: [["node", "v20"]],
};

test("the report of a run is inert, complete and fits a telephone", { timeout: 60_000 }, async () => {
  const html = reportPage(run);
  await checkOfflinePage(html, "<u>run</u>: lenet on <i>photos</i>", async (page) => {
    assert.equal(await page.locator("script, u, i").count(), 0);
    assert.equal(await page.locator("img").count(), 2);
    const text = await page.locator("body").innerText();
    for (const shown of [
      "90.00%",
      "4 of 40",
      ...classes,
      "97%",
      "0.12%",
      "no picture",
      "conv1.weight",
      "88.9%",
    ]) {
      assert.ok(text.includes(shown), shown);
    }
    assert.equal(await page.locator("table.matrix td").count(), 16);
    assert.equal(await page.locator("table.matrix td.wrong").count(), 3);
    assert.equal(await page.locator("svg").count(), 3);
    assert.equal(await page.locator("circle").count(), 3 + 2 + 3 + 3);
  });
});

test("a report of many classes, no mistakes and no epochs stays whole", () => {
  const many = Array.from({ length: 200 }, (_, i) => `class ${i}`);
  const confusion = new Int32Array(200 * 200);
  for (let i = 0; i < 200; i++) confusion[i * 201] = 3;
  const measured = { ...run.measured, classes: many, confusion, mistakes: [], top1: 1 };
  const page = reportPage({
    ...run,
    measured,
    epochs: [],
    confusionPicture: pixel,
    filters: null,
    environment: [],
  });
  for (const text of ["There are none.", "and 100 more", 'alt="Confusion matrix"'])
    assert.ok(page.includes(text), text);
  for (const text of ["How it went", "First layer", "Commonest", "Where it ran", "NaN"]) {
    assert.ok(!page.includes(text), text);
  }
});
