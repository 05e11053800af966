// Layers that leave out part of their input at random while training.

import { OptionError } from "../../base/errors.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { dropout } from "../functional/dropout.ts";
import { Module } from "../module/module.ts";

/** Zeroes elements with probability p while training; see `dropout`. */
export class Dropout extends Module {
  readonly p: number;

  constructor(p = 0.5) {
    super();
    if (!(p >= 0 && p <= 1)) throw new OptionError(`Dropout: p must lie in 0 … 1; got ${p}`);
    this.p = p;
  }

  forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }
}
