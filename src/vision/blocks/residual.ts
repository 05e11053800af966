// The two blocks of residual networks: a few convolutions, and a shortcut around them.

import { OptionError } from "../../base/errors.ts";
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

/** How a shortcut gets the shape of its block's output: by a 1×1 convolution with batch normalisation, or by leaving out and adding zeros. */
export type ShortcutKind = "projection" | "padding";

/**
 * A shortcut without parameters: every stride-th pixel in both directions, with channels of zeros on both sides, half of them each (the
 * paper's option A). Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 */
export class PaddedShortcut extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly stride: number;

  constructor(inChannels: number, outChannels: number, stride: number) {
    super();
    if (outChannels < inChannels) {
      throw new OptionError(
        `PaddedShortcut: outChannels must be at least inChannels; got ${outChannels} for ${inChannels}`,
      );
    }
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.stride = stride;
  }

  forward(x: Tensor): Tensor {
    const before = Math.floor((this.outChannels - this.inChannels) / 2);
    const after = this.outChannels - this.inChannels - before;
    const fewer = x.slice(2, 0, undefined, this.stride).slice(3, 0, undefined, this.stride);
    return fewer.pad([
      [0, 0],
      [before, after],
      [0, 0],
      [0, 0],
    ]);
  }
}

/** The shortcut around a block: x itself, or where shapes change one of its kind. */
function makeShortcut(
  inChannels: number,
  outChannels: number,
  stride: number,
  kind: ShortcutKind,
): Identity | PaddedShortcut | Sequential {
  if (stride === 1 && inChannels === outChannels) return new Identity();
  if (kind === "padding") return new PaddedShortcut(inChannels, outChannels, stride);
  if (kind !== "projection") {
    throw new OptionError(`shortcut must be "projection" or "padding"; got ${JSON.stringify(kind)}`);
  }
  return new Sequential(residualConv(inChannels, outChannels, 1, stride), new BatchNorm2d(outChannels));
}

/** Options of `Bottleneck`. */
export interface ResidualOptions {
  /** Step of the 3×3 convolution that makes the map smaller. Default 1. */
  stride?: number;
}

/** Options of `BasicBlock`. */
export interface BasicBlockOptions extends ResidualOptions {
  /** How the shortcut changes its shape where the block does. Default "projection". */
  shortcut?: ShortcutKind;
}

/**
 * Two 3×3 convolutions and a shortcut around them: `relu(bn2(conv2(relu(bn1(conv1(x))))) + downsample(x))`. The shortcut is
 * x itself, or where stride or channels change a 1×1 convolution with batch normalisation (the paper's option B) or, with `shortcut: "padding"`,
 * a `PaddedShortcut` (option A).
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
  readonly downsample: Identity | PaddedShortcut | Sequential;

  constructor(inChannels: number, outChannels: number, options: BasicBlockOptions = {}) {
    super();
    checkOptions("BasicBlock", options, ["stride", "shortcut"]);
    checkCount("BasicBlock", "inChannels", inChannels);
    checkCount("BasicBlock", "outChannels", outChannels);
    const { stride = 1, shortcut = "projection" } = options;
    this.conv1 = residualConv(inChannels, outChannels, 3, stride);
    this.bn1 = new BatchNorm2d(outChannels);
    this.conv2 = residualConv(outChannels, outChannels, 3, 1);
    this.bn2 = new BatchNorm2d(outChannels);
    this.downsample = makeShortcut(inChannels, outChannels, stride, shortcut);
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
  readonly downsample: Identity | PaddedShortcut | Sequential;

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
    this.downsample = makeShortcut(inChannels, outChannels, stride, "projection");
  }

  forward(x: Tensor): Tensor {
    let y = this.bn1.forward(this.conv1.forward(x)).relu(); // [N, width, H, W]
    y = this.bn2.forward(this.conv2.forward(y)).relu(); // [N, width, H / stride, W / stride]
    y = this.bn3.forward(this.conv3.forward(y)); // [N, 4 · width, H / stride, W / stride]
    return y.add(this.downsample.forward(x)).relu();
  }
}
