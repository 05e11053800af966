// Network in Network, in its form for pictures of 32×32: small perceptrons slide over the picture, and maps are the classes.

import { checkOptions } from "../../base/options.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv2d,
  Dropout,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../nn/layers/index.ts";
import { Module } from "../../nn/module/module.ts";
import { zeros } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** Options of `NiN`. */
export interface NiNOptions extends ClassifierOptions {
  /** Number of classes. Default 10. */
  classes?: number;
  /** Probability of a value behind each pooling being dropped while training. Default 0.5. */
  dropout?: number;
}

/** A convolution that starts by Kaiming's rule: eight layers of ReLU without normalisation are too deep for PyTorch's default. */
function conv(inChannels: number, outChannels: number, kernelSize: number): Conv2d {
  return new Conv2d(inChannels, outChannels, kernelSize, {
    padding: (kernelSize - 1) / 2,
    init: { weight: kaimingNormal(), bias: zeros },
  });
}

/**
 * Three convolutions, each followed by two of 1×1: a small perceptron over the channels of every pixel. The last gives one map for each class, whose
 * mean is the logit, so that there are no dense layers at all. Channels, poolings and dropout are those of the authors' network
 * for CIFAR-10: 966,986 parameters for ten classes in colour. The last maps have no ReLU here, so that logits may be negative.
 * Shapes: x `[N, inChannels, H, W]` of at least 4×4 (32×32 in the paper), logits `[N, classes]`.
 * Source: Lin, Chen and Yan, "Network in network", ICLR 2014.
 */
export class NiN extends Module {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly inChannels: number;

  constructor(options: NiNOptions = {}) {
    super();
    checkOptions("NiN", options, ["classes", "inChannels", "dropout"]);
    checkCounts("NiN", options);
    const { classes = 10, inChannels = 3, dropout = 0.5 } = options;
    const mlp = (from: number, kernelSize: number, widths: readonly number[]) =>
      widths.flatMap((to, i) => [
        conv(i === 0 ? from : widths[i - 1]!, to, i === 0 ? kernelSize : 1),
        new ReLU(),
      ]);
    this.features = new Sequential(
      ...mlp(inChannels, 5, [192, 160, 96]), // [N, 96, H, W]
      new MaxPool2d(3, { stride: 2, ceilMode: true }), // [N, 96, H / 2, W / 2]
      new Dropout(dropout),
      ...mlp(96, 5, [192, 192, 192]), // [N, 192, H / 2, W / 2]
      new AvgPool2d(3, { stride: 2, ceilMode: true }), // [N, 192, H / 4, W / 4]
      new Dropout(dropout),
      ...mlp(192, 3, [192, 192]),
      conv(192, classes, 1), // [N, classes, H / 4, W / 4]
    );
    this.inChannels = inChannels;
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels, 4, "They are halved twice");
    return this.avgpool.forward(this.features.forward(input)).flatten(1); // [N, classes]
  }
}

/** `new NiN(options)`. */
export function nin(options: NiNOptions = {}): NiN {
  return new NiN(options);
}
