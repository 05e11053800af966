// Numbers of layers spelled out: the sums of products are the library's own values to single precision, padding, strides, dilation and groups included.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualSeed, nn, noGrad, Tensor } from "../../src/index.ts";
import { trace } from "../../src/inspect/index.ts";
import { pretrained } from "../../src/pretrained/index.ts";
import { makeModel } from "../../src/vision/index.ts";
import { spell } from "../../studio/compute/spell/spell.ts";
import type { Spelling } from "../../studio/compute/spell/spelling.ts";

function picture(...shape: number[]): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return Tensor.fromArray(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7) + 0.3),
    [1, ...shape],
  );
}

function traced(model: nn.Module, x: Tensor) {
  model.eval();
  return noGrad(() => trace(model, x));
}

/** Some cells of a shape without its batch axis: the corners, and places between. */
function cellsOf([, ...shape]: readonly number[]): number[][] {
  return [0, 0.37, 0.71, 1].map((share) => shape.map((size) => Math.round(share * (size - 1))));
}

/** The sum must be the value, to the rounding of as many single-precision terms. */
function assertSum({ sum, value, cell }: Spelling, what: string): void {
  if (sum.kind === "other") assert.fail(`${what} is not spelled out`);
  if (sum.kind === "function") return;
  const weighed =
    sum.kind === "conv"
      ? sum.channels.reduce(
          (all, { patch, kernel }) =>
            all + patch.reduce<number>((a, v, i) => a + Math.abs((v ?? 0) * kernel[i]!), 0),
          0,
        )
      : Math.abs(value);
  const bound = 2 ** -19 * Math.max(weighed, 1e-3);
  assert.ok(Math.abs(sum.total - value) <= bound, `${what} at ${cell}: ${sum.total} instead of ${value}`);
}

test("every number of LeNet is the sum that is shown", async () => {
  const { model } = await pretrained("lenet-mnist");
  const steps = traced(model, picture(1, 28, 28));
  for (const [i, { path, kind, output }] of steps.entries()) {
    for (const cell of cellsOf(output.shape)) assertSum(spell(steps, i, cell), `${path} ${kind}`);
  }
  const { sum, value, following } = spell(steps, 0, [3, 5, 7]);
  assert.equal(sum.kind, "conv");
  assert.deepEqual(
    following.map(({ step }) => steps[step]!.kind),
    ["sigmoid"],
  );
  assert.ok(Math.abs(following[0]!.value - 1 / (1 + Math.exp(-value))) < 1e-6);
});

test("strides, padding of every kind, dilation and groups are followed", () => {
  manualSeed(1);
  const layers = [
    new nn.Conv2d(4, 6, 3, { stride: 2, padding: 1, groups: 2 }),
    new nn.Conv2d(4, 4, [3, 2], { padding: [2, 1], dilation: 2, groups: 4, bias: false }),
    new nn.Conv2d(4, 3, 4, { padding: "same" }),
    new nn.Conv2d(4, 2, 7, { stride: [2, 1] }),
    ...(["reflect", "replicate", "circular"] as const).map(
      (paddingMode) => new nn.Conv2d(4, 2, 3, { padding: 2, paddingMode }),
    ),
    new nn.MaxPool2d(3, { stride: 2, padding: 1 }),
    new nn.MaxPool2d(2, { stride: 2, ceilMode: true, dilation: 2 }),
    new nn.AvgPool2d(3, { stride: 2, padding: 1 }),
    new nn.AvgPool2d(3, { stride: 2, padding: 1, countIncludePad: false, ceilMode: true }),
    new nn.AvgPool2d(2, { divisorOverride: 3 }),
    new nn.AdaptiveAvgPool2d(2),
    new nn.AdaptiveMaxPool2d([3, 4]),
    new nn.BatchNorm2d(4),
  ];
  for (const [i, layer] of layers.entries()) {
    const steps = traced(new nn.Sequential(layer), picture(4, 9, 10));
    for (const cell of cellsOf(steps[0]!.output.shape)) {
      assertSum(spell(steps, 0, cell), `layer ${i}, ${layer.constructor.name}`);
    }
  }
  const padded = spell(traced(new nn.Sequential(layers[0]!), picture(4, 9, 10)), 0, [5, 0, 0]);
  assert.ok(padded.sum.kind === "conv");
  assert.deepEqual(padded.sum.corner, [-1, -1]);
  assert.deepEqual(
    padded.sum.channels.map(({ channel }) => channel),
    [2, 3],
  );
  assert.deepEqual(
    padded.sum.channels[0]!.patch.map((value) => value === null),
    [true, true, true, true, false, false, true, false, false],
  );
});

test("what follows where the number stands goes to the end of a residual block", () => {
  manualSeed(2);
  const model = makeModel("resnet20", { classes: 3, input: [3, 16, 16] });
  const steps = traced(model, picture(3, 16, 16));
  const second = steps.findIndex(({ path }) => path === "layer1.0.conv2");
  const { following, value } = spell(steps, second, [4, 6, 7]);
  assert.deepEqual(
    following.map(({ step }) => `${steps[step]!.path} ${steps[step]!.kind}`),
    ["layer1.0.bn2 BatchNorm2d", "layer1.0 add", "layer1.0 relu"],
  );
  const [norm, sum, relu] = following;
  assert.equal(norm!.inputs[0], value);
  assert.equal(sum!.value, Math.fround(sum!.inputs[0]! + sum!.inputs[1]!));
  assert.equal(relu!.value, Math.max(0, sum!.value));
});
