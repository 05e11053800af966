// How losses are drawn together over a batch, and what all of them do with their inputs.

import { OptionError } from "../../base/errors.ts";
import { keepWith } from "../../graph/engine.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** How a loss is drawn together over the batch. */
export type LossReduction = "none" | "mean" | "sum";

/** A loss's input is what people read after a step (for the accuracy); keep it where that costs little. */
export function retainSmall(input: Tensor): void {
  if (input.requiresGrad && input.size <= 65536) keepWith(input.node, input.node);
}

/** The loss of each element or sample drawn together; throws OptionError for an unknown reduction. */
export function reduceLoss(op: string, loss: Tensor, reduction: LossReduction): Tensor {
  switch (reduction) {
    case "none":
      return loss;
    case "sum":
      return loss.sum();
    case "mean":
      return loss.mean();
    default:
      throw new OptionError(`${op}: reduction must be none, mean or sum; got ${String(reduction)}`);
  }
}
