// Layers: parameters, their initial values, and the equation that they stand for.

import { OptionError } from "../base/errors.ts";
import { conv2d, type Pair, pair } from "../ops/conv.ts";
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool2d,
  type MaxPoolOptions,
  maxPool2d,
} from "../ops/pool.ts";
import type { Tensor } from "../tensor/tensor.ts";
import {
  crossEntropy,
  dropout,
  type LossReduction,
  linear,
  logSoftmax,
  mseLoss,
  softmax,
} from "./functional.ts";
import { defaultWeight, fanIn, type Initializer } from "./init.ts";
import { checkCount, checkInput, Module, type Parameter, parameter } from "./module.ts";

/** Where a layer's parameters start from, instead of the layer's own rule. */
export interface InitialValues {
  weight?: Initializer;
  bias?: Initializer;
}

/** Options of `Linear`. */
export interface LinearOptions {
  bias?: boolean;
  init?: InitialValues;
}

/**
 * Affine map of the last axis: `y = x Wᵀ + b`.
 * Shapes: x `[…, in]`, y `[…, out]`, weight `[out, in]`, bias `[out]`; both start uniform within ±1/√in unless `init` says otherwise.
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, { bias = true, init = {} }: LinearOptions = {}) {
    super();
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    const rule: Initializer = (shape) => defaultWeight(shape, inFeatures);
    this.weight = parameter((init.weight ?? rule)([outFeatures, inFeatures]));
    this.bias = bias ? parameter((init.bias ?? rule)([outFeatures])) : null;
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, "any", -1, this.weight.shape[1]!, "Flatten pictures first: x.flatten(1)");
    return linear(x, this.weight, this.bias);
  }
}

/** Options of `Conv2d`: PyTorch's names and defaults, and initial values. */
export interface Conv2dOptions {
  stride?: Pair;
  padding?: Pair;
  dilation?: Pair;
  groups?: number;
  bias?: boolean;
  init?: InitialValues;
}

/**
 * Two-dimensional cross-correlation with a learned kernel; see `conv2d` for the formula.
 * Shapes: x `[N, in, H, W]`, y `[N, out, H', W']`, weight `[out, in / groups, kh, kw]`, bias `[out]`; both start
 * uniform within ±1/√(in / groups · kh · kw) unless `init` says otherwise.
 */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly options: {
    readonly stride: Pair;
    readonly padding: Pair;
    readonly dilation: Pair;
    readonly groups: number;
  };

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, init = {} } = options;
    checkCount("Conv2d", "inChannels", inChannels);
    checkCount("Conv2d", "outChannels", outChannels);
    checkCount("Conv2d", "groups", groups);
    const [kernelH, kernelW] = pair("Conv2d", "kernel size", kernelSize, 1);
    pair("Conv2d", "stride", stride, 1);
    pair("Conv2d", "padding", padding, 0);
    pair("Conv2d", "dilation", dilation, 1);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new OptionError(
        `Conv2d: groups must divide both channel counts; got ${inChannels} → ${outChannels} in ${groups} groups`,
      );
    }
    const shape = [outChannels, inChannels / groups, kernelH, kernelW];
    this.inChannels = inChannels;
    this.options = { stride, padding, dilation, groups };
    const rule: Initializer = (of) => defaultWeight(of, fanIn(shape));
    this.weight = parameter((init.weight ?? rule)(shape));
    this.bias = bias ? parameter((init.bias ?? rule)([outChannels])) : null;
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 4, 1, this.inChannels, "Pictures are [N, C, H, W]; add an axis with x.unsqueeze(0)");
    return conv2d(x, this.weight, this.bias, this.options);
  }
}

/** The largest element of each window; see `maxPool2d`. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: MaxPoolOptions;

  constructor(kernelSize: Pair, options: MaxPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, this.options);
  }
}

/** The mean of each window; see `avgPool2d`. */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly options: AvgPoolOptions;

  constructor(kernelSize: Pair, options: AvgPoolOptions = {}) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, this.options);
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
    return adaptiveAvgPool2d(x, this.outputSize);
  }
}

/** The input itself: stands where a model has nothing to do. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

/** Joins axes `start … end` into one: all but the first unless told otherwise. */
export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }
}

/** Zeroes elements with probability p while training; see `dropout`. */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new OptionError(`Dropout: p must lie in 0 … 1; got ${p}`);
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }
}

/** Modules one after the other; their paths are their positions: `0.weight`. */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    this.layers = layers;
  }

  override *children(): Generator<[string, Module]> {
    for (const [i, layer] of this.layers.entries()) yield [String(i), layer];
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value), x);
  }
}

/** `1 / (1 + e⁻ˣ)`. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** Hyperbolic tangent. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/** `max(x, 0)`. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** `eˣ / Σ eˣ` along an axis. */
export class Softmax extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return softmax(x, this.axis);
  }
}

/** `ln softmax(x)` along an axis. */
export class LogSoftmax extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return logSoftmax(x, this.axis);
  }
}

/** Mean squared error; see `mseLoss`. */
export class MSELoss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: { reduction?: LossReduction } = {}) {
    super();
    this.reduction = reduction;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** Cross-entropy from logits; see `crossEntropy`. */
export class CrossEntropyLoss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: { reduction?: LossReduction } = {}) {
    super();
    this.reduction = reduction;
  }

  forward(logits: Tensor, target: Tensor): Tensor {
    return crossEntropy(logits, target, { reduction: this.reduction });
  }
}
