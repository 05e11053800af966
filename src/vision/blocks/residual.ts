// The two blocks of residual networks: a few convolutions, and a shortcut around them.

import { checkOptions } from "../../base/options.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import { BatchNorm2d, Conv2d, Identity, Sequential } from "../../nn/layers/index.ts";
import { checkCount, Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** A convolution as residual networks have them: half padding, no bias, started by Kaiming's rule for the way back. */
export function residualConv(
  inChannels: number,
  outChannels: number,
  kernelSize: number,
  stride: number,
): Conv2d {
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding: (kernelSize - 1) / 2,
    bias: false,
    init: { weight: kaimingNormal({ mode: "fanOut" }) },
  });
}

/** The shortcut around a block: x itself, or where shapes change a 1×1 convolution with batch normalisation. */
function shortcut(inChannels: number, outChannels: number, stride: number): Identity | Sequential {
  if (stride === 1 && inChannels === outChannels) return new Identity();
  return new Sequential(residualConv(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels));
}

/** Options of `BasicBlock` and `Bottleneck`. */
export interface ResidualOptions {
  /** Step of the 3×3 convolution that makes the map smaller. Default 1. */
  stride?: number;
}

/**
 * Two 3×3 convolutions and a shortcut around them: `relu(bn2(conv2(relu(bn1(conv1(x))))) + downsample(x))`. The shortcut is
 * x itself, or where stride or channels change a 1×1 convolution with batch normalisation (the paper's option B).
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
export class BasicBlock extends Module {
  /** Channels that come out for each of those that the block is made for. */
  static readonly expansion = 1;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Identity | Sequential;

  constructor(inChannels: number, outChannels: number, options: ResidualOptions = {}) {
    super();
    checkOptions("BasicBlock", options, ["stride"]);
    checkCount("BasicBlock", "inChannels", inChannels);
    checkCount("BasicBlock", "outChannels", outChannels);
    const { stride = 1 } = options;
    this.conv1 = residualConv(inChannels, outChannels, 3, stride);
    this.bn1 = new BatchNorm2d(outChannels);
    this.conv2 = residualConv(outChannels, outChannels, 3, 1);
    this.bn2 = new BatchNorm2d(outChannels);
    this.downsample = shortcut(inChannels, outChannels, stride);
  }

  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    return this.bn2.forward(this.conv2.forward(inner)).add(this.downsample.forward(x)).relu();
  }
}

/**
 * 1×1, 3×3 and 1×1 convolution, and a shortcut around them: the first lowers the channels to `width`, the 3×3 works on those, the last
 * raises them to `4 · width`. The stride is in the 3×3, as in torchvision; the paper has it in the first, which skips three of four pixels.
 * Shapes: x `[N, in, H, W]`, y `[N, 4 · width, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
export class Bottleneck extends Module {
  /** Channels that come out for each of those that the block is made for. */
  static readonly expansion = 4;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Identity | Sequential;

  constructor(inChannels: number, width: number, options: ResidualOptions = {}) {
    super();
    checkOptions("Bottleneck", options, ["stride"]);
    checkCount("Bottleneck", "inChannels", inChannels);
    checkCount("Bottleneck", "width", width);
    const { stride = 1 } = options;
    const outChannels = Bottleneck.expansion * width;
    this.conv1 = residualConv(inChannels, width, 1, 1);
    this.bn1 = new BatchNorm2d(width);
    this.conv2 = residualConv(width, width, 3, stride);
    this.bn2 = new BatchNorm2d(width);
    this.conv3 = residualConv(width, outChannels, 1, 1);
    this.bn3 = new BatchNorm2d(outChannels);
    this.downsample = shortcut(inChannels, outChannels, stride);
  }

  forward(x: Tensor): Tensor {
    let y = this.bn1.forward(this.conv1.forward(x)).relu(); // [N, width, H, W]
    y = this.bn2.forward(this.conv2.forward(y)).relu(); // [N, width, H / stride, W / stride]
    y = this.bn3.forward(this.conv3.forward(y)); // [N, 4 · width, H / stride, W / stride]
    return y.add(this.downsample.forward(x)).relu();
  }
}
