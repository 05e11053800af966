// Poolings.

import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  type BinCounts,
  checkBins,
} from "../../ops/adaptivePool.ts";
import { type AvgPoolOptions, avgPool2d, checkPool, type MaxPoolOptions, maxPool2d } from "../../ops/pool.ts";
import { avgPool1d, maxPool1d } from "../../ops/pool1d.ts";
import { type Pair, sizesOf } from "../../ops/sizes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkPower, type LPPoolOptions, lpPool1d, lpPool2d } from "../functional/lpPool.ts";
import { Module, within } from "../module/module.ts";

/** The largest element of each window of a sequence; see `maxPool1d`. */
export class MaxPool1d extends Module {
  readonly kernelSize: number;
  readonly options: MaxPoolOptions<number>;

  constructor(kernelSize: number, options: MaxPoolOptions<number> = {}) {
    super();
    checkPool("MaxPool1d", "max", 1, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => maxPool1d(x, this.kernelSize, this.options));
  }
}

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

/** The mean of each window of a sequence; see `avgPool1d`. */
export class AvgPool1d extends Module {
  readonly kernelSize: number;
  readonly options: AvgPoolOptions<number>;

  constructor(kernelSize: number, options: AvgPoolOptions<number> = {}) {
    super();
    checkPool("AvgPool1d", "avg", 1, kernelSize, options);
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => avgPool1d(x, this.kernelSize, this.options));
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

/** The mean of each of `outputSize` bins of a sequence, whatever its length. See `adaptiveAvgPool1d`. */
export class AdaptiveAvgPool1d extends Module {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    checkBins("AdaptiveAvgPool1d", outputSize, 1);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => adaptiveAvgPool1d(x, this.outputSize));
  }
}

/** The mean of each of `outputSize` bins, whatever the picture's size; 1 is global average pooling. See `adaptiveAvgPool2d`. */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: BinCounts;

  constructor(outputSize: BinCounts) {
    super();
    checkBins("AdaptiveAvgPool2d", outputSize, 2);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => adaptiveAvgPool2d(x, this.outputSize));
  }
}

/** The largest element of each of `outputSize` bins of a sequence, whatever its length. See `adaptiveMaxPool1d`. */
export class AdaptiveMaxPool1d extends Module {
  readonly outputSize: number;

  constructor(outputSize: number) {
    super();
    checkBins("AdaptiveMaxPool1d", outputSize, 1);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => adaptiveMaxPool1d(x, this.outputSize));
  }
}

/** The largest element of each of `outputSize` bins, whatever the picture's size; 1 is global max pooling. See `adaptiveMaxPool2d`. */
export class AdaptiveMaxPool2d extends Module {
  readonly outputSize: BinCounts;

  constructor(outputSize: BinCounts) {
    super();
    checkBins("AdaptiveMaxPool2d", outputSize, 2);
    this.outputSize = outputSize;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => adaptiveMaxPool2d(x, this.outputSize));
  }
}

/** The root of the sum of powers of each window of a sequence; see `lpPool1d`. */
export class LPPool1d extends Module {
  readonly normType: number;
  readonly kernelSize: number;
  readonly options: LPPoolOptions<number>;

  constructor(normType: number, kernelSize: number, options: LPPoolOptions<number> = {}) {
    super();
    checkPower("LPPool1d", normType, options);
    sizesOf("LPPool1d", "kernel size", kernelSize, 1, 1);
    sizesOf("LPPool1d", "stride", options.stride ?? kernelSize, 1, 1);
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => lpPool1d(x, this.normType, this.kernelSize, this.options));
  }
}

/** The root of the sum of powers of each window; see `lpPool2d`. */
export class LPPool2d extends Module {
  readonly normType: number;
  readonly kernelSize: Pair;
  readonly options: LPPoolOptions;

  constructor(normType: number, kernelSize: Pair, options: LPPoolOptions = {}) {
    super();
    checkPower("LPPool2d", normType, options);
    sizesOf("LPPool2d", "kernel size", kernelSize, 1, 2);
    sizesOf("LPPool2d", "stride", options.stride ?? kernelSize, 1, 2);
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => lpPool2d(x, this.normType, this.kernelSize, this.options));
  }
}
