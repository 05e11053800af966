import assert from "node:assert/strict";
import { it } from "node:test";
import { csvLabels } from "../data/labelTable.ts";
import { findLabelErrors } from "./labelErrors.ts";
import { labelReport, suspectTable } from "./labelReport.ts";

/** Four samples of a data set of six: the first and the last could not be read. Number 3 is labelled cat and looks like a dog. */
const labels = [0, 0, 0, 1];
const found = findLabelErrors([0.9, 0.1, 0, 0.8, 0.2, 0, 0.1, 0.9, 0, 0.2, 0.8, 0], labels);
const report = labelReport(found, {
  classes: ["cat", "dog", "cow"],
  labels,
  indices: [1, 2, 3, 4],
  names: ["a", "b", "c", 'd, "e"\n.png', "f", "g"],
});

it("a report has the names of pictures and classes, and keeps the figures", () => {
  assert.deepEqual(
    report.suspects.map(({ score, ...rest }) => rest),
    [{ name: 'd, "e"\n.png', index: 3, given: "cat", suggested: "dog" }],
  );
  assert.deepEqual(report.classes, [
    { name: "cat", labels: 3, noiseRate: found.noiseRates[0], mostOften: "dog" },
    { name: "dog", labels: 1, noiseRate: 0, mostOften: null },
    { name: "cow", labels: 0, noiseRate: null, mostOften: null },
  ]);
  assert.equal(report.joint, found.joint);
  assert.equal(JSON.parse(JSON.stringify(report)).pictures, 4);
});

it("its table is read by csvLabels, whatever is in the names", () => {
  const [row, ...more] = csvLabels(suspectTable(report));
  assert.deepEqual(more, []);
  assert.deepEqual([row!.file, row!.label], ['d, "e"\n.png', "cat"]);
  assert.match(suspectTable(report), /^file_name,label,suggested,score\n/);
});
