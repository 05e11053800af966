import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { type Fault, writeClean, writeFaulty } from "../../test/support/faultyFolder.ts";
import { photo } from "../../test/support/photos.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { imageFolder } from "../data/imageFolder.ts";
import { type FindingId, findingKinds } from "./findings.ts";
import { type Review, reviewPictures } from "./review.ts";

const roots: string[] = [];
function emptyRoot(): string {
  const root = mkdtempSync(path.join(tmpdir(), "fovea-review-"));
  roots.push(root);
  return root;
}
after(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

const idsOf = (review: Review): Partial<Record<FindingId, number>> =>
  Object.fromEntries(review.findings.map(({ id, count }) => [id, count]));

describe("a folder with forty faults", () => {
  let root = "";
  let faults: Fault[] = [];
  let review: Review;
  before(async () => {
    root = emptyRoot();
    faults = writeFaulty(root);
    review = await reviewPictures(root, { threads: 2 });
  });

  it("shows each of them in the finding where it belongs", () => {
    assert.equal(faults.length, 40);
    for (const { id, file, detail } of faults) {
      const finding = review.findings.find((found) => found.id === id);
      const isCase = finding?.cases.some(
        (found) =>
          (file === undefined || found.files.includes(path.join(root, file))) &&
          (detail === undefined || found.detail.includes(detail)),
      );
      assert.ok(isCase, `${id}: ${file ?? detail} was not found`);
    }
  });

  it("shows nothing else", () => {
    const expected: Partial<Record<FindingId, number>> = {};
    for (const { id } of faults) expected[id] = (expected[id] ?? 0) + 1;
    assert.deepEqual(idsOf(review), Object.fromEntries(review.findings.map(({ id }) => [id, expected[id]])));
  });

  it("says how copies were made", () => {
    const detailOf = (id: FindingId, file: string) =>
      review.findings
        .find((found) => found.id === id)!
        .cases.find(({ files }) => files.includes(path.join(root, file)))!.detail;
    assert.equal(detailOf("duplicate", "train/cat/a1.jpg"), "equal files");
    assert.equal(detailOf("duplicate", "train/dog/a3.png"), "equal pixels");
    assert.match(
      detailOf("near-duplicate", "train/cat/b5.jpg"),
      /^edges correlate by (0\.9\d|1\.00), turned by 90°$/,
    );
    assert.match(detailOf("near-duplicate", "train/dog/b7.jpg"), /, mirrored$/);
    assert.match(detailOf("label-conflict", "train/dog/d1.jpg"), /^in cat and dog; equal files$/);
    assert.match(detailOf("leakage", "test/dog/e3.png"), /^in train and test; edges/);
  });

  it("is the same with any number of threads, and as data sets", async () => {
    assert.deepEqual(await reviewPictures(root, { threads: 0 }), review);
    const exact = await reviewPictures(root, { threads: 1, near: false });
    assert.equal(idsOf(exact)["near-duplicate"], undefined);
    assert.deepEqual(
      [idsOf(exact).duplicate, idsOf(exact)["label-conflict"], idsOf(exact).leakage],
      [2, 1, 1],
    );
    assert.deepEqual(exact.leftOut, ["nearly equal pictures: turned off"]);
  });
});

describe("a clean folder", () => {
  it("of 300 pictures raises no alarm, and says what Normalize needs", async () => {
    const root = emptyRoot();
    writeClean(root, ["cat", "dog", "fox"], 50);
    const seen: number[] = [];
    const review = await reviewPictures(root, { threads: 2, onProgress: ({ done }) => seen.push(done) });
    assert.deepEqual(review.findings, []);
    assert.deepEqual([review.pictures, review.readable, review.parts], [300, 300, ["train", "val", "test"]]);
    assert.deepEqual(review.classes[2], {
      name: "fox",
      pictures: 100,
      byPart: { train: 50, val: 25, test: 25 },
    });
    assert.deepEqual(review.sizes, { smallest: [96, 72], largest: [96, 72] });
    assert.deepEqual(
      seen,
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    for (const mean of review.normalize!.mean) assert.ok(mean > 0.4 && mean < 0.6, `${mean}`);
    for (const std of review.normalize!.std) assert.ok(std > 0.1 && std < 0.35, `${std}`);
    const { train, val } = await imageFolder(root);
    const parts = await reviewPictures({ train: train.slice(0, 10), val: val.slice(0, 10) }, { threads: 0 });
    assert.deepEqual([parts.root, parts.pictures, parts.parts], [null, 20, ["train", "val"]]);
  });
});

/** A set of pictures `[channels, 32, 32]`, made by number. */
function setOf(
  labels: readonly number[],
  pixel: (sample: number, channel: number, at: number) => number,
  classes: readonly string[] = ["a", "b"],
  channels = 3,
): ArrayDataset {
  const data = new Uint8Array(labels.length * channels * 1024);
  for (let i = 0; i < data.length; i++) {
    const sample = Math.floor(i / (channels * 1024));
    data[i] = pixel(sample, Math.floor(i / 1024) % channels, i % 1024);
  }
  return new ArrayDataset({ data, sampleShape: [channels, 32, 32], labels, classes });
}

/** Pixels of a picture that looks like no other. */
function scene(sample: number, channel: number, at: number): number {
  return pictures(sample).data[3 * at + channel]!;
}
const known = new Map<number, ReturnType<typeof photo>>();
function pictures(sample: number): ReturnType<typeof photo> {
  const found = known.get(sample) ?? photo(100_000 + sample, 32, 32);
  known.set(sample, found);
  return found;
}

const alternating = (count: number): number[] => Array.from({ length: count }, (_, i) => i % 2);

describe("samples in memory", () => {
  it("are clean where nothing is wrong", async () => {
    const review = await reviewPictures({ train: setOf(alternating(80), scene) });
    assert.deepEqual(review.findings, []);
    assert.match(review.leftOut[0]!, /compared byte by byte only/);
    assert.deepEqual(review.parts, ["train"]);
  });

  it("are compared across classes and parts", async () => {
    const train = setOf(alternating(40), (i, c, at) => scene(i === 3 ? 0 : i === 6 ? 4 : i, c, at));
    const test = setOf(alternating(40), (i, c, at) => scene(i === 7 ? 10 : 40 + i, c, at));
    const { findings } = await reviewPictures({ train, test });
    assert.deepEqual(
      findings.map(({ id, cases }) => [id, cases.map(({ files }) => files)]),
      [
        [
          "label-conflict",
          [
            ["train 0", "train 3"],
            ["train 10", "test 7"],
          ],
        ],
        ["leakage", [["train 10", "test 7"]]],
        ["duplicate", [["train 4", "train 6"]]],
      ],
    );
  });

  it("show classes of other sizes, and few pictures", async () => {
    const labels = Array.from({ length: 60 }, (_, i) => (i < 52 ? 0 : 1));
    const train = setOf(labels, scene);
    const test = setOf([0, 0], (i, c, at) => scene(70 + i, c, at));
    const { findings } = await reviewPictures({ train, test });
    assert.deepEqual(
      findings.map(({ id, cases }) => [id, cases[0]!.detail]),
      [
        ["class-missing-in-part", "b: none in test, 8 in train"],
        ["class-imbalance", "a has 52, b 8: 6.5 to 1"],
        ["tiny-class", "b: 8"],
      ],
    );
  });

  it("show classes and parts that brightness gives away", async () => {
    const light = (label: number, value: number) => 0.4 * value + (label === 1 ? 120 : 10);
    const told = await reviewPictures(setOf(alternating(60), (i, c, at) => light(i % 2, scene(i, c, at))));
    assert.deepEqual(idsOf(told), { "brightness-by-class": 2 });
    assert.match(
      told.findings[0]!.cases[1]!.detail,
      /^b is brighter than level \d+: right in 100\.0% of cases$/,
    );
    const train = setOf(alternating(60), (i, c, at) => 0.6 * scene(i, c, at));
    const test = setOf(alternating(40), (i, c, at) => 0.6 * scene(100 + i, c, at) + 60);
    const moved = await reviewPictures({ train, test });
    assert.deepEqual(idsOf(moved), { "brightness-by-part": 1 });
    assert.match(
      moved.findings[0]!.cases[0]!.detail,
      /^mean level \d+ in test, \d+ in train: \d+\.\d deviations apart$/,
    );
  });

  it("show the rarer of grey and coloured pictures", async () => {
    const few = await reviewPictures(setOf(alternating(40), (i, c, at) => scene(i, i < 3 ? 0 : c, at)));
    assert.deepEqual(
      few.findings[0]!.cases.map(({ files }) => files[0]),
      ["sample 0", "sample 1", "sample 2"],
    );
    assert.deepEqual(idsOf(few), { "mixed-colour": 3 });
    const grey = await reviewPictures(setOf(alternating(40), (i, _, at) => scene(i, 0, at), ["a", "b"], 1));
    assert.deepEqual([grey.findings, grey.normalize!.mean.length], [[], 1]);
  });
});

describe("the list of findings", () => {
  it("is that of docs/data-check.md", () => {
    const text = readFileSync(new URL("../../../docs/data-check.md", import.meta.url), "utf8");
    const rows = Array.from(
      text.matchAll(/^\| `([a-z-]+)` \| (error|warning|note) \| (.*?) \|/gm),
      ([, id, severity, rule]) => [id, severity, rule],
    );
    assert.deepEqual(
      rows,
      Object.entries(findingKinds).map(([id, { severity, rule }]) => [id, severity, rule]),
    );
  });

  it("goes from errors to notes", () => {
    const order = ["error", "warning", "note"];
    const weights = Object.values(findingKinds).map(({ severity }) => order.indexOf(severity));
    assert.deepEqual(weights, [...weights].sort());
  });
});
