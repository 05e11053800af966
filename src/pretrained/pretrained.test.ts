// The weights that come with the package are what their cards say, and fit what they are used for.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, test } from "node:test";
import { fileURLToPath } from "node:url";
import { DataLoader, fashionMnist, mnist } from "../data/index.ts";
import { manualSeed } from "../index.ts";
import { decodeSafetensors } from "../interop/index.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import { Tensor } from "../tensor/tensor.ts";
import { decodeWeights, evaluate } from "../train/index.ts";
import { modelCard, pretrained, pretrainedNames } from "./index.ts";

const page = readFileSync(new URL("../../../docs/pretrained.md", import.meta.url), "utf8");
const sample = new URL("../../../test/oracle/fashion-sample.safetensors", import.meta.url);
const testSets = {
  mnist: await mnist({ train: false }).catch(() => null),
  "fashion-mnist": await fashionMnist({ train: false }).catch(() => null),
};

for (const name of pretrainedNames) {
  describe(name, () => {
    const card = modelCard(name);

    it("says of itself what its card says", async () => {
      const bytes = readFileSync(card.file);
      const { info } = decodeWeights(bytes, fileURLToPath(card.file));
      const { model } = await pretrained(name);
      const parameters = model.parameters().reduce((sum, p) => sum + p.size, 0);
      assert.deepEqual(
        [info.model, info.data, info.accuracy, parameters],
        [card.model, card.data, card.heldOut, card.parameters],
      );
    });

    it("stands in the page's table", () => {
      const { model, data, parameters, accuracy, dataLicense } = card;
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
      for (const part of [
        model,
        data,
        `${parameters.toLocaleString("en")}`,
        percent(accuracy),
        dataLicense,
      ]) {
        assert.ok(row.includes(part), `${part} in ${row}`);
      }
    });

    const set = testSets[card.data as keyof typeof testSets];
    it("has its card's accuracy on the test pictures", {
      skip: set ? false : `no ${card.data} here`,
    }, async () => {
      const { model, transforms } = await pretrained(name);
      const { top1 } = await evaluate(model, new DataLoader(set!, { batchSize: 250 }), {
        normalization: transforms.normalize!,
      });
      assert.ok(Math.abs(top1 - card.accuracy) <= 2e-4, `${top1}`); // two pictures: sums round otherwise on other machines
    });
  });
}

/** Of the hundred pictures in the sample. */
const rightOfSample = { "lenet5-fashion-mnist": 89, "resnet20-fashion-mnist": 92 };

for (const [name, right] of Object.entries(rightOfSample)) {
  test(`${name} on a hundred stored test pictures`, async () => {
    const { tensors } = decodeSafetensors(readFileSync(sample), { file: fileURLToPath(sample) });
    const [images, labels] = [tensors.get("images")!, tensors.get("labels")!];
    const { model, preprocess } = await pretrained(name as keyof typeof rightOfSample);
    const pictures = Array.from(labels.data, (_, i) => ({
      width: 28,
      height: 28,
      channels: 1 as const,
      data: (images.data as Uint8Array).slice(784 * i, 784 * (i + 1)),
    }));
    const answers = await model.forward(preprocess(pictures)).argmax(1).data();
    const found = Array.from(labels.data).filter((label, i) => label === answers[i]).length;
    assert.ok(Math.abs(found - right) <= 1, `${found}`);
  });
}

test("other classes get a fresh head over the weights of all else", async () => {
  manualSeed(0);
  const own = await pretrained("lenet-mnist");
  const { model, classes, input } = await pretrained("lenet-mnist", { classes: ["odd", "even"] });
  assert.deepEqual(
    [classes, input],
    [
      ["odd", "even"],
      [1, 28, 28],
    ],
  );
  const [before, after] = [own.model.stateDict(), model.stateDict()];
  for (const [name, value] of after) {
    if (name.startsWith("fc2.")) assert.equal(value.shape[0], 2);
    else assert.deepEqual(await value.data(), await before.get(name)!.data(), name);
  }
  crossEntropy(
    model.forward(Tensor.fromArray(new Float32Array(784), [1, 1, 28, 28])),
    Tensor.fromArray(Int32Array.of(1), [1]),
  ).backward();
  assert.ok(model.parameters().every((p) => p.grad !== null));
});

test("colour pictures of any size are brought to the network", async () => {
  const { model, preprocess } = await pretrained("lenet-mnist");
  const photo = { width: 60, height: 40, channels: 3 as const, data: new Uint8Array(7200) };
  const x = preprocess([photo, photo]);
  assert.deepEqual(x.shape, [2, 1, 28, 28]);
  assert.deepEqual(model.forward(x).shape, [2, 10]);
});

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
