// Small sets of real digits, and networks that learn them in a second, for runs that the doctor is to judge.
import { ArrayDataset, mnist } from "../../src/data/index.ts";
import { nn, type Tensor } from "../../src/index.ts";
import type { FitData } from "../../src/train/fitOptions.ts";
import { BasicBlock, ConvNormActivation } from "../../src/vision/index.ts";

/** What MNIST's pixels are normalised by. */
export const normalization = { mean: [0.1307], std: [0.3081] };

let loaded: Promise<ArrayDataset> | null = null;

/** MNIST's training digits from `start` up to `end`. */
export async function digits(start: number, end: number): Promise<ArrayDataset> {
  loaded ??= mnist();
  return (await loaded).slice(start, end);
}

/** So many digits to train on, others to validate with. */
export async function data(train = 1280, val = 500): Promise<FitData> {
  return {
    train: await digits(0, train),
    val: await digits(50_000, 50_000 + val),
    batchSize: 32,
    normalization,
  };
}

/** The same digits with other labels. */
export function relabelled(
  set: ArrayDataset,
  label: (old: number, index: number) => number,
  classes: readonly string[] = set.classes,
): ArrayDataset {
  const labels = Array.from(set.labels, (old, i) => label(old, i));
  return new ArrayDataset({ data: set.data, sampleShape: set.sampleShape, labels, classes });
}

/** The same digits as numbers that are computed from the bytes. */
export function recoloured(set: ArrayDataset, value: (byte: number) => number): ArrayDataset {
  const { sampleShape, labels, classes } = set;
  return new ArrayDataset({ data: Float32Array.from(set.data, value), sampleShape, labels, classes });
}

/** A network of two convolutions and two dense layers. */
export function convNet(activation: () => nn.Module = () => new nn.ReLU(), classes = 10): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 5), // [N, 8, 24, 24]
    activation(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 5), // [N, 16, 8, 8]
    activation(),
    new nn.MaxPool2d(2),
    new nn.Flatten(), // [N, 256]
    new nn.Linear(256, 64),
    activation(),
    new nn.Linear(64, classes),
  );
}

/** The same with batch normalisation. */
export function normNet(classes = 10): nn.Sequential {
  return new nn.Sequential(
    new nn.Conv2d(1, 8, 5, { bias: false }),
    new nn.BatchNorm2d(8),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 5, { bias: false }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(256, classes),
  );
}

/** Dense layers of one width. */
export function denseNet(depth: number, activation: () => nn.Module, width = 64): nn.Sequential {
  return new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(784, width),
    activation(),
    ...Array.from({ length: depth - 2 }, () => [new nn.Linear(width, width), activation()]).flat(),
    new nn.Linear(width, 10),
  );
}

/** Residual blocks. */
export function residualNet(): nn.Sequential {
  return new nn.Sequential(
    new ConvNormActivation(1, 8, { stride: 2 }),
    new BasicBlock(8, 8),
    new BasicBlock(8, 16, { stride: 2 }),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(16, 10),
  );
}

/** A model that does something of its own around another. */
export class Around extends nn.Module {
  readonly inner: nn.Module;
  readonly #body: (x: Tensor, inner: nn.Module) => Tensor;
  constructor(inner: nn.Module, body: (x: Tensor, inner: nn.Module) => Tensor) {
    super();
    this.inner = inner;
    this.#body = body;
  }
  forward(x: Tensor): Tensor {
    return this.#body(x, this.inner);
  }
}
