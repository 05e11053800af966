// `fovea data labels` as a person uses it.
import assert from "node:assert/strict";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { dataLabels } from "../../src/cli/dataLabels.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { labelText } from "../../src/cli/labelView.ts";
import { parseArguments } from "../../src/cli/options.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { csvLabels } from "../../src/data/index.ts";
import type { LabelReport } from "../../src/review/index.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { emptyFolder, fovea } from "./cli.ts";

const quick = [
  "model=lenet5",
  "imgsz=28",
  "augment=none",
  "epochs=30",
  "folds=3",
  "batch=16",
  "lr0=0.003",
  "workers=0",
];
const cache = emptyFolder();

/** A folder `photos` of three shapes, in which one disc lies among the squares. */
function photos(): string {
  const cwd = emptyFolder();
  writeShapes(path.join(cwd, "photos"), 20);
  renameSync(path.join(cwd, "photos/disc/3.png"), path.join(cwd, "photos/square/disc3.png"));
  return cwd;
}

describe("fovea data labels", () => {
  it("gives examples that are accepted as typed", () => {
    for (const example of dataLabels.examples) {
      const [program, group, name, ...args] = example.split(" ");
      assert.deepEqual([program, `${group} ${name}`], ["fovea", dataLabels.name]);
      assert.equal(parseArguments(args, dataLabels.options).operands.length, 1);
    }
    for (const line of commandHelp(dataLabels).split("\n")) assert.ok(line.length <= 100, line);
  });

  it("finds a picture in the wrong folder, writes files, and replaces them only where it may", async () => {
    const cwd = photos();
    writeFileSync(path.join(cwd, "photos/disc/broken.png"), "no picture");
    const { code, out, err } = await fovea(["data", "labels", "photos/", ...quick], { cwd });
    assert.equal(code, 0, err);
    assert.match(err, /^left out: photos\/disc\/broken\.png: .*\n$/);
    assert.match(
      out,
      /^fold 1 of 3 {2}\d+\.\d% of \d+ pictures as they are labelled {2}\d:\d\d\nfold 2 of 3 .*\nfold 3 of 3 .*\n\npicture +given +suggested +score\n/,
    );
    assert.match(out, /\nsquare\/disc3\.png +square +disc +[01]\.\d{3}\n/);
    assert.match(out, /\nlabelled as +pictures +wrong +most often really\ndisc +19 /);
    assert.match(out, /\nprobably wrong: \d of 60 labels; estimated noise \d\.\d%\n/);
    assert.match(out, /\nwritten: label-errors\/label-errors\.json, .*\.csv, .*\.html\n$/);

    const read = (name: string) => readFileSync(path.join(cwd, "label-errors", name), "utf8");
    const report = JSON.parse(read("label-errors.json")) as LabelReport & { accuracy: number; model: string };
    assert.deepEqual([report.model, report.pictures, report.classes.length], ["lenet5", 60, 3]);
    const suspect = report.suspects.find(({ name }) => name === "photos/square/disc3.png");
    assert.deepEqual([suspect?.given, suspect?.suggested], ["square", "disc"]);
    const rows = csvLabels(read("label-errors.csv"));
    assert.deepEqual(
      rows.map(({ file, label }) => [file, label]),
      report.suspects.map(({ name, given }) => [name, given]),
    );
    assert.match(read("label-errors.html"), /<img src="data:image\/png;base64,/);

    const again = await fovea(["data", "labels", "photos", ...quick], { cwd });
    assert.deepEqual([again.code, again.out], [2, ""]);
    assert.match(again.err, /label-errors\.json is there already; give out=<folder>, or exist-ok/);
    const replaced = await fovea(["data", "labels", "photos", ...quick, "epochs=1", "--exist-ok", "--json"], {
      cwd,
    });
    assert.equal(replaced.code, 0, replaced.err);
    const told = JSON.parse(replaced.out) as LabelReport & { files: string[] };
    assert.equal(told.files.length, 3);
    assert.deepEqual({ ...told, files: 0 }, { ...JSON.parse(read("label-errors.json")), files: 0 });
  });

  it("takes public sets, whose pictures it calls by part and number", async () => {
    const cwd = emptyFolder();
    const args = "data labels mnist limit=60 folds=2 epochs=1 out=found --json".split(" ");
    const { code, out, err } = await fovea(args, { cwd, env: { XDG_CACHE_HOME: cache } });
    assert.deepEqual([code, err], [0, ""]);
    const { pictures, suspects } = JSON.parse(out) as LabelReport;
    assert.equal(pictures, 120);
    for (const { name, index } of suspects) {
      assert.equal(name, index < 60 ? `train ${index}` : `test ${index - 60}`);
    }
  });

  it("stops at Ctrl-C, and writes nothing then", async () => {
    const cwd = photos();
    let sent = false;
    const { code } = await fovea(["data", "labels", "photos", ...quick, "epochs=40"], {
      cwd,
      onOutput: (out, child) => {
        if (!sent && out.includes("fold 1")) sent = child.kill("SIGINT");
      },
    });
    assert.equal(code, 130);
    assert.ok(!existsSync(path.join(cwd, "label-errors")));
  });

  const mistakes: readonly (readonly [string, RegExp])[] = [
    ["data labels", /data labels takes one folder or data set; got 0\. Example: fovea data labels photos/],
    ["data labels mnits", /unknown data set "mnits"; did you mean "mnist"\?/],
    ["data labels mnist model=lennet", /unknown model "lennet"; did you mean "lenet"\?/],
    ["data labels mnist folds=1", /folds must be a whole number of at least 2; got "1"/],
    ["data labels mnist by=noise", /by has no choice "noise"/],
  ];
  for (const [line, message] of mistakes) {
    it(`fovea ${line}`, async () => {
      const { code, out, err } = await fovea(line.split(" "), { env: { XDG_CACHE_HOME: cache } });
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, message);
    });
  }
});

describe("label errors on a terminal", () => {
  const terminal: Terminal = {
    isLive: true,
    hasColour: false,
    hasUnicode: true,
    columns: 80,
    write: () => {},
  };
  const report: LabelReport = {
    thresholds: [0.5],
    confidentJoint: [],
    joint: [],
    noiseMatrix: [],
    noiseRate: 0.5,
    pictures: 50,
    classes: [{ name: "cat", labels: 50, noiseRate: 0.5, mostOften: "dog" }],
    suspects: Array.from({ length: 25 }, (_, index) => ({
      name: `photos/\u001b[31m${index}.png`,
      index,
      given: "cat",
      suggested: "dog",
      score: 0.75,
    })),
  };

  it("are cut to a screenful, and can't steer it", () => {
    const text = labelText(report, { root: "photos", accuracy: 0.9 }, terminal);
    assert.match(text, /\n… and 5 more\n/);
    assert.ok(!text.includes("\u001b") && !text.includes("photos/"));
    const piped = labelText(report, { root: "photos", accuracy: 0.9 }, { ...terminal, isLive: false });
    assert.ok(piped.includes("24.png") && !piped.includes("more"));
  });

  it("come with a caution where the networks know too little", () => {
    const texts = [0.3, 0.9].map((accuracy) => labelText(report, { root: null, accuracy }, terminal));
    assert.match(texts[0]!, /The networks agree with only 30\.0% of the labels/);
    assert.ok(!texts[1]!.includes("The networks agree"));
  });
});
