// Long reductions with few results, cut into a fixed number of parts so that threads can share them; the cut
// follows from the shapes alone, so the bits do not depend on the threads.

import type { DType } from "../base/dtype.ts";
import { contiguousStrides, sizeOf } from "../base/shape.ts";
import { type Expr, load } from "../kernel/expr.ts";
import type { Access, BufferId, LoopKernel } from "../kernel/kernel.ts";

const enoughResults = 256;
const longReduction = 8192;
const wantedChunks = 16;

/** The number of parts that a reduction is cut into along one of its axes; 1 leaves it whole. */
export function chunkCount(kernel: LoopKernel): number {
  const { reduction, dims } = kernel;
  if (!reduction || reduction.kind === "argmax" || reduction.kind === "argmin") return 1;
  if (sizeOf(dims) >= enoughResults || sizeOf(reduction.dims) < longReduction) return 1;
  return Math.max(...reduction.dims.map((size) => largestDivisor(size, wantedChunks)));
}

/** The reduction as two kernels: partial results `[chunks, ...dims]` into `partial`, then their combination. */
export function splitReduction(
  kernel: LoopKernel,
  chunks: number,
  partial: BufferId,
  dtype: DType,
  bodyLoads: number,
): [LoopKernel, LoopKernel] {
  const reduction = kernel.reduction!;
  const rank = kernel.dims.length;
  const axis = reduction.dims.findIndex((size) => size % chunks === 0);
  const part = reduction.dims[axis]! / chunks;
  const first: LoopKernel = {
    kind: "loop",
    dims: [chunks, ...kernel.dims],
    loads: kernel.loads.slice(0, bodyLoads).map((access) => ({
      ...access,
      strides: [access.strides[rank + axis]! * part, ...access.strides],
    })),
    reduction: { ...reduction, dims: reduction.dims.map((size, d) => (d === axis ? part : size)) },
    outputs: [
      {
        access: { buffer: partial, offset: 0, strides: contiguousStrides([chunks, ...kernel.dims]) },
        expr: { kind: "result", dtype },
      },
    ],
  };
  const partials: Access = {
    buffer: partial,
    offset: 0,
    strides: [...contiguousStrides(kernel.dims), sizeOf(kernel.dims)],
  };
  const epilogueLoads = kernel.loads
    .slice(bodyLoads)
    .map((access) => ({ ...access, strides: access.strides.slice(0, rank + 1) }));
  const second: LoopKernel = {
    kind: "loop",
    dims: kernel.dims,
    loads: [
      partials,
      ...epilogueLoads.map((access) => ({ ...access, strides: padZero(access.strides, rank + 1) })),
    ],
    reduction: { kind: reduction.kind, dims: [chunks], body: load(0, dtype) },
    outputs: kernel.outputs.map((output) => ({
      access: output.access,
      expr: shiftLoads(output.expr, 1 - bodyLoads),
    })),
  };
  return [first, second];
}

function padZero(strides: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, d) => strides[d] ?? 0);
}

function shiftLoads(expr: Expr, by: number): Expr {
  if (expr.kind === "load") return load(expr.load + by, expr.dtype);
  if (expr.kind === "cast") return { ...expr, arg: shiftLoads(expr.arg, by) };
  if (expr.kind === "apply") return { ...expr, args: expr.args.map((arg) => shiftLoads(arg, by)) };
  return expr;
}

function largestDivisor(size: number, limit: number): number {
  for (let d = Math.min(size, limit); d > 1; d--) if (size % d === 0) return d;
  return 1;
}
