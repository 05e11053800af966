// Convolutions.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { type ConvOptions, conv1d, conv2d, convOptionNames, convSizes } from "../../ops/conv.ts";
import { modeError, padAxis } from "../../ops/padding.ts";
import { type Axes, type Pair, sizesOf } from "../../ops/sizes.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultWeight, fanIn, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, Module, type Parameter, parameter, within } from "../module/module.ts";

/** What a convolution's padding is made of: zeros, or a border of the input itself; see `nn.functional.pad`. */
export type PaddingMode = "zeros" | "reflect" | "replicate" | "circular";

const paddingModes: readonly PaddingMode[] = ["zeros", "reflect", "replicate", "circular"];
const layerNames = [...convOptionNames, "paddingMode", "bias", "init"];

/** Options of a convolution as a layer: PyTorch's names and defaults, and initial values. */
export interface ConvLayerOptions<Size = Pair> extends ConvOptions<Size> {
  /** What the padding is made of. Default "zeros". */
  paddingMode?: PaddingMode;
  /** Whether each output channel has a bias. Default true. */
  bias?: boolean;
  /** Where weight and bias start from. */
  init?: InitialValues;
}

/** Options of `Conv1d`. */
export type Conv1dOptions = ConvLayerOptions<number>;

/** Options of `Conv2d`. */
export type Conv2dOptions = ConvLayerOptions;

/** Throws OptionError where channels are no counts, or groups do not divide both. */
export function checkChannels(layer: string, inChannels: number, outChannels: number, groups: number): void {
  checkCount(layer, "inChannels", inChannels);
  checkCount(layer, "outChannels", outChannels);
  checkCount(layer, "groups", groups);
  if (inChannels % groups !== 0 || outChannels % groups !== 0) {
    throw new OptionError(
      `${layer}: groups must divide both channel counts; got ${inChannels} → ${outChannels} in ${groups} groups`,
    );
  }
}

/** A convolution's weight and bias at first: uniform within ±1/√(weight.size / weight.shape[0]), or what `init` says. */
export function initialKernel(
  shape: readonly number[],
  outChannels: number,
  bias: boolean,
  init: InitialValues,
): { weight: Parameter; bias: Parameter | null } {
  const rule: Initializer = (of) => defaultWeight(of, fanIn(shape));
  return {
    weight: parameter((init.weight ?? rule)(shape)),
    bias: bias ? parameter((init.bias ?? rule)([outChannels])) : null,
  };
}

/** What Conv1d and Conv2d share: all but the number of axes. */
abstract class Convolution<Size extends Pair> extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly paddingMode: PaddingMode;
  readonly options: Required<ConvOptions<Size>>;
  /** What is put around the input beforehand, [before, after] for each axis, and what is left to the convolution. */
  readonly #border: readonly (readonly [number, number])[];
  readonly #inner: ConvOptions<Size>;

  constructor(
    axes: Axes,
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    options: ConvLayerOptions<Size>,
  ) {
    super();
    const layer = this.constructor.name;
    checkOptions(layer, options, layerNames);
    const { stride = 1, padding = 0, dilation = 1, groups = 1, paddingMode = "zeros" } = options;
    checkChannels(layer, inChannels, outChannels, groups);
    const kernel = sizesOf(layer, "kernel size", kernelSize, 1, axes);
    const sizes = convSizes(layer, kernel, { stride, padding, dilation });
    if (!paddingModes.includes(paddingMode)) throw modeError(layer, "paddingMode", paddingMode, paddingModes);
    this.inChannels = inChannels;
    this.paddingMode = paddingMode;
    this.options = { stride, padding, dilation, groups } as Required<ConvOptions<Size>>;
    const isPlain = paddingMode === "zeros";
    this.#border = isPlain ? [] : sizes.padding;
    this.#inner = isPlain ? this.options : { ...this.options, padding: "valid" };
    const shape = [outChannels, inChannels / groups, ...kernel];
    const initial = initialKernel(shape, outChannels, options.bias ?? true, options.init ?? {});
    this.weight = initial.weight;
    this.bias = initial.bias;
  }

  /** What `convolve` makes of x and the border that `paddingMode` puts around it. */
  protected convolved(
    x: Tensor,
    convolve: (x: Tensor, weight: Tensor, bias: Tensor | null, options: ConvOptions<Size>) => Tensor,
  ): Tensor {
    const { paddingMode: mode, weight, bias } = this;
    return within(this, () => {
      let y = x;
      if (mode !== "zeros") {
        this.#border.forEach(([before, after], d) => {
          y = padAxis("padding", y, d + 2, before, after, mode, x);
        });
      }
      return convolve(y, weight, bias, this.#inner);
    });
  }
}

/**
 * One-dimensional cross-correlation with a learned kernel; see `conv1d` for the formula.
 * Shapes: x `[N, in, L]`, y `[N, out, L']`, weight `[out, in / groups, k]`, bias `[out]`; both start
 * uniform within ±1/√(in / groups · k) unless `init` says otherwise.
 */
export class Conv1d extends Convolution<number> {
  constructor(inChannels: number, outChannels: number, kernelSize: number, options: Conv1dOptions = {}) {
    super(1, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 3, 1, this.inChannels, "Sequences are [N, C, L]; add an axis with x.unsqueeze(0)");
    return this.convolved(x, conv1d);
  }
}

/**
 * Two-dimensional cross-correlation with a learned kernel; see `conv2d` for the formula.
 * Shapes: x `[N, in, H, W]`, y `[N, out, H', W']`, weight `[out, in / groups, kh, kw]`, bias `[out]`; both start
 * uniform within ±1/√(in / groups · kh · kw) unless `init` says otherwise.
 */
export class Conv2d extends Convolution<Pair> {
  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dOptions = {}) {
    super(2, inChannels, outChannels, kernelSize, options);
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 4, 1, this.inChannels, "Pictures are [N, C, H, W]; add an axis with x.unsqueeze(0)");
    return this.convolved(x, conv2d);
  }
}
