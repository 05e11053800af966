// Which pictures the studio says were held back, and samples of public sets as bytes: the same as the library's own.
import assert from "node:assert/strict";
import path from "node:path";
import { after, test } from "node:test";
import "../../src/index.ts";
import { imageFolder } from "../../src/data/imageFolder.ts";
import type { KnownSet } from "../../src/studio/sets/places.ts";
import type { HeldOutAnswer } from "../../src/studio/shared/heldOut.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const home = temporaryFolder();
const project = path.join(home, "runs");
const drawn = path.join(home, "drawn");
const divided = path.join(home, "divided");
writeShapes(drawn, 20);
for (const part of ["train", "val"]) writeShapes(path.join(divided, part), 4);
writeFiles(project, {
  "classify/a/args.yaml": "data: drawn\n",
  "classify/b/args.yaml": `data: ${divided}\n`,
  "classify/c/args.yaml": "data: tiny\n",
});
const tiny: KnownSet = {
  ...{ name: "tiny", length: 5, shape: [1, 2, 3], classes: ["a", "b"] },
  splits: [
    { name: "train", from: 0, count: 3 },
    { name: "test", from: 3, count: 2 },
  ],
  load: async () => ({
    data: Uint8Array.from({ length: 30 }, (_, i) => i),
    labels: Int32Array.of(0, 1, 0, 1, 0),
  }),
};
const { studio, ask } = await openStudio(project, { sets: { folders: [], known: [tiny] } });
after(() => studio.close());

async function json<T>(address: string): Promise<T> {
  const { status, text } = await ask(address);
  assert.equal(status, 200, text);
  return JSON.parse(text) as T;
}

async function refusal(address: string): Promise<string> {
  const { status, text } = await ask(address);
  return `${status} ${(JSON.parse(text) as { error: string }).error}`;
}

/** Files and labels of an answer, by way of the set that it names. */
async function filesOf(held: HeldOutAnswer): Promise<(readonly [string, string])[]> {
  const { names } = await json<SetAnswer>(`/api/sets/${held.set}`);
  return held.indices.map((index, i) => [names[index]!, held.classes[held.labels[i]!]!]);
}

test("a folder without parts: the test part that imageFolder draws", async () => {
  const held = await json<HeldOutAnswer>("/api/held-out/auto/drawn");
  assert.deepEqual([held.part, held.chosenBy, held.shape], ["test", false, null]);
  const { test: own, root } = await imageFolder(drawn);
  assert.deepEqual(
    await filesOf(held),
    own!.files.map((file, i) => [path.relative(root, file), own!.classes[own!.labels[i]!]]),
  );
});

test("a folder with training and validation parts alone, by its path", async () => {
  const held = await json<HeldOutAnswer>(`/api/held-out/auto/${encodeURIComponent(divided)}`);
  assert.deepEqual([held.part, held.chosenBy, held.indices.length], ["val", true, 12]);
  assert.ok((await filesOf(held)).every(([file, label]) => file.startsWith(`val/${label}/`)));
  assert.match(
    await refusal(`/api/held-out/test/${encodeURIComponent(divided)}`),
    /^400 .* has no test part/,
  );
});

test("a public set: its test part, and its samples as bytes", async () => {
  const held = await json<HeldOutAnswer>("/api/held-out/auto/tiny");
  assert.deepEqual(held, {
    ...{ set: "tiny", part: "test", chosenBy: true, classes: ["a", "b"] },
    ...{ indices: [3, 4], labels: [1, 0], shape: [1, 2, 3] },
  });
  const { status, text } = await ask("/api/sets/tiny/samples/3/2");
  assert.equal(status, 200);
  assert.deepEqual(
    [...text].map((letter) => letter.charCodeAt(0)),
    [18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29],
  );
});

test("what is not there is refused in words", async () => {
  assert.match(await refusal("/api/held-out/auto/nowhere"), /^404 the studio has no set nowhere/);
  assert.match(await refusal("/api/held-out/auto/..%2F..%2Fetc"), /^404 /);
  assert.match(await refusal("/api/held-out/all/tiny"), /^400 known parts are auto, val, test/);
  assert.match(await refusal("/api/held-out/val/tiny"), /^400 tiny has test pictures alone/);
  assert.match(await refusal("/api/sets/tiny/samples/4/2"), /^404 /);
  assert.match(await refusal("/api/sets/tiny/samples/0/5000"), /^400 1 to 1024 samples/);
  const held = await json<HeldOutAnswer>("/api/held-out/auto/drawn");
  assert.match(await refusal(`/api/sets/${held.set}/samples/0/1`), /^409 /);
});
