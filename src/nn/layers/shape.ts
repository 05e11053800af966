// Layers that arrange elements anew.

import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";

/** Joins axes `start … end` into one: all but the first unless told otherwise. */
export class Flatten extends Module {
  readonly start: number;
  readonly end: number;

  constructor(start = 1, end = -1) {
    super();
    this.start = start;
    this.end = end;
  }

  forward(x: Tensor): Tensor {
    return x.flatten(this.start, this.end);
  }
}
