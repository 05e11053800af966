// The layer that makes sequences and pictures larger.

import type { Tensor } from "../../tensor/tensor.ts";
import { checkInterpolation, type InterpolateOptions, interpolate } from "../functional/interpolate.ts";
import { Module, within } from "../module/module.ts";

/** A sequence or picture in another size, given by `size` or `scaleFactor`; see `interpolate`. */
export class Upsample extends Module {
  readonly options: InterpolateOptions;

  constructor(options: InterpolateOptions) {
    super();
    checkInterpolation("Upsample", options);
    this.options = options;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => interpolate(x, this.options));
  }
}
