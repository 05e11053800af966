// Activations and losses as functions of tensors.

import { isFloating } from "../base/dtype.ts";
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, normalizeAxis, sameShape } from "../base/shape.ts";
import { keepWith } from "../graph/engine.ts";
import { type ConvOptions, conv2d } from "../ops/conv.ts";
import type { Operand, OpRecord } from "../ops/define.ts";
import { arange, rand } from "../ops/factory.ts";
import { checkIndices, oneHot } from "../ops/indexing.ts";
import { softmaxLoss } from "../ops/softmaxLoss.ts";
import type { Tensor } from "../tensor/tensor.ts";

export { linear } from "../ops/linalg.ts";
export { batchNorm } from "../ops/norm.ts";
export { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "../ops/pool.ts";
export { relu, sigmoid, tanh } from "../ops/unary.ts";
export { type ConvOptions, conv2d };

/** How a loss is drawn together over the batch. */
export type LossReduction = "none" | "mean" | "sum";

/** `eˣ / Σ eˣ` along an axis, computed from x − max so that it can't overflow. */
export function softmax(x: Tensor, axis: number): Tensor {
  const d = normalizeAxis("softmax", axis, x.rank);
  const e = shifted(x, d).exp();
  return e.div(e.sum(d, { keepdim: true }));
}

/** `ln softmax(x)` along an axis: `x − max − ln Σ e^(x − max)`. */
export function logSoftmax(x: Tensor, axis: number): Tensor {
  const d = normalizeAxis("logSoftmax", axis, x.rank);
  const s = shifted(x, d);
  return s.sub(s.exp().sum(d, { keepdim: true }).log());
}

/** x less its largest element along the axis; the shift cancels in both uses, so it carries no gradient. */
function shifted(x: Tensor, axis: number): Tensor {
  return x.sub(x.detach().amax(axis, { keepdim: true }));
}

/** Zeroes each element with probability p while training and scales the rest by 1 / (1 − p). Source: Srivastava et al., JMLR 2014. */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  if (!(p >= 0 && p <= 1)) throw new OptionError(`dropout: p must lie in 0 … 1; got ${p}`);
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  return x.mul(1 / (1 - p)).where(rand(x.shape).ge(p), 0);
}

/** Mean squared error, the notes' least squares: `(x − y)²`, averaged over all elements unless told otherwise. */
export function mseLoss(
  input: Tensor,
  target: Operand,
  { reduction = "mean" }: { reduction?: LossReduction } = {},
): Tensor {
  if (typeof target !== "number" && !sameShape(input.shape, target.shape)) {
    throw new ShapeError(
      `mseLoss: input ${formatShape(input.shape)} and target ${formatShape(target.shape)} must have one shape; broadcasting them would hide a mistake`,
    );
  }
  retainSmall(input);
  return reduceLoss("mseLoss", input.sub(target).square(), reduction);
}

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

/** A loss's input is what people read after a step (for the accuracy); keep it where that costs little. */
function retainSmall(input: Tensor): void {
  if (input.requiresGrad && input.size <= 65536) keepWith(input.node, input.node);
}

function targetError(logits: Tensor, target: Tensor): ShapeError {
  const indices = logits.shape.filter((_, d) => d !== (logits.rank === 1 ? 0 : 1));
  return new ShapeError(
    `crossEntropy: target must be class indices ${formatShape(indices)} (uint8 or int32) or probabilities ${formatShape(logits.shape)}; ` +
      `got logits ${formatShape(logits.shape)}, target ${target.dtype} ${formatShape(target.shape)}`,
  );
}

function reduceLoss(op: string, loss: Tensor, reduction: LossReduction): Tensor {
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

/** What the checks try these ops with. */
export function functionalRecords(): OpRecord[] {
  return [
    {
      name: "softmax",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[4, 5]], call: (x) => softmax(x!, 1).square() },
        { shapes: [[2, 3, 4]], call: (x) => softmax(x!, 1).square() },
      ],
    },
    {
      name: "logSoftmax",
      differentiable: true,
      domain: [-3, 3],
      samples: [{ shapes: [[4, 5]], call: (x) => logSoftmax(x!, -1) }],
    },
    {
      name: "mseLoss",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        {
          shapes: [
            [4, 5],
            [4, 5],
          ],
          call: (x, y) => mseLoss(x!, y!),
        },
      ],
    },
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
