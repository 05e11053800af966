// Softmax and its logarithm.

import { normalizeAxis } from "../../base/shape.ts";
import type { OpRecord } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";

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

/** What the checks try these functions with. */
export function softmaxRecords(): OpRecord[] {
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
  ];
}
