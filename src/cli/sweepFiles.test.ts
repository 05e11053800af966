// The files of a sweep: what is written is read again, and what was damaged is told with the file.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { planTrials } from "../train/sweep/plan.ts";
import { range } from "../train/sweep/space.ts";
import { SweepFolder, type SweepSettings, type TrialResult } from "./sweepFiles.ts";

const project = mkdtempSync(path.join(tmpdir(), "fovea-sweep-"));
after(() => rmSync(project, { recursive: true }));

const settings: SweepSettings = {
  options: { data: "mnist" },
  space: { lr0: "1e-4..1e-1", optimizer: "sgd,adam" },
  search: "random",
  trials: 3,
  prune: "none",
};
const plan = planTrials({ lr0: range(1e-4, 1e-1), optimizer: ["sgd", "adam"] }, { trials: 3 });
const ended = { bestEpoch: 2, epochs: 3, seconds: 1.5, reason: "" };
const results: TrialResult[] = [
  { number: 1, state: "finished", values: plan[0]!.values, accuracy: 1 / 3, ...ended },
  {
    number: 2,
    state: "failed",
    values: plan[1]!.values,
    accuracy: null,
    ...ended,
    reason: 'a "NaN",\nat once',
  },
];

async function folderOf(name: string): Promise<SweepFolder> {
  const folder = await SweepFolder.create(project, name);
  await folder.saveSettings(settings);
  await folder.saveResults(Object.keys(settings.space), results);
  return folder;
}

describe("a sweep's folder", () => {
  it("gives back what was written, also to one who names a file in it", async () => {
    const { path: where } = await folderOf("whole");
    const folder = await SweepFolder.open(path.join(where, "trials.csv"));
    assert.equal(folder.path, where);
    assert.deepEqual(await folder.settings(), settings);
    assert.deepEqual(await folder.results(plan), results);
    assert.equal((await SweepFolder.create(project, "whole")).path, `${where}2`);
  });

  it("has no results before the first trial has ended", async () => {
    const folder = await SweepFolder.create(project, "new");
    assert.deepEqual(await folder.results(plan), []);
  });

  it("names the file that was damaged", async () => {
    const folder = await folderOf("damaged");
    const damage = (name: string, from: string | RegExp, to: string) =>
      writeFileSync(folder.file(name), readFileSync(folder.file(name), "utf8").replace(from, to));
    const other = planTrials({ lr0: range(1e-4, 1e-1), optimizer: ["sgd", "adam"] }, { trials: 3, seed: 1 });
    await assert.rejects(
      folder.results(other),
      /trials\.csv: line 2: trial 1 of sweep\.json has other values/,
    );
    damage("trials.csv", "1,finished", "1,won");
    await assert.rejects(
      folder.results(plan),
      /trials\.csv: line 2: there is no state "won"; known are finished, /,
    );
    damage("sweep.json", '"random"', '"maze"');
    await assert.rejects(folder.settings(), /sweep\.json: this is no sweep of format 1/);
    damage("sweep.json", "{", "");
    await assert.rejects(folder.settings(), /sweep\.json: this is no JSON object/);
  });
});
