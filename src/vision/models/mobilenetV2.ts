// MobileNetV2: inverted residuals, for phones and browsers.

import { OptionError } from "../../base/errors.ts";
import { Dropout, Linear, Module, ReLU6, Sequential } from "../../nn/index.ts";
import { normal, zeros } from "../../nn/init/plain.ts";
import { adaptiveAvgPool2d } from "../../ops/adaptivePool.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvNormActivation } from "../blocks/convNorm.ts";
import { InvertedResidual, mobileInit } from "../blocks/separable.ts";

/** Options of `MobileNetV2`. */
export interface MobileNetV2Options {
  /** Number of classes. Default 1000. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
  /** Multiplies the channels of every layer. Default 1. */
  widthMult?: number;
  /** Channels are rounded to a multiple of this. Default 8. */
  roundNearest?: number;
  /** Share dropped before the dense layer while training. Default 0.2. */
  dropout?: number;
}

/** Of each stage: expansion, channels, blocks, stride of the first one. */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** The multiple of `divisor` nearest to `channels` that is not below nine tenths of it. */
function rounded(channels: number, divisor: number): number {
  const near = Math.max(divisor, Math.floor((channels + divisor / 2) / divisor) * divisor);
  return near < 0.9 * channels ? near + divisor : near;
}

/**
 * A 3×3 convolution, seventeen inverted residuals, a 1×1 convolution, global average pooling and one dense layer: 3,504,872 parameters and 0.3 G multiply-adds for a
 * picture of 224×224. Named, shaped and started as in torchvision: `features.1.conv.0.0.weight`.
 * Shapes: x `[N, inChannels, H, W]` of any size, logits `[N, classes]`.
 * Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
 */
export class MobileNetV2 extends Module {
  readonly features: Sequential;
  readonly classifier: Sequential;

  constructor(options: MobileNetV2Options = {}) {
    super();
    const { classes = 1000, inChannels = 3, widthMult = 1, roundNearest = 8, dropout = 0.2 } = options;
    if (!(widthMult > 0)) throw new OptionError(`MobileNetV2: widthMult must be above 0; got ${widthMult}`);
    const scaled = (channels: number) => rounded(channels * widthMult, roundNearest);
    const unit = { activation: () => new ReLU6(), init: mobileInit };
    let from = scaled(32);
    const layers: Module[] = [new ConvNormActivation(inChannels, from, { ...unit, stride: 2 })];
    for (const [expandRatio, channels, count, first] of stages) {
      for (let i = 0; i < count; i++) {
        layers.push(
          new InvertedResidual(from, scaled(channels), { stride: i === 0 ? first : 1, expandRatio }),
        );
        from = scaled(channels);
      }
    }
    const last = rounded(1280 * Math.max(1, widthMult), roundNearest);
    layers.push(new ConvNormActivation(from, last, { ...unit, kernelSize: 1 }));
    this.features = new Sequential(...layers);
    this.classifier = new Sequential(
      new Dropout(dropout),
      new Linear(last, classes, { init: { weight: normal({ std: 0.01 }), bias: zeros() } }),
    );
  }

  forward(input: Tensor): Tensor {
    const x = this.features.forward(input); // [N, 1280, H/32, W/32]
    return this.classifier.forward(adaptiveAvgPool2d(x, 1).flatten(1));
  }
}
