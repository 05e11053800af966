// ResNet-20 and a narrow VGG-11 give PyTorch's logits, loss, gradients, loss curve and running statistics.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sizeOf } from "../../src/base/shape.ts";
import { createReferenceBackend } from "../../src/check/index.ts";
import {
  createWasmBackend,
  manualSeed,
  nn,
  noGrad,
  optim,
  type Shape,
  type Tensor,
  tensor,
  withBackend,
} from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { float32, type Tolerance } from "../support/close.ts";
import { formula } from "../support/formula.ts";
import { difference, readStored, stored } from "./harness.ts";

interface NetworkRow {
  readonly name: keyof typeof makers;
  readonly size: number;
  /** Names the pictures' formula. */
  readonly pictures: string;
  /** Names and shapes of the whole state. */
  readonly state: Readonly<Record<string, Shape>>;
  /** How far PyTorch's float32 is from the stored values, which are float64's. */
  readonly drift: Readonly<Record<string, number>>;
}

const makers = {
  resnet20: () => new vision.CifarResNet(20),
  vgg11_bn: () =>
    new vision.VGG(11, { batchNorm: true, classes: 10, imageSize: 32, width: 1 / 8, dropout: 0 }),
};
const { index, tensors } = readStored<{
  batch: number;
  batches: number;
  steps: number;
  options: Partial<optim.SGDOptions>;
  networks: readonly NetworkRow[];
}>("networks.safetensors");
const { batch, batches, steps, options, networks } = index;

/** The network with the parameters that the formula gives. */
function started(name: NetworkRow["name"]): nn.Module {
  const model = makers[name]();
  const state = Array.from(model.namedParameters(), ([path, { shape }]): [string, Tensor] => {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    if (shape.length > 1) return [path, formula(path, shape, -bound, bound)];
    return [path, path.endsWith("bias") ? formula(path, shape, -0.2, 0.2) : formula(path, shape, 0.5, 1.5)];
  });
  model.loadStateDict(new Map(state), { strict: false });
  return model;
}

/** One of the batches: pictures and classes. */
function batchOf({ pictures, size }: NetworkRow, i: number): { x: Tensor; y: Tensor } {
  const classes = Array.from({ length: batch }, (_, n) => (n * 3 + i) % 10);
  return {
    x: formula(`${pictures} ${i}`, [batch, 3, size, size], -1, 1),
    y: tensor(classes, { dtype: "uint8" }),
  };
}

/** Rounding grows from layer to layer: four times PyTorch's own float32 error where that is more than the tolerance. */
function toleranceOf({ drift }: NetworkRow, key: string): Tolerance {
  return { ...float32, atol: Math.max(float32.atol, 4 * drift[key]!) };
}

/** Takes so many steps; gives everything that differs from what is stored. */
function follow(row: NetworkRow, length: number): string[] {
  const { name } = row;
  const problems: string[] = [];
  const check = (key: string, actual: Tensor) => {
    const problem = difference(actual, stored(tensors, `${name}.${key}`), toleranceOf(row, key));
    if (problem) problems.push(`${key}: ${problem}`);
  };
  const model = started(name);
  const optimizer = new optim.SGD(model.parameters(), options);
  const all = Array.from({ length: batches }, (_, i) => batchOf(row, i));
  const losses = stored(tensors, `${name}.losses`).data;
  const { atol, rtol } = toleranceOf(row, "losses");
  for (let step = 0; step < length; step++) {
    const { x, y } = all[step % batches]!;
    const logits = model.forward(x);
    const loss = nn.crossEntropy(logits, y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    const off = Math.abs(loss.itemSync() - losses[step]!);
    if (!(off <= atol + rtol * losses[step]!)) problems.push(`loss of step ${step}: off by ${off}`);
    if (step > 0) continue;
    check("logits", logits);
    for (const [path, p] of model.namedParameters())
      if (tensors.has(`${name}.gradients.${path}`)) check(`gradients.${path}`, p.grad!);
  }
  if (length < steps) return problems;
  for (const [path, value] of model.namedBuffers())
    if (tensors.has(`${name}.buffers.${path}`)) check(`buffers.${path}`, value);
  model.eval();
  check(
    "evaluated",
    noGrad(() => model.forward(all[0]!.x)),
  );
  return problems;
}

for (const row of networks) {
  describe(row.name, () => {
    it("has torchvision's names and shapes", () => {
      const own = Array.from(makers[row.name]().stateDict(), ([path, { shape }]) => [path, shape]);
      assert.deepEqual(own, Object.entries(row.state));
    });

    it("takes one step on the reference backend as PyTorch does", () => {
      assert.deepEqual(
        withBackend(createReferenceBackend(), () => follow(row, 1)),
        [],
      );
    });

    for (const relaxed of [false, true]) {
      it(`takes ${steps} steps on wasm${relaxed ? "" : " without relaxed SIMD"} as PyTorch does`, () => {
        const backend = createWasmBackend({ relaxed });
        assert.deepEqual(
          withBackend(backend, () => follow(row, steps)),
          [],
        );
      });
    }
  });
}

it("networks start as torchvision's do", () => {
  manualSeed(3);
  const deviationOf = (p: Tensor) => Math.sqrt(p.square().mean().itemSync());
  for (const model of [makers.resnet20(), makers.vgg11_bn()]) {
    for (const [path, p] of model.namedParameters()) {
      if (path === "fc.weight" || path === "fc.bias") continue; // as Linear starts by itself
      if (p.rank === 1) {
        const [first] = p.dataSync();
        assert.ok(p.dataSync().every((value) => value === first));
        assert.equal(first, path.endsWith("bias") ? 0 : 1, path);
        continue;
      }
      // A convolution: kaiming_normal_ with fan_out; a dense layer of VGG: 0.01.
      const [out = 1, , ...kernel] = p.shape;
      const expected = p.rank === 4 ? Math.sqrt(2 / (out * sizeOf(kernel))) : 0.01;
      // Five standard errors of a normal sample's mean and deviation.
      const error = (5 * expected) / Math.sqrt(p.size);
      assert.ok(Math.abs(p.mean().itemSync()) < error, path);
      assert.ok(Math.abs(deviationOf(p) - expected) < error / Math.SQRT2, path);
    }
  }
});

it("VGG averages pictures of another size to the grid that it was made for", () => {
  const model = new vision.VGG(11, { width: 1 / 32, dropout: 0 });
  const logits = model.forward(formula("x", [2, 3, 96, 64], -1, 1)); // features [2, 16, 3, 2], pooled to 7×7
  assert.deepEqual(logits.shape, [2, 1000]);
  assert.ok(logits.dataSync().every(Number.isFinite));
});
