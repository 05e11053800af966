// The unit that most networks for pictures are stacked from: convolution, normalisation, activation.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { BatchNorm2d, Conv2d, ReLU, Sequential } from "../../nn/layers/index.ts";
import { type ModuleMaker, made } from "../../nn/layers/perceptron.ts";
import type { InitialValues } from "../../nn/module/init.ts";
import { checkCount, type Module } from "../../nn/module/module.ts";
import { type Pair, pair } from "../../ops/sizes.ts";

/** Options of `ConvNormActivation`, torchvision's names and defaults. */
export interface ConvNormActivationOptions {
  /** Rows and columns of the kernel, odd where `padding` is not given. Default 3. */
  kernelSize?: Pair;
  /** Step of the kernel. Default 1. */
  stride?: Pair;
  /** Zeros around the picture. Default `(kernelSize − 1) / 2 · dilation`, which keeps its size where the stride is 1. */
  padding?: Pair;
  /** Groups of channels that do not see each other; as many as channels make a depthwise convolution. Default 1. */
  groups?: number;
  /** Makes the normalisation, or null for none. Default `nn.BatchNorm2d`. */
  norm?: ModuleMaker<[channels: number]> | null;
  /** Makes the activation, or null for none. Default `nn.ReLU`. */
  activation?: ModuleMaker<[]> | null;
  /** Distance of the kernel's elements. Default 1. */
  dilation?: Pair;
  /** Whether the convolution has a bias. Default: only where there is no normalisation, whose own bias would do the same. */
  bias?: boolean;
  /** Where the convolution's weight and bias start from. */
  init?: InitialValues;
}

const names = ["kernelSize", "stride", "padding", "groups", "norm", "activation", "dilation", "bias", "init"];

/**
 * Convolution → normalisation → activation. Parameters are named by position, as in `torchvision.ops.Conv2dNormActivation`: `0.weight`, `1.weight`, ….
 * Shapes: x `[N, in, H, W]`, y `[N, out, ⌈H / stride⌉, ⌈W / stride⌉]`.
 */
export class ConvNormActivation extends Sequential {
  constructor(inChannels: number, outChannels: number, options: ConvNormActivationOptions = {}) {
    checkOptions("ConvNormActivation", options, names);
    checkCount("ConvNormActivation", "inChannels", inChannels);
    checkCount("ConvNormActivation", "outChannels", outChannels);
    const { stride = 1, groups = 1, norm = BatchNorm2d, activation = ReLU, init = {} } = options;
    const kernelSize = pair("ConvNormActivation", "kernelSize", options.kernelSize ?? 3, 1);
    const dilation = pair("ConvNormActivation", "dilation", options.dilation ?? 1, 1);
    const conv = new Conv2d(inChannels, outChannels, kernelSize, {
      stride,
      padding: options.padding ?? samePadding(kernelSize, dilation),
      dilation,
      groups,
      bias: options.bias ?? norm === null,
      init,
    });
    const layers: Module[] = [conv];
    if (norm) layers.push(made(norm, outChannels));
    if (activation) layers.push(made(activation));
    super(...layers);
  }
}

function samePadding(kernel: [number, number], dilation: [number, number]): [number, number] {
  if (kernel.some((size) => size % 2 === 0)) {
    throw new OptionError(
      `ConvNormActivation: a kernel of ${kernel.join("×")} has no middle, so that no padding keeps the picture's size. ` +
        "Give odd sizes, or padding",
    );
  }
  const [rows, columns] = kernel.map((size, d) => ((size - 1) / 2) * dilation[d]!);
  return [rows!, columns!];
}
