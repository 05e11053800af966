// The blocks of MobileNets: a depthwise convolution looks at each channel alone, 1×1 convolutions mix the channels.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import { BatchNorm2d, Conv2d, ReLU6, Sequential } from "../../nn/layers/index.ts";
import { checkCount, Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvNormActivation } from "./convNormActivation.ts";

const init = { weight: kaimingNormal({ mode: "fanOut" }) };

/** Throws OptionError where a stride is neither 1 nor 2. */
function checkStride(block: string, stride: number): void {
  if (stride !== 1 && stride !== 2) throw new OptionError(`${block}: stride must be 1 or 2; got ${stride}`);
}

/** Options of `DepthwiseSeparable`. */
export interface DepthwiseSeparableOptions {
  /** Step of the depthwise convolution, 1 or 2. Default 1. */
  stride?: number;
}

/**
 * A 3×3 convolution of each channel alone, then a 1×1 convolution across them, each with batch normalisation and ReLU: the work of
 * a full 3×3 convolution to `out` channels times `1 / out + 1 / 9`.
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`. Parameters: `0.0.weight` `[in, 1, 3, 3]`, `1.0.weight` `[out, in, 1, 1]`.
 * Source: Howard et al., "MobileNets: efficient convolutional neural networks for mobile vision applications", 2017.
 */
export class DepthwiseSeparable extends Sequential {
  constructor(inChannels: number, outChannels: number, options: DepthwiseSeparableOptions = {}) {
    checkOptions("DepthwiseSeparable", options, ["stride"]);
    checkCount("DepthwiseSeparable", "inChannels", inChannels);
    checkCount("DepthwiseSeparable", "outChannels", outChannels);
    const { stride = 1 } = options;
    checkStride("DepthwiseSeparable", stride);
    super(
      new ConvNormActivation(inChannels, inChannels, { stride, groups: inChannels, init }),
      new ConvNormActivation(inChannels, outChannels, { kernelSize: 1, init }),
    );
  }
}

/** Options of `InvertedResidual`. */
export interface InvertedResidualOptions {
  /** Step of the depthwise convolution, 1 or 2. Default 1. */
  stride?: number;
  /** How many times as many channels there are inside. Default 6. */
  expandRatio?: number;
}

/**
 * A 1×1 convolution raises the channels, a 3×3 works on each of them alone, a 1×1 lowers them again and is followed by no activation, which
 * would lose what the few channels hold. Where shapes stay the same x is added. Wide inside and narrow outside, the reverse of `Bottleneck`.
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`; the first convolution is left out for an expandRatio of 1.
 * Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
 */
export class InvertedResidual extends Module {
  readonly conv: Sequential;
  /** Whether x is added. */
  readonly isResidual: boolean;

  constructor(inChannels: number, outChannels: number, options: InvertedResidualOptions = {}) {
    super();
    checkOptions("InvertedResidual", options, ["stride", "expandRatio"]);
    checkCount("InvertedResidual", "inChannels", inChannels);
    checkCount("InvertedResidual", "outChannels", outChannels);
    const { stride = 1, expandRatio = 6 } = options;
    checkStride("InvertedResidual", stride);
    if (!(expandRatio > 0)) {
      throw new OptionError(`InvertedResidual: expandRatio must be above 0; got ${expandRatio}`);
    }
    const inside = Math.max(1, Math.round(inChannels * expandRatio));
    const activation = ReLU6;
    const raise = new ConvNormActivation(inChannels, inside, { kernelSize: 1, activation, init });
    this.conv = new Sequential(
      ...(expandRatio === 1 ? [] : [raise]),
      new ConvNormActivation(inside, inside, { stride, groups: inside, activation, init }),
      new Conv2d(inside, outChannels, 1, { bias: false, init }),
      new BatchNorm2d(outChannels),
    );
    this.isResidual = stride === 1 && inChannels === outChannels;
  }

  forward(x: Tensor): Tensor {
    const y = this.conv.forward(x);
    return this.isResidual ? x.add(y) : y;
  }
}
