// AlexNet: five convolutions and three dense layers, the network that began the wave of 2012.

import { checkOptions } from "../../base/options.ts";
import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  Linear,
  MaxPool2d,
  ReLU,
  Sequential,
} from "../../nn/layers/index.ts";
import { Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type ClassifierOptions, checkCounts, checkPictures } from "./pictures.ts";

/** Options of `AlexNet`. */
export interface AlexNetOptions extends ClassifierOptions {
  /** Probability of a value before each of the hidden dense layers being dropped while training. Default 0.5. */
  dropout?: number;
}

/**
 * AlexNet as torchvision has it, which follows the single column of "One weird trick": 64, 192, 384, 256 and 256 channels, no local response
 * normalisation. 61,100,840 parameters for 1000 classes, 58,631,144 of them in the three dense layers.
 * Shapes: x `[N, inChannels, H, W]` of at least 63×63 (224×224 in the paper; maps are averaged to 6×6), logits `[N, classes]`.
 * Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012;
 * Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
 */
export class AlexNet extends Module {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(6);
  readonly classifier: Sequential;
  readonly inChannels: number;

  constructor(options: AlexNetOptions = {}) {
    super();
    checkOptions("AlexNet", options, ["classes", "inChannels", "dropout"]);
    checkCounts("AlexNet", options);
    const { classes = 1000, inChannels = 3, dropout = 0.5 } = options;
    const halving = () => new MaxPool2d(3, { stride: 2 });
    this.features = new Sequential(
      new Conv2d(inChannels, 64, 11, { stride: 4, padding: 2 }),
      new ReLU(),
      halving(),
      new Conv2d(64, 192, 5, { padding: 2 }),
      new ReLU(),
      halving(),
      new Conv2d(192, 384, 3, { padding: 1 }),
      new ReLU(),
      new Conv2d(384, 256, 3, { padding: 1 }),
      new ReLU(),
      new Conv2d(256, 256, 3, { padding: 1 }),
      new ReLU(),
      halving(),
    );
    this.classifier = new Sequential(
      new Dropout(dropout),
      new Linear(256 * 6 * 6, 4096),
      new ReLU(),
      new Dropout(dropout),
      new Linear(4096, 4096),
      new ReLU(),
      new Linear(4096, classes),
    );
    this.inChannels = inChannels;
  }

  forward(input: Tensor): Tensor {
    checkPictures(this, input, this.inChannels, 63, "Below that the third pooling has no window of 3×3 left");
    const x = this.avgpool.forward(this.features.forward(input)); // [N, 256, 6, 6]
    return this.classifier.forward(x.flatten(1)); // [N, classes]
  }
}

/** `new AlexNet(options)`. */
export function alexnet(options: AlexNetOptions = {}): AlexNet {
  return new AlexNet(options);
}
