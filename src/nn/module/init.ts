// What layers need for their initial values: what a rule is, draws, and the rule that layers have of their own.

import { type Shape, sizeOf } from "../../base/shape.ts";
import { defaultRandom } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** A rule for initial values: a tensor of the shape asked for. */
export type Initializer = (shape: Shape) => Tensor;

/** Where a layer's parameters start from, instead of the layer's own rule. */
export interface InitialValues {
  weight?: Initializer;
  bias?: Initializer;
}

/** Uniform numbers in [low, high). */
export function uniform(shape: Shape, low: number, high: number): Tensor {
  const random = defaultRandom();
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = low + (high - low) * random.uniform();
  return Tensor.fromArray(data, shape);
}

/** Normal numbers. */
export function normal(shape: Shape, mean = 0, deviation = 1): Tensor {
  const random = defaultRandom();
  const data = new Float32Array(sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = mean + deviation * random.normal();
  return Tensor.fromArray(data, shape);
}

/** Number of inputs that each output of a weight `[out, in, ...kernel]` sees. */
export function fanIn(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

/** Number of outputs that each input of a weight `[out, in, ...kernel]` reaches. */
export function fanOut([out = 1, , ...kernel]: Shape): number {
  return out * sizeOf(kernel);
}

/**
 * Uniform within ±1/√fanIn: what PyTorch's Linear and Conv2d start from (Kaiming's uniform rule with a = √5).
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015.
 */
export function defaultWeight(shape: Shape, fan: number = fanIn(shape)): Tensor {
  const bound = fan > 0 ? 1 / Math.sqrt(fan) : 0;
  return uniform(shape, -bound, bound);
}
