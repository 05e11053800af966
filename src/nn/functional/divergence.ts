// How far one distribution is from another.

import { ShapeError } from "../../base/errors.ts";
import { where } from "../../ops/binary.ts";
import type { OpRecord } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkBatch, checkPair, checkReduction, retainSmall } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

/** Options of `klDiv`. */
export interface KlDivOptions {
  /** `"batchmean"` divides the sum by the batch size, which is the divergence's definition; "mean", the default, by all elements. */
  reduction?: "none" | "mean" | "sum" | "batchmean";
  /** Whether the target holds logarithms too. Default false. */
  logTarget?: boolean;
}

/**
 * Kullback-Leibler divergence `y (ln y − x)` of log-probabilities x from probabilities y, element by element; 0 where y is 0.
 * Shapes: input and target any, the same. Throws ShapeError where they differ, or for the mean of an empty batch.
 */
export function klDiv(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", logTarget = false }: KlDivOptions = {},
): Tensor {
  const op = "klDiv";
  checkPair(op, input, target);
  checkReduction(op, reduction, ["none", "mean", "sum", "batchmean"]);
  checkBatch(op, input, input.size, reduction);
  if (reduction === "batchmean" && input.rank === 0) {
    throw new ShapeError(`${op}: reduction "batchmean" needs a batch axis; got a scalar. Use "sum"`);
  }
  retainSmall(input);
  const loss = divergence(input, target, logTarget);
  if (reduction === "none") return loss;
  const total = loss.sum();
  return reduction === "sum" ? total : total.mul(1 / (reduction === "mean" ? input.size : input.shape[0]!));
}

function divergence(input: Tensor, target: Tensor, logTarget: boolean): Tensor {
  if (logTarget) return target.exp().mul(target.sub(input));
  const y = where(target.eq(0), 1, target); // so that 0 ln 0 is 0, and so is its slope
  return y.mul(y.log()).sub(target.mul(input));
}

/** What the checks try these functions with. */
export function divergenceRecords(): OpRecord[] {
  const calls: ((x: Tensor, y: Tensor) => Tensor)[] = [
    (x, y) => klDiv(logSoftmax(x, 1), softmax(y, 1), { reduction: "batchmean" }),
    (x, y) => klDiv(x, y, { logTarget: true, reduction: "none" }),
  ];
  const shapes = [
    [3, 4],
    [3, 4],
  ];
  return [
    {
      name: "klDiv",
      differentiable: true,
      domain: [-2, 2],
      samples: calls.map((call) => ({ shapes, call: (x, y) => call(x!, y!) })),
    },
  ];
}
