// Transposed convolutions.

import { checkOptions } from "../../base/options.ts";
import {
  type ConvTransposeOptions,
  convTranspose1d,
  convTranspose2d,
  convTransposeOptionNames,
  convTransposeSizes,
} from "../../ops/convTranspose.ts";
import { type Axes, type Pair, sizesOf } from "../../ops/sizes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import type { InitialValues } from "../module/init.ts";
import { checkInput, Module, type Parameter, within } from "../module/module.ts";
import { checkChannels, initialKernel } from "./conv.ts";

const layerNames = [...convTransposeOptionNames, "bias", "init"];

/** Options of a transposed convolution as a layer: PyTorch's names and defaults, and initial values. */
export interface ConvTransposeLayerOptions<Size = Pair> extends ConvTransposeOptions<Size> {
  /** Whether each output channel has a bias. Default true. */
  bias?: boolean;
  /** Where weight and bias start from. */
  init?: InitialValues;
}

/** What ConvTranspose1d and ConvTranspose2d share: all but the number of axes. */
abstract class TransposedConvolution<Size extends Pair> extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly options: Required<ConvTransposeOptions<Size>>;

  constructor(
    axes: Axes,
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTransposeLayerOptions<Size>,
  ) {
    super();
    const layer = this.constructor.name;
    checkOptions(layer, options, layerNames);
    const { stride = 1, padding = 0, outputPadding = 0, dilation = 1, groups = 1 } = options;
    checkChannels(layer, inChannels, outChannels, groups);
    const kernel = sizesOf(layer, "kernel size", kernelSize, 1, axes);
    convTransposeSizes(layer, kernel, { stride, padding, outputPadding, dilation });
    this.inChannels = inChannels;
    this.options = { stride, padding, outputPadding, dilation, groups } as Required<
      ConvTransposeOptions<Size>
    >;
    const shape = [inChannels, outChannels / groups, ...kernel];
    const initial = initialKernel(shape, outChannels, options.bias ?? true, options.init ?? {});
    this.weight = initial.weight;
    this.bias = initial.bias;
  }
}

/**
 * Transposed convolution of sequences with a learned kernel; see `convTranspose1d` for the formula.
 * Shapes: x `[N, in, L]`, y `[N, out, L']`, weight `[in, out / groups, k]`, bias `[out]`; both start uniform within
 * ±1/√(out / groups · k), as PyTorch's do, unless `init` says otherwise.
 */
export class ConvTranspose1d extends TransposedConvolution<number> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: number,
    options: ConvTransposeLayerOptions<number> = {},
  ) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 3, 1, this.inChannels, "Sequences are [N, C, L]; add an axis with x.unsqueeze(0)");
    return within(this, () => convTranspose1d(x, this.weight, this.bias, this.options));
  }
}

/**
 * Transposed convolution of pictures with a learned kernel: with a stride it makes pictures larger; see `convTranspose2d` for the
 * formula. Shapes: x `[N, in, H, W]`, y `[N, out, H', W']`, weight `[in, out / groups, kh, kw]`, bias `[out]`; both start uniform within
 * ±1/√(out / groups · kh · kw), as PyTorch's do, unless `init` says otherwise.
 */
export class ConvTranspose2d extends TransposedConvolution<Pair> {
  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvTransposeLayerOptions = {},
  ) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 4, 1, this.inChannels, "Pictures are [N, C, H, W]; add an axis with x.unsqueeze(0)");
    return within(this, () => convTranspose2d(x, this.weight, this.bias, this.options));
  }
}
