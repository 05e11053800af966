// MobileNetV2: inverted residuals, for machines with little memory and time.

import { checkNumber, checkOptions, checkPositive } from "../../base/options.ts";
import { kaimingNormal } from "../../nn/init/scaled.ts";
import { AdaptiveAvgPool2d, Dropout, Linear, ReLU6, Sequential } from "../../nn/layers/index.ts";
import { normal } from "../../nn/module/init.ts";
import { Module } from "../../nn/module/module.ts";
import { zeros } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { ConvNormActivation } from "../blocks/convNormActivation.ts";
import { InvertedResidual } from "../blocks/separable.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** Options of `MobileNetV2`. */
export interface MobileNetV2Options extends ClassifierOptions {
  /** Multiplies the number of channels; the last layer's do not fall below 1280. Default 1. */
  widthMult?: number;
  /** Channels are rounded to a multiple of this. Default 8. */
  roundNearest?: number;
  /** Probability of a value before the dense layer being dropped while training. Default 0.2. */
  dropout?: number;
}

/** The paper's table of stages. */
const stages = [
  { expandRatio: 1, channels: 16, count: 1, stride: 1 },
  { expandRatio: 6, channels: 24, count: 2, stride: 2 },
  { expandRatio: 6, channels: 32, count: 3, stride: 2 },
  { expandRatio: 6, channels: 64, count: 4, stride: 2 },
  { expandRatio: 6, channels: 96, count: 3, stride: 1 },
  { expandRatio: 6, channels: 160, count: 3, stride: 2 },
  { expandRatio: 6, channels: 320, count: 1, stride: 1 },
];

/** The nearest multiple of `divisor`, at least one, and not more than a tenth below `value`. */
function rounded(value: number, divisor: number): number {
  const nearest = Math.max(divisor, Math.floor((value + divisor / 2) / divisor) * divisor);
  return nearest < 0.9 * value ? nearest + divisor : nearest;
}

const init = { weight: kaimingNormal({ mode: "fanOut" }) };

/**
 * MobileNetV2, with 3,504,872 parameters for 1000 classes, named, shaped and started as in torchvision. 3×3 convolutions are all depthwise but the
 * first; nearly all of the work is done by 1×1 convolutions.
 * Shapes: x `[N, inChannels, H, W]` of any size (224×224 in the paper; it is halved five times), logits `[N, classes]`.
 * Source: Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.
 */
export class MobileNetV2 extends Module {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly classifier: Sequential;
  readonly inChannels: number;

  constructor(options: MobileNetV2Options = {}) {
    super();
    checkOptions("MobileNetV2", options, ["classes", "inChannels", "widthMult", "roundNearest", "dropout"]);
    checkCounts("MobileNetV2", options);
    const { classes = 1000, inChannels = 3, widthMult = 1, roundNearest = 8, dropout = 0.2 } = options;
    checkPositive("MobileNetV2", "widthMult", widthMult);
    const isCount = (n: number) => Number.isInteger(n) && n >= 1;
    checkNumber("MobileNetV2", "roundNearest", roundNearest, "an integer of at least 1", isCount);
    const activation = ReLU6;
    let from = rounded(32 * widthMult, roundNearest);
    const last = rounded(1280 * Math.max(1, widthMult), roundNearest);
    const layers: Module[] = [new ConvNormActivation(inChannels, from, { stride: 2, activation, init })];
    for (const { expandRatio, channels, count, stride } of stages) {
      const to = rounded(channels * widthMult, roundNearest);
      for (let n = 0; n < count; n++) {
        layers.push(new InvertedResidual(from, to, { stride: n === 0 ? stride : 1, expandRatio }));
        from = to;
      }
    }
    layers.push(new ConvNormActivation(from, last, { kernelSize: 1, activation, init }));
    this.features = new Sequential(...layers);
    const head = { weight: (shape: readonly number[]) => normal(shape, 0, 0.01), bias: zeros };
    this.classifier = new Sequential(new Dropout(dropout), new Linear(last, classes, { init: head }));
    this.inChannels = inChannels;
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels);
    const x = this.avgpool.forward(this.features.forward(input)); // [N, 1280, 1, 1]
    return this.classifier.forward(x.flatten(1)); // [N, classes]
  }
}

/** `new MobileNetV2(options)`. */
export function mobilenetV2(options: MobileNetV2Options = {}): MobileNetV2 {
  return new MobileNetV2(options);
}
