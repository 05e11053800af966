// Losses for numbers: how far a prediction is from a target.

import { ShapeError } from "../../base/errors.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import type { Operand, OpRecord } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { type LossReduction, reduceLoss, retainSmall } from "./reduction.ts";

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

/** What the checks try these functions with. */
export function regressionRecords(): OpRecord[] {
  return [
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
  ];
}
