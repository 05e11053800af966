// Initial values scaled by the number of inputs and outputs, so that signals and gradients keep their size from layer to layer.

import type { Shape } from "../../base/shape.ts";
import { normal as drawNormal, uniform as drawUniform, type Initializer } from "../module/init.ts";
import { calculateGain, type FanMode, fanOf, type Nonlinearity } from "./gain.ts";

/** The rule's deviation for weights of a shape, as numbers of either distribution. */
type Deviation = (shape: Shape) => number;

/** Uniform numbers of the deviation σ lie within ±√3 σ. */
function uniformBy(deviation: Deviation): Initializer {
  return (shape) => {
    const bound = Math.sqrt(3) * deviation(shape);
    return drawUniform(shape, -bound, bound);
  };
}

function normalBy(deviation: Deviation): Initializer {
  return (shape) => drawNormal(shape, 0, deviation(shape));
}

/** Options of Xavier's rules. */
export interface XavierOptions {
  /** Factor for the activation behind; see `calculateGain`. Default 1. */
  gain?: number;
}

/** σ = gain · √(2 / (fanIn + fanOut)) */
function xavier(rule: string, { gain = 1 }: XavierOptions): Deviation {
  return (shape) => gain * Math.sqrt(2 / (fanOf(rule, shape, "fanIn") + fanOf(rule, shape, "fanOut")));
}

/**
 * Uniform within `±gain · √(6 / (fanIn + fanOut))`: for tanh and sigmoid.
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
 */
export function xavierUniform(options: XavierOptions = {}): Initializer {
  return uniformBy(xavier("xavierUniform", options));
}

/** Normal with deviation `gain · √(2 / (fanIn + fanOut))`; see `xavierUniform`. */
export function xavierNormal(options: XavierOptions = {}): Initializer {
  return normalBy(xavier("xavierNormal", options));
}

/** Options of Kaiming's rules, PyTorch's names and defaults. */
export interface KaimingOptions {
  /** Slope of the leaky ReLU behind. Default 0, that of ReLU. */
  a?: number;
  /** "fanIn" keeps the size of signals going forward, "fanOut" that of gradients going back. Default "fanIn". */
  mode?: FanMode;
  /** The activation behind. Default "leakyRelu". */
  nonlinearity?: Nonlinearity;
}

/** σ = gain / √fan */
function kaiming(rule: string, options: KaimingOptions): Deviation {
  const { a = 0, mode = "fanIn", nonlinearity = "leakyRelu" } = options;
  const gain = calculateGain(nonlinearity, a);
  return (shape) => gain / Math.sqrt(fanOf(rule, shape, mode));
}

/**
 * Uniform within `±gain · √(3 / fan)`, gain √2 for ReLU: for ReLU and its kin.
 * Source: He et al., "Delving deep into rectifiers", ICCV 2015.
 */
export function kaimingUniform(options: KaimingOptions = {}): Initializer {
  return uniformBy(kaiming("kaimingUniform", options));
}

/** Normal with deviation `gain / √fan`; see `kaimingUniform`. */
export function kaimingNormal(options: KaimingOptions = {}): Initializer {
  return normalBy(kaiming("kaimingNormal", options));
}

/** σ = 1 / √fanIn */
function lecun(rule: string): Deviation {
  return (shape) => 1 / Math.sqrt(fanOf(rule, shape, "fanIn"));
}

/** Uniform within `±√(3 / fanIn)`: for SELU and linear units. Source: LeCun et al., "Efficient backprop", 1998. */
export function lecunUniform(): Initializer {
  return uniformBy(lecun("lecunUniform"));
}

/** Normal with deviation `1 / √fanIn`; see `lecunUniform`. */
export function lecunNormal(): Initializer {
  return normalBy(lecun("lecunNormal"));
}
