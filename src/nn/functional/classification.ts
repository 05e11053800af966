// Losses for classes.

import { isFloating } from "../../base/dtype.ts";
import { ShapeError } from "../../base/errors.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import type { OpRecord } from "../../ops/define.ts";
import { arange } from "../../ops/factory.ts";
import { checkIndices, oneHot } from "../../ops/indexing.ts";
import { softmaxLoss } from "../../ops/softmaxLoss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossReduction, reduceLoss, retainSmall } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

/**
 * Cross-entropy of logits against classes: `−ln softmax(logits)[class]`, averaged over the samples unless told otherwise.
 * Shapes: logits `[N, C, …]` or `[C]`; target class indices (uint8 or int32) `[N, …]`, or probabilities of the
 * logits' shape. Throws ShapeError where shapes do not fit or a class lies outside 0 … C − 1.
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  { reduction = "mean" }: { reduction?: LossReduction } = {},
): Tensor {
  if (logits.rank === 0) throw new ShapeError("crossEntropy: logits need an axis of classes; got a scalar");
  const axis = logits.rank === 1 ? 0 : 1;
  const samples = logits.shape.filter((_, d) => d !== axis);
  retainSmall(logits);
  let loss: Tensor;
  if (isFloating(target.dtype)) {
    if (!sameShape(target.shape, logits.shape)) throw targetError(logits, target);
    loss = logSoftmax(logits, axis).mul(target).sum(axis).neg();
  } else {
    if (!sameShape(target.shape, samples)) throw targetError(logits, target);
    checkIndices("crossEntropy", target, logits.shape[axis]!);
    loss = softmaxLoss(logits, target);
  }
  if (reduction !== "mean") return reduceLoss("crossEntropy", loss, reduction);
  return loss.sum().mul(1 / samples.reduce((a, b) => a * b, 1));
}

function targetError(logits: Tensor, target: Tensor): ShapeError {
  const indices = logits.shape.filter((_, d) => d !== (logits.rank === 1 ? 0 : 1));
  return new ShapeError(
    `crossEntropy: target must be class indices ${formatShape(indices)} (uint8 or int32) or probabilities ${formatShape(logits.shape)}; ` +
      `got logits ${formatShape(logits.shape)}, target ${target.dtype} ${formatShape(target.shape)}`,
  );
}

/** What the checks try these functions with. */
export function classificationRecords(): OpRecord[] {
  return [
    {
      name: "crossEntropy",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[4, 5]], call: (x) => crossEntropy(x!, arange(4)) },
        {
          shapes: [
            [3, 5],
            [3, 5],
          ],
          call: (x, y) => crossEntropy(x!, softmax(y!, 1), { reduction: "sum" }),
        },
        { shapes: [[2, 3, 4]], call: (x) => crossEntropy(x!, oneHot(arange(2), 4).cast("int32")) },
      ],
    },
  ];
}
