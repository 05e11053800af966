// Weights for channels by what is in the whole picture.

import { checkOptions } from "../../base/options.ts";
import { AdaptiveAvgPool2d, Conv2d, ReLU, Sigmoid } from "../../nn/layers/index.ts";
import { type ModuleMaker, made } from "../../nn/layers/perceptron.ts";
import { checkCount, checkInput, Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `SqueezeExcitation`, torchvision's names and defaults. */
export interface SqueezeExcitationOptions {
  /** Makes the activation between the two layers. Default `nn.ReLU`. */
  activation?: ModuleMaker<[]>;
  /** Makes what turns the last layer's numbers into factors. Default `nn.Sigmoid`. */
  scaleActivation?: ModuleMaker<[]>;
}

/**
 * Multiplies each channel by a factor that two small layers find from the means of all channels: `y = x · σ(fc2(relu(fc1(mean(x)))))`.
 * Shapes: x `[N, C, H, W]`, y as x; fc1 leads to `squeezeChannels`, fc2 back, both as 1×1 convolutions.
 * Source: Hu, Shen and Sun, "Squeeze-and-excitation networks", CVPR 2018.
 */
export class SqueezeExcitation extends Module {
  readonly avgpool = new AdaptiveAvgPool2d(1);
  readonly fc1: Conv2d;
  readonly fc2: Conv2d;
  readonly activation: Module;
  readonly scaleActivation: Module;

  constructor(inputChannels: number, squeezeChannels: number, options: SqueezeExcitationOptions = {}) {
    super();
    checkOptions("SqueezeExcitation", options, ["activation", "scaleActivation"]);
    checkCount("SqueezeExcitation", "inputChannels", inputChannels);
    checkCount("SqueezeExcitation", "squeezeChannels", squeezeChannels);
    const { activation = ReLU, scaleActivation = Sigmoid } = options;
    this.fc1 = new Conv2d(inputChannels, squeezeChannels, 1);
    this.fc2 = new Conv2d(squeezeChannels, inputChannels, 1);
    this.activation = made(activation);
    this.scaleActivation = made(scaleActivation);
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 4, 1, this.fc1.inChannels, "Pictures are [N, C, H, W]");
    const means = this.avgpool.forward(x); // [N, C, 1, 1]
    const inner = this.activation.forward(this.fc1.forward(means)); // [N, squeezeChannels, 1, 1]
    return x.mul(this.scaleActivation.forward(this.fc2.forward(inner)));
  }
}
