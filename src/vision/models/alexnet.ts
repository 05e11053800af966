// AlexNet: the network that brought convolutions back.

import {
  AdaptiveAvgPool2d,
  Conv2d,
  Dropout,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `AlexNet`. */
export interface AlexNetOptions {
  /** Number of classes. Default 1000. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
  /** Share of the hidden units that are dropped while training. Default 0.5. */
  dropout?: number;
}

/**
 * Five convolutions, from 11×11 down to 3×3, three poolings and three dense layers: 61,100,840 parameters. Named, shaped and started as in torchvision, which
 * follows "One weird trick" rather than the paper's two columns. Shapes: x `[N, inChannels, H, W]` of at least 63×63, logits `[N, classes]`.
 * Source: Krizhevsky et al., "ImageNet classification with deep convolutional neural networks", NIPS 2012; Krizhevsky, "One weird trick for parallelizing
 * convolutional neural networks", 2014.
 */
export class AlexNet extends Module {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(6);
  readonly classifier: Sequential;

  constructor({ classes = 1000, inChannels = 3, dropout = 0.5 }: AlexNetOptions = {}) {
    super();
    const pool = () => new MaxPool2d(3, { stride: 2 });
    this.features = new Sequential(
      new Conv2d(inChannels, 64, 11, { stride: 4, padding: 2 }), // [N, 64, H/4, W/4]
      new ReLU(),
      pool(),
      new Conv2d(64, 192, 5, { padding: 2 }), // [N, 192, H/8, W/8]
      new ReLU(),
      pool(),
      new Conv2d(192, 384, 3, { padding: 1 }), // [N, 384, H/16, W/16]
      new ReLU(),
      new Conv2d(384, 256, 3, { padding: 1 }),
      new ReLU(),
      new Conv2d(256, 256, 3, { padding: 1 }),
      new ReLU(),
      pool(), // [N, 256, H/32, W/32]
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
  }

  forward(input: Tensor): Tensor {
    const x = this.avgpool.forward(this.features.forward(input)); // [N, 256, 6, 6]
    return this.classifier.forward(x.flatten(1));
  }
}
