// The inception block: kernels of several sizes side by side.

import { BatchNorm2d, Conv2d, MaxPool2d, Module, Sequential } from "../../nn/index.ts";
import { truncatedNormal } from "../../nn/init/plain.ts";
import { cat } from "../../ops/movement.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Where GoogLeNet's weights start from. */
export const inceptionInit = { weight: truncatedNormal({ std: 0.01 }) };

/** Options of `BasicConv2d`. */
export interface BasicConvOptions {
  /** Default 1. */
  stride?: number;
  /** Default 0. */
  padding?: number;
}

/** `relu(bn(conv(x)))`, the convolution without a bias; parameters `conv` and `bn` as in torchvision. */
export class BasicConv2d extends Module {
  readonly conv: Conv2d;
  readonly bn: BatchNorm2d;

  constructor(inChannels: number, outChannels: number, kernelSize: number, options: BasicConvOptions = {}) {
    super();
    this.conv = new Conv2d(inChannels, outChannels, kernelSize, {
      ...options,
      bias: false,
      init: inceptionInit,
    });
    this.bn = new BatchNorm2d(outChannels, { eps: 1e-3 });
  }

  forward(x: Tensor): Tensor {
    return this.bn.forward(this.conv.forward(x)).relu();
  }
}

/** Channels of an inception block's branches. */
export interface InceptionChannels {
  /** The 1×1 convolution. */
  readonly one: number;
  /** The 3×3 convolution, from how many to how many. */
  readonly three: readonly [number, number];
  /** The convolution that the paper has 5×5. */
  readonly five: readonly [number, number];
  /** The 1×1 convolution behind the pooling. */
  readonly pool: number;
}

/**
 * Four branches whose channels are put side by side: 1×1; 1×1 then 3×3; 1×1 then 5×5; pooling then 1×1. The 1×1 convolutions lower the number of channels
 * before the larger kernels, which is what makes them affordable. As in torchvision, whose weights interchange, the third branch is 3×3 too.
 * Shapes: x `[N, in, H, W]`, y `[N, one + three[1] + five[1] + pool, H, W]`.
 * Source: Szegedy et al., "Going deeper with convolutions", CVPR 2015.
 */
export class Inception extends Module {
  readonly branch1: BasicConv2d;
  readonly branch2: Sequential;
  readonly branch3: Sequential;
  readonly branch4: Sequential;

  constructor(inChannels: number, { one, three, five, pool }: InceptionChannels) {
    super();
    const reduced = ([to, out]: readonly [number, number]) =>
      new Sequential(new BasicConv2d(inChannels, to, 1), new BasicConv2d(to, out, 3, { padding: 1 }));
    this.branch1 = new BasicConv2d(inChannels, one, 1);
    this.branch2 = reduced(three);
    this.branch3 = reduced(five);
    this.branch4 = new Sequential(
      new MaxPool2d(3, { stride: 1, padding: 1, ceilMode: true }),
      new BasicConv2d(inChannels, pool, 1),
    );
  }

  forward(x: Tensor): Tensor {
    const branches = [this.branch1, this.branch2, this.branch3, this.branch4];
    return cat(
      branches.map((branch) => branch.forward(x)),
      1,
    );
  }
}
