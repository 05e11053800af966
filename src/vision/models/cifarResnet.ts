// The residual networks for small pictures: three stages of 16, 32 and 64 channels.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { AdaptiveAvgPool2d, BatchNorm2d, type Conv2d, Linear, Sequential } from "../../nn/layers/index.ts";
import { Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicBlock, residualConv, type ShortcutKind } from "../blocks/residual.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** Options of `CifarResNet`. */
export interface CifarResNetOptions extends ClassifierOptions {
  /** Number of classes. Default 10. */
  classes?: number;
  /**
   * How shortcuts change their shape where stages do: "projection" as in torchvision (the paper's option B, and the default), or "padding", which has no
   * parameters, as the paper has it for CIFAR-10 (option A).
   */
  shortcut?: ShortcutKind;
}

/**
 * ResNet-20, 32, 44, 56 … for pictures of about 32×32: a 3×3 convolution, three stages of n blocks, global average
 * pooling and one dense layer; depth 6n + 2. Parameters are named as in torchvision's ResNet: `layer1.0.conv1.weight`.
 * ResNet-20 has 272,474 of them for ten classes in colour; 269,722 with `shortcut: "padding"`.
 * Shapes: x `[N, inChannels, H, W]` of any size, logits `[N, classes]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016, section 4.2.
 */
export class CifarResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1 = new BatchNorm2d(16);
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly fc: Linear;
  readonly inChannels: number;

  constructor(depth: number, options: CifarResNetOptions = {}) {
    super();
    checkOptions("CifarResNet", options, ["classes", "inChannels", "shortcut"]);
    const { classes = 10, inChannels = 3, shortcut = "projection" } = options;
    const blocks = (depth - 2) / 6;
    if (!Number.isInteger(blocks) || blocks < 1) {
      throw new OptionError(
        `CifarResNet: depth must be 6n + 2, such as 20, 32, 44 or 56; got ${depth}. ResNet-18, 34, 50, 101 and 152 for large pictures are ResNet: resnet18()`,
      );
    }
    checkCounts("CifarResNet", { classes, inChannels });
    this.conv1 = residualConv(inChannels, 16, 3, 1);
    this.layer1 = stage(blocks, 16, 16, 1, shortcut);
    this.layer2 = stage(blocks, 16, 32, 2, shortcut);
    this.layer3 = stage(blocks, 32, 64, 2, shortcut);
    this.fc = new Linear(64, classes);
    this.inChannels = inChannels;
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels);
    let x = this.bn1.forward(this.conv1.forward(input)).relu(); // [N, 16, H, W]
    x = this.layer1.forward(x); // [N, 16, H, W]
    x = this.layer2.forward(x); // [N, 32, H/2, W/2]
    x = this.layer3.forward(x); // [N, 64, H/4, W/4]
    return this.fc.forward(this.avgpool.forward(x).flatten(1)); // [N, classes]
  }
}

/** Blocks one after the other, of which the first changes stride and channels. */
function stage(
  blocks: number,
  inChannels: number,
  outChannels: number,
  stride: number,
  shortcut: ShortcutKind,
): Sequential {
  const later = Array.from({ length: blocks - 1 }, () => new BasicBlock(outChannels, outChannels));
  return new Sequential(new BasicBlock(inChannels, outChannels, { stride, shortcut }), ...later);
}

/** ResNet-20 for pictures of about 32×32: 272,474 parameters for ten classes. */
export function resnet20(options: CifarResNetOptions = {}): CifarResNet {
  return new CifarResNet(20, options);
}

/** ResNet-32 for pictures of about 32×32: 466,906 parameters for ten classes. */
export function resnet32(options: CifarResNetOptions = {}): CifarResNet {
  return new CifarResNet(32, options);
}

/** ResNet-44 for pictures of about 32×32: 661,338 parameters for ten classes. */
export function resnet44(options: CifarResNetOptions = {}): CifarResNet {
  return new CifarResNet(44, options);
}

/** ResNet-56 for pictures of about 32×32: 855,770 parameters for ten classes. */
export function resnet56(options: CifarResNetOptions = {}): CifarResNet {
  return new CifarResNet(56, options);
}
