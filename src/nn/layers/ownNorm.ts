// Normalisations that go by each sample's own statistics, in training and evaluation alike.

import { OptionError } from "../../base/errors.ts";
import type { Shape } from "../../base/shape.ts";
import { ones, zeros } from "../../ops/factory.ts";
import { type LocalResponseNormOptions, localResponseNorm } from "../../ops/localResponseNorm.ts";
import { groupNorm, layerNorm, rmsNorm } from "../../ops/ownNorm.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkCount, checkInput, Module, type Parameter, parameter, within } from "../module/module.ts";

/** Options of `LayerNorm`, PyTorch's names and defaults. */
export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether weight and bias are learned. Default true. */
  elementwiseAffine?: boolean;
  /** Whether there is a bias beside the weight. Default true. */
  bias?: boolean;
}

/**
 * Layer normalisation over the last axes, those of `normalizedShape` (a number stands for the last axis alone); see `layerNorm`.
 * Shapes: x `[…, ...normalizedShape]`, y as x; weight (1 at first) and bias (0) `normalizedShape`.
 */
export class LayerNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly normalizedShape: Shape;
  readonly eps: number;

  constructor(normalizedShape: number | Shape, options: LayerNormOptions = {}) {
    super();
    const { eps = 1e-5, elementwiseAffine = true, bias = true } = options;
    this.normalizedShape = shapeOf("LayerNorm", normalizedShape);
    this.eps = checkEps("LayerNorm", eps);
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape)) : null;
    this.bias = elementwiseAffine && bias ? parameter(zeros(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps));
  }
}

/** Options of `RMSNorm`, PyTorch's names and defaults. */
export interface RMSNormOptions {
  /** Added to the mean square. Default: the distance from 1 to the next number of x's dtype. */
  eps?: number | null;
  /** Whether a weight is learned. Default true. */
  elementwiseAffine?: boolean;
}

/**
 * Root mean square normalisation over the last axes, those of `normalizedShape`; see `rmsNorm`.
 * Shapes: x `[…, ...normalizedShape]`, y as x; weight (1 at first) `normalizedShape`.
 */
export class RMSNorm extends Module {
  readonly weight: Parameter | null;
  readonly normalizedShape: Shape;
  readonly eps: number | null;

  constructor(normalizedShape: number | Shape, options: RMSNormOptions = {}) {
    super();
    const { eps = null, elementwiseAffine = true } = options;
    this.normalizedShape = shapeOf("RMSNorm", normalizedShape);
    this.eps = eps === null ? null : checkEps("RMSNorm", eps);
    this.weight = elementwiseAffine ? parameter(ones(this.normalizedShape)) : null;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => rmsNorm(x, this.normalizedShape, this.weight, this.eps));
  }
}

/** Options of `GroupNorm`, PyTorch's names and defaults. */
export interface GroupNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether weight and bias are learned. Default true. */
  affine?: boolean;
}

/**
 * Group normalisation: `numChannels` channels in `numGroups` groups of neighbours; see `groupNorm`.
 * Shapes: x `[N, C]` or `[N, C, …]`, y as x; weight (1 at first) and bias (0) `[C]`.
 */
export class GroupNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;

  constructor(numGroups: number, numChannels: number, { eps = 1e-5, affine = true }: GroupNormOptions = {}) {
    super();
    checkCount("GroupNorm", "numGroups", numGroups);
    checkCount("GroupNorm", "numChannels", numChannels);
    if (numChannels % numGroups !== 0) {
      throw new OptionError(
        `GroupNorm: numGroups must divide numChannels; got ${numGroups} groups for ${numChannels} channels`,
      );
    }
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = checkEps("GroupNorm", eps);
    this.weight = affine ? parameter(ones([numChannels])) : null;
    this.bias = affine ? parameter(zeros([numChannels])) : null;
  }

  forward(x: Tensor): Tensor {
    const hint = "Samples are [N, C] or [N, C, …]; add a missing axis N with x.unsqueeze(0)";
    checkInput(this, x, "any", 1, this.numChannels, hint);
    return within(this, () => groupNorm(x, this.numGroups, this.weight, this.bias, this.eps));
  }
}

/** Local response normalisation over `size` neighbouring channels, as AlexNet has it; see `localResponseNorm`. */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly options: LocalResponseNormOptions;

  constructor(size: number, options: LocalResponseNormOptions = {}) {
    super();
    checkCount("LocalResponseNorm", "size", size);
    this.size = size;
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => localResponseNorm(x, this.size, this.options));
  }
}

function shapeOf(layer: string, given: number | Shape): Shape {
  const shape = typeof given === "number" ? [given] : given;
  if (shape.length === 0) {
    throw new OptionError(`${layer}: normalizedShape must name at least one axis; got []`);
  }
  for (const size of shape) checkCount(layer, "each size of normalizedShape", size);
  return shape;
}

function checkEps(layer: string, eps: number): number {
  if (!(eps >= 0)) throw new OptionError(`${layer}: eps must be at least 0; got ${eps}`);
  return eps;
}
