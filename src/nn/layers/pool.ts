// Poolings.

import { adaptiveAvgPool2d } from "../../ops/adaptivePool.ts";
import { type Pair, pair } from "../../ops/conv.ts";
import { type AvgPoolOptions, avgPool2d, checkPool, type MaxPoolOptions, maxPool2d } from "../../ops/pool.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { Module, within } from "../module/module.ts";

/** The largest element of each window; see `maxPool2d`. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: MaxPoolOptions;

  constructor(kernelSize: Pair, options: MaxPoolOptions = {}) {
    super();
    checkPool("MaxPool2d", "max", 2, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => maxPool2d(x, this.kernelSize, this.options));
  }
}

/** The mean of each window; see `avgPool2d`. */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: AvgPoolOptions;

  constructor(kernelSize: Pair, options: AvgPoolOptions = {}) {
    super();
    checkPool("AvgPool2d", "avg", 2, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => avgPool2d(x, this.kernelSize, this.options));
  }
}

/** The mean of each of `outputSize` bins, whatever the picture's size; 1 is global average pooling. See `adaptiveAvgPool2d`. */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;

  constructor(outputSize: Pair) {
    super();
    pair("AdaptiveAvgPool2d", "output size", outputSize, 1);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => adaptiveAvgPool2d(x, this.outputSize));
  }
}
