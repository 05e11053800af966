// `fovea data check` and `fovea data show` as a person uses them.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";
import { dataCheck } from "../../src/cli/dataCheck.ts";
import { dataShow } from "../../src/cli/dataShow.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { parseArguments } from "../../src/cli/options.ts";
import { ReviewProgressView } from "../../src/cli/reviewView.ts";
import type { Terminal } from "../../src/cli/terminal.ts";
import { imageFolder, pictureStatistics } from "../../src/data/index.ts";
import { decodeImage } from "../../src/picture/image.ts";
import type { Picture } from "../../src/picture/picture.ts";
import type { Review } from "../../src/review/review.ts";
import { augmentation, Compose, fromJSON, Letterbox, RGB, sampleRandom } from "../../src/transforms/index.ts";
import { writeClean } from "../support/faultyFolder.ts";
import { cropped, jpegFile, photo } from "../support/photos.ts";
import { emptyFolder, fovea } from "./cli.ts";

/** A folder `photos` of two classes with enough pictures of each, in a folder of its own. */
function photos(): string {
  const cwd = emptyFolder();
  writeClean(path.join(cwd, "photos"), ["cat", "dog"], 12);
  return cwd;
}

const cache = emptyFolder();

describe("fovea data check", () => {
  it("gives examples that are accepted as typed", () => {
    for (const command of [dataCheck, dataShow]) {
      for (const example of command.examples) {
        const [program, group, name, ...args] = example.split(" ");
        assert.deepEqual([program, `${group} ${name}`], ["fovea", command.name]);
        assert.equal(parseArguments(args, command.options).operands.length, 1);
      }
      for (const line of commandHelp(command).split("\n")) assert.ok(line.length <= 100, line);
    }
  });

  it("ends with 0 where nothing is wrong", async () => {
    const cwd = photos();
    const { code, out, err } = await fovea(["data", "check", "photos"], { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^photos: 48 pictures in 2 classes \(train 24, val 12, test 12\), 96×72 pixels\n\nFor Normalize: mean \[0\.\d{4}, .*\]\n\nno errors, no warnings, no notes in 48 pictures; 0:\d\d\n$/,
    );
  });

  it("names errors first, ends with 1, and writes a page where it is asked for", async () => {
    const cwd = photos();
    const file = (name: string) => path.join(cwd, "photos", name);
    writeFileSync(file("train/cat/empty.png"), "");
    writeFileSync(file("train/dog/wrong.jpg"), readFileSync(file("train/cat/1.jpg")));
    writeFileSync(file("train/dog/again.jpg"), readFileSync(file("train/dog/1.jpg")));
    writeFileSync(file("train/dog/\u001b[31mred.txt"), "");
    const { code, out, err } = await fovea(
      ["data", "check", "photos/", "report=pages/review.html", "threads=1"],
      { cwd },
    );
    assert.deepEqual([code, err], [1, ""]);
    const heads = Array.from(
      out.matchAll(/^(error|warning|note) .* \((.*)\): (\d+)$/gm),
      ([, ...rest]) => rest,
    );
    assert.deepEqual(heads, [
      ["error", "empty-file", "1"],
      ["error", "label-conflict", "1"],
      ["warning", "duplicate", "1"],
      ["note", "not-a-picture", "1"],
    ]);
    assert.match(out, /\n {2}train\/cat\/empty\.png: the file is empty\n/);
    assert.match(out, /\n {2}train\/cat\/1\.jpg, train\/dog\/wrong\.jpg: in cat and dog; equal files\n/);
    assert.ok(!out.includes("\u001b"), "a name steers the terminal");
    assert.match(
      out,
      /\n2 errors, 1 warning, 1 note in 51 pictures; 0:\d\d\nThe page is pages\/review\.html\n$/,
    );
    const page = readFileSync(path.join(cwd, "pages/review.html"), "utf8");
    assert.equal(page.match(/<img src="data:image\/jpeg;base64,/g)?.length, 4);
    assert.ok(page.length < 100_000);
  });

  it("gives one object with --json", async () => {
    const cwd = photos();
    writeFileSync(path.join(cwd, "photos/val/cat/.hidden"), "");
    const { code, out } = await fovea(["data", "check", "photos", "--json", "--exact-only"], { cwd });
    assert.equal(code, 0);
    const review = JSON.parse(out) as Review;
    assert.deepEqual([review.root, review.pictures, review.parts.length], ["photos", 48, 3]);
    assert.deepEqual(review.findings[0]!.cases, [{ files: ["photos/val/cat/.hidden"], detail: "hidden" }]);
    assert.deepEqual(review.leftOut, ["nearly equal pictures: turned off"]);
  });

  it("takes public sets", async () => {
    const { code, out } = await fovea(["data", "check", "mnist"], { env: { XDG_CACHE_HOME: cache } });
    assert.equal(code, 0);
    assert.match(out, /^mnist: 70,000 pictures in 10 classes \(train 60,000, test 10,000\), 28×28 pixels\n/);
    assert.match(
      out,
      /mean \[0\.1307\], std \[0\.3081\]\nLeft out: nearly equal pictures: samples in memory/,
    );
  });

  const mistakes: readonly (readonly [string, number, RegExp])[] = [
    ["data check", 2, /data check takes one folder or data set; got 0\. Example: fovea data check photos/],
    [
      "data check mnits",
      2,
      /unknown data set "mnits"; did you mean "mnist"\?\. A folder of that name is not here/,
    ],
    ["data check ./nowhere", 1, /\.\/nowhere: there is no such folder/],
    [
      "data check mnist reprot=x",
      2,
      /data check takes one folder or data set; got 2|did you mean "report"\?/,
    ],
    ["data show", 2, /data show takes one folder or data set; got 0/],
    ["data show mnist out=sheet.jpg", 2, /out is a \.png file; got "sheet\.jpg"/],
    ["data show mnist augment=stong", 2, /augment has no choice "stong"; did you mean "strong"\?/],
    ["data show mnist count=0", 2, /count must be a whole number of at least 1; got "0"/],
  ];
  for (const [line, exit, message] of mistakes) {
    it(`fovea ${line}`, async () => {
      const { code, out, err } = await fovea(line.split(" "), { env: { XDG_CACHE_HOME: cache } });
      assert.deepEqual([code, out], [exit, ""]);
      assert.match(err, message);
    });
  }
});

describe("fovea data show", () => {
  /** The tile of a sheet in a row and a column; column 0 is the picture as it is. */
  function tile(sheet: Picture, row: number, column: number, size: number): Picture {
    const left = column === 0 ? 4 : 4 + size + 12 + (column - 1) * (size + 4);
    return cropped(sheet, left, 4 + row * (size + 4), size, size);
  }

  it("draws what training sees, a row for each class first", async () => {
    const cwd = photos();
    const args = "data show photos rows=3 count=4 imgsz=32 seed=5 epoch=2 out=sheets/a.png".split(" ");
    const { code, out, err } = await fovea(args, { cwd });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(
      out,
      /^row 1 {2}cat {2}number 0 {2}photos\/train\/cat\/0\.png\nrow 2 {2}dog {2}number 12 {2}photos\/train\/dog\/0\.png\nrow 3 {2}cat {2}number 1 {2}photos\/train\/cat\/1\.jpg\n/,
    );
    assert.match(
      out,
      /The sheet is sheets\/a\.png: 4 draws with augment=standard, seed 5, from epoch 2 on\n$/,
    );
    const sheet = await decodeImage(readFileSync(path.join(cwd, "sheets/a.png")));
    const sized = [new RGB(), new Letterbox([32, 32])];
    const { train } = await imageFolder(path.join(cwd, "photos"));
    const fill = (await pictureStatistics(train, new Compose(sized))).mean.map((value) =>
      Math.round(255 * value),
    );
    const pipeline = new Compose([...sized, ...augmentation("standard", [32, 32], { fill })]);
    const picture = await decodeImage(readFileSync(path.join(cwd, "photos/train/dog/0.png")));
    for (let k = 0; k < 4; k++) {
      const expected = pipeline.forward(picture, sampleRandom(5, 2 + k, 12));
      assert.deepEqual(tile(sheet, 1, k + 1, 32).data, expected.data, `draw ${k}`);
    }
    assert.notDeepEqual(tile(sheet, 1, 1, 32).data, tile(sheet, 1, 2, 32).data);
  });

  it("takes a file of transforms and public sets", async () => {
    const cwd = emptyFolder();
    const json = { name: "Compose", transforms: [{ name: "RandomInvert", p: 1 }] };
    writeFileSync(path.join(cwd, "invert.json"), JSON.stringify(json));
    assert.ok(fromJSON(json));
    const args = "data show mnist augment=invert.json rows=2 count=1 out=a.png --json".split(" ");
    const { code, out } = await fovea(args, { cwd, env: { XDG_CACHE_HOME: cache } });
    assert.equal(code, 0);
    const { rows, size } = JSON.parse(out) as { rows: object[]; size: number };
    assert.deepEqual(
      [rows, size],
      [
        [
          { index: 1, class: "0" },
          { index: 3, class: "1" },
        ],
        28,
      ],
    );
    const sheet = await decodeImage(readFileSync(path.join(cwd, "a.png")));
    const [plain, inverted] = [tile(sheet, 0, 0, 28), tile(sheet, 0, 1, 28)];
    assert.ok(plain.data.some((value) => value > 200));
    assert.deepEqual(
      inverted.data,
      plain.data.map((value) => 255 - value),
    );
  });

  it("fails on a picture that can't be read, by its name", async () => {
    const cwd = emptyFolder();
    mkdirSync(path.join(cwd, "photos/cat"), { recursive: true });
    writeFileSync(path.join(cwd, "photos/cat/a.jpg"), jpegFile(photo(1)).subarray(0, 900));
    const { code, err } = await fovea(["data", "show", "photos"], { cwd });
    assert.equal(code, 1);
    assert.match(err, /photos\/cat\/a\.jpg: JPEG: /);
  });
});

describe("the progress of a review", () => {
  it("fits its line into the terminal, and takes it away", () => {
    const out: Terminal & { text: string } = {
      isLive: true,
      hasColour: false,
      hasUnicode: true,
      columns: 60,
      text: "",
      write(text) {
        this.text += text;
      },
    };
    let now = 0;
    const view = new ReviewProgressView(out, { now: () => now });
    now = 1000;
    view.show({ done: 500, total: 2000 });
    assert.equal(out.text, "\r\u001b[K━━━━━━──────────────────  500 of 2,000 pictures  0:03 left");
    view.show({ done: 501, total: 2000 });
    view.clear();
    assert.ok(out.text.endsWith("left\r\u001b[K") && !out.text.includes("501"));
  });
});
