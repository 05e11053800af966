// The weights that come with the package, as the command line uses them: by name, wherever weights are asked for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { mnist } from "../../src/data/index.ts";
import { encodePng } from "../../src/picture/index.ts";
import { pretrainedNames } from "../../src/pretrained/index.ts";
import { decodeWeights } from "../../src/train/index.ts";
import { emptyFolder, fovea } from "./cli.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const digits = await mnist({ train: false }).catch(() => null);

it("npm pack takes every weights file along", () => {
  const listed = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" }),
  ) as { files: { path: string }[] }[];
  const packed = new Set(listed[0]!.files.map((file) => file.path));
  for (const name of pretrainedNames) assert.ok(packed.has(`weights/${name}.safetensors`), name);
});

it("fovea info lists them", async () => {
  const { out } = await fovea(["info", "--json"]);
  assert.deepEqual(JSON.parse(out).weights, pretrainedNames);
});

it("fovea summary knows the network of a name, and a name that is nearly one", async () => {
  const { out } = await fovea(["summary", "lenet-mnist"]);
  assert.match(out, /^lenet, 10 classes, trained on mnist for \d+ epochs, accuracy 99\.\d\d%/);
  const wrong = await fovea(["summary", "lenet-minst"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /lenet-minst can't be read: .* Did you mean the weights lenet-mnist\?/);
});

describe("on digits", { skip: digits ? false : "no MNIST here" }, () => {
  const folder = emptyFolder();
  const photos = path.join(folder, "photos");
  const classes = ["seven", "two"];

  before(async () => {
    for (const name of classes) mkdirSync(path.join(photos, name), { recursive: true });
    const wanted = [7, 2];
    const counts = [0, 0];
    for (let i = 0; counts.some((count) => count < 20); i++) {
      const at = wanted.indexOf(digits!.labels[i]!);
      if (at < 0 || counts[at]! >= 20) continue;
      const file = path.join(photos, classes[at]!, `${counts[at]!++}.png`);
      writeFileSync(file, await encodePng(digits!.picture(i)));
    }
  });

  it("fovea predict says what a picture shows, with nothing more than a name", async () => {
    const args = ["predict", "lenet-mnist", path.join("photos", "seven", "0.png"), "--json"];
    const { code, out } = await fovea(args, { cwd: folder });
    const { model, results } = JSON.parse(out);
    assert.deepEqual([code, model, results[0].top[0].class], [0, "lenet", "7"]);
    assert.ok(results[0].top[0].probability > 0.9, out);
  });

  it("fovea val measures them", async () => {
    const { code, out } = await fovea(["val", "lenet-mnist", "limit=1000", "--json"]);
    const { data, samples, top1 } = JSON.parse(out);
    assert.deepEqual([code, data, samples], [0, "mnist", 1000]);
    assert.ok(top1 >= 0.98, out);
  });

  it("fovea train starts from them: another head over their layers, their pictures and network", async () => {
    const args = [
      "train",
      "data=photos",
      "weights=lenet-mnist",
      "epochs=2",
      "batch=8",
      "report=false",
      "seed=1",
    ];
    const { code, out, err } = await fovea([...args, "augment=none", "workers=0"], { cwd: folder });
    assert.equal(code, 0, err);
    assert.match(out, /lenet \([\d,]+ parameters\) from lenet-mnist on photos/);
    const file = path.join(folder, "runs", "classify", "train", "weights", "best.safetensors");
    const { info } = decodeWeights(readFileSync(file), file);
    assert.deepEqual([info.model, info.input, info.classes], ["lenet", [1, 28, 28], classes]);
    assert.deepEqual(info.transforms.normalize?.mean, [0.1307]);
    assert.ok(info.accuracy! >= 0.75, `${info.accuracy}`);
  });

  it("the head is kept for the same classes, so that training goes on from their accuracy", async () => {
    const args = [
      "train",
      "weights=lenet-mnist",
      "limit=500",
      "epochs=1",
      "lr0=1e-5",
      "report=false",
      "--json",
    ];
    const { out } = await fovea(args, { cwd: emptyFolder() });
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { val } = lines.find(({ event }) => event === "epoch");
    assert.ok(val.top1 >= 0.97, `${val.top1}`);
  });

  it("another network than theirs is refused", async () => {
    const { code, err } = await fovea(["train", "weights=lenet-mnist", "model=resnet20"]);
    assert.equal(code, 2);
    assert.match(err, /weights=lenet-mnist are of lenet, which model=resnet20 can't take; leave model out/);
  });
});
