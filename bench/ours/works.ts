// How Fovea does each work of the comparison: ordinary code over the public API. Knows no protocol.
import { ArrayDataset, type Batch, DataLoader, mnist } from "../../src/data/index.ts";
import { conv2d, grad, nn, noGrad, optim, type Tensor, tensor, zeros } from "../../src/index.ts";
import { colourPictures, magnitude, uniform } from "../numbers.ts";
import type { Opened } from "../serve.ts";
import type {
  ConvWork,
  InferWork,
  LayerName,
  LayerWork,
  MatmulWork,
  NetworkName,
  TrainWork,
  Work,
} from "../works.ts";
import { makeNetwork } from "./networks.ts";

/** What `serve` needs of a work, without what the backend knows. */
export type Steps = Omit<Opened, "mode" | "threads">;

/** Sets a work up; `folder` holds the MNIST files. */
export async function openWork(work: Work, folder: string): Promise<Steps> {
  switch (work.kind) {
    case "train":
      return train(work, await pictures(work.network, folder));
    case "infer":
      return infer(work, await pictures(work.network, folder));
    case "matmul":
      return matmul(work);
    case "conv":
      return conv(work);
    case "layer":
      return layer(work);
    case "loader":
      throw new Error(`${work.name} belongs to the benchmark "loader"`);
  }
}

async function pictures(network: NetworkName, folder: string): Promise<ArrayDataset> {
  if (network === "lenet") return mnist(folder ? { root: folder } : {});
  return new ArrayDataset({ ...colourPictures(), sampleShape: [3, 32, 32] });
}

function optimizerOf(network: NetworkName, model: nn.Module): optim.Adam | optim.SGD {
  switch (network) {
    case "lenet":
      return new optim.Adam(model.parameters(), { lr: 2e-3 });
    case "vgg":
      return new optim.SGD(model.parameters(), { lr: 0.01, momentum: 0.9 });
    case "resnet20":
      return new optim.SGD(model.parameters(), { lr: 0.05, momentum: 0.9, weightDecay: 1e-4 });
  }
}

/** A training loop's steps one by one; the loader's epochs follow each other without an end. */
export function train({ network, batch }: TrainWork, dataset: ArrayDataset): Steps {
  const loader = new DataLoader(dataset, { batchSize: batch, shuffle: true, dropLast: true });
  const model = makeNetwork(network);
  const optimizer = optimizerOf(network, model);
  async function* epochs(): AsyncGenerator<Batch, never> {
    for (;;) yield* loader;
  }
  const batches = epochs();
  let loss: Tensor;
  return {
    async step() {
      const [x, y] = (await batches.next()).value;
      optimizer.zeroGrad();
      loss = nn.crossEntropy(model.forward(x.div(255)), y);
      loss.backward();
      optimizer.step();
    },
    finish: () => void loss.itemSync(),
    check: () => loss.item(),
  };
}

function infer({ network, batch }: InferWork, { data, sampleShape }: ArrayDataset): Steps {
  const model = makeNetwork(network).eval();
  const shape = [batch, ...sampleShape];
  const bytes = data.subarray(
    0,
    shape.reduce((a, b) => a * b, 1),
  );
  const pictures = tensor(bytes, { shape });
  let logits: ArrayLike<number> = [];
  return {
    step() {
      logits = noGrad(() => model.forward(pictures.div(255))).dataSync();
    },
    finish() {},
    check: () => magnitude(logits),
  };
}

function matmul({ size }: MatmulWork): Steps {
  const a = resident("a", [size, size]);
  const b = resident("b", [size, size]);
  return repeated(() => a.matmul(b));
}

function conv({ channels, size, batch, pass }: ConvWork): Steps {
  const x = resident("x", [batch, channels, size, size]);
  const w = resident("w", [channels, channels, 3, 3]);
  const forward = () => conv2d(x, w, null, { padding: 1 });
  if (pass === "forward") return repeated(() => noGrad(forward));
  const wanted = pass === "input" ? x : w;
  wanted.requiresGrad = true;
  const dy = resident("dy", [batch, channels, size, size]);
  return repeated(() => grad(forward(), [wanted], { gradient: dy })[0]!);
}

/** A layer, and its output for an input. */
const layers: Record<LayerName, () => [layer: nn.Part, outputOf: (x: Tensor) => Tensor]> = {
  lstm() {
    const lstm = new nn.LSTM(28, 128, { batchFirst: true });
    return [lstm, (x) => lstm.forward(x)[0]];
  },
  batchnorm() {
    const norm = new nn.BatchNorm2d(16);
    return [norm, (x) => norm.forward(x)];
  },
};

function layer({ layer: name, input }: LayerWork): Steps {
  const [module, outputOf] = layers[name]();
  for (const [path, p] of module.namedParameters())
    p.assign(tensor(uniform(path, p.size, 0.1), { shape: p.shape }));
  const x = nn.parameter(resident("x", input));
  const { shape } = outputOf(x);
  const dy = resident("dy", shape);
  const output = nn.buffer(zeros(shape));
  const optimizer = new optim.SGD([x, ...module.parameters()], { lr: 0 });
  return {
    step() {
      const y = outputOf(x);
      output.assign(y);
      optimizer.zeroGrad();
      y.backward({ gradient: dy });
      optimizer.step();
    },
    finish: () => void output.dataSync(),
    check: () => magnitude(x.grad!.dataSync()),
  };
}

/** Computes one tensor again and again. */
function repeated(make: () => Tensor): Steps {
  let result: Tensor;
  return {
    step() {
      result = make().realize();
    },
    finish: () => void result.dataSync(),
    check: () => magnitude(result.dataSync()),
  };
}

function resident(name: string, shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tensor(uniform(name, count), { shape }).makeResident();
}
