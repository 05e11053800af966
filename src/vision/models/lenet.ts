// LeNet as the study notes draw it: sigmoids, max pooling, a third convolution over what is left, two dense layers.
import { Conv2d, Linear, MaxPool2d } from "../../nn/layers/index.ts";
import { Module } from "../../nn/module/module.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkCounts } from "./pictures.ts";

/**
 * Digits from pictures of 28×28: 41,806 parameters for ten classes.
 * Shapes: x `[N, 1, 28, 28]`, logits `[N, classes]`.
 * Source: LeCun et al., "Gradient-based learning applied to document recognition", 1998, in the notes' form.
 */
export class LeNet extends Module {
  readonly conv1 = new Conv2d(1, 6, 5);
  readonly pool1 = new MaxPool2d(2);
  readonly conv2 = new Conv2d(6, 16, 5);
  readonly pool2 = new MaxPool2d(2);
  readonly conv3 = new Conv2d(16, 120, 4);
  readonly fc1 = new Linear(120, 64);
  readonly fc2: Linear;

  constructor({ classes = 10 }: { classes?: number } = {}) {
    super();
    checkCounts("LeNet", { classes });
    this.fc2 = new Linear(64, classes);
  }

  forward(input: Tensor): Tensor {
    let x = this.conv1.forward(input); // [N, 6, 24, 24]
    x = this.pool1.forward(x.sigmoid()); // [N, 6, 12, 12]
    x = this.conv2.forward(x.sigmoid()); // [N, 16, 8, 8]
    x = this.pool2.forward(x); // [N, 16, 4, 4]
    x = this.conv3.forward(x).flatten(1); // [N, 120]
    x = this.fc1.forward(x).sigmoid(); // [N, 64]
    return this.fc2.forward(x); // [N, classes]
  }
}

/** `new LeNet(options)`. */
export function lenet(options: { classes?: number } = {}): LeNet {
  return new LeNet(options);
}
