// Networks of many kinds without mistakes in their design, for tests of what is said of them.
import { cat, nn, randn, type Tensor, zeros } from "../../src/index.ts";
import {
  BasicBlock,
  ConvNormActivation,
  DepthwiseSeparable,
  SqueezeExcitation,
} from "../../src/vision/index.ts";

/** Digits in a few seconds: the network of examples/mnist99.ts. */
export const digits = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 8, 5),
    new nn.MaxPool2d(2),
    new nn.BatchNorm2d(8),
    new nn.ReLU(),
    new nn.Conv2d(8, 24, 5),
    new nn.MaxPool2d(2),
    new nn.BatchNorm2d(24),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(384, 64),
    new nn.BatchNorm1d(64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  );

/** Six residual blocks: the network of examples/clothing.ts. */
export const clothing = () =>
  new nn.Sequential(
    new ConvNormActivation(3, 32, { stride: 2 }),
    new BasicBlock(32, 32),
    new BasicBlock(32, 32),
    new BasicBlock(32, 64, { stride: 2 }),
    new BasicBlock(64, 64),
    new BasicBlock(64, 128, { stride: 2 }),
    new BasicBlock(128, 128),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Dropout(0.2),
    new nn.Linear(128, 10),
  );

/** Channels are weighted by gates of sigmoid. */
export const gated = () =>
  new nn.Sequential(
    new ConvNormActivation(3, 32, { stride: 2 }),
    new SqueezeExcitation(32, 8),
    new DepthwiseSeparable(32, 64, { stride: 2 }),
    new SqueezeExcitation(64, 16),
    new DepthwiseSeparable(64, 128, { stride: 2 }),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(128, 10),
  );

/** A vision transformer of one block: patches, attention, a perceptron, all with shortcuts. */
export class Transformer extends nn.Module {
  readonly patches = new nn.Conv2d(3, 32, 4, { stride: 4 });
  readonly place = nn.parameter(randn([1, 64, 32]));
  readonly norm1 = new nn.LayerNorm(32);
  readonly query = new nn.Linear(32, 32);
  readonly key = new nn.Linear(32, 32);
  readonly value = new nn.Linear(32, 32);
  readonly mix = new nn.Linear(32, 32);
  readonly norm2 = new nn.LayerNorm(32);
  readonly mlp = new nn.MLP(32, [128, 32], { activation: nn.GELU });
  readonly norm3 = new nn.LayerNorm(32);
  readonly head = new nn.Linear(32, 10);

  forward(input: Tensor): Tensor {
    let x = this.patches.forward(input).flatten(2).transpose(1, 2).add(this.place); // [N, 64, 32]
    const z = this.norm1.forward(x);
    const scores = this.query.forward(z).matmul(this.key.forward(z).transpose(1, 2)).div(Math.sqrt(32));
    x = x.add(this.mix.forward(nn.softmax(scores, -1).matmul(this.value.forward(z))));
    x = x.add(this.mlp.forward(this.norm2.forward(x)));
    return this.head.forward(this.norm3.forward(x).mean(1)); // [N, 10]
  }
}

/** A map of classes for each pixel: down, up, and a shortcut by concatenation. */
export class Segmenter extends nn.Module {
  readonly down = new ConvNormActivation(3, 16);
  readonly inner = new ConvNormActivation(16, 32);
  readonly pool = new nn.MaxPool2d(2);
  readonly up = new nn.ConvTranspose2d(32, 16, 2, { stride: 2 });
  readonly joined = new ConvNormActivation(32, 16);
  readonly head = new nn.Conv2d(16, 5, 1);

  forward(input: Tensor): Tensor {
    const fine = this.down.forward(input);
    const coarse = this.inner.forward(this.pool.forward(fine));
    return this.head.forward(this.joined.forward(cat([fine, this.up.forward(coarse)], 1)));
  }
}

/** A sequence of numbers, by one-dimensional convolutions. */
export const sequence = () =>
  new nn.Sequential(
    new nn.Conv1d(2, 16, 3, { padding: 1, bias: false }),
    new nn.BatchNorm1d(16),
    new nn.ReLU(),
    new nn.MaxPool1d(2),
    new nn.Conv1d(16, 32, 3, { padding: 1, bias: false }),
    new nn.BatchNorm1d(32),
    new nn.ReLU(),
    new nn.AdaptiveAvgPool1d(1),
    new nn.Flatten(),
    new nn.Linear(32, 4),
  );

/** A model whose forward is a function. */
class Block extends nn.Module {
  readonly layers: readonly nn.Module[];
  readonly #body: (x: Tensor) => Tensor;
  constructor(layers: readonly nn.Module[], body: (x: Tensor) => Tensor) {
    super();
    this.layers = layers;
    this.#body = body;
  }
  forward(x: Tensor): Tensor {
    return this.#body(x);
  }
}

const mean = (channels: number) => [
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(channels, 10),
];

/** ConvNeXt's block: a large depthwise kernel, and a perceptron at each place. */
function nextBlock(d: number): Block {
  const wide = new nn.Conv2d(d, d, 7, { padding: 3, groups: d });
  const norm = new nn.LayerNorm(d);
  const mlp = new nn.MLP(d, [4 * d, d], { activation: nn.GELU });
  return new Block([wide, norm, mlp], (x) => {
    const places = wide.forward(x).permute([0, 2, 3, 1]); // [N, H, W, d]
    return x.add(mlp.forward(norm.forward(places)).permute([0, 3, 1, 2]));
  });
}

/** A block of a wide residual network: normalisation before each convolution, dropout between them. */
function wideBlock(d: number): Block {
  const conv = () => new nn.Conv2d(d, d, 3, { padding: 1, bias: false });
  const [norm1, conv1, norm2, conv2] = [new nn.BatchNorm2d(d), conv(), new nn.BatchNorm2d(d), conv()];
  const dropout = new nn.Dropout(0.3);
  return new Block([norm1, conv1, norm2, dropout, conv2], (x) => {
    const inner = conv1.forward(norm1.forward(x).relu());
    return x.add(conv2.forward(dropout.forward(norm2.forward(inner).relu())));
  });
}

/** A block of a densely connected network. */
function denseBlock(from: number, growth: number): Block {
  const [norm1, norm2] = [new nn.BatchNorm2d(from), new nn.BatchNorm2d(4 * growth)];
  const conv1 = new nn.Conv2d(from, 4 * growth, 1, { bias: false });
  const conv2 = new nn.Conv2d(4 * growth, growth, 3, { padding: 1, bias: false });
  return new Block([norm1, conv1, norm2, conv2], (x) =>
    cat([x, conv2.forward(norm2.forward(conv1.forward(norm1.forward(x).relu())).relu())], 1),
  );
}

/** Thirty steps of a cell, in a loop of the model's own. */
export function loop(): Block {
  const [cell, fc] = [new nn.GRUCell(8, 16), new nn.Linear(16, 10)];
  return new Block([cell, fc], (x) => {
    let h = zeros([1, 16]);
    for (let t = 0; t < 30; t++) h = cell.forward(x.select(1, t), h);
    return fc.forward(h);
  });
}

/** Means of unequal bins, which are a product with a matrix of constants. */
export function bins(): Block {
  const [conv, fc] = [new nn.Conv2d(3, 16, 3, { padding: 1 }), new nn.Linear(144, 10)];
  return new Block([conv, fc], (x) =>
    fc.forward(nn.functional.adaptiveAvgPool2d(conv.forward(x).relu(), 3).flatten(1)),
  );
}

/** Judges pictures: strided 4×4 kernels, as generative networks have them. */
export function judge(): nn.Module {
  const down = (from: number, to: number) => [
    new nn.Conv2d(from, to, 4, { stride: 2, padding: 1, bias: false }),
    new nn.BatchNorm2d(to),
    new nn.LeakyReLU(0.2),
  ];
  return new nn.Sequential(
    new nn.Conv2d(3, 64, 4, { stride: 2, padding: 1 }),
    new nn.LeakyReLU(0.2),
    ...down(64, 128),
    ...down(128, 256),
    new nn.Conv2d(256, 1, 4),
    new nn.Flatten(),
  );
}

/** Few numbers in the middle, pictures at both ends. */
export const autoencoder = () =>
  new nn.Sequential(
    new nn.Conv2d(1, 16, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.Conv2d(16, 8, 3, { stride: 2, padding: 1 }),
    new nn.ReLU(),
    new nn.ConvTranspose2d(8, 16, 2, { stride: 2 }),
    new nn.ReLU(),
    new nn.ConvTranspose2d(16, 1, 2, { stride: 2 }),
    new nn.Sigmoid(),
  );

/** Layers as deep as it takes to be deep, around them shortcuts. */
export const wide = () =>
  new nn.Sequential(
    new nn.Conv2d(3, 32, 3, { padding: 1, bias: false }),
    ...Array.from({ length: 14 }, () => wideBlock(32)),
    new nn.BatchNorm2d(32),
    new nn.ReLU(),
    ...mean(32),
  );

export const next = () =>
  new nn.Sequential(
    new nn.Conv2d(3, 48, 4, { stride: 4 }),
    nextBlock(48),
    nextBlock(48),
    new nn.GroupNorm(1, 48),
    new nn.Conv2d(48, 96, 2, { stride: 2 }),
    nextBlock(96),
    ...mean(96),
  );

export const connected = () =>
  new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { padding: 1, bias: false }),
    denseBlock(16, 12),
    denseBlock(28, 12),
    denseBlock(40, 12),
    new nn.BatchNorm2d(52),
    new nn.ReLU(),
    new nn.Conv2d(52, 26, 1, { bias: false }),
    new nn.AvgPool2d(2),
    denseBlock(26, 12),
    denseBlock(38, 12),
    new nn.BatchNorm2d(50),
    new nn.ReLU(),
    ...mean(50),
  );
