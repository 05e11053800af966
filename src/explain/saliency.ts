// Which elements of the input a score answers to most, by its gradient: plain, and averaged over noise.
import { allocate } from "../base/dtype.ts";
import { checkNotNegative, checkNumber, checkOptions } from "../base/options.ts";
import type { Module } from "../nn/module/module.ts";
import { Random } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkSamples, type Explained, inputGradient, type Target } from "./target.ts";

/** Options of `saliency`. */
export interface SaliencyOptions {
  /** The class that is explained, or one for each sample. Default: the likeliest. */
  target?: Target;
}

/** What `saliency` and `smoothGrad` found. */
export interface Saliency extends Explained {
  /** Largest |gradient| of the channels, `[N, H, W]`; of inputs that are no pictures |gradient| itself. In score per unit of the input. */
  readonly map: Tensor;
  /** The gradient with its sign, of the input's shape. */
  readonly gradient: Tensor;
}

/**
 * Saliency: how much the score S of a class would change with each pixel, `M = max over channels of |∂S/∂x|`, at this very input.
 * It shows what the score is sensitive to, not what it is made of: where a unit is saturated, what matters may have no gradient.
 * Shapes: input `[N, C, H, W]`, map `[N, H, W]`; other inputs `[N, …]` give maps of their own shape. Scores are the model's outputs as they are.
 * The model is called in evaluation mode, and neither it nor its gradients are changed. Throws DTypeError for integers, which have no gradient,
 * ShapeError where the model gives no `[N, classes]`, OptionError for a class that there is not.
 * Source: Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", ICLR workshop 2014.
 */
export function saliency(model: Module, input: Tensor, options: SaliencyOptions = {}): Saliency {
  checkOptions("saliency", options, ["target"]);
  checkSamples("saliency", input);
  const { gradient, ...explained } = inputGradient("saliency", model, input, options.target);
  return { ...explained, map: strongest(gradient), gradient };
}

/** Options of `smoothGrad`. */
export interface SmoothGradOptions extends SaliencyOptions {
  /** Noisy copies of each sample. Default 25. */
  samples?: number;
  /** Standard deviation of the noise, as a share of each sample's range from least to largest element. Default 0.15. */
  noise?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * SmoothGrad: the mean of the gradients at `samples` noisy copies of the input, `1/n · Σ ∂S/∂x (x + ε)` with `ε ~ N(0, (noise · (max x − min x))²)`, and
 * its largest size over the channels. Noise takes away much of the flicker of a plain gradient. The target is what `saliency` would explain
 * at the input itself; everything else is as there. The same seed gives the same bits.
 * Source: Smilkov et al., "SmoothGrad: removing noise by adding noise", 2017, whose defaults lie within 10 to 20% and about 50 copies.
 */
export function smoothGrad(model: Module, input: Tensor, options: SmoothGradOptions = {}): Saliency {
  checkOptions("smoothGrad", options, ["target", "samples", "noise", "seed"]);
  checkSamples("smoothGrad", input);
  const { samples = 25, noise = 0.15, seed = 0 } = options;
  checkNumber("smoothGrad", "samples", samples, "a whole number of at least 1", isCount);
  checkNotNegative("smoothGrad", "noise", noise);
  checkNumber("smoothGrad", "seed", seed, "a whole number", Number.isInteger);
  const { targets, scores } = inputGradient("smoothGrad", model, input, options.target);
  const values = input.detach().dataSync();
  const deviations = rangesOf(values, input.shape[0]!).map((range) => noise * range);
  const each = values.length / deviations.length;
  const random = new Random(seed);
  const sum = new Float64Array(values.length);
  for (let k = 0; k < samples; k++) {
    const noisy = values.slice();
    for (let i = 0; i < noisy.length; i++) noisy[i]! += deviations[Math.floor(i / each)]! * random.normal();
    const { gradient } = inputGradient("smoothGrad", model, Tensor.fromArray(noisy, input.shape), targets);
    const found = gradient.dataSync();
    for (let i = 0; i < sum.length; i++) sum[i]! += found[i]! / samples;
  }
  const mean = allocate(input.dtype, sum.length);
  mean.set(sum);
  const gradient = Tensor.fromArray(mean, input.shape);
  return { targets, scores, map: strongest(gradient), gradient };
}

/** Largest less least element of each sample. */
function rangesOf(values: ArrayLike<number>, samples: number): number[] {
  const each = values.length / samples;
  return Array.from({ length: samples }, (_, n) => {
    let [least, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = n * each; i < (n + 1) * each; i++) {
      least = Math.min(least, values[i]!);
      largest = Math.max(largest, values[i]!);
    }
    return largest - least;
  });
}

/** The size of a gradient; of pictures the largest of the channels. */
export function strongest(gradient: Tensor): Tensor {
  const size = gradient.detach().abs();
  return (size.rank === 4 ? size.amax(1) : size).realize();
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
