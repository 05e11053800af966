// Small pieces of loop kernels: windows as accesses, whole-buffer outputs, copies.
import type { DType } from "../base/dtype.ts";
import type { Shape } from "../base/shape.ts";
import { type Expr, load } from "../kernel/expr.ts";
import type { Access, BufferId, LoopKernel, Output } from "../kernel/kernel.ts";
import { fullWindow, type Window } from "./view.ts";

/** A loop that copies a window into a whole buffer. */
export function copyKernel(from: Access, to: BufferId, shape: Shape, dtype: DType): LoopKernel {
  return {
    kind: "loop",
    dims: shape,
    loads: [from],
    reduction: null,
    outputs: [contiguousOutput(to, shape, load(0, dtype))],
  };
}

/** An expression stored to all of a buffer in row-major order. */
export function contiguousOutput(buffer: BufferId, dims: Shape, expr: Expr): Output {
  return { access: toAccess(buffer, fullWindow(dims)), expr };
}

/** A window on a buffer; axes of size 1 have stride 0, so that equal accesses are equal to the letter. */
export function toAccess(buffer: BufferId, { offset, strides, shape }: Window): Access {
  return { buffer, offset, strides: strides.map((stride, d) => (shape[d] === 1 ? 0 : stride)) };
}
