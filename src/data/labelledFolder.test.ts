import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { FormatError, OptionError } from "../base/errors.ts";
import "../index.ts";
import { exportLabels } from "./exportLabels.ts";
import { imageFolder } from "./imageFolder.ts";
import { LabelJournal, type NewAct } from "./labels/index.ts";
import { listPictures } from "./pictureListing.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "fovea-labelled-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Makes files that count as pictures by their names; each holds its own path. */
function put(root: string, ...names: string[]): void {
  for (const name of names) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), name);
  }
}

async function act(root: string, ...acts: NewAct[]): Promise<void> {
  const journal = await LabelJournal.open(root);
  await journal.add(acts);
  await journal.close();
}

/** The paths of a folder's pictures by class. */
async function byClass(root: string): Promise<Record<string, string[]>> {
  const { classes, pictures } = await listPictures(root);
  return Object.fromEntries(
    classes.map((name, i) => [
      name,
      pictures.filter(({ label }) => label === i).map(({ file }) => file.slice(root.length + 1)),
    ]),
  );
}

test("class folders with their journal: relabelled, dropped, unlabelled and new pictures", async () => {
  put(folder, "cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "dog/2.png", "new.png", "other.png");
  assert.deepEqual((await listPictures(folder)).unlabelled.length, 2, "new ones are outside of training");
  await act(
    folder,
    { act: "label", class: "dog", pictures: ["cat/1.png", "new.png"] },
    { act: "drop", pictures: ["cat/2.png"] },
    { act: "unlabel", pictures: ["dog/1.png"] },
    { act: "label", class: "dog", pictures: ["gone.png"] },
  );
  assert.deepEqual(await byClass(folder), { cat: ["cat/3.png"], dog: ["cat/1.png", "dog/2.png", "new.png"] });
  const { unlabelled, dropped, skipped } = await listPictures(folder);
  assert.deepEqual(unlabelled, [`${folder}/dog/1.png`, `${folder}/other.png`]);
  assert.deepEqual(dropped, [`${folder}/cat/2.png`]);
  assert.deepEqual(skipped, [{ path: `${folder}/other.png`, reason: "beside the classes" }]);
  const { train, val, test: held } = await imageFolder(folder, { val: 0, test: 0 });
  assert.deepEqual([train.length, val.length, held!.length], [4, 0, 0]);
});

test("a flat folder becomes a set by its labels alone", async () => {
  put(folder, "a.png", "b.png", "c.png", "notes.txt");
  await assert.rejects(listPictures(folder), /no class in this folder/);
  const bare = await listPictures(folder, { isClassless: true });
  assert.deepEqual([bare.classes, bare.pictures.length, bare.unlabelled.length], [[], 0, 3]);
  await act(
    folder,
    { act: "label", class: "left", pictures: ["a.png"] },
    { act: "label", class: "right", pictures: ["b.png"] },
  );
  assert.deepEqual(await byClass(folder), { left: ["a.png"], right: ["b.png"] });
});

test("classes without pictures are errors as empty folders are", async () => {
  put(folder, "cat/1.png", "dog/1.png");
  mkdirSync(path.join(folder, "cow"));
  await assert.rejects(imageFolder(folder), /cow: this class has no picture/);
  await act(folder, { act: "label", class: "cow", pictures: ["cat/1.png"] });
  await assert.rejects(
    imageFolder(folder),
    (e: Error) => e instanceof FormatError && /cat: this class has no picture/.test(e.message),
  );
  await act(folder, { act: "remove", class: "cat" }, { act: "class", class: "bird" });
  await assert.rejects(imageFolder(folder), /bird: this class has no picture/);
  await act(folder, { act: "undo" });
  assert.deepEqual(await byClass(folder), { cow: ["cat/1.png"], dog: ["dog/1.png"] });
  await imageFolder(folder);
});

test("parts keep their pictures, and what lies beside them is trained on", async () => {
  put(
    folder,
    "train/cat/1.png",
    "train/dog/1.png",
    "val/cat/2.png",
    "val/dog/2.png",
    "test/dog/3.png",
    "new.png",
    "val/new.png",
  );
  await act(
    folder,
    { act: "label", class: "dog", pictures: ["val/cat/2.png", "new.png"] },
    { act: "label", class: "cat", pictures: ["val/new.png"] },
    { act: "rename", class: "dog", to: "hound" },
  );
  const { parts, classes, strangers } = await listPictures(folder);
  assert.deepEqual(classes, ["cat", "hound"]);
  assert.deepEqual(strangers, []);
  const of = (part: "train" | "val" | "test") =>
    parts!.get(part)!.map(({ file, label }) => `${file.slice(folder.length + 1)} ${classes[label]}`);
  assert.deepEqual(of("train"), ["train/cat/1.png cat", "train/dog/1.png hound", "new.png hound"]);
  assert.deepEqual(of("val"), ["val/cat/2.png hound", "val/dog/2.png hound", "val/new.png cat"]);
  assert.deepEqual(of("test"), ["test/dog/3.png hound"]);
});

test("a table's labels are overlaid too", async () => {
  put(folder, "a.png", "b.png", "c.png");
  writeFileSync(path.join(folder, "labels.csv"), "file_name,label\na.png,cat\nb.png,dog\n");
  assert.deepEqual((await listPictures(folder)).unlabelled, [`${folder}/c.png`]);
  await act(
    folder,
    { act: "label", class: "dog", pictures: ["a.png"] },
    { act: "label", class: "cat", pictures: ["c.png"] },
  );
  assert.deepEqual(await byClass(folder), { cat: ["c.png"], dog: ["a.png", "b.png"] });
});

test("labels are exported as copies in class folders", async () => {
  const [from, to] = [path.join(folder, "from"), path.join(folder, "to")];
  put(from, "cat/1.png", "cat/2.png", "dog/1.png", "dog/1-2.png", "new.png");
  await act(
    from,
    { act: "label", class: "dog", pictures: ["cat/1.png"] },
    { act: "label", class: "cow", pictures: ["new.png"] },
    { act: "drop", pictures: ["dog/1-2.png"] },
  );
  const exported = await exportLabels(from, { to });
  assert.deepEqual(exported, {
    to,
    pictures: 4,
    classes: { cat: 1, cow: 1, dog: 2 },
    unlabelled: 0,
    dropped: 1,
  });
  assert.deepEqual(await byClass(to), {
    cat: ["cat/2.png"],
    cow: ["cow/new.png"],
    dog: ["dog/1-2.png", "dog/1.png"],
  });
  assert.equal(readFileSync(path.join(to, "dog/1-2.png"), "utf8"), "dog/1.png");
  await assert.rejects(
    exportLabels(from, { to }),
    (e: Error) => e instanceof OptionError && /is there already/.test(e.message),
  );
  writeFileSync(path.join(to, "dog/1.png"), "old");
  await exportLabels(from, { to, existOk: true });
  assert.equal(readFileSync(path.join(to, "dog/1.png"), "utf8"), "cat/1.png");
  for (const place of [from, path.join(from, "cat/out"), folder]) {
    await assert.rejects(exportLabels(from, { to: place }), /one lies in the other/);
  }
  assert.equal(existsSync(path.join(from, "cat/1.png")), true);
});

test("an export that fails leaves nothing", async () => {
  const [from, to] = [path.join(folder, "from"), path.join(folder, "to")];
  put(from, "cat/1.png", "dog/1.png");
  await assert.rejects(
    exportLabels(from, { to, onProgress: () => rmSync(path.join(from, "dog/1.png"), { force: true }) }),
  );
  assert.deepEqual(readdirSync(folder), ["from"]);
});
