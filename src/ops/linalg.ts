// Matrix products.

import { ShapeError } from "../base/errors.ts";
import { broadcastShapes, formatShape } from "../base/shape.ts";
import { Node } from "../graph/node.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { method, register, requireFloat, result } from "./define.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /**
     * Matrix product `[…, m, k] × […, k, n] → […, m, n]`; leading axes broadcast. A vector on the left is a row, one on
     * the right a column, and its axis goes away.
     */
    matmul(b: Tensor): Tensor;
  }
}

/** Matrix product over the last two axes. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  requireFloat("matmul", { a, b });
  if (a.rank === 0 || b.rank === 0) {
    throw new ShapeError(
      `matmul: needs rank 1 or more; got a ${formatShape(a.shape)}, b ${formatShape(b.shape)}`,
    );
  }
  const left = a.rank === 1 ? a.unsqueeze(0) : a;
  const right = b.rank === 1 ? b.unsqueeze(1) : b;
  const [m, k] = left.shape.slice(-2) as [number, number];
  const [k2, n] = right.shape.slice(-2) as [number, number];
  if (k !== k2) {
    throw new ShapeError(
      `matmul: inner sizes differ (${k} vs ${k2}); got a ${formatShape(a.shape)}, b ${formatShape(b.shape)}`,
    );
  }
  const batch = broadcastShapes(left.shape.slice(0, -2), right.shape.slice(0, -2));
  if (!batch) {
    throw new ShapeError(
      `matmul: leading axes do not broadcast; got a ${formatShape(a.shape)}, b ${formatShape(b.shape)}`,
    );
  }
  // A batch that b does not vary over is one tall product.
  const tall = right.rank === 2 && left.rank > 2 && k > 0;
  const product = tall
    ? rowsByColumns(left.reshape([-1, k]), right)
    : rowsByColumns(left.expand([...batch, m, k]), right.expand([...batch, k, n]));
  const shape = [...batch, ...(a.rank === 1 ? [] : [m]), ...(b.rank === 1 ? [] : [n])];
  return product.reshape(shape);
}

/** The product of tensors with equal leading axes. */
function rowsByColumns(a: Tensor, b: Tensor): Tensor {
  const shape = [...a.shape.slice(0, -1), b.shape.at(-1)!];
  const node = Node.make("matmul", "", { kind: "matmul" }, [a.node, b.node], shape, a.dtype);
  return result(node, "matmul", [a, b], (dy) => [
    // da = dy bᵀ, written as (b dyᵀ)ᵀ where a is a transposed view, so that its base gets its gradient in its own order
    a.requiresGrad ? (isPermuted(a) ? flipped(b, flipAxes(dy)) : rowsByColumns(dy, flipAxes(b))) : null,
    // db = aᵀ dy, or (dyᵀ a)ᵀ likewise
    b.requiresGrad ? (isPermuted(b) ? flipped(flipAxes(dy), a) : rowsByColumns(flipAxes(a), dy)) : null,
  ]);
}

function flipAxes(x: Tensor): Tensor {
  return x.transpose(-1, -2);
}

/** `(a b)ᵀ` over the last two axes. */
function flipped(a: Tensor, b: Tensor): Tensor {
  return flipAxes(rowsByColumns(a, b));
}

function isPermuted(x: Tensor): boolean {
  return x.node.op.kind === "view" && x.node.op.view.kind === "permute";
}

method("matmul", matmul);
register({
  name: "matmul",
  differentiable: true,
  domain: [-2, 2],
  samples: [
    {
      shapes: [
        [3, 4],
        [4, 2],
      ],
      call: (a, b) => a!.matmul(b!),
    },
    { shapes: [[4], [4]], call: (a, b) => a!.matmul(b!) },
    {
      shapes: [
        [2, 1, 3, 4],
        [5, 4, 2],
      ],
      call: (a, b) => a!.matmul(b!),
    },
    {
      shapes: [
        [2, 3, 4],
        [4, 2],
      ],
      call: (a, b) => a!.matmul(b!).sigmoid(),
    },
    {
      shapes: [
        [4, 3],
        [2, 4],
      ],
      call: (a, b) => a!.t().matmul(b!.t()),
    },
    {
      shapes: [
        [0, 4],
        [4, 2],
      ],
      call: (a, b) => a!.matmul(b!),
    },
    {
      shapes: [
        [3, 0],
        [0, 2],
      ],
      call: (a, b) => a!.matmul(b!),
    },
    { shapes: [[17, 33], [33, 9], [9]], call: (a, b, c) => a!.matmul(b!).add(c!).tanh() },
  ],
});
