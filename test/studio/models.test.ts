// The models that the page Inspect may look into: runs with weights, and those of the package by their names alone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { pretrainedNames } from "../../src/pretrained/index.ts";
import type { ModelList } from "../../src/studio/shared/models.ts";
import { type OpenStudio, openStudio, temporaryFolder, writeFiles } from "../support/studio.ts";

const project = temporaryFolder();
let open: OpenStudio;

before(async () => {
  writeFiles(project, {
    "classify/train/args.yaml": "model: lenet\ndata: mnist\nepochs: 2\n",
    "classify/train/weights/best.safetensors": "weights",
    "classify/young/args.yaml": "model: lenet\ndata: mnist\nepochs: 2\n",
    "classify/odd/args.yaml": "model: lenet\ndata: mnist\nepochs: 2\n",
  });
  mkdirSync(path.join(project, "classify/odd/weights/best.safetensors"), { recursive: true });
  open = await openStudio(project);
});
after(() => open.studio.close());

test("runs that have saved weights are listed, and all weights of the package", async () => {
  const { runs, packaged } = JSON.parse((await open.ask("/api/models")).text) as ModelList;
  assert.deepEqual(
    runs.map(({ id, network, data, accuracy }) => [id, network, data, accuracy]),
    [["classify/train", "lenet", "mnist", null]],
  );
  assert.ok(runs[0]!.changed > 1e12);
  assert.deepEqual(
    packaged.map(({ name }) => name),
    pretrainedNames,
  );
});

test("weights of the package come by their names, and nothing else does", async () => {
  const known = await open.ask("/weights/lenet-mnist");
  assert.equal(known.status, 200);
  assert.equal(known.headers["content-type"], "application/octet-stream");
  assert.ok(Number(known.headers["content-length"]) > 41_806 * 2);
  for (const name of ["lenet", "lenet-mnist.safetensors", "..%2fpackage.json", "__proto__", "toString"]) {
    const { status, text } = await open.ask(`/weights/${name}`);
    assert.equal(status, 404, name);
    assert.match(JSON.parse(text).error, /known are lenet-mnist, /);
  }
  assert.equal((await open.ask("/weights/lenet-mnist", { headers: {} })).status, 401);
});
