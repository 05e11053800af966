// Residual blocks: what convolutions add to their input, so that a deeper network is never worse for it.

import { BatchNorm2d, Conv2d, Identity, Module, type Sequential } from "../../nn/index.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { convNorm } from "./convNorm.ts";

/** Where residual networks' convolutions start from. */
export const residualInit = { weight: kaimingNormal({ mode: "fanOut" }) };

/** Options of a residual block. */
export interface ResidualOptions {
  /** Step of the block; above 1 it shrinks the picture. Default 1. */
  stride?: number;
}

function conv(inChannels: number, outChannels: number, kernelSize: number, stride = 1): Conv2d {
  const padding = (kernelSize - 1) / 2;
  return new Conv2d(inChannels, outChannels, kernelSize, {
    stride,
    padding,
    bias: false,
    init: residualInit,
  });
}

/** The input itself, or where stride or channels change a 1×1 convolution with batch normalisation (the paper's option B). */
function shortcut(inChannels: number, outChannels: number, stride: number): Identity | Sequential {
  if (stride === 1 && inChannels === outChannels) return new Identity();
  return convNorm(inChannels, outChannels, { kernelSize: 1, stride, init: residualInit });
}

/**
 * Two 3×3 convolutions and a shortcut around them: `relu(bn2(conv2(relu(bn1(conv1(x))))) + downsample(x))`.
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
export class BasicBlock extends Module {
  /** Channels that it gives for each of `planes`. */
  static readonly expansion = 1;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly downsample: Identity | Sequential;

  constructor(inChannels: number, outChannels: number, { stride = 1 }: ResidualOptions = {}) {
    super();
    this.conv1 = conv(inChannels, outChannels, 3, stride);
    this.bn1 = new BatchNorm2d(outChannels);
    this.conv2 = conv(outChannels, outChannels, 3);
    this.bn2 = new BatchNorm2d(outChannels);
    this.downsample = shortcut(inChannels, outChannels, stride);
  }

  forward(x: Tensor): Tensor {
    const inner = this.bn1.forward(this.conv1.forward(x)).relu();
    return this.bn2.forward(this.conv2.forward(inner)).add(this.downsample.forward(x)).relu();
  }
}

/**
 * A 3×3 convolution over few channels between two 1×1 convolutions that lower and raise their number, and a shortcut around the three.
 * The stride is the 3×3 convolution's, as torchvision has it. Shapes: x `[N, in, H, W]`, y `[N, 4 · planes, ⌈H / stride⌉, ⌈W / stride⌉]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
export class Bottleneck extends Module {
  /** Channels that it gives for each of `planes`. */
  static readonly expansion = 4;
  readonly conv1: Conv2d;
  readonly bn1: BatchNorm2d;
  readonly conv2: Conv2d;
  readonly bn2: BatchNorm2d;
  readonly conv3: Conv2d;
  readonly bn3: BatchNorm2d;
  readonly downsample: Identity | Sequential;

  constructor(inChannels: number, planes: number, { stride = 1 }: ResidualOptions = {}) {
    super();
    const outChannels = planes * Bottleneck.expansion;
    this.conv1 = conv(inChannels, planes, 1);
    this.bn1 = new BatchNorm2d(planes);
    this.conv2 = conv(planes, planes, 3, stride);
    this.bn2 = new BatchNorm2d(planes);
    this.conv3 = conv(planes, outChannels, 1);
    this.bn3 = new BatchNorm2d(outChannels);
    this.downsample = shortcut(inChannels, outChannels, stride);
  }

  forward(x: Tensor): Tensor {
    let inner = this.bn1.forward(this.conv1.forward(x)).relu(); // [N, planes, H, W]
    inner = this.bn2.forward(this.conv2.forward(inner)).relu(); // [N, planes, H / stride, W / stride]
    return this.bn3.forward(this.conv3.forward(inner)).add(this.downsample.forward(x)).relu();
  }
}
