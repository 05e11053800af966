// Attention to channels.

import { AdaptiveAvgPool2d, Conv2d, Module, ReLU, Sigmoid } from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `SqueezeExcitation`. */
export interface SqueezeExcitationOptions {
  /** Makes the activation between the two layers. Default `ReLU`. */
  activation?: () => Module;
  /** Makes the activation that scales the channels. Default `Sigmoid`. */
  scaleActivation?: () => Module;
}

/**
 * Weighs each channel by what all of them show on the whole picture: `x · scale(fc2(act(fc1(mean x))))`. Parameters are named as in torchvision.
 * Shapes: x `[N, channels, H, W]`, y as x.
 * Source: Hu et al., "Squeeze-and-excitation networks", CVPR 2018.
 */
export class SqueezeExcitation extends Module {
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;
  readonly activation: Module;
  readonly scaleActivation: Module;

  constructor(channels: number, squeezed: number, options: SqueezeExcitationOptions = {}) {
    super();
    this.fc1 = new Conv2d(channels, squeezed, 1);
    this.fc2 = new Conv2d(squeezed, channels, 1);
    this.activation = options.activation?.() ?? new ReLU();
    this.scaleActivation = options.scaleActivation?.() ?? new Sigmoid();
  }

  forward(x: Tensor): Tensor {
    const seen = this.activation.forward(this.fc1.forward(this.avgpool.forward(x))); // [N, squeezed, 1, 1]
    return x.mul(this.scaleActivation.forward(this.fc2.forward(seen)));
  }
}
