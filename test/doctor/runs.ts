// Runs with one fault each, and recipes that are as they should be.

import { ArrayDataset } from "../../src/data/dataset.ts";
import { type AttendedRun, attend } from "../../src/doctor/index.ts";
import { manualSeed, nn, optim, type Tensor } from "../../src/index.ts";
import { Random } from "../../src/tensor/random.ts";
import { freeze, replaceHead } from "../../src/train/finetune.ts";
import { fit } from "../../src/train/fit.ts";
import type { FitData, FitOptions } from "../../src/train/fitOptions.ts";
import { schedule } from "../../src/train/schedule.ts";
import { CutMix, MixUp } from "../../src/transforms/index.ts";
import {
  Around,
  convNet,
  data,
  denseNet,
  digits,
  normalization,
  normNet,
  recoloured,
  relabelled,
  residualNet,
} from "./digits.ts";

/** A run, and what is to be said of it. */
export interface Recipe {
  readonly what: string;
  readonly model: () => nn.Module | Promise<nn.Module>;
  readonly data?: () => Promise<FitData>;
  readonly options: (model: nn.Module) => FitOptions;
  /** The finding, and the layer where it is about one. */
  readonly finds?: readonly [id: string, layer?: string];
}

const adam = (lr: number) => (model: nn.Module) => ({
  optimizer: new optim.Adam(model.parameters(), { lr }),
});
const sgd =
  (lr: number, momentum = 0.9) =>
  (model: nn.Module) => ({
    optimizer: new optim.SGD(model.parameters(), { lr, momentum }),
  });
const epochs = (number: number, of: (model: nn.Module) => FitOptions) => (model: nn.Module) => ({
  ...of(model),
  epochs: number,
});

/** Sets the weights of all layers to so many times what they were. */
function scaled<M extends nn.Module>(model: M, factor: number): M {
  for (const [name, p] of model.namedParameters()) {
    if (name.endsWith("weight")) p.assign(p.detach().mul(factor));
  }
  return model;
}

/** Labels drawn anew. */
function drawn(): (old: number) => number {
  const random = new Random(7);
  return () => random.integer(10);
}

const relu = () => new nn.ReLU();
const sigmoid = () => new nn.Sigmoid();
const tanh = () => new nn.Tanh();

export const broken: readonly Recipe[] = [
  {
    what: "SGD at a rate of 3",
    model: () => convNet(),
    options: epochs(2, sgd(3)),
    finds: ["diverging"],
  },
  {
    what: "SGD at a rate of 0.5 with momentum",
    model: () => convNet(),
    options: epochs(3, sgd(0.5)),
    finds: ["rate-too-high"],
  },
  {
    what: "a rate that doubles the error with every step",
    model: () => denseNet(3, () => new nn.Identity()),
    options: epochs(2, sgd(20)),
    finds: ["not-finite"],
  },
  {
    what: "Adam at a rate of 0.3",
    model: () => convNet(),
    options: epochs(4, adam(0.3)),
    finds: ["rate-too-high"],
  },
  {
    what: "SGD at a rate of 1e-6",
    model: () => convNet(),
    options: epochs(3, sgd(1e-6)),
    finds: ["rate-too-low"],
  },
  {
    what: "Adam at a rate of 1e-7",
    model: () => convNet(),
    options: epochs(3, adam(1e-7)),
    finds: ["rate-too-low"],
  },
  {
    what: "bytes as they are",
    model: () => convNet(),
    data: async () => ({
      ...(await data()),
      train: recoloured(await digits(0, 1280), (byte) => byte),
      val: recoloured(await digits(50_000, 50_500), (byte) => byte),
      normalization: { mean: [0], std: [1] },
    }),
    options: epochs(2, adam(1e-3)),
    finds: ["input-scale"],
  },
  {
    what: "a network whose first logits are large",
    model: () => scaled(convNet(), 5),
    options: epochs(2, adam(1e-3)),
    finds: ["initial-loss"],
  },
  {
    what: "pictures that are all black",
    model: () => convNet(),
    data: async () => ({
      ...(await data()),
      train: recoloured(await digits(0, 1280), () => 0),
      val: recoloured(await digits(50_000, 50_500), () => 0),
    }),
    options: epochs(3, adam(1e-3)),
    finds: ["not-learning"],
  },
  {
    what: "inputs divided by 255 twice, and then by 100",
    model: () => convNet(),
    data: async () => ({ ...(await data()), normalization: { mean: [0], std: [25_500] } }),
    options: epochs(2, adam(1e-3)),
    finds: ["input-scale"],
  },
  {
    what: "labels that were shuffled",
    model: () => convNet(),
    data: async () => ({ ...(await data()), train: relabelled(await digits(0, 1280), drawn()) }),
    options: epochs(3, adam(1e-3)),
    finds: ["not-learning"],
  },
  {
    what: "few labels that were shuffled, learned by heart",
    model: () => convNet(),
    data: async () => ({ ...(await data()), train: relabelled(await digits(0, 200), drawn()) }),
    options: epochs(40, adam(2e-3)),
    finds: ["validation-at-chance"],
  },
  {
    what: "another order of classes in the validation part",
    model: () => convNet(),
    data: async () => ({
      ...(await data()),
      val: relabelled(await digits(50_000, 50_500), (old) => (old + 3) % 10),
    }),
    options: epochs(6, adam(2e-3)),
    finds: ["validation-at-chance"],
  },
  {
    what: "validation pictures that are prepared otherwise",
    model: () => convNet(),
    data: async () => ({
      ...(await data()),
      train: recoloured(await digits(0, 1280), (byte) => (byte / 255 - 0.13) / 0.31),
      val: recoloured(await digits(50_000, 50_500), (byte) => 60 - byte),
      normalization: { mean: [0], std: [1] },
    }),
    options: epochs(6, adam(2e-3)),
    finds: ["validation-at-chance"],
  },
  {
    what: "ten layers of sigmoid",
    model: () => denseNet(10, sigmoid),
    options: epochs(3, sgd(0.1)),
    finds: ["vanishing-gradients", "1.weight"],
  },
  {
    what: "weights twelve times too large in twelve layers of ReLU",
    model: () => scaled(denseNet(12, relu), 12),
    options: epochs(3, adam(1e-5)),
    finds: ["exploding-gradients"],
  },
  {
    what: "a deep stack of tanh with large weights",
    model: () => scaled(denseNet(24, tanh), 6),
    options: epochs(3, adam(1e-5)),
    finds: ["exploding-gradients"],
  },
  {
    what: "biases far below 0",
    model: () => {
      const model = convNet();
      for (const [name, p] of model.namedParameters()) if (name === "7.bias") p.assign(p.detach().sub(20));
      return model;
    },
    options: epochs(4, adam(1e-3)),
    finds: ["dead-relus", "8"],
  },
  {
    what: "ReLUs that a large step killed",
    model: () => denseNet(4, relu),
    options: epochs(4, adam(0.1)),
    finds: ["dead-relus"],
  },
  {
    what: "tanh with weights forty times too large",
    model: () => scaled(denseNet(4, tanh), 40),
    options: epochs(4, adam(1e-4)),
    finds: ["saturated-units"],
  },
  {
    what: "a value that was cut off from the graph",
    model: () => {
      const first = new nn.Sequential(
        new nn.Conv2d(1, 8, 5),
        new nn.ReLU(),
        new nn.MaxPool2d(2),
        new nn.Flatten(),
      );
      const model = new Around(new nn.Linear(8 * 12 * 12, 10), (x, inner) =>
        inner.forward((model as unknown as { first: nn.Module }).first.forward(x).detach()),
      );
      return Object.assign(model, { first });
    },
    options: epochs(2, adam(1e-3)),
    finds: ["no-gradient", "first.0.weight"],
  },
  {
    what: "weights and biases that are all 0",
    model: () => {
      const model = denseNet(3, relu);
      for (const p of model.parameters()) p.assign(p.detach().mul(0));
      return model;
    },
    options: epochs(2, adam(1e-3)),
    finds: ["no-gradient"],
  },
  {
    what: "a class without training pictures",
    model: () => convNet(),
    data: async () => {
      const all = await digits(0, 1400);
      const without = Array.from({ length: all.length }, (_, i) => i).filter((i) => all.labels[i] !== 7);
      return { ...(await data()), train: all.subset(without) };
    },
    options: epochs(5, adam(1e-3)),
    finds: ["class-never-predicted"],
  },
  {
    what: "one class that drowns the others",
    model: () => convNet(),
    data: async () => {
      const all = await digits(0, 12_000);
      const few = Array.from({ length: all.length }, (_, i) => i).filter(
        (i) => all.labels[i] === 1 || i < 40,
      );
      return { ...(await data()), train: all.subset(few) };
    },
    options: epochs(3, sgd(1e-3)),
    finds: ["class-never-predicted"],
  },
  {
    what: "a large network on few pictures",
    model: () => denseNet(4, relu, 256),
    data: () => data(150),
    options: epochs(40, adam(2e-3)),
    finds: ["overfitting"],
  },
  {
    what: "a network with too few channels",
    model: () =>
      new nn.Sequential(
        new nn.Conv2d(1, 2, 3, { stride: 2 }),
        new nn.ReLU(),
        new nn.AdaptiveAvgPool2d(2),
        new nn.Flatten(),
        new nn.Linear(8, 10),
      ),
    options: epochs(6, adam(1e-2)),
    finds: ["underfitting"],
  },
  {
    what: "dropout of 0.95",
    model: () => {
      const model = convNet();
      return new nn.Sequential(new nn.Dropout(0.95), ...model.layers);
    },
    options: epochs(5, adam(1e-3)),
    finds: ["underfitting"],
  },
  {
    what: "a weight decay that leaves nothing",
    model: () => convNet(),
    options: (model) => ({
      epochs: 4,
      optimizer: new optim.AdamW(model.parameters(), { lr: 1e-2, weightDecay: 30 }),
    }),
    finds: ["underfitting"],
  },
  {
    what: "forty epochs at a rate that is too high for the end",
    model: () => denseNet(3, relu),
    data: () => data(300, 500),
    options: epochs(40, adam(1e-2)),
    finds: ["plateau"],
  },
  {
    what: "softmax before cross-entropy",
    model: () => new Around(convNet(), (x, inner) => nn.softmax(inner.forward(x), 1)),
    data: () => data(1920),
    options: epochs(7, adam(2e-3)),
    finds: ["flat-answers"],
  },
  {
    what: "validation digits that were trained on",
    model: () => convNet(),
    data: async () => ({ ...(await data()), val: await digits(1200, 1700) }),
    options: epochs(1, adam(1e-3)),
    finds: ["leak"],
  },
  {
    what: "validation labels of which one in twenty is wrong",
    model: () => convNet(),
    data: async () => {
      const random = new Random(5);
      const flipped = (old: number) => (random.uniform() < 0.05 ? (old + 1 + random.integer(9)) % 10 : old);
      return { ...(await data(3000)), val: relabelled(await digits(50_000, 50_600), flipped) };
    },
    options: epochs(5, adam(2e-3)),
    finds: ["label-errors"],
  },
  {
    what: "a logarithm of 0",
    model: () => new Around(convNet(), (x, inner) => inner.forward(x).relu().log()),
    options: adam(1e-3),
    finds: ["not-finite"],
  },
  {
    what: "a broken picture",
    model: () => convNet(),
    data: async () => {
      const set = recoloured(await digits(0, 640), (byte) => byte / 255);
      (set.data as Float32Array)[5000] = Number.NaN;
      return { ...(await data()), train: set };
    },
    options: adam(1e-3),
    finds: ["not-finite"],
  },
  {
    what: "one batch that can't be learned: twins with different labels",
    model: () => convNet(),
    data: async () => {
      const one = await digits(0, 1);
      const pixels = new Uint8Array(64 * 784);
      for (let i = 0; i < 64; i++) pixels.set(one.data as Uint8Array, i * 784);
      const labels = Array.from({ length: 64 }, (_, i) => i % 10);
      const { sampleShape, classes } = one;
      return { ...(await data()), train: new ArrayDataset({ data: pixels, sampleShape, labels, classes }) };
    },
    options: (model) => ({ ...adam(1e-3)(model), epochs: 3, overfitBatch: true }),
    finds: ["cannot-overfit"],
  },
];

const half = (set: ArrayDataset, low: number): ArrayDataset => {
  const ours = Array.from({ length: set.length }, (_, i) => i).filter((i) => {
    const label = set.labels[i]!;
    return label >= low && label < low + 5;
  });
  const names = Array.from({ length: 5 }, (_, i) => String(low + i));
  const part = set.subset(ours);
  const labels = Array.from(part.labels, (label) => label - low);
  return new ArrayDataset({ data: part.data, sampleShape: part.sampleShape, labels, classes: names });
};

export const healthy: readonly Recipe[] = [
  { what: "Adam at 1e-3", model: () => convNet(), options: epochs(8, adam(1e-3)) },
  {
    what: "SGD at 0.1 with batch normalisation",
    model: () => normNet(),
    options: epochs(8, (model) => ({ ...sgd(0.1)(model), schedule: schedule("cosine") })),
  },
  { what: "SGD at 0.05, constant", model: () => convNet(), options: epochs(8, sgd(0.05)) },
  {
    what: "one cycle up to 1e-2 with batch normalisation",
    model: () => normNet(),
    options: (model) => ({
      epochs: 6,
      optimizer: new optim.AdamW(model.parameters(), { lr: 1e-2 }),
      schedule: schedule("onecycle"),
    }),
  },
  {
    what: "LeNet's sigmoids, with a rate that suits them",
    model: () => convNet(sigmoid),
    data: () => data(1920),
    options: epochs(7, adam(5e-3)),
  },
  {
    what: "tanh",
    model: () => convNet(tanh),
    options: epochs(6, sgd(0.02)),
  },
  {
    what: "fine-tuning: a new head on frozen layers",
    model: async () => {
      const model = convNet(relu, 5);
      const train = half(await digits(0, 2560), 0);
      const val = half(await digits(50_000, 50_500), 0);
      await fit(model, { train, val, normalization }, { epochs: 3, vitals: false }).finished();
      freeze(model, "0.**", "3.**");
      replaceHead(model, 5);
      return model;
    },
    data: async () => ({
      train: half(await digits(0, 500), 5),
      val: half(await digits(50_000, 50_500), 5),
      batchSize: 32,
      normalization,
    }),
    options: epochs(8, adam(2e-3)),
  },
  {
    what: "tiny data: sixty digits",
    model: () => convNet(),
    data: () => data(60, 200),
    options: epochs(20, adam(1e-3)),
  },
  {
    what: "residual blocks with cosine and warm-up",
    model: () => residualNet(),
    options: (model) => ({
      epochs: 6,
      optimizer: new optim.AdamW(model.parameters(), { lr: 5e-3, weightDecay: 0.05 }),
      schedule: schedule("cosine", { warmup: 0.1 }),
    }),
  },
  {
    what: "MixUp",
    model: () => normNet(),
    data: async () => ({ ...(await data()), batchTransform: new MixUp({ alpha: 0.2, numClasses: 10 }) }),
    options: epochs(8, adam(3e-3)),
  },
  {
    what: "CutMix",
    model: () => normNet(),
    data: async () => ({ ...(await data()), batchTransform: new CutMix({ numClasses: 10 }) }),
    options: epochs(10, adam(3e-3)),
  },
  {
    what: "label smoothing",
    model: () => convNet(),
    options: (model) => ({
      ...adam(1e-3)(model),
      epochs: 8,
      loss: (logits: Tensor, targets: Tensor) => nn.crossEntropy(logits, targets, { labelSmoothing: 0.1 }),
    }),
  },
  {
    what: "dropout of a half",
    model: () => {
      const model = convNet().layers;
      return new nn.Sequential(...model.slice(0, 9), new nn.Dropout(0.5), model[9]!);
    },
    options: epochs(8, adam(1e-3)),
  },
  {
    what: "RMSprop",
    model: () => convNet(),
    options: epochs(6, (model) => ({ optimizer: new optim.RMSprop(model.parameters(), { lr: 1e-3 }) })),
  },
  {
    what: "clipped gradients, accumulated, with an average of the weights",
    model: () => convNet(),
    options: epochs(8, (model) => ({ ...sgd(0.05)(model), clipGradNorm: 1, accumulate: 2, ema: 0.98 })),
  },
  {
    what: "thirty epochs down a cosine",
    model: () => normNet(),
    data: () => data(640),
    options: epochs(30, (model) => ({ ...sgd(0.05)(model), schedule: schedule("cosine") })),
  },
  {
    what: "two classes, one of them rare",
    model: () => convNet(relu, 2),
    data: async () => ({
      ...(await data()),
      train: relabelled(await digits(0, 1280), (old) => (old === 3 ? 1 : 0), ["other", "three"]),
      val: relabelled(await digits(50_000, 50_500), (old) => (old === 3 ? 1 : 0), ["other", "three"]),
    }),
    options: epochs(6, adam(1e-3)),
  },
  {
    what: "one batch by heart",
    model: () => convNet(),
    options: (model) => ({ ...adam(1e-3)(model), epochs: 3, overfitBatch: true }),
  },
  {
    what: "a dense network, plain SGD",
    model: () => denseNet(3, relu),
    options: epochs(8, sgd(0.1, 0)),
  },
];

/** Starts a recipe's run with a doctor beside it; the same each time. */
export async function start({ model, data: own, options }: Recipe): Promise<AttendedRun> {
  manualSeed(3);
  const network = await model();
  return attend(network, await (own ?? data)(), { seed: 3, ...options(network) });
}
