// What the comparison measures: a list of works, each with its parameters and the amount of one step. Knows no side
// and no clock.

/** The networks that are trained and asked. */
export type NetworkName = "lenet" | "vgg" | "resnet20";

/** Which part of a convolution: the forward pass, or the gradient of its input or of its weight alone. */
export type Pass = "forward" | "input" | "weight";

/** The layers that are trained by themselves. */
export type LayerName = "lstm" | "batchnorm";

interface Named {
  /** Words that tell it from all others; filters go by them. */
  readonly name: string;
  readonly unit: "samples/s" | "GFLOP/s";
  /** Samples or floating-point operations of one step. */
  readonly perStep: number;
}

/** A training step: a shuffled batch from the loader, forward, loss, backward, update. */
export interface TrainWork extends Named {
  readonly kind: "train";
  readonly network: NetworkName;
  readonly batch: number;
}

/** One uint8 batch that lies in memory → logits in the host's memory. */
export interface InferWork extends Named {
  readonly kind: "infer";
  readonly network: NetworkName;
  readonly batch: number;
}

/** A square product of float32 matrices. */
export interface MatmulWork extends Named {
  readonly kind: "matmul";
  readonly size: number;
}

/** A 3×3 convolution with padding 1 that keeps the number of channels, on pictures of `size` × `size`. */
export interface ConvWork extends Named {
  readonly kind: "conv";
  readonly channels: number;
  readonly size: number;
  readonly batch: number;
  readonly pass: Pass;
}

/** A training step of one layer: forward with its output stored, gradients of its input and parameters, an update of both by nothing. */
export interface LayerWork extends Named {
  readonly kind: "layer";
  readonly layer: LayerName;
  /** Shape of the input, samples first. */
  readonly input: readonly number[];
}

/** Batches of changed pictures, as numbers that a network takes; for the sides of the benchmark "loader". */
export interface LoaderWork extends Named {
  readonly kind: "loader";
  /** MNIST in memory, turned and erased in part; or JPEGs, resized and cut out. */
  readonly pictures: "digits" | "photos";
  readonly batch: number;
}

/** A work as it is sent to a side. */
export type Work = TrainWork | InferWork | MatmulWork | ConvWork | LayerWork | LoaderWork;

const batches = [1, 4, 16, 64, 256, 512, 1024];

function train(network: NetworkName, batch: number): TrainWork {
  return {
    kind: "train",
    name: `train ${network} ${batch}`,
    network,
    batch,
    unit: "samples/s",
    perStep: batch,
  };
}

function infer(network: NetworkName, batch: number): InferWork {
  return {
    kind: "infer",
    name: `infer ${network} ${batch}`,
    network,
    batch,
    unit: "samples/s",
    perStep: batch,
  };
}

function matmul(size: number): MatmulWork {
  return { kind: "matmul", name: `matmul ${size}`, size, unit: "GFLOP/s", perStep: 2 * size ** 3 };
}

function conv(channels: number, size: number, pass: Pass): ConvWork {
  const batch = 8;
  return {
    kind: "conv",
    name: `conv ${channels}x${size} ${pass}`,
    channels,
    size,
    batch,
    pass,
    unit: "GFLOP/s",
    // Those of a direct convolution for every pass and algorithm, with the products at the padding counted.
    perStep: 2 * batch * channels * channels * 9 * size * size,
  };
}

function layer(name: LayerName, input: readonly number[]): LayerWork {
  const perStep = input[0]!;
  return { kind: "layer", name: `layer ${name}`, layer: name, input, unit: "samples/s", perStep };
}

/** All works, in the order in which they are measured and shown. */
export const works: readonly Work[] = [
  ...batches.map((batch) => train("lenet", batch)),
  train("vgg", 64),
  train("resnet20", 64),
  layer("lstm", [64, 28, 28]),
  layer("batchnorm", [64, 16, 32, 32]),
  ...batches.map((batch) => infer("lenet", batch)),
  infer("vgg", 64),
  infer("resnet20", 64),
  infer("resnet20", 1),
  ...[64, 512, 1024].map(matmul),
  ...(
    [
      [64, 56],
      [128, 28],
      [256, 14],
    ] as const
  ).flatMap(([channels, size]) =>
    (["forward", "input", "weight"] as const).map((pass) => conv(channels, size, pass)),
  ),
];

/** True where a name has all the words; a word counts whole, so that 64 is not 64x56. */
export function hasWords(name: string, words: readonly string[]): boolean {
  const own = name.split(" ");
  return words.every((word) => own.includes(word));
}
