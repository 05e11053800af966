// The residual networks for small pictures: three stages of 16, 32 and 64 channels.

import { OptionError } from "../../base/errors.ts";
import { AdaptiveAvgPool2d, BatchNorm2d, Conv2d, Linear, Module, Sequential } from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicBlock, residualInit } from "../blocks/residual.ts";
import type { ResNetOptions } from "./resnet.ts";

/**
 * ResNet-20, 32, 44, 56 … for pictures of about 32×32: a 3×3 convolution, three stages of n blocks, global average
 * pooling and one dense layer; depth 6n + 2. Parameters are named as in torchvision's ResNet: `layer1.0.conv1.weight`.
 * ResNet-20 has 272,474 of them for ten classes in colour.
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

  constructor(depth: number, { classes = 10, inChannels = 3 }: ResNetOptions = {}) {
    super();
    const blocks = (depth - 2) / 6;
    if (!Number.isInteger(blocks) || blocks < 1) {
      throw new OptionError(
        `CifarResNet: depth must be 6n + 2, such as 20, 32, 44 or 56; got ${depth}. ResNet-18, 34, 50, 101 and 152 for large pictures are \`ResNet\``,
      );
    }
    this.conv1 = new Conv2d(inChannels, 16, 3, { padding: 1, bias: false, init: residualInit });
    this.layer1 = stage(blocks, 16, 16, 1);
    this.layer2 = stage(blocks, 16, 32, 2);
    this.layer3 = stage(blocks, 32, 64, 2);
    this.fc = new Linear(64, classes);
  }

  forward(input: Tensor): Tensor {
    let x = this.bn1.forward(this.conv1.forward(input)).relu(); // [N, 16, H, W]
    x = this.layer1.forward(x); // [N, 16, H, W]
    x = this.layer2.forward(x); // [N, 32, H/2, W/2]
    x = this.layer3.forward(x); // [N, 64, H/4, W/4]
    return this.fc.forward(this.avgpool.forward(x).flatten(1)); // [N, classes]
  }
}

/** Blocks one after the other, of which the first changes stride and channels. */
function stage(blocks: number, inChannels: number, outChannels: number, stride: number): Sequential {
  const later = Array.from({ length: blocks - 1 }, () => new BasicBlock(outChannels, outChannels));
  return new Sequential(new BasicBlock(inChannels, outChannels, { stride }), ...later);
}
