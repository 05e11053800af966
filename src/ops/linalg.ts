// Matrix products.

import { ShapeError } from "../base/errors.ts";
import { broadcastShapes, formatShape, type Shape, sizeOf } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { method, type OpRecord, requireFloat, result, sumTo } from "./define.ts";

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
  const y = tall
    ? product(left.reshape([-1, k]), right)
    : product(left.expand([...batch, m, k]), right.expand([...batch, k, n]));
  const shape = [...batch, ...(a.rank === 1 ? [] : [m]), ...(b.rank === 1 ? [] : [n])];
  return y.reshape(shape);
}

/**
 * Affine map of the last axis: `y = x Wᵀ + b`. Shapes: x `[…, in]`, weight `[out, in]`, bias `[out]`, y `[…, out]`.
 * Throws ShapeError where the shapes do not fit.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  requireFloat("linear", bias ? { x, weight, bias } : { x, weight });
  const [outputs, inputs] = weight.shape;
  const fits =
    x.rank > 0 &&
    weight.rank === 2 &&
    x.shape.at(-1) === inputs &&
    (!bias || (bias.rank === 1 && bias.shape[0] === outputs));
  if (!fits) {
    throw new ShapeError(
      `linear: needs x […, in], weight [out, in] and bias [out]; got x ${formatShape(x.shape)}, ` +
        `weight ${formatShape(weight.shape)}${bias ? `, bias ${formatShape(bias.shape)}` : ""}`,
    );
  }
  if (x.rank === 2) return product(x, weight, { transposeB: true, bias });
  const rows = x.shape.slice(0, -1);
  return product(x.reshape([sizeOf(rows), inputs!]), weight, { transposeB: true, bias }).reshape([
    ...rows,
    outputs!,
  ]);
}

/** A product of two shapes: what its node is, and the result's shape. */
interface Product {
  readonly form: Form;
  readonly shape: Shape;
}

const products = new Map<string, Map<number, Map<number, Product>>>();

function productFor(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Product {
  const slot = `${a.dtype}${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`;
  const byLeft = entry(products, slot, () => new Map());
  const byRight = entry(byLeft, a.node.shapeId, () => new Map());
  return entry(byRight, b.node.shapeId, () => {
    const shape = [...a.shape];
    shape[shape.length - 2] = a.shape.at(transposeA ? -1 : -2)!;
    shape[shape.length - 1] = b.shape.at(transposeB ? -2 : -1)!;
    return { form: form("matmul", slot, { kind: "matmul", transposeA, transposeB }, a.dtype), shape };
  });
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** `a b`, of tensors with equal leading axes; each may be given with its last two axes exchanged. The bias is added to every row. */
function product(
  a: Tensor,
  b: Tensor,
  {
    transposeA = false,
    transposeB = false,
    bias = null,
  }: { transposeA?: boolean; transposeB?: boolean; bias?: Tensor | null } = {},
): Tensor {
  const { form: own, shape } = productFor(a, b, transposeA, transposeB);
  const inputs = bias ? [a, b, bias] : [a, b];
  const nodes = bias ? [a.node, b.node, bias.node] : [a.node, b.node];
  const node = Node.of(own, nodes, shape);
  return result(node, "matmul", inputs, (dy) => [
    a.requiresGrad ? gradOfLeft(a, b, dy, transposeA, transposeB) : null,
    b.requiresGrad ? gradOfRight(a, b, dy, transposeA, transposeB) : null,
    bias?.requiresGrad ? sumTo(dy, bias.shape) : null, // dbias = Σ dy over the rows
  ]);
}

/** da = dy bᵀ, or its transpose b dyᵀ where that is what a holds. */
function gradOfLeft(a: Tensor, b: Tensor, dy: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  if (transposeA) return product(b, dy, { transposeA: transposeB, transposeB: true });
  // Where a is a transposed view, its base gets its gradient in its own order.
  if (isPermuted(a)) return flipAxes(product(b, dy, { transposeA: transposeB, transposeB: true }));
  return product(dy, b, { transposeB: !transposeB });
}

/** db = aᵀ dy, or its transpose dyᵀ a where that is what b holds. */
function gradOfRight(a: Tensor, b: Tensor, dy: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  if (transposeB) return product(dy, a, { transposeA: true, transposeB: transposeA });
  if (isPermuted(b)) return flipAxes(product(dy, a, { transposeA: true, transposeB: transposeA }));
  return product(a, dy, { transposeA: !transposeA });
}

function flipAxes(x: Tensor): Tensor {
  return x.transpose(-1, -2);
}

function isPermuted(x: Tensor): boolean {
  return x.node.op.kind === "view" && x.node.op.view.kind === "permute";
}

method("matmul", matmul);

/** What the checks try these ops with. */
export function linalgRecords(): OpRecord[] {
  return [
    {
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
    },
    {
      name: "linear",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes: [[3, 4], [2, 4], [2]], call: (x, w, b) => linear(x!, w!, b!) },
        { shapes: [[2, 3, 4], [5, 4], [5]], call: (x, w, b) => linear(x!, w!, b!).sigmoid() },
        { shapes: [[4], [3, 4]], call: (x, w) => linear(x!, w!) },
        { shapes: [[0, 4], [3, 4], [3]], call: (x, w, b) => linear(x!, w!, b!) },
      ],
    },
  ];
}
