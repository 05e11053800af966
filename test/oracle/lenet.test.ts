// The notes' LeNet gives PyTorch's logits, loss and gradients, and learns along PyTorch's loss curves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, nn, optim, type Tensor, withBackend } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { float32, type Tolerance } from "../support/close.ts";
import { difference, leafOf, readStored, stored } from "./harness.ts";

interface Curve {
  readonly optimizer: "SGD" | "Adam";
  readonly options: Readonly<Record<string, number>>;
}

const { index, tensors } = readStored<{
  loss: number;
  steps: number;
  curves: Readonly<Record<string, Curve>>;
  /** How far PyTorch's float32 is from the stored values, which are float64's. */
  drift: Readonly<Record<string, number>>;
}>("lenet.safetensors");
const { loss, steps, curves, drift } = index;
// The plain loops of the reference are slow: it walks the beginning of the curves.
const backends = [
  { name: "reference", backend: createReferenceBackend(), length: 4 },
  { name: "wasm", backend: createWasmBackend(), length: steps },
];

/** Rounding grows from step to step: four times PyTorch's own float32 error where that is more than the tolerance. */
function toleranceOf(name: string): Tolerance {
  return { ...float32, atol: Math.max(float32.atol, 4 * drift[name]!) };
}

function storedModel(): vision.LeNet {
  const model = new vision.LeNet();
  const names = Array.from(model.namedParameters(), ([name]) => name);
  model.loadStateDict(new Map(names.map((name) => [name, leafOf(stored(tensors, `parameters.${name}`))])));
  return model;
}

/** One of the stored batches: pictures as uint8 [32, 1, 28, 28] and their classes. */
function batch(i: number): { images: Tensor; labels: Tensor } {
  const images = leafOf(stored(tensors, "images")).select(0, i).realize();
  const labels = leafOf(stored(tensors, "labels")).select(0, i).realize();
  return { images, labels };
}

function assertSame(what: string, actual: Tensor, name: string): void {
  assert.equal(difference(actual, stored(tensors, name), toleranceOf(name)), null, what);
}

function assertLoss(step: number, actual: number, curveName: string): void {
  const name = `${curveName}.losses`;
  const expected = stored(tensors, name).data[step]!;
  const { rtol, atol } = toleranceOf(name);
  assert.ok(
    Math.abs(actual - expected) <= atol + rtol * expected,
    `step ${step}: loss ${actual}, expected ${expected}`,
  );
}

for (const { name: backendName, backend, length } of backends) {
  test(`one batch on ${backendName}: logits, loss, all gradients`, () => {
    withBackend(backend, () => {
      const model = storedModel();
      const { images, labels } = batch(0);
      const logits = model.forward(images.div(255));
      const value = nn.crossEntropy(logits, labels);
      value.backward();
      assert.ok(
        Math.abs(value.itemSync() - loss) <= float32.atol + float32.rtol * loss,
        `loss ${value.itemSync()}`,
      );
      assertSame("logits", logits, "logits");
      const parameters = [...model.namedParameters()];
      assert.equal(parameters.length, 10);
      for (const [name, parameter] of parameters) assertSame(name, parameter.grad!, `gradients.${name}`);
    });
  });

  for (const [curveName, { optimizer: kind, options }] of Object.entries(curves)) {
    test(`${length} steps of ${curveName} on ${backendName}`, () => {
      withBackend(backend, () => {
        const model = storedModel();
        const optimizer = new optim[kind](model.parameters(), options);
        const batches = [0, 1, 2, 3].map(batch);
        for (let step = 0; step < length; step++) {
          const { images, labels } = batches[step % 4]!;
          const value = nn.crossEntropy(model.forward(images.div(255)), labels);
          optimizer.zeroGrad();
          value.backward();
          optimizer.step();
          assertLoss(step, value.itemSync(), curveName);
        }
        if (length < steps) return;
        assertSame(
          "logits after the last step",
          model.forward(batches[0]!.images.div(255)),
          `${curveName}.logits`,
        );
      });
    });
  }
}
