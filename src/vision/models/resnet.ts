// The residual networks for large pictures: a 7×7 convolution, a pooling, and four stages of 64, 128, 256 and 512 channels.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import {
  AdaptiveAvgPool2d,
  BatchNorm2d,
  type Conv2d,
  Linear,
  MaxPool2d,
  Sequential,
} from "../../nn/layers/index.ts";
import { Module } from "../../nn/module/module.ts";
import { zerosLike } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { BasicBlock, Bottleneck, residualConv } from "../blocks/residual.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** The block, and how many each of the four stages has. */
const forms = {
  18: { block: BasicBlock, counts: [2, 2, 2, 2] },
  34: { block: BasicBlock, counts: [3, 4, 6, 3] },
  50: { block: Bottleneck, counts: [3, 4, 6, 3] },
  101: { block: Bottleneck, counts: [3, 4, 23, 3] },
  152: { block: Bottleneck, counts: [3, 8, 36, 3] },
} as const;

/** Number of layers with weights. */
export type ResNetDepth = keyof typeof forms;

/** Options of `ResNet`. */
export interface ResNetOptions extends ClassifierOptions {
  /**
   * Whether the last normalisation of each block starts with a weight of 0, so that every block is at first the shortcut alone, and the network no
   * worse than a shallow one. Default false.
   */
  zeroInitResidual?: boolean;
}

/**
 * ResNet-18, 34, 50, 101 and 152, the form for large pictures (`CifarResNet` is the one for 32×32): 11,689,512, 21,797,672, 25,557,032, 44,549,160 and
 * 60,192,808 parameters for 1000 classes. 18 and 34 are made of `BasicBlock`, the deeper ones of `Bottleneck`. Named, shaped and started as in torchvision.
 * Shapes: x `[N, inChannels, H, W]` of any size (224×224 in the paper), logits `[N, classes]`.
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
  readonly inChannels: number;

  constructor(depth: ResNetDepth, options: ResNetOptions = {}) {
    super();
    checkOptions("ResNet", options, ["classes", "inChannels", "zeroInitResidual"]);
    checkCounts("ResNet", options);
    if (!Object.hasOwn(forms, depth)) {
      throw new OptionError(
        `ResNet: depth must be one of ${Object.keys(forms).join(", ")}; got ${depth}. ResNet-20, 32, 44 … for 32×32 are new CifarResNet(depth)`,
      );
    }
    const { classes = 1000, inChannels = 3, zeroInitResidual = false } = options;
    const { block, counts } = forms[depth];
    const stage = (i: number, width: number, stride: number) => {
      const inside = i === 0 ? 64 : (width / 2) * block.expansion;
      const first = new block(inside, width, { stride });
      const later = Array.from({ length: counts[i]! - 1 }, () => new block(width * block.expansion, width));
      return new Sequential(first, ...later);
    };
    this.conv1 = residualConv(inChannels, 64, 7, 2);
    this.layer1 = stage(0, 64, 1);
    this.layer2 = stage(1, 128, 2);
    this.layer3 = stage(2, 256, 2);
    this.layer4 = stage(3, 512, 2);
    this.fc = new Linear(512 * block.expansion, classes);
    this.inChannels = inChannels;
    if (zeroInitResidual) {
      for (const [, part] of this.namedModules()) {
        const last = part instanceof Bottleneck ? part.bn3 : part instanceof BasicBlock ? part.bn2 : null;
        if (last?.weight) last.weight.assign(zerosLike(last.weight));
      }
    }
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels);
    let x = this.bn1.forward(this.conv1.forward(input)).relu(); // [N, 64, H / 2, W / 2]
    x = this.layer1.forward(this.maxpool.forward(x)); // [N, 64 · expansion, H / 4, W / 4]
    x = this.layer2.forward(x); // [N, 128 · expansion, H / 8, W / 8]
    x = this.layer3.forward(x); // [N, 256 · expansion, H / 16, W / 16]
    x = this.layer4.forward(x); // [N, 512 · expansion, H / 32, W / 32]
    return this.fc.forward(this.avgpool.forward(x).flatten(1)); // [N, classes]
  }
}

/** ResNet-18: basic blocks, 11,689,512 parameters for 1000 classes. */
export function resnet18(options: ResNetOptions = {}): ResNet {
  return new ResNet(18, options);
}

/** ResNet-34: basic blocks, 21,797,672 parameters for 1000 classes. */
export function resnet34(options: ResNetOptions = {}): ResNet {
  return new ResNet(34, options);
}

/** ResNet-50: bottlenecks, 25,557,032 parameters for 1000 classes. */
export function resnet50(options: ResNetOptions = {}): ResNet {
  return new ResNet(50, options);
}

/** ResNet-101: bottlenecks, 44,549,160 parameters for 1000 classes. */
export function resnet101(options: ResNetOptions = {}): ResNet {
  return new ResNet(101, options);
}

/** ResNet-152: bottlenecks, 60,192,808 parameters for 1000 classes. */
export function resnet152(options: ResNetOptions = {}): ResNet {
  return new ResNet(152, options);
}
