// Selection by index tensors.

import { DTypeError, ShapeError } from "../base/errors.ts";
import { contiguousStrides, formatShape, normalizeAxis, type Shape } from "../base/shape.ts";
import { Node } from "../graph/node.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { method, type OpRecord, result } from "./define.ts";
import { arange } from "./factory.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** The places `index` (int32, rank 1) along an axis, in that order; a place may come more than once. */
    indexSelect(axis: number, index: Tensor): Tensor;
  }
}

/** Throws ShapeError where an index whose elements are at hand lies outside [0, size). Elements still to be computed are not waited for. */
export function checkIndices(op: string, index: Tensor, size: number): void {
  const data = index.node.storage?.read();
  if (!data) return;
  for (let i = 0; i < data.length; i++) {
    if (data[i]! < 0 || data[i]! >= size) {
      const at = index.rank > 1 ? formatShape(placeOf(i, index.shape)) : i;
      throw new ShapeError(`${op}: index ${data[i]} at position ${at} is outside 0 … ${size - 1}`);
    }
  }
}

/** The place of element i of a tensor of this shape. */
function placeOf(i: number, shape: Shape): number[] {
  return contiguousStrides(shape).map((stride, d) => Math.floor(i / stride) % shape[d]!);
}

/** The places `index` along an axis. */
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  const d = normalizeAxis("indexSelect", axis, x.rank);
  const places = requireIndex("indexSelect", index);
  checkIndices("indexSelect", places, x.shape[d]!);
  return gather(x, d, places);
}

/** The rows `index` (int32, rank 1) of x, which the caller has checked to exist. */
export function pickRows(x: Tensor, index: Tensor): Tensor {
  return gather(x, 0, index);
}

function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  const shape = x.shape.map((size, i) => (i === axis ? index.size : size));
  const inputs = [x.node, index.node];
  const node = Node.make("indexSelect", String(axis), { kind: "gather", axis }, inputs, shape, x.dtype);
  return result(node, "indexSelect", [x], (dy) => [indexAdd(dy, axis, index, x.shape[axis]!)]); // dx: dy added where it came from
}

/** Slices of `x` added into `size` places along an axis. */
function indexAdd(x: Tensor, axis: number, index: Tensor, size: number): Tensor {
  const shape = x.shape.map((n, i) => (i === axis ? size : n));
  const nodeOp = { kind: "scatterAdd", axis, size } as const;
  const node = Node.make("indexAdd", `${axis}|${size}`, nodeOp, [x.node, index.node], shape, x.dtype);
  return result(node, "indexAdd", [x], (dy) => [indexSelect(dy, axis, index)]);
}

function requireIndex(op: string, index: Tensor): Tensor {
  if (index.rank !== 1 || (index.dtype !== "int32" && index.dtype !== "uint8")) {
    const error = index.rank === 1 ? DTypeError : ShapeError;
    throw new error(`${op}: index must be int32 of rank 1; got ${index.dtype} ${formatShape(index.shape)}`);
  }
  return index.cast("int32");
}

/** 1 where the last, new axis equals the class index, 0 elsewhere: `[…] → […, classes]`, float32. */
export function oneHot(index: Tensor, classes: number): Tensor {
  checkIndices("oneHot", index, classes);
  return index.unsqueeze(-1).eq(arange(classes)).cast("float32");
}

method("indexSelect", indexSelect);

/** What the checks try these ops with. */
export function indexingRecords(): OpRecord[] {
  return [
    {
      name: "indexSelect",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes: [[4, 3]], call: (x) => x!.indexSelect(0, arange(3, -1, -1)) },
        {
          shapes: [[2, 4, 3]],
          call: (x) =>
            x!
              .sin()
              .indexSelect(1, arange(0, 4, 2))
              .exp(),
        },
      ],
    },
  ];
}
