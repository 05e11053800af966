// The unit that most networks are made of: convolution, normalisation, activation.

import { OptionError } from "../../base/errors.ts";
import { BatchNorm2d, Conv2d, type InitialValues, type Module, ReLU, Sequential } from "../../nn/index.ts";

/** Options of `ConvNormActivation`, torchvision's names and defaults. */
export interface ConvNormActivationOptions {
  /** Default 3. */
  kernelSize?: number;
  /** Default 1. */
  stride?: number;
  /** Default: what keeps the picture's size at stride 1, `(kernelSize − 1) / 2 · dilation`. */
  padding?: number;
  /** Default 1. */
  dilation?: number;
  /** Default 1. */
  groups?: number;
  /** Makes the normalisation for so many channels; null leaves it out. Default `BatchNorm2d`. */
  norm?: ((channels: number) => Module) | null;
  /** Makes the activation; null leaves it out. Default `ReLU`. */
  activation?: (() => Module) | null;
  /** Whether the convolution has a bias. Default: where there is no normalisation, whose own bias would make it idle. */
  bias?: boolean;
  /** Where the convolution's weight and bias start from. */
  init?: InitialValues;
}

/**
 * `activation(norm(conv(x)))`; children `0`, `1` and `2` as in torchvision's Conv2dNormActivation.
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]` for an odd kernel and the default padding.
 */
export class ConvNormActivation extends Sequential {
  constructor(inChannels: number, outChannels: number, options: ConvNormActivationOptions = {}) {
    const { kernelSize = 3, stride = 1, dilation = 1, groups = 1, init = {} } = options;
    const { norm = (channels) => new BatchNorm2d(channels), activation = () => new ReLU() } = options;
    const { padding = ((kernelSize - 1) / 2) * dilation, bias = norm === null } = options;
    if (!Number.isInteger(padding)) {
      throw new OptionError(
        `ConvNormActivation: an even kernel (${kernelSize}) can't be padded alike on both sides; give padding, or an odd kernelSize`,
      );
    }
    const conv = { stride, padding, dilation, groups, bias, init };
    super(
      new Conv2d(inChannels, outChannels, kernelSize, conv),
      ...(norm ? [norm(outChannels)] : []),
      ...(activation ? [activation()] : []),
    );
  }
}

/** A convolution with batch normalisation and no activation, as shortcuts have. */
export function convNorm(
  inChannels: number,
  outChannels: number,
  options: Omit<ConvNormActivationOptions, "norm" | "activation"> = {},
): ConvNormActivation {
  return new ConvNormActivation(inChannels, outChannels, { ...options, activation: null });
}
