// Mistakes with reviews and contact sheets.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { ArrayDataset } from "../../src/data/dataset.ts";
import { PictureDataset } from "../../src/data/pictureDataset.ts";
import { contactSheet, findLabelErrors, reviewPictures } from "../../src/review/index.ts";
import { Compose } from "../../src/transforms/index.ts";

const points = new ArrayDataset({ data: Float32Array.of(1, 2), sampleShape: [2], labels: [0] });
const samples = (classes: readonly string[]) =>
  new ArrayDataset({ data: new Uint8Array(2), sampleShape: [1, 1, 1], labels: [0, 0], classes });
const files = new PictureDataset({ pictures: [], classes: ["a"] });
const picture = { width: 1, height: 1, channels: 1, data: new Uint8Array(1) };
const none = new Compose([]);

/** What is said of a folder without classes, without the folder's name, which is another one each time. */
async function emptyFolder(): Promise<void> {
  const folder = mkdtempSync(`${tmpdir()}/fovea-errors-`);
  try {
    await reviewPictures(folder);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replaceAll(folder, "FOLDER");
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "no such folder": () => reviewPictures("/nowhere/photos"),
  "no classes": emptyFolder,
  "no set": () => reviewPictures({ test: samples(["a"]) } as never),
  "something else": () => reviewPictures({ train: [1, 2] } as never),
  "two kinds": () => reviewPictures({ train: samples(["a"]), test: files }),
  "other classes": () => reviewPictures({ train: samples(["a"]), test: samples(["b"]) }),
  "no pictures": () => reviewPictures(points),
  threads: () => reviewPictures(files, { threads: -1 }),
  "unknown option": () => reviewPictures(files, { nearby: true } as object),
  "sheet of nothing": () => contactSheet([], none),
  "sheet count": () => contactSheet([{ picture, index: 0 }], none, { count: 0 }),
  "sheet seed": () => contactSheet([{ picture, index: 0 }], none, { seed: 0.5 }),
  "sheet option": () => contactSheet([{ picture, index: 0 }], none, { rows: 3 } as object),
  "labels and probabilities differ in number": () => findLabelErrors([0.5, 0.5, 1], [0, 1]),
  "labels without samples": () => findLabelErrors([], []),
  "label that is no class": () => findLabelErrors([0.5, 0.5], [2]),
  "logits for probabilities": () => findLabelErrors([4.2, -1], [0]),
  "probability that is no number": () => findLabelErrors([Number.NaN, 1], [0]),
  "probabilities that do not sum to 1": () => findLabelErrors([0.5, 0.3], [0]),
  "way to choose labels": () => findLabelErrors([0.5, 0.5], [0], { prune: "classes" as never }),
  "option of label errors": () => findLabelErrors([0.5, 0.5], [0], { pruning: "both" } as object),
};
