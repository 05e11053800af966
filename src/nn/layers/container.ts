// Modules that hold others, and the one that does nothing.

import type { Tensor } from "../../tensor/tensor.ts";
import { Module } from "../module/module.ts";

/** The input itself: stands where a model has nothing to do. */
export class Identity extends Module {
  forward(x: Tensor): Tensor {
    return x;
  }
}

/** Modules one after the other; their paths are their positions: `0.weight`. */
export class Sequential extends Module {
  readonly layers: readonly Module[];

  constructor(...layers: Module[]) {
    super();
    this.layers = layers;
  }

  override *children(): Generator<[string, Module]> {
    for (const [i, layer] of this.layers.entries()) yield [String(i), layer];
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value), x);
  }
}
