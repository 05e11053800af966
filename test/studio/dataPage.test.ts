// What the page Data asks of the server: the check of a set, and augmentation as training does it.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { openAugmentation } from "../../src/cli/augmenter.ts";
import { knownSets } from "../../src/cli/knownSets.ts";
import { trainingData } from "../../src/cli/trainingData.ts";
import { imageFolder } from "../../src/data/imageFolder.ts";
import { DataLoader } from "../../src/data/loader.ts";
import type { PictureDataset } from "../../src/data/pictureDataset.ts";
import { decodeImage } from "../../src/picture/image.ts";
import { toPlanes } from "../../src/picture/planes.ts";
import type { AugmentAnswer } from "../../src/studio/shared/augment.ts";
import type { CheckAnswer, CheckResult } from "../../src/studio/shared/check.ts";
import type { SetAnswer, SetParts, SetSummary } from "../../src/studio/shared/sets.ts";
import { jpegFile, photo, pngFile } from "../support/photos.ts";
import { writeShapes } from "../support/pictureFolder.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const root = temporaryFolder();
const [photos, flat] = [path.join(root, "photos"), path.join(root, "flat")];
let open: OpenStudio;
const ids = new Map<string, string>();

before(async () => {
  writeShapes(photos, 12);
  const twin = pngFile(photo(1));
  writeFiles(root, {
    "photos/disc/cut.png": twin.subarray(0, 500),
    "photos/disc/twin.png": twin,
    "photos/square/twin.png": twin,
    "photos/notes.png": pngFile(photo(2)),
    "flat/a.jpg": jpegFile(photo(3)),
    "flat/b.jpg": jpegFile(photo(3)),
  });
  open = await openStudio(path.join(root, "runs"), {
    sets: { folders: [photos, flat], known: knownSets() },
    augment: openAugmentation,
  });
  for (const { name, id } of await get<SetSummary[]>("/api/sets")) ids.set(name, id);
});
after(() => open.studio.close());

async function get<T>(where: string): Promise<T> {
  const { status, text } = await open.ask(where);
  assert.equal(status, 200, text);
  return JSON.parse(text) as T;
}

function post(where: string, body: object) {
  const headers = { ...open.own, "Content-Type": "application/json" };
  return open.ask(where, { method: "POST", headers, body: JSON.stringify(body) });
}

/** The result of a check from its start to its end. */
async function checked(id: string): Promise<CheckResult> {
  const started = await post(`/api/check/${id}`, { action: "start" });
  assert.equal(started.status, 200, started.text);
  for (;;) {
    const answer = await get<CheckAnswer>(`/api/check/${id}`);
    if (answer.status === "done") return answer.result;
    assert.equal(answer.status, "running", JSON.stringify(answer));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test("a check says what is wrong, with the numbers of the pictures", { timeout: 60_000 }, async () => {
  const id = ids.get("photos")!;
  assert.deepEqual(await get<CheckAnswer>(`/api/check/${id}`), { status: "none" });
  const { findings, pictures, readable } = await checked(id);
  assert.deepEqual([pictures, readable], [39, 38]);
  const { names } = await get<SetAnswer>(`/api/sets/${id}`);
  const named = (kind: string) =>
    findings
      .find((finding) => finding.id === kind)
      ?.cases.map((one) => one.pictures.map((index) => names[index]));
  assert.deepEqual(named("damaged"), [["disc/cut.png"]]);
  assert.deepEqual(named("label-conflict"), [["disc/twin.png", "square/twin.png"]]);
  assert.deepEqual(named("beside-classes"), [["notes.png"]]);
  // It is kept as long as the folder stays the same.
  assert.equal((await get<CheckAnswer>(`/api/check/${id}`)).status, "done");
  writeFiles(photos, { "disc/new.png": pngFile(photo(4)) });
  assert.deepEqual(await get<CheckAnswer>(`/api/check/${id}`), { status: "none" });
});

test("pictures without labels are checked for what needs none", { timeout: 60_000 }, async () => {
  const { findings } = await checked(ids.get("flat")!);
  assert.ok(findings.some(({ id }) => id === "duplicate"));
  assert.ok(!findings.some(({ id }) => id === "tiny-class"));
});

test("one check at a time; it can be cancelled", { timeout: 60_000 }, async () => {
  assert.equal((await post("/api/check/mnist", { action: "start" })).status, 200);
  const second = await post(`/api/check/${ids.get("flat")}`, { action: "start" });
  assert.deepEqual(
    [second.status, second.text],
    [409, '{"error":"a check is in progress; wait for its end, or cancel it"}'],
  );
  assert.equal((await post("/api/check/mnist", { action: "cancel" })).text, '{"status":"none"}');
  assert.equal((await post("/api/check/mnist", { action: "stop" })).status, 400);
  assert.equal((await post("/api/check/nowhere", { action: "start" })).status, 404);
});

test("outcomes are the bytes that training sees", { timeout: 60_000 }, async () => {
  const id = ids.get("photos")!;
  const { steps, preset, size } = await get<AugmentAnswer>(`/api/augment/${id}`);
  assert.deepEqual([preset, size], ["standard", 64]);
  const values = {
    data: photos,
    imgsz: null,
    channels: "auto",
    augment: null,
    workers: 0,
    limit: null,
  } as const;
  const { train, transform } = await trainingData(values, () => {});
  const files = (train as PictureDataset).files;
  const { names } = await get<SetAnswer>(`/api/sets/${id}`);
  const index = names.findIndex((name) => files[5] === `${photos}/${name}`);
  const asked = { steps, size, seed: 3, epoch: 0, count: 2, index };
  const { bytes, headers, status, text } = await post(`/api/augment/${id}`, asked);
  assert.equal(status, 200, text);
  assert.equal(headers["fovea-training-number"], "5");
  const sheet = await decodeImage(bytes);
  const loader = new DataLoader(train as PictureDataset, {
    batchSize: files.length,
    seed: 3,
    transform: transform!,
  });
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const [x] of loader) {
      const batch = (await x.data()) as Uint8Array;
      const seen = batch.subarray(5 * 3 * size * size, 6 * 3 * size * size);
      assert.deepEqual(planesOf(sheet, epoch * size, size), [...seen], `epoch ${epoch}`);
    }
  }
  loader.close();
});

/** A square of a sheet as a network takes it. */
function planesOf(
  { width, data }: { width: number; data: Uint8Array },
  left: number,
  size: number,
): number[] {
  const square = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    square.set(data.subarray((y * width + left) * 3, (y * width + left + size) * 3), y * size * 3);
  }
  const planes = new Uint8Array(square.length);
  toPlanes({ width: size, height: size, channels: 3, data: square }, planes);
  return [...planes];
}

test("parts are those of training", { timeout: 60_000 }, async () => {
  const id = ids.get("photos")!;
  const { names } = await get<SetAnswer>(`/api/sets/${id}`);
  const parts = await get<SetParts>(`/api/sets/${id}/parts`);
  assert.deepEqual([parts.names, parts.isDrawn], [["train", "val", "test"], true]);
  const folder = await imageFolder(photos);
  for (const [part, name] of (["train", "val", "test"] as const).entries()) {
    const files = names.filter((_, i) => parts.of[i] === part).map((file) => `${photos}/${file}`);
    assert.deepEqual(files, [...folder[name]!.files].sort(), name);
  }
  assert.equal(parts.of[names.indexOf("notes.png")], -1);
  const mnist = await get<SetParts>("/api/sets/mnist/parts");
  assert.deepEqual(
    [mnist.names, mnist.isDrawn, mnist.of[59_999], mnist.of[60_000]],
    [["train", "test"], false, 0, 1],
  );
});

test("public sets take their own form and background", { timeout: 60_000 }, async () => {
  const answer = await get<AugmentAnswer>("/api/augment/mnist?preset=digits");
  assert.deepEqual([answer.usual, answer.size, answer.steps[0]?.fill], ["none", 28, 0]);
  const { headers, status } = await post("/api/augment/mnist", {
    steps: answer.steps,
    size: 28,
    seed: 0,
    epoch: 0,
    count: 12,
    index: 65_000,
  });
  assert.deepEqual([status, headers["fovea-training-number"]], [200, "none"]);
});

test("what is no augmentation is refused with the reason", { timeout: 60_000 }, async () => {
  const id = ids.get("flat")!;
  const asked = { steps: [{ name: "RandomFlip" }], size: 64, seed: 0, epoch: 0, count: 1, index: 0 };
  const unknown = await post(`/api/augment/${id}`, asked);
  assert.equal(unknown.status, 400);
  assert.match(unknown.text, /there is no transform/);
  const wrong: [object, RegExp][] = [
    [{ ...asked, steps: [], count: 1000 }, /count is a whole number from 1 to 48/],
    [{ ...asked, steps: {} }, /steps is a list/],
    [{ ...asked, size: 1 }, /size is a whole number from 4/],
    [{ ...asked, sead: 1 }, /there is no field/],
  ];
  for (const [body, message] of wrong) {
    const { status, text } = await post(`/api/augment/${id}`, body);
    assert.equal(status, 400);
    assert.match(text, message);
  }
  assert.match((await open.ask(`/api/augment/${id}?preset=stong`)).text, /there is no augmentation/);
  assert.equal((await open.ask(`/api/augment/${id}?size=x`)).status, 400);
});
