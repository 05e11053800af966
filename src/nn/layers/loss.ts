// Losses as modules, with their options fixed.

import type { Tensor } from "../../tensor/tensor.ts";
import { crossEntropy } from "../functional/classification.ts";
import type { LossReduction } from "../functional/reduction.ts";
import { mseLoss } from "../functional/regression.ts";
import { Module } from "../module/module.ts";

/** Mean squared error; see `mseLoss`. */
export class MSELoss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: { reduction?: LossReduction } = {}) {
    super();
    this.reduction = reduction;
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return mseLoss(input, target, { reduction: this.reduction });
  }
}

/** Cross-entropy from logits; see `crossEntropy`. */
export class CrossEntropyLoss extends Module {
  readonly reduction: LossReduction;

  constructor({ reduction = "mean" }: { reduction?: LossReduction } = {}) {
    super();
    this.reduction = reduction;
  }

  forward(logits: Tensor, target: Tensor): Tensor {
    return crossEntropy(logits, target, { reduction: this.reduction });
  }
}
