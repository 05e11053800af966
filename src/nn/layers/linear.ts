// The fully connected layer.

import { linear } from "../../ops/linalg.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultWeight, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, Module, type Parameter, parameter } from "../module/module.ts";

/** Options of `Linear`. */
export interface LinearOptions {
  bias?: boolean;
  init?: InitialValues;
}

/**
 * Affine map of the last axis: `y = x Wᵀ + b`.
 * Shapes: x `[…, in]`, y `[…, out]`, weight `[out, in]`, bias `[out]`; both start uniform within ±1/√in unless `init` says otherwise.
 */
export class Linear extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;

  constructor(inFeatures: number, outFeatures: number, { bias = true, init = {} }: LinearOptions = {}) {
    super();
    checkCount("Linear", "inFeatures", inFeatures);
    checkCount("Linear", "outFeatures", outFeatures);
    const rule: Initializer = (shape) => defaultWeight(shape, inFeatures);
    this.weight = parameter((init.weight ?? rule)([outFeatures, inFeatures]));
    this.bias = bias ? parameter((init.bias ?? rule)([outFeatures])) : null;
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, "any", -1, this.weight.shape[1]!, "Flatten pictures first: x.flatten(1)");
    return linear(x, this.weight, this.bias);
  }
}
