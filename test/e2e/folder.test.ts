// From a folder of pictures to a classifier and its answers, on the command line.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { shapePicture, shapes, writeShapes } from "../support/pictureFolder.ts";
import { emptyFolder, fovea, type Outcome } from "./cli.ts";

const cwd = emptyFolder();
const json = (file: string) => JSON.parse(readFileSync(path.join(cwd, file), "utf8"));
const options = "model=lenet5 imgsz=28 batch=16 lr0=0.003 lrf=0.05".split(" ");

describe("a folder with classes right under it", () => {
  let first: Outcome;

  before(async () => {
    writeShapes(path.join(cwd, "shapes"), 60);
    const broken = path.join(cwd, "shapes", "disc");
    writeFileSync(path.join(broken, "cut.png"), shapePicture("disc", 900).subarray(0, 90));
    writeFileSync(path.join(broken, "empty.jpg"), "");
    writeFileSync(path.join(broken, "page.png"), "<html>");
    mkdirSync(path.join(cwd, "shapes", ".ipynb_checkpoints"));
    writeFileSync(path.join(cwd, "shapes", ".ipynb_checkpoints", "a.png"), shapePicture("disc", 1));
    first = await fovea(["train", "data=shapes", ...options, "epochs=8"], { cwd });
  });

  it("is divided, trained on, and tested with pictures that were held back", () => {
    assert.equal(first.code, 0, first.err);
    const lines = first.out.split("\n");
    assert.match(
      lines[0]!,
      /^lenet5 \(\d[\d,]+ parameters\) on shapes \(146 \+ 18 pictures\), wasm, 8 epochs/,
    );
    assert.match(first.out, /\ntest accuracy \d+\.\d\d% with the best weights {2}validation: best /);
    const summary = json("runs/classify/train/summary.json");
    assert.ok(summary.testAccuracy > 0.8, `${summary.testAccuracy}`);
    assert.equal(summary.unreadablePictures, 3);
  });

  it("names what can't be read, and goes on", () => {
    const named = first.err.trim().split("\n").sort();
    assert.equal(named.length, 3);
    assert.match(named[0]!, /^left out: shapes\/disc\/cut\.png: PNG: .*cut short/);
    assert.match(named[1]!, /^left out: shapes\/disc\/empty\.jpg: the file is empty/);
    assert.match(named[2]!, /^left out: shapes\/disc\/page\.png: .*SVG or HTML/);
  });

  it("gives the same weights for any number of threads that read", async () => {
    const run = async (workers: number) => {
      const name = `w${workers}`;
      const { code } = await fovea(
        ["train", "data=shapes", ...options, "epochs=1", `workers=${workers}`, `name=${name}`],
        { cwd },
      );
      assert.equal(code, 0);
      return readFileSync(path.join(cwd, `runs/classify/${name}/weights/last.safetensors`));
    };
    const [none, two] = [await run(0), await run(2)];
    assert.ok(none.equals(two));
  });

  it("goes on after Ctrl-C as if nothing had happened", async () => {
    const args = ["train", "data=shapes", ...options, "epochs=3", "augment=strong"];
    await fovea([...args, "name=whole"], { cwd });
    let interrupted = false;
    const stopped = await fovea([...args, "name=stopped"], {
      cwd,
      onOutput: (out, child) => {
        if (interrupted || !out.includes("epoch 1/3")) return;
        interrupted = true; // a second signal would end it at once
        child.kill("SIGINT");
      },
    });
    assert.equal(stopped.code, 130, stopped.err);
    const resumed = await fovea(["train", "resume=runs/classify/stopped", "workers=1"], { cwd });
    assert.equal(resumed.code, 0, resumed.err);
    const weights = (name: string) =>
      readFileSync(path.join(cwd, `runs/classify/${name}/weights/last.safetensors`));
    assert.ok(weights("stopped").equals(weights("whole")));
  });

  it("is measured again by val, with the same test pictures", async () => {
    const { code, out } = await fovea(["val", "runs/classify/train", "--json"], { cwd });
    const { top1, samples, classes } = JSON.parse(out);
    assert.deepEqual(
      [code, top1, classes],
      [0, json("runs/classify/train/summary.json").testAccuracy, [...shapes]],
    );
    const valid = await fovea(["val", "runs/classify/train", "split=val", "--json"], { cwd });
    assert.equal(JSON.parse(valid.out).top1, json("runs/classify/train/summary.json").bestAccuracy);
    assert.ok(samples >= 17 && samples <= 19);
  });

  it("predicts new pictures: files and whole folders", async () => {
    writeShapes(path.join(cwd, "new"), 4, 5000);
    const { code, out } = await fovea(["predict", "runs/classify/train", "new", "--json"], { cwd });
    const { results } = JSON.parse(out) as { results: { file: string; top: { class: string }[] }[] };
    assert.equal(code, 0);
    assert.equal(results.length, 12);
    const right = results.filter(({ file, top }) => file.split(path.sep)[1] === top[0]!.class).length;
    assert.ok(right >= 9, `${right} of 12`);
  });
});

describe("a folder with parts", () => {
  it("takes the parts as they are, whatever files are called", async () => {
    const root = path.join(cwd, "parts");
    writeShapes(path.join(root, "train"), 12);
    writeShapes(path.join(root, "validation"), 3, 100);
    const { code, out, err } = await fovea(["train", "data=parts", ...options, "epochs=1", "augment=light"], {
      cwd,
    });
    assert.equal(code, 0, err);
    assert.match(out, /on parts \(36 \+ 9 pictures\)/);
    assert.match(out, /\ntest accuracy/);
  });

  it("refuses what would train on something else than is meant", async () => {
    const refused = async (folder: string, message: RegExp, ...more: string[]) => {
      const { code, err } = await fovea(["train", `data=${folder}`, ...options, ...more], { cwd });
      assert.match(err, message);
      assert.ok(code === 1 || code === 2);
    };
    mkdirSync(path.join(cwd, "parts/train/zebra"));
    await refused("parts", /parts\/train\/zebra: this class has no picture\. Add some, or remove the folder/);
    rmSync(path.join(cwd, "parts/train/zebra"), { recursive: true });
    writeShapes(path.join(cwd, "parts/validation/more"), 1);
    await refused("parts", /the class "more" is in val and not in train/);
    await refused("shapes/disc", /no class in this folder\. Put the pictures of each class into a folder/);
    await refused("nowhere/at/all", /nowhere\/at\/all: there is no such folder/);
    await refused("shaps", /unknown data set "shaps"; .* A folder of that name is not here either/);
    await refused(
      "shapes",
      /augment has no choice "standart"; did you mean "standard"\?/,
      "augment=standart",
    );
    await refused("shapes", /mixup and cutmix exclude each other/, "mixup=0.2", "cutmix=1");
    writeFileSync(path.join(cwd, "bad.json"), '{"name":"RandomFlip"}');
    await refused("shapes", /bad\.json: fromJSON: there is no transform "RandomFlip"/, "augment=bad.json");
  });

  it("takes transforms of one's own from a file", async () => {
    writeFileSync(
      path.join(cwd, "own.json"),
      JSON.stringify({ name: "Compose", transforms: [{ name: "RandomVerticalFlip", p: 0.5 }] }),
    );
    const { code, err } = await fovea(
      ["train", "data=shapes", ...options, "epochs=1", "augment=own.json", "mixup=0.2", "channels=1"],
      { cwd },
    );
    assert.equal(code, 0, err);
  });
});

describe("a folder with a table", () => {
  it("takes labels from metadata.jsonl", async () => {
    const root = path.join(cwd, "table");
    writeShapes(path.join(root, "pictures"), 10);
    const rows = shapes.flatMap((label) =>
      Array.from({ length: 10 }, (_, i) =>
        JSON.stringify({ file_name: `pictures/${label}/${i}.png`, label }),
      ),
    );
    writeFileSync(path.join(root, "metadata.jsonl"), `${rows.join("\n")}\n`);
    const { code, out, err } = await fovea(["train", "data=table", ...options, "epochs=1"], { cwd });
    assert.equal(code, 0, err);
    assert.match(out, /on table \(24 \+ 3 pictures\)/);
    writeFileSync(
      path.join(root, "metadata.jsonl"),
      `${rows.join("\n")}\n{"file_name":"gone.png","label":"disc"}\n`,
    );
    const gone = await fovea(["train", "data=table", ...options], { cwd });
    assert.match(gone.err, /metadata\.jsonl: line 31: there is no file "gone\.png"/);
  });
});
