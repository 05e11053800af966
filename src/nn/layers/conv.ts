// Convolutions.

import { OptionError } from "../../base/errors.ts";
import { conv2d, type Pair, pair } from "../../ops/conv.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { defaultWeight, fanIn, type Initializer, type InitialValues } from "../module/init.ts";
import { checkCount, checkInput, Module, type Parameter, parameter, within } from "../module/module.ts";

/** Options of `Conv2d`: PyTorch's names and defaults, and initial values. */
export interface Conv2dOptions {
  stride?: Pair;
  padding?: Pair;
  dilation?: Pair;
  groups?: number;
  bias?: boolean;
  init?: InitialValues;
}

/**
 * Two-dimensional cross-correlation with a learned kernel; see `conv2d` for the formula.
 * Shapes: x `[N, in, H, W]`, y `[N, out, H', W']`, weight `[out, in / groups, kh, kw]`, bias `[out]`; both start
 * uniform within ±1/√(in / groups · kh · kw) unless `init` says otherwise.
 */
export class Conv2d extends Module {
  readonly weight: Parameter;
  readonly bias: Parameter | null;
  readonly inChannels: number;
  readonly options: {
    readonly stride: Pair;
    readonly padding: Pair;
    readonly dilation: Pair;
    readonly groups: number;
  };

  constructor(inChannels: number, outChannels: number, kernelSize: Pair, options: Conv2dOptions = {}) {
    super();
    const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true, init = {} } = options;
    checkCount("Conv2d", "inChannels", inChannels);
    checkCount("Conv2d", "outChannels", outChannels);
    checkCount("Conv2d", "groups", groups);
    const [kernelH, kernelW] = pair("Conv2d", "kernel size", kernelSize, 1);
    pair("Conv2d", "stride", stride, 1);
    pair("Conv2d", "padding", padding, 0);
    pair("Conv2d", "dilation", dilation, 1);
    if (inChannels % groups !== 0 || outChannels % groups !== 0) {
      throw new OptionError(
        `Conv2d: groups must divide both channel counts; got ${inChannels} → ${outChannels} in ${groups} groups`,
      );
    }
    const shape = [outChannels, inChannels / groups, kernelH, kernelW];
    this.inChannels = inChannels;
    this.options = { stride, padding, dilation, groups };
    const rule: Initializer = (of) => defaultWeight(of, fanIn(shape));
    this.weight = parameter((init.weight ?? rule)(shape));
    this.bias = bias ? parameter((init.bias ?? rule)([outChannels])) : null;
  }

  forward(x: Tensor): Tensor {
    checkInput(this, x, 4, 1, this.inChannels, "Pictures are [N, C, H, W]; add an axis with x.unsqueeze(0)");
    return within(this, () => conv2d(x, this.weight, this.bias, this.options));
  }
}
