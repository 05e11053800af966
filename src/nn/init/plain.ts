// Initial values that do not depend on how many inputs a unit has.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, sizeOf } from "../../base/shape.ts";
import { erf } from "../../kernel/erf.ts";
import { full } from "../../ops/factory.ts";
import { defaultRandom } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import { normal as drawNormal, uniform as drawUniform, type Initializer } from "../module/init.ts";

/** Uniform numbers in [a, b). */
export function uniform({ a = 0, b = 1 }: { a?: number; b?: number } = {}): Initializer {
  if (!(a <= b)) throw new OptionError(`uniform: a must be at most b; got a ${a}, b ${b}`);
  return (shape) => drawUniform(shape, a, b);
}

/** Normal numbers. */
export function normal({ mean = 0, std = 1 }: { mean?: number; std?: number } = {}): Initializer {
  checkDeviation("normal", std);
  return (shape) => drawNormal(shape, mean, std);
}

/** Bounds of a truncated normal distribution, and the one that is cut. */
export interface TruncatedNormalOptions {
  /** Mean before the cut. Default 0. */
  mean?: number;
  /** Deviation before the cut. Default 1. */
  std?: number;
  /** Lower bound, as a value. Default −2. */
  a?: number;
  /** Upper bound, as a value. Default 2. */
  b?: number;
}

/**
 * Normal numbers without those outside a … b, made from uniform numbers by the inverse of the distribution function, so that none
 * has to be drawn again: `x = mean + std · Φ⁻¹(u)`, u uniform between `Φ((a − mean) / std)` and `Φ((b − mean) / std)`.
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  const { mean = 0, std = 1, a = -2, b = 2 } = options;
  checkDeviation("truncatedNormal", std);
  if (!(a < b)) throw new OptionError(`truncatedNormal: a must be below b; got a ${a}, b ${b}`);
  // 2 Φ(z) − 1 = erf(z / √2)
  const low = erf((a - mean) / (std * Math.SQRT2));
  const high = erf((b - mean) / (std * Math.SQRT2));
  return (shape) => {
    const random = defaultRandom();
    const data = new Float32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) {
      const drawn = mean + std * Math.SQRT2 * inverseErf(low + (high - low) * random.uniform());
      data[i] = Math.min(Math.max(drawn, a), b);
    }
    return Tensor.fromArray(data, shape);
  };
}

/** The x with erf(x) = y, by Newton's method from Winitzki's approximation. */
function inverseErf(y: number): number {
  if (Math.abs(y) >= 1) return Math.sign(y) * Number.POSITIVE_INFINITY;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * 0.147) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / 0.147) - half);
  for (let i = 0; i < 3; i++) x -= ((erf(x) - y) * Math.sqrt(Math.PI)) / (2 * Math.exp(-x * x));
  return x;
}

/** One value everywhere. */
export function constant(value: number): Initializer {
  return (shape) => full(shape, value);
}

/** 0 everywhere. */
export function zeros(): Initializer {
  return constant(0);
}

/** 1 everywhere. */
export function ones(): Initializer {
  return constant(1);
}

/** The identity, as far as a matrix that is not square can be one. */
export function eye(): Initializer {
  return (shape) => {
    const [rows, columns] = shape;
    if (shape.length !== 2) throw new ShapeError(`eye: needs a matrix; got ${formatShape(shape)}`);
    const data = new Float32Array(rows! * columns!);
    for (let i = 0; i < Math.min(rows!, columns!); i++) data[i * columns! + i] = 1;
    return Tensor.fromArray(data, shape);
  };
}

/**
 * A convolution's weight `[out, in / groups, ...kernel]` that hands its channels on as they are: 1 in the kernel's middle from channel i of
 * each group to output i of it, 0 elsewhere.
 */
export function dirac({ groups = 1 }: { groups?: number } = {}): Initializer {
  return (shape) => {
    const [out = 0, inputs = 0, ...kernel] = shape;
    if (shape.length < 3) {
      throw new ShapeError(`dirac: needs a convolution's weight [out, in, …]; got ${formatShape(shape)}`);
    }
    if (!Number.isInteger(groups) || groups < 1 || out % groups !== 0) {
      throw new OptionError(`dirac: groups must divide the outputs; got ${groups} groups for ${out} outputs`);
    }
    const area = sizeOf(kernel);
    const middle = kernel.reduce((at, size) => at * size + Math.floor(size / 2), 0);
    const perGroup = out / groups;
    const data = new Float32Array(sizeOf(shape));
    for (let o = 0; o < out; o++) {
      const channel = o % perGroup;
      if (channel < inputs) data[(o * inputs + channel) * area + middle] = 1;
    }
    return Tensor.fromArray(data, shape);
  };
}

function checkDeviation(rule: string, std: number): void {
  if (!(std >= 0)) throw new OptionError(`${rule}: std must be at least 0; got ${std}`);
}
