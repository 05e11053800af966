// The single neuron, and layers of them stacked.

import { OptionError } from "../../base/errors.ts";
import { step } from "../../ops/activation.ts";
import { zeros } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultWeight, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, Module, type Parameter, parameter } from "../module/module.ts";
import { ReLU } from "./activation.ts";
import { Sequential } from "./container.ts";
import { Dropout } from "./dropout.ts";
import { Linear } from "./linear.ts";

/** What a neuron makes of its sum: a module, or any function of a tensor. */
export type Activation = Module | ((x: Tensor) => Tensor);

/** Options of `Perceptron`. */
export interface PerceptronOptions {
  /** What comes after the sum. Default: the step function, 1 above 0 and 0 elsewhere, which has no gradient. */
  activation?: Activation;
  /** Whether there is a bias. Default true. */
  bias?: boolean;
  /** Where weight and bias start from, instead of uniform numbers within ±1/√in and 0. */
  init?: InitialValues;
}

/**
 * A single neuron: `y = activation(x · w + b)`, all inputs times their weights, plus a bias, through an activation.
 * Shapes: x `[…, in]`, y `[…]`, weight `[in]`, bias `[]`. A `Linear` layer is many of them side by side.
 * Source: Rosenblatt, "The perceptron: a probabilistic model for information storage and organization in the brain", 1958.
 */
export class Perceptron extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly activation: Activation;

  constructor(inFeatures: number, { activation = step, bias = true, init = {} }: PerceptronOptions = {}) {
    super();
    checkCount("Perceptron", "inFeatures", inFeatures);
    const rule: Initializer = (shape) => defaultWeight(shape, inFeatures);
    this.weight = parameter((init.weight ?? rule)([inFeatures]));
    this.bias = bias ? parameter((init.bias ?? zeros)([])) : null;
    this.activation = activation;
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, "any", -1, this.weight.shape[0]!, "Flatten pictures first: x.flatten(1)");
    const sum = x.matmul(this.weight); // […]
    const z = this.bias ? sum.add(this.bias) : sum;
    return this.activation instanceof Module ? this.activation.forward(z) : this.activation(z);
  }
}

/** A class of modules, or a function that makes one, with the arguments that it is given. */
export type ModuleMaker<A extends unknown[]> = (new (...args: A) => Module) | ((...args: A) => Module);

/** Options of `MLP`. */
export interface MLPOptions {
  /** Makes each activation: a class such as `nn.Tanh`, or a function such as `() => new nn.Softmax(-1)`. Default `nn.ReLU`. */
  activation?: ModuleMaker<[]>;
  /** Makes the normalisation behind each hidden layer, such as `nn.BatchNorm1d` or `nn.LayerNorm`. Default: none. */
  norm?: ModuleMaker<[features: number]> | null;
  /** Probability that the dropout behind each layer, the last included, zeroes an element. Default 0. */
  dropout?: number;
  /** Whether the linear layers have a bias. Default true. */
  bias?: boolean;
  /** Where the linear layers' weights and biases start from. */
  init?: InitialValues;
}

/**
 * Perceptrons in layers, all of one with all of the next: for each hidden size linear → norm → activation → dropout, and linear → dropout
 * in the end. Shapes: x `[…, inFeatures]`, y `[…, last of sizes]`. Positions, and with them the names of parameters (`0.weight`, …), are
 * those of `torchvision.ops.MLP`: the dropouts are there also where they do nothing.
 */
export class MLP extends Sequential {
  constructor(inFeatures: number, sizes: readonly number[], options: MLPOptions = {}) {
    const { activation = ReLU, norm = null, dropout = 0, bias = true, init = {} } = options;
    checkCount("MLP", "inFeatures", inFeatures);
    if (sizes.length === 0) throw new OptionError("MLP: sizes must name at least that of the output; got []");
    for (const size of sizes) checkCount("MLP", "each layer's size", size);
    const layers = sizes.flatMap((size, i) => {
      const linear = new Linear(i === 0 ? inFeatures : sizes[i - 1]!, size, { bias, init });
      if (i === sizes.length - 1) return [linear, new Dropout(dropout)];
      return [linear, ...(norm ? [made(norm, size)] : []), made(activation), new Dropout(dropout)];
    });
    super(...layers);
  }
}

/** What a maker makes. */
export function made<A extends unknown[]>(maker: ModuleMaker<A>, ...args: A): Module {
  return isClass(maker) ? new maker(...args) : maker(...args);
}

function isClass<A extends unknown[]>(maker: ModuleMaker<A>): maker is new (...args: A) => Module {
  return maker.prototype instanceof Module;
}
