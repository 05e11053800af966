// LeNet-5 of 1998: tanh, subsampling by means, and two details of the paper that can be switched on.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { AvgPool2d, Conv2d, Linear } from "../../nn/layers/index.ts";
import { uniform } from "../../nn/module/init.ts";
import { Module, type Parameter, parameter } from "../../nn/module/module.ts";
import { cat } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkCounts, checkExactly } from "./pictures.ts";

/** Options of `LeNet5`. */
export interface LeNet5Options {
  /** Number of classes. Default 10. */
  classes?: number;
  /** Channels of the pictures. Default 1. */
  inChannels?: number;
  /** Rows and columns of the pictures: 28 are padded to 32, which the paper has, with zeros. Default 28. */
  imageSize?: 28 | 32;
  /** What halves the maps: plain means, or the paper's means with a learned factor and bias for each map, and tanh. Default "average". */
  subsampling?: "average" | "trainable";
  /** Which of the six maps the 16 maps of the second convolution see: all, or three to six of them by the paper's table. Default "full". */
  connections?: "full" | "table";
}

const names = ["classes", "inChannels", "imageSize", "subsampling", "connections"];

/** Means of 2×2 with a learned factor and bias for each channel, then tanh. */
class Subsampling extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly pool = new AvgPool2d(2);

  constructor(channels: number) {
    super();
    // The paper's inputs are sums of four pixels with weights within ±2.4 / 4; these stand before means of four.
    this.weight = parameter(uniform([channels], -2.4, 2.4));
    this.bias = parameter(uniform([channels], -0.6, 0.6));
  }

  forward(x: Tensor): Tensor {
    const spread = (p: Parameter) => p.reshape([-1, 1, 1]);
    return this.pool.forward(x).mul(spread(this.weight)).add(spread(this.bias)).tanh();
  }
}

/** Table I of the paper: the maps of the first stage that each map of the second convolution sees, in groups of equal length. */
const table = [
  [
    [0, 1, 2],
    [1, 2, 3],
    [2, 3, 4],
    [3, 4, 5],
    [0, 4, 5],
    [0, 1, 5],
  ],
  [
    [0, 1, 2, 3],
    [1, 2, 3, 4],
    [2, 3, 4, 5],
    [0, 3, 4, 5],
    [0, 1, 4, 5],
    [0, 1, 2, 5],
    [0, 1, 3, 4],
    [1, 2, 4, 5],
    [0, 2, 3, 5],
  ],
  [[0, 1, 2, 3, 4, 5]],
];

/** The second convolution by the table: maps that see equally many channels are the groups of one convolution. */
class TableConv extends Module {
  readonly convs: readonly Conv2d[];

  constructor() {
    super();
    this.convs = table.map((rows) => new Conv2d(rows.flat().length, rows.length, 5, { groups: rows.length }));
  }

  forward(x: Tensor): Tensor {
    const maps = this.convs.map((conv, i) => {
      const seen = table[i]!.flat().map((channel) => x.slice(1, channel, channel + 1));
      return conv.forward(cat(seen, 1));
    });
    return cat(maps, 1); // [N, 16, 10, 10]
  }
}

/**
 * The network of 1998 for digits: three 5×5 convolutions with tanh and two subsamplings between them, then two dense layers. It has 61,706
 * parameters for ten classes; with `subsampling: "trainable"` and `connections: "table"` 60,850: the paper's 60,000 and the last layer. That one
 * is linear, for softmax and cross-entropy, where the paper measures distances to drawn templates of the digits. The tanh is plain, without the paper's scaling to ±1.7159.
 * Shapes: x `[N, inChannels, imageSize, imageSize]`, logits `[N, classes]`.
 * Source: LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document recognition", Proceedings of the IEEE 1998.
 */
export class LeNet5 extends Module {
  readonly conv1: Conv2d;
  readonly pool1: AvgPool2d | Subsampling;
  readonly conv2: Conv2d | TableConv;
  readonly pool2: AvgPool2d | Subsampling;
  readonly conv3 = new Conv2d(16, 120, 5);
  readonly fc1 = new Linear(120, 84);
  readonly fc2: Linear;
  readonly inChannels: number;
  readonly imageSize: number;

  constructor(options: LeNet5Options = {}) {
    super();
    checkOptions("LeNet5", options, names);
    checkCounts("LeNet5", options);
    const { classes = 10, inChannels = 1, imageSize = 28 } = options;
    const { subsampling = "average", connections = "full" } = options;
    if (imageSize !== 28 && imageSize !== 32) {
      throw new OptionError(`LeNet5: imageSize must be 28 or 32; got ${String(imageSize)}`);
    }
    if (subsampling !== "average" && subsampling !== "trainable") {
      throw new OptionError(
        `LeNet5: subsampling must be "average" or "trainable"; got ${JSON.stringify(subsampling)}`,
      );
    }
    if (connections !== "full" && connections !== "table") {
      throw new OptionError(
        `LeNet5: connections must be "full" or "table"; got ${JSON.stringify(connections)}`,
      );
    }
    const halving = (channels: number) =>
      subsampling === "trainable" ? new Subsampling(channels) : new AvgPool2d(2);
    this.conv1 = new Conv2d(inChannels, 6, 5, { padding: (32 - imageSize) / 2 });
    this.pool1 = halving(6);
    this.conv2 = connections === "table" ? new TableConv() : new Conv2d(6, 16, 5);
    this.pool2 = halving(16);
    this.fc2 = new Linear(84, classes);
    this.inChannels = inChannels;
    this.imageSize = imageSize;
  }

  forward(input: Tensor): Tensor {
    const hint = "Resize them, or make the network with their inChannels and imageSize (28 or 32)";
    checkExactly(this, input, this.inChannels, this.imageSize, hint);
    let x = this.conv1.forward(input).tanh(); // [N, 6, 28, 28]
    x = this.pool1.forward(x); // [N, 6, 14, 14]
    x = this.conv2.forward(x).tanh(); // [N, 16, 10, 10]
    x = this.pool2.forward(x); // [N, 16, 5, 5]
    x = this.conv3.forward(x).tanh().flatten(1); // [N, 120]
    x = this.fc1.forward(x).tanh(); // [N, 84]
    return this.fc2.forward(x); // [N, classes]
  }
}

/** `new LeNet5(options)`. */
export function lenet5(options: LeNet5Options = {}): LeNet5 {
  return new LeNet5(options);
}
