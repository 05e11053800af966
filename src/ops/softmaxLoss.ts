// Cross-entropy of logits against class indices, row by row, as one op: its kernel computes loss and gradient together.

import { Node } from "../graph/node.ts";
import { isGradEnabled } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { arange } from "./factory.ts";

/**
 * `−ln softmax(logits)[class]` for each row, as `ln Σ e^x − x[class]`. Shapes: logits `[N, C, …]` or `[C]`, target
 * (int32 or uint8) and result `[N, …]`, which the caller has checked; a class outside 0 … C − 1 gives NaN.
 */
export function softmaxLoss(logits: Tensor, target: Tensor): Tensor {
  requireFloat("softmaxLoss", { logits });
  const axis = logits.rank === 1 ? 0 : 1;
  const shape = logits.shape.filter((_, d) => d !== axis);
  const inputs = [logits.node, target.node];
  const node = Node.make(
    "softmaxLoss",
    target.dtype,
    { kind: "softmaxLoss", gives: "loss" },
    inputs,
    shape,
    logits.dtype,
  );
  return result(node, "softmaxLoss", [logits], (dy) => {
    const slope = isGradEnabled() ? recordedSlope(logits, target, axis) : fusedSlope(logits, target);
    return [slope.mul(dy.unsqueeze(axis))]; // dx = (softmax(x) − one-hot(class)) · dy
  });
}

/** `softmax(x) − one-hot(class)` by the kernel that also computes the loss. */
function fusedSlope(logits: Tensor, target: Tensor): Tensor {
  const op = { kind: "softmaxLoss", gives: "grad" } as const;
  const inputs = [logits.node, target.node];
  return new Tensor(Node.make("softmaxLossGrad", target.dtype, op, inputs, logits.shape, logits.dtype));
}

/** The same in ops that can be differentiated again. */
function recordedSlope(logits: Tensor, target: Tensor, axis: number): Tensor {
  const e = logits.sub(logits.detach().amax(axis, { keepdim: true })).exp();
  const position = arange(logits.shape[axis]!).reshape(
    logits.shape.map((size, d) => (d === axis ? size : 1)),
  );
  const hit = target.unsqueeze(axis).eq(position).cast(logits.dtype);
  return e.div(e.sum(axis, { keepdim: true })).sub(hit);
}

/** What the checks try these ops with. */
export function softmaxLossRecords(): OpRecord[] {
  return [
    {
      name: "softmaxLoss",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[4, 5]], call: (x) => softmaxLoss(x!, arange(4)) },
        { shapes: [[6]], call: (x) => softmaxLoss(x!, arange(3).select(0, 2)) },
        {
          shapes: [[2, 3, 7]],
          call: (x) => softmaxLoss(x!.sin(), arange(14).reshape([2, 7]).lt(9).cast("int32")),
        },
        {
          shapes: [[3, 2, 2, 2]],
          call: (x) => softmaxLoss(x!, arange(12).reshape([3, 2, 2]).lt(5).cast("uint8")),
        },
        { shapes: [[5, 1]], call: (x) => softmaxLoss(x!, arange(5).lt(0).cast("int32")) },
        { shapes: [[0, 3]], call: (x) => softmaxLoss(x!, arange(0)) },
      ],
    },
  ];
}
