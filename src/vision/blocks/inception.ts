// GoogLeNet's block: convolutions of several sizes side by side, their channels one behind the other.

import { BatchNorm2d, Conv2d, type Conv2dOptions, MaxPool2d, Sequential } from "../../nn/layers/index.ts";
import type { InitialValues } from "../../nn/module/init.ts";
import { Module } from "../../nn/module/module.ts";
import { cat } from "../../ops/movement.ts";
import type { Pair } from "../../ops/sizes.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/**
 * `relu(bn(conv(x)))`, the convolution without bias and the normalisation with an eps of 0.001, as torchvision's Inception networks have it.
 * Shapes: as `Conv2d` with the same options.
 */
export class BasicConv2d extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: Omit<Conv2dOptions, "bias"> = {},
  ) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, { ...options, bias: false });
    this.bn = new BatchNorm2d(outChannels, { eps: 0.001 });
  }

  forward(x: Tensor): Tensor {
    return this.bn.forward(this.conv.forward(x)).relu();
  }
}

/** Channels that come out of each branch of `Inception`, and those that its 1×1 convolutions lower to. */
export interface InceptionChannels {
  /** Out of the 1×1 convolution. */
  readonly ch1x1: number;
  /** Into the 3×3 convolution. */
  readonly ch3x3red: number;
  /** Out of the 3×3 convolution. */
  readonly ch3x3: number;
  /** Into the branch that the paper calls 5×5. */
  readonly ch5x5red: number;
  /** Out of that branch. */
  readonly ch5x5: number;
  /** Out of the 1×1 convolution behind the pooling. */
  readonly poolProj: number;
}

/**
 * Four branches over the same picture, joined along the channels: 1×1; 1×1 → 3×3; 1×1 → 5×5; 3×3 max pooling → 1×1. The 1×1 convolutions before the larger ones
 * lower the channels, which makes those affordable. The third branch has a 3×3 kernel where the paper has 5×5, as torchvision's, whose weights it takes.
 * Shapes: x `[N, in, H, W]`, y `[N, ch1x1 + ch3x3 + ch5x5 + poolProj, H, W]`.
 * Source: Szegedy et al., "Going deeper with convolutions", CVPR 2015.
 */
export class Inception extends Module {
  readonly branch1: BasicConv2d;
  readonly branch2: Sequential;
  readonly branch3: Sequential;
  readonly branch4: Sequential;

  constructor(inChannels: number, channels: InceptionChannels, { init = {} }: { init?: InitialValues } = {}) {
    super();
    const { ch1x1, ch3x3red, ch3x3, ch5x5red, ch5x5, poolProj } = channels;
    const conv1x1 = (to: number) => new BasicConv2d(inChannels, to, 1, { init });
    const conv3x3 = (from: number, to: number) => new BasicConv2d(from, to, 3, { padding: 1, init });
    this.branch1 = conv1x1(ch1x1);
    this.branch2 = new Sequential(conv1x1(ch3x3red), conv3x3(ch3x3red, ch3x3));
    this.branch3 = new Sequential(conv1x1(ch5x5red), conv3x3(ch5x5red, ch5x5));
    const pool = new MaxPool2d(3, { stride: 1, padding: 1, ceilMode: true });
    this.branch4 = new Sequential(pool, conv1x1(poolProj));
  }

  forward(x: Tensor): Tensor {
    const branches = [this.branch1, this.branch2, this.branch3, this.branch4];
    return cat(
      branches.map((branch) => branch.forward(x)),
      1,
    );
  }
}
