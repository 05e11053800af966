// A model step by step: the same steps with and without numbers, functions between layers among them, and values that the model itself gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import { grad, manualSeed, noGrad, type Tensor, tensor } from "../index.ts";
import { Conv2d, Dropout, Linear, ReLU } from "../nn/layers/index.ts";
import { Module } from "../nn/module/module.ts";
import { makeModel } from "../vision/index.ts";
import { outline, trace } from "./index.ts";

class Small extends Module {
  readonly conv = new Conv2d(1, 2, 3, { padding: 1 });
  readonly drop = new Dropout(0.5);
  readonly act = new ReLU();
  readonly head = new Linear(32, 3);

  forward(x: Tensor): Tensor {
    const y = this.act.forward(this.drop.forward(this.conv.forward(x)));
    return this.head.forward(y.add(x).flatten(1));
  }
}

function small(): Small {
  manualSeed(3);
  const model = new Small();
  model.eval();
  return model;
}

const picture = () =>
  tensor(
    Array.from({ length: 16 }, (_, i) => Math.sin(i)),
    { shape: [1, 1, 4, 4] },
  );

test("layers and functions between them come in the network's order; what only hands on is left out", () => {
  const steps = outline(small(), [1, 4, 4]);
  assert.deepEqual(
    steps.map(({ path, kind, from }) => [path, kind, from]),
    [
      ["conv", "Conv2d", [-1]],
      ["act", "ReLU", [0]],
      ["", "add", [1, -1]],
      ["head", "Linear", [2]],
    ],
  );
  assert.deepEqual(steps[1]!.field.at([0, 0, 0, 3]), [
    [-1, 1],
    [2, 4],
  ]);
});

test("values are those that the layers give, handed on as they were handed over", () => {
  const [model, x] = [small(), picture()];
  const [conv, act, sum, head] = noGrad(() => trace(model, x));
  assert.deepEqual(conv!.output.dataSync(), noGrad(() => model.conv.forward(x)).dataSync());
  assert.deepEqual(sum!.output.dataSync(), noGrad(() => act!.output.add(x)).dataSync());
  assert.deepEqual(head!.inputs[0]!.shape, [1, 32]);
  assert.deepEqual(head!.output.dataSync(), noGrad(() => model.forward(x)).dataSync());
  assert.equal(Object.hasOwn(model.conv, "forward"), false);
});

test("derivatives can be taken through a step's output", () => {
  const [model, x] = [small(), picture()];
  x.requiresGrad = true;
  const [conv] = trace(model, x);
  const [slope] = grad(conv!.output.reshape([-1]).slice(0, 5, 6).sum(), [x]);
  const weights = model.conv.weight.dataSync();
  assert.ok(Math.abs(slope!.dataSync()[0]! - weights[0]!) < 1e-6);
});

test("networks of the zoo have the same steps with and without numbers", () => {
  for (const name of ["resnet20", "mobilenet_v2", "nin"]) {
    const model = makeModel(name, { classes: 2, input: [3, 32, 32] });
    model.eval();
    const x = tensor(Array(3 * 32 * 32).fill(0.5), { shape: [1, 3, 32, 32] });
    const before = outline(model, [3, 32, 32]);
    const after = noGrad(() => trace(model, x, { lazy: true }));
    const told = (steps: readonly { path: string; kind: string; from: readonly number[] }[]) =>
      steps.map(({ path, kind, from }) => `${path} ${kind} ${from}`);
    assert.deepEqual(told(after), told(before), name);
    assert.ok(after.length > 15, name);
  }
});
