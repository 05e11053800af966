// Labels of a journal as commands see them: `fovea data export`, `fovea data check` and `fovea train`.
import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { LabelJournal } from "../../src/data/index.ts";
import { shapes, writeShapes } from "../support/pictureFolder.ts";
import { fovea } from "./cli.ts";

describe("a folder whose labels stand in its journal", () => {
  let cwd = "";

  const run = (args: string) => fovea(args.split(" "), { cwd });

  before(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), "fovea-labelling-"));
    writeShapes(path.join(cwd, "made"), 20);
    const flat = path.join(cwd, "photos");
    mkdirSync(flat);
    const journal = await LabelJournal.open(flat);
    for (const shape of shapes) {
      const names = readdirSync(path.join(cwd, "made", shape)).map((name) => `${shape}-${name}`);
      for (const name of names)
        renameSync(path.join(cwd, "made", shape, name.slice(shape.length + 1)), path.join(flat, name));
      await journal.add([{ act: "label", class: shape, pictures: names }]);
    }
    await journal.add([
      { act: "drop", pictures: ["disc-0.png"] },
      { act: "unlabel", pictures: ["disc-1.png"] },
    ]);
    await journal.close();
  });
  after(() => rmSync(cwd, { recursive: true, force: true }));

  it("is trained on, and validated", async () => {
    const trained = await run("train data=photos model=lenet5 epochs=1 imgsz=32 batch=16 --json");
    assert.equal(trained.code, 0, trained.err);
    const start = JSON.parse(
      readFileSync(path.join(cwd, "runs/classify/train/events.jsonl"), "utf8").split("\n")[0]!,
    );
    assert.deepEqual(start.classes, [...shapes]);
    assert.equal(
      start.trainSamples + start.valSamples,
      58 - 6,
      "two are left out, and six are kept for the test",
    );
    const valued = await run("val runs/classify/train data=photos split=val --json");
    assert.equal(valued.code, 0, valued.err);
  });

  it("is predicted from a list, line by line", async () => {
    writeFileSync(path.join(cwd, "list.txt"), "photos/disc-1.png\n\nphotos/gone.png\nphotos/square-0.png\n");
    const { code, out } = await run("predict runs/classify/train from=list.txt top=1 --json --lines");
    assert.equal(code, 0);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ file }) => file),
      ["photos/disc-1.png", "photos/gone.png", "photos/square-0.png"],
    );
    assert.ok(shapes.includes(lines[0].top[0].class) && lines[0].top.length === 1);
    assert.match(lines[1].error, /gone\.png can't be read: there is no such file/);
  });

  it("is checked", async () => {
    const { out } = await run("data check photos --json");
    assert.deepEqual(JSON.parse(out).pictures, 58);
  });

  it("is exported, and then has the same classes without a journal", async () => {
    const { code, out } = await run("data export photos to=by-class");
    assert.equal(code, 0);
    assert.equal(
      out,
      "disc     18\nsquare   20\nstripes  20\n58 pictures are in by-class; left out: 1 without a label, 1 dropped\n",
    );
    assert.deepEqual(readdirSync(path.join(cwd, "by-class")), [...shapes]);
    const again = await run("data export photos to=by-class");
    assert.deepEqual([again.code, /by-class is there already/.test(again.err)], [2, true]);
    const json = await run("data export photos to=by-class --exist-ok --json");
    assert.equal(JSON.parse(json.out).pictures, 58);
    assert.equal((await run("data export photos")).code, 2);
    assert.equal((await run("data export to=x")).code, 2);
  });
});
