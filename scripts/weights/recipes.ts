// How the weights that come with the package are trained: one recipe for each file, all with the same loop.
import type { Module } from "../../src/nn/module/module.ts";
import { AdamW, type Optimizer, SGD } from "../../src/optim/index.ts";
import { RandomCrop, RandomHorizontalFlip, type Step } from "../../src/transforms/index.ts";

/** What decides the values of a weights file. */
export interface Recipe {
  /** Name of the network in the zoo. */
  readonly model: string;
  /** Name of the data set. */
  readonly data: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** What changes the training pictures. */
  readonly augmentation: readonly Step[];
  readonly optimizer: (model: Module) => Optimizer<{ lr: number }>;
  /** Decay of the average of the weights. */
  readonly ema: number;
  readonly seed: number;
}

/** Recipes by the name of the weights. */
export const recipes: ReadonlyMap<string, Recipe> = new Map([
  [
    "lenet-mnist",
    {
      model: "lenet",
      data: "mnist",
      epochs: 20,
      batchSize: 64,
      augmentation: [new RandomCrop(28, { padding: 2 })],
      optimizer: (model) => new AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.01 }),
      ema: 0.998,
      seed: 0,
    },
  ],
  [
    "lenet5-fashion-mnist",
    {
      model: "lenet5",
      data: "fashion-mnist",
      epochs: 18,
      batchSize: 64,
      augmentation: [new RandomCrop(28, { padding: 1 }), new RandomHorizontalFlip()],
      optimizer: (model) => new AdamW(model.parameters(), { lr: 3e-3, weightDecay: 0.05 }),
      ema: 0.998,
      seed: 0,
    },
  ],
  [
    "resnet20-fashion-mnist",
    {
      model: "resnet20",
      data: "fashion-mnist",
      epochs: 6,
      batchSize: 128,
      augmentation: [new RandomCrop(28, { padding: 1 }), new RandomHorizontalFlip()],
      optimizer: decayingMatrices,
      ema: 0.995,
      seed: 0,
    },
  ],
]);

/** SGD that leaves normalisations and biases undecayed. */
function decayingMatrices(model: Module): SGD {
  const weights = model.parameters().filter((p) => p.rank >= 2);
  const others = model.parameters().filter((p) => p.rank < 2);
  return new SGD([{ params: weights }, { params: others, weightDecay: 0 }], {
    lr: 0.2,
    momentum: 0.9,
    nesterov: true,
    weightDecay: 5e-4,
  });
}
