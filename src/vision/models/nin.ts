// Network in Network: 1×1 convolutions between the others, and a global average in place of dense layers.

import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  Conv2d,
  Dropout,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
} from "../../nn/index.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of `NiN`. */
export interface NiNOptions {
  /** Number of classes. Default 10. */
  classes?: number;
  /** Channels of the pictures. Default 3. */
  inChannels?: number;
  /** Share dropped behind each pooling while training. Default 0.5. */
  dropout?: number;
}

/**
 * The paper's network for CIFAR: three convolutions (5×5, 5×5, 3×3), each followed by two 1×1 convolutions, which are a small dense network at
 * every place; poolings between them; in the end one map for each class, averaged. 966,986 parameters for ten classes in colour.
 * Shapes: x `[N, inChannels, H, W]` of about 32×32, logits `[N, classes]`.
 * Source: Lin et al., "Network in network", ICLR 2014.
 */
export class NiN extends Module {
  readonly features: Sequential;
  readonly avgpool = new AdaptiveAvgPool2d(1);

  constructor({ classes = 10, inChannels = 3, dropout = 0.5 }: NiNOptions = {}) {
    super();
    const layers: Module[] = [];
    const unit = (from: number, kernelSize: number, ...widths: readonly number[]) => {
      let inside = from;
      for (const [i, width] of widths.entries()) {
        const kernel = i === 0 ? kernelSize : 1;
        layers.push(new Conv2d(inside, width, kernel, { padding: (kernel - 1) / 2 }), new ReLU());
        inside = width;
      }
    };
    unit(inChannels, 5, 192, 160, 96); // [N, 96, H, W]
    layers.push(new MaxPool2d(3, { stride: 2, ceilMode: true }), new Dropout(dropout));
    unit(96, 5, 192, 192, 192); // [N, 192, H/2, W/2]
    layers.push(new AvgPool2d(3, { stride: 2, ceilMode: true }), new Dropout(dropout));
    unit(192, 3, 192, 192, classes); // [N, classes, H/4, W/4]
    this.features = new Sequential(...layers);
  }

  forward(input: Tensor): Tensor {
    return this.avgpool.forward(this.features.forward(input)).flatten(1);
  }
}
