// Depthwise separable convolutions: each channel by itself, then all channels at each place.

import { BatchNorm2d, Conv2d, Module, ReLU6, Sequential } from "../../nn/index.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvNormActivation } from "./convNorm.ts";

/** Where mobile networks' convolutions start from. */
export const mobileInit = { weight: kaimingNormal({ mode: "fanOut" }) };

/**
 * A 3×3 convolution of each channel by itself and a 1×1 convolution over all of them, each with batch normalisation and ReLU: for 3×3 kernels
 * eight to nine times fewer products than a full convolution. Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017.
 */
export class DepthwiseSeparable extends Sequential {
  constructor(inChannels: number, outChannels: number, { stride = 1 }: { stride?: number } = {}) {
    super(
      new ConvNormActivation(inChannels, inChannels, { stride, groups: inChannels, init: mobileInit }),
      new ConvNormActivation(inChannels, outChannels, { kernelSize: 1, init: mobileInit }),
    );
  }
}

/** Options of `InvertedResidual`. */
export interface InvertedResidualOptions {
  /** Step of the depthwise convolution. Default 1. */
  stride?: number;
  /** How many times as many channels the depthwise convolution has as the input. Default 6. */
  expandRatio?: number;
}

/**
 * The bottleneck turned round: a 1×1 convolution to many channels, a depthwise 3×3 convolution, and a 1×1 convolution back to few without an
 * activation, with a shortcut where shape and stride allow one. Parameters are named as in torchvision: `conv.0.0.weight`.
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
 */
export class InvertedResidual extends Module {
  readonly conv: Sequential;
  /** Whether the input is added. */
  readonly hasShortcut: boolean;

  constructor(inChannels: number, outChannels: number, options: InvertedResidualOptions = {}) {
    super();
    const { stride = 1, expandRatio = 6 } = options;
    const hidden = Math.round(inChannels * expandRatio);
    const unit = { activation: () => new ReLU6(), init: mobileInit };
    this.hasShortcut = stride === 1 && inChannels === outChannels;
    this.conv = new Sequential(
      ...(expandRatio === 1 ? [] : [new ConvNormActivation(inChannels, hidden, { ...unit, kernelSize: 1 })]),
      new ConvNormActivation(hidden, hidden, { ...unit, stride, groups: hidden }),
      new Conv2d(hidden, outChannels, 1, { bias: false, init: mobileInit }),
      new BatchNorm2d(outChannels),
    );
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.forward(x);
    return this.hasShortcut ? x.add(y) : y;
  }
}
