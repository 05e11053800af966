// The residual networks for pictures of about 224×224.

import { OptionError } from "../../base/errors.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  Conv2d,
  Linear,
  MaxPool2d,
  Module,
  Sequential,
} from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicBlock, Bottleneck, residualInit } from "../blocks/residual.ts";

/** Options of residual networks. */
export interface ResNetOptions {
  /** Number of classes. Default 1000; 10 for networks of small pictures. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
}

/** Block, and how many of it each of the four stages has. */
const stages = {
  18: [BasicBlock, [2, 2, 2, 2]],
  34: [BasicBlock, [3, 4, 6, 3]],
  50: [Bottleneck, [3, 4, 6, 3]],
  101: [Bottleneck, [3, 4, 23, 3]],
  152: [Bottleneck, [3, 8, 36, 3]],
} as const;

/** Number of layers with weights. */
export type ResNetDepth = keyof typeof stages;

/**
 * ResNet-18, 34, 50, 101 and 152: a 7×7 convolution and a pooling that shrink the picture to a quarter, four stages of residual blocks of 64, 128,
 * 256 and 512 channels (four times that behind bottlenecks), global average pooling and one dense layer. Parameters are named, shaped
 * and started as in torchvision: `layer1.0.conv1.weight`. ResNet-18 has 11,689,512 of them, ResNet-50 25,557,032.
 * Shapes: x `[N, inChannels, H, W]` of any size, logits `[N, classes]`.
 * Source: He et al., "Deep residual learning for image recognition", CVPR 2016.
 */
export class ResNet extends Module {
  readonly conv1: Conv2d;
  readonly bn1 = new BatchNorm2d(64);
  readonly maxpool = new MaxPool2d(3, { stride: 2, padding: 1 });
  readonly layer1: Sequential;
  readonly layer2: Sequential;
  readonly layer3: Sequential;
  readonly layer4: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly fc: Linear;

  constructor(depth: ResNetDepth, { classes = 1000, inChannels = 3 }: ResNetOptions = {}) {
    super();
    if (!Object.hasOwn(stages, depth)) {
      throw new OptionError(
        `ResNet: depth must be one of ${Object.keys(stages).join(", ")}; got ${depth}. ResNet-20, 32, 44 and 56 for small pictures are \`CifarResNet\``,
      );
    }
    const [Block, counts] = stages[depth];
    let from = 64;
    const stage = (count: number, planes: number, stride: number) => {
      const blocks = Array.from({ length: count }, (_, i) => {
        const block = new Block(from, planes, i === 0 ? { stride } : {});
        from = planes * Block.expansion;
        return block;
      });
      return new Sequential(...blocks);
    };
    this.conv1 = new Conv2d(inChannels, 64, 7, { stride: 2, padding: 3, bias: false, init: residualInit });
    this.layer1 = stage(counts[0], 64, 1);
    this.layer2 = stage(counts[1], 128, 2);
    this.layer3 = stage(counts[2], 256, 2);
    this.layer4 = stage(counts[3], 512, 2);
    this.fc = new Linear(from, classes);
  }

  forward(input: Tensor): Tensor {
    let x = this.bn1.forward(this.conv1.forward(input)).relu(); // [N, 64, H/2, W/2]
    x = this.layer1.forward(this.maxpool.forward(x)); // [N, 64 · expansion, H/4, W/4]
    x = this.layer2.forward(x); // [N, 128 · expansion, H/8, W/8]
    x = this.layer3.forward(x); // [N, 256 · expansion, H/16, W/16]
    x = this.layer4.forward(x); // [N, 512 · expansion, H/32, W/32]
    return this.fc.forward(this.avgpool.forward(x).flatten(1)); // [N, classes]
  }
}
