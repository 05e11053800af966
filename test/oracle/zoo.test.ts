// The networks have torchvision's names, shapes and numbers of parameters and give its logits on the same weights; blocks give its values and gradients.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Backend } from "../../src/backend/backend.ts";
import { type Shape, sizeOf } from "../../src/base/shape.ts";
import { createReferenceBackend } from "../../src/check/index.ts";
import { createWasmBackend, manualSeed, nn, noGrad, type Tensor, withBackend } from "../../src/index.ts";
import { crc32 } from "../../src/picture/png.ts";
import { Random, withRandom } from "../../src/tensor/random.ts";
import * as vision from "../../src/vision/index.ts";
import { float32 } from "../support/close.ts";
import { formula } from "../support/formula.ts";
import { difference, readStored, stored } from "./harness.ts";

interface StateRow {
  readonly name: string;
  readonly parameters: number;
  /** Parameters and buffers. */
  readonly entries: number;
  /** Of their names and shapes: sorted lines such as "fc.weight [10,64]". */
  readonly crc32: number;
}

interface InitRow {
  readonly name: string;
  readonly path: string;
  /** Root of the mean square, and largest magnitude, in torchvision's draw. */
  readonly deviation: number;
  readonly largest: number;
}

interface ValueRow {
  readonly name: string;
  /** Of one picture, or of a block's x. */
  readonly shape: Shape;
  /** How far PyTorch's float32 is from the stored values, which are float64's. */
  readonly drift: Readonly<Record<string, number>>;
}

const { index, tensors } = readStored<{
  batch: number;
  classes: number;
  states: readonly StateRow[];
  inits: readonly InitRow[];
  values: readonly ValueRow[];
  blocks: readonly ValueRow[];
}>("zoo.safetensors");

const narrow = { widthMult: 0.35 };
/** The networks by the names that zoo.py gives them. */
const networks: Readonly<Record<string, (options?: { classes?: number }) => nn.Module>> = {
  alexnet: vision.alexnet,
  vgg11: vision.vgg11,
  vgg13: vision.vgg13,
  vgg16: vision.vgg16,
  vgg19: vision.vgg19,
  vgg11_bn: vision.vgg11Bn,
  vgg13_bn: vision.vgg13Bn,
  vgg16_bn: vision.vgg16Bn,
  vgg19_bn: vision.vgg19Bn,
  googlenet: (options) => vision.googlenet({ ...options, auxLogits: options !== undefined }),
  googlenet_aux: () => vision.googlenet({ auxLogits: true }),
  googlenet_least: vision.googlenet,
  resnet18: vision.resnet18,
  resnet34: vision.resnet34,
  resnet50: vision.resnet50,
  resnet101: vision.resnet101,
  resnet152: vision.resnet152,
  mobilenet_v2: vision.mobilenetV2,
  mobilenet_v2_narrow: (options) => vision.mobilenetV2({ ...options, ...narrow }),
  mobilenet_v2_wide: () => vision.mobilenetV2({ widthMult: 1.4 }),
  mobilenet_v2_odd: () => vision.mobilenetV2({ widthMult: 0.77, roundNearest: 1 }),
  lenet5: vision.lenet5,
  lenet5_paper: () => vision.lenet5({ imageSize: 32, subsampling: "trainable", connections: "table" }),
  nin: vision.nin,
  row_lstm: vision.rowLstm,
  row_lstm_colour: () => vision.rowLstm({ inChannels: 3, columns: 12, numLayers: 2 }),
};

const inception = { ch1x1: 4, ch3x3red: 2, ch3x3: 6, ch5x5red: 2, ch5x5: 3, poolProj: 5 };
/** The blocks by the names that zoo.py gives them. */
const blocks: Readonly<Record<string, () => nn.Module>> = {
  conv: () => new vision.ConvNormActivation(3, 8),
  "conv stride": () =>
    new vision.ConvNormActivation(4, 6, { kernelSize: 5, stride: 2, groups: 2, activation: nn.Hardswish }),
  "conv dilation": () => new vision.ConvNormActivation(3, 4, { kernelSize: [1, 3], dilation: 2, norm: null }),
  "conv plain": () =>
    new vision.ConvNormActivation(3, 4, { kernelSize: 1, activation: null, norm: null, bias: false }),
  "conv padding": () =>
    new vision.ConvNormActivation(2, 4, { kernelSize: 4, stride: 2, padding: 1, bias: true }),
  basic: () => new vision.BasicBlock(4, 4),
  "basic stride": () => new vision.BasicBlock(4, 6, { stride: 2 }),
  bottleneck: () => new vision.Bottleneck(12, 3),
  "bottleneck stride": () => new vision.Bottleneck(5, 3, { stride: 2 }),
  squeeze: () => new vision.SqueezeExcitation(8, 2),
  "squeeze hard": () =>
    new vision.SqueezeExcitation(6, 3, { activation: nn.SiLU, scaleActivation: nn.Hardsigmoid }),
  separable: () => new vision.DepthwiseSeparable(4, 6),
  "separable stride": () => new vision.DepthwiseSeparable(3, 8, { stride: 2 }),
  inverted: () => new vision.InvertedResidual(4, 4),
  "inverted stride": () => new vision.InvertedResidual(4, 6, { stride: 2, expandRatio: 3 }),
  "inverted flat": () => new vision.InvertedResidual(4, 6, { expandRatio: 1 }),
  inception: () => new vision.Inception(6, inception),
};

/** Gives the same numbers again and again, so that large networks are made at once. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

function made(make: () => nn.Module): nn.Module {
  return withRandom(new Constant(0), make);
}

/** The network with the parameters and running statistics that zoo.py's rule gives. */
function started(make: () => nn.Module): nn.Module {
  const model = made(make);
  const state = [...model.stateDict()].flatMap(([path, { shape }]): [string, Tensor][] => {
    if (path.endsWith("num_batches_tracked")) return [];
    const [low, high] = boundsOf(path, shape);
    return [[path, formula(path, shape, low, high)]];
  });
  model.loadStateDict(new Map(state), { strict: false });
  return model;
}

function boundsOf(path: string, shape: Shape): [low: number, high: number] {
  if (shape.length > 1) {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    return [-bound, bound];
  }
  if (/(bias|running_mean)$/.test(path) || path.includes("bias_")) return [-0.2, 0.2];
  return /\bbn\d\.weight$/.test(path) ? [0.2, 0.8] : [0.5, 1.5];
}

/** What differs from what is stored: four times PyTorch's own float32 error where that is more than the tolerance. */
function problemsOf({ name, drift }: ValueRow, found: Readonly<Record<string, Tensor>>): string[] {
  assert.deepEqual(Object.keys(found).sort(), Object.keys(drift).sort());
  return Object.entries(found).flatMap(([key, actual]) => {
    const tolerance = { ...float32, atol: Math.max(float32.atol, 4 * drift[key]!) };
    const problem = difference(actual, stored(tensors, `${name}.${key}`), tolerance);
    return problem ? [`${name} ${key}: ${problem}`] : [];
  });
}

/** Waits for the memory of networks that nobody holds any more. */
async function collect(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setImmediate(resolve));
}

describe("names, shapes and numbers of parameters", () => {
  for (const { name, parameters, entries, crc32: expected } of index.states) {
    it(name, async () => {
      const model = made(() => networks[name]!());
      const lines = Array.from(model.stateDict(), ([path, { shape }]) => `${path} [${shape}]`).sort();
      const count = model.parameters().reduce((sum, { size }) => sum + size, 0);
      const found = {
        parameters: count,
        entries: lines.length,
        crc32: crc32(new TextEncoder().encode(lines.join("\n"))),
      };
      assert.deepEqual(found, { parameters, entries, crc32: expected }, lines.join("\n"));
      await collect();
    });
  }
});

it("networks start as torchvision's do", () => {
  manualSeed(3);
  for (const name of new Set(index.inits.map((row) => row.name))) {
    const state = networks[name]!().stateDict();
    for (const { path, deviation, largest } of index.inits.filter((row) => row.name === name)) {
      const p = state.get(path)!;
      const found = Math.sqrt(p.square().mean().itemSync());
      // Both are samples: a deviation's standard error is at most 1 / √(2n) of it.
      const error = (5 * deviation * Math.SQRT2) / Math.sqrt(2 * p.size);
      assert.ok(
        Math.abs(found - deviation) <= error,
        `${name} ${path}: ${found}, expected ${deviation} ± ${error}`,
      );
      // Uniform numbers reach √3 deviations, several hundred normal ones more.
      const isUniform = largest < 1.8 * deviation;
      assert.equal(p.abs().amax().itemSync() < 1.8 * found, isUniform, `${name} ${path}`);
    }
  }
});

describe("logits", () => {
  const wasm = createWasmBackend();
  after(collect);
  for (const row of index.values) {
    it(`${row.name} of ${row.shape.join("×")}`, async () => {
      const found = withBackend(wasm, () => {
        const model = started(() => networks[row.name]!({ classes: index.classes })).eval();
        const x = formula(`${row.name} pictures`, [index.batch, ...row.shape], -1, 1);
        return noGrad(() => {
          if (!(model instanceof vision.GoogLeNet && model.aux1))
            return problemsOf(row, { logits: model.forward(x) });
          const { logits, auxLogits2, auxLogits1 } = model.withAux(x);
          return problemsOf(row, { logits, aux2: auxLogits2, aux1: auxLogits1 });
        });
      });
      assert.deepEqual(found, []);
      await collect();
    });
  }
});

/** A block's value while training, and gradients. */
function derivatives(backend: Backend, row: ValueRow): string[] {
  return withBackend(backend, () => {
    const block = started(blocks[row.name]!);
    const x = formula(`${row.name} x`, row.shape, -1, 1);
    x.requiresGrad = true;
    const y = block.forward(x).retain();
    y.backward({ gradient: formula(`${row.name} dy`, y.shape, -1, 1) });
    const grads = Array.from(block.namedParameters(), ([path, p]) => [`d.${path}`, p.grad!] as const);
    return problemsOf(row, { y, dx: x.grad!, ...Object.fromEntries(grads) });
  });
}

for (const backend of [createReferenceBackend(), createWasmBackend()]) {
  describe(`blocks on ${backend.name}`, () => {
    for (const row of index.blocks) it(row.name, () => assert.deepEqual(derivatives(backend, row), []));
  });
}
