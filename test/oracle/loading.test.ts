// Weights that others trained or wrote load into our models by name, and the models then give their owners' logits.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { noGrad } from "../../src/index.ts";
import {
  encodePaddle,
  encodePyTorch,
  loadWeights,
  matchWeights,
  weightsOf,
} from "../../src/interop/index.ts";
import { bytesOf } from "../../src/interop/stored/arrays.ts";
import type { Module } from "../../src/nn/module/module.ts";
import * as vision from "../../src/vision/index.ts";
import { formula } from "../support/formula.ts";

const folder = new URL("../../../test/oracle/", import.meta.url);
const logits = JSON.parse(readFileSync(new URL("loading.json", folder), "utf8")) as Record<
  string,
  number[][]
>;
const published = fileURLToPath(
  new URL("../../../../shared/data/weights/resnet20-cifar10.th", import.meta.url),
);
const packed = readFileSync(new URL("weights/lenet.pdparams.gz", folder));

/** The largest difference between a network's logits and the stored ones. */
async function distance(
  net: Module,
  name: string,
  pictures: string,
  shape: number[],
  low: number,
  high: number,
) {
  net.eval();
  const wanted = logits[name]!.flat();
  const found = await noGrad(() => net.forward(formula(pictures, [3, ...shape], low, high))).data();
  assert.equal(found.length, wanted.length);
  return Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!)));
}

test("the ResNet-20 for CIFAR-10 that others trained gives PyTorch's logits", async (t) => {
  if (!existsSync(published)) return t.skip(`there is no ${published}`);
  const net = vision.resnet20({ shortcut: "padding" });
  const report = await loadWeights(net, published, {
    map: [{ stripPrefix: "module." }, { replace: /^linear\./, with: "fc." }],
  });
  assert.equal(report.matched.length, 97);
  assert.equal(report.kept.length, 19);
  const away = await distance(net, "resnet20", "pictures", [3, 32, 32], -2, 2);
  assert.ok(away < 1e-4, `logits differ by ${away}`);

  const other = vision.resnet20({ shortcut: "padding" });
  const order = await matchWeights(other, published, { map: "order" });
  assert.deepEqual(
    order.matched.map(({ name, from }) => `${name} ${from}`),
    report.matched.map(({ name, from }) => `${name} ${from}`),
  );
});

test("the notes' LeNet as Paddle saves it gives Paddle's logits", async () => {
  const net = vision.lenet();
  const report = await loadWeights(net, gunzipSync(packed), { file: "lenet.pdparams" });
  assert.equal(report.layout, "paddle");
  const turned = report.matched.filter(({ isTransposed }) => isTransposed);
  assert.deepEqual(
    turned.map(({ name }) => name),
    ["fc1.weight", "fc2.weight"],
  );
  const away = await distance(net, "lenet", "digits", [1, 28, 28], 0, 1);
  assert.ok(away < 1e-5, `logits differ by ${away}`);
});

test("what is written for Paddle is what Paddle writes, but for its own names of variables", async () => {
  const net = vision.lenet();
  await loadWeights(net, gunzipSync(packed));
  const ours = encodePaddle(await weightsOf(net, { layout: "paddle" }));
  const again = vision.lenet();
  await loadWeights(again, ours);
  const away = await distance(again, "lenet", "digits", [1, 28, 28], 0, 1);
  assert.ok(away < 1e-5, `logits differ by ${away}`);
});

test("a file of Paddle's format that was written in PyTorch's layout is seen by its shapes", async () => {
  const net = vision.lenet();
  const { layout, isComplete } = await matchWeights(net, encodePaddle(await weightsOf(net)));
  assert.deepEqual({ layout, isComplete }, { layout: "pytorch", isComplete: true });
});

const zoo: Readonly<Record<string, () => Module>> = {
  googlenet: () => vision.googlenet({ classes: 10 }),
  mobilenet_v2: () => vision.mobilenetV2({ classes: 10 }),
  "vgg11_bn, narrow": () => new vision.VGG(11, { batchNorm: true, classes: 10, imageSize: 32, width: 1 / 8 }),
};

for (const [name, make] of Object.entries(zoo)) {
  // That names and shapes are torchvision's is held by zoo.test.ts.
  test(`a state of ${name} in torchvision's names loads strictly from a .pt`, async () => {
    const saved = make();
    const net = make();
    const report = await loadWeights(net, encodePyTorch(await weightsOf(saved)));
    assert.ok(report.isComplete && report.kept.length === 0);
    const wanted = saved.stateDict();
    for (const [path, value] of net.stateDict()) {
      const [found, given] = [await value.data(), await wanted.get(path)!.data()];
      assert.equal(Buffer.compare(bytesOf(found), bytesOf(given)), 0, path);
    }
  });
}
