// Code for loop kernels: brings the index space into a form that suits memory and lanes, cuts it into units, and
// leaves the code itself to nests and reductions.

import type { Expr } from "../../kernel/expr.ts";
import type { LoopKernel, Reduction } from "../../kernel/kernel.ts";
import type { CodegenEnv, KernelCode } from "./codegen.ts";
import { collapse, indexedAxes, product, renameAxes, reorder, type Space, withStrides } from "./collapse.ts";
import { expressionCost, shareEqual } from "./expr.ts";
import { emitNest, usedLoads } from "./nest.ts";
import { emitReduction, type ReductionPlan, tileOf } from "./reduce.ts";
import { cutUnits, emitUnits } from "./units.ts";

/** Renders a loop kernel; writing one that computes float64 throws UnsupportedError. */
export function loopKernel(kernel: LoopKernel, env: CodegenEnv): KernelCode {
  if (product(kernel.dims) === 0) return { units: 1, cost: 0, scratchBytes: 0, write: () => {} };
  return kernel.reduction ? reductionCode(kernel, kernel.reduction, env) : elementwiseCode(kernel, env);
}

/** Cost of an access along a dim, relative to a contiguous one. */
function accessCost(stride: number): number {
  if (stride === 1) return 1;
  return stride === 0 ? 0.1 : 5;
}

/** Cost factor of a dim whose size leaves lanes idle. */
function idleLanes(size: number): number {
  return (Math.ceil(size / 4) * 4) / size;
}

/** The dim with the least cost, the last of several. */
function cheapest(dims: readonly number[], cost: (dim: number) => number): number {
  let best = dims.length - 1;
  let bestCost = cost(best);
  for (let d = dims.length - 2; d >= 0; d--) {
    const here = cost(d);
    if (here < bestCost) {
      best = d;
      bestCost = here;
    }
  }
  return best;
}

/** All dims in order, but one of them last. */
function withLast(count: number, last: number): number[] {
  return [...Array.from({ length: count }, (_, d) => d).filter((d) => d !== last), last];
}

/**
 * For a transposition, where some access steps far along the last dim and by one along another: the last dim cut
 * into tiles, and the other put right before a tile, so that each cache line is used up while it is there.
 * No expression may read the index along the last dim.
 */
function tileTranspose(space: Space): Space {
  const last = space.dims.length - 1;
  const size = space.dims[last]!;
  // Shorter steps touch lines that a first-level cache holds side by side.
  const farStep = 64;
  const transposed = space.strides.find((s) => Math.abs(s[last]!) >= farStep && s.slice(0, last).includes(1));
  const tile = [16, 8, 12, 20, 24, 28, 4].find((t) => size % t === 0 && size >= 2 * t);
  if (!transposed || tile === undefined) return space;
  const near = transposed.indexOf(1);
  const others = space.dims.map((_, d) => d).filter((d) => d !== near && d !== last);
  return {
    dims: [size / tile, ...others.map((d) => space.dims[d]!), space.dims[near]!, tile],
    strides: space.strides.map((s) => [s[last]! * tile, ...others.map((d) => s[d]!), s[near]!, s[last]!]),
    axes: space.axes.map((axis) => {
      if (axis === null || axis === last) return null;
      return axis === near ? last : 1 + others.indexOf(axis);
    }),
  };
}

function elementwiseCode(kernel: LoopKernel, env: CodegenEnv): KernelCode {
  const accesses = [...kernel.loads, ...kernel.outputs.map((o) => o.access)];
  const exprs = kernel.outputs.map((o) => o.expr);
  const collapsed = collapse(
    kernel.dims,
    accesses.map((a) => a.strides),
    indexedAxes(exprs),
  );
  const laneDim = cheapest(collapsed.dims, (d) => {
    const memory = collapsed.strides.reduce((sum, s) => sum + accessCost(s[d]!), 0);
    return memory * idleLanes(collapsed.dims[d]!);
  });
  const ordered = reorder(collapsed, withLast(collapsed.dims.length, laneDim));
  const indexed = indexedAxes(renameAxes(exprs, ordered.axes));
  const space = indexed.has(ordered.dims.length - 1) ? ordered : tileTranspose(ordered);
  const roots = shareEqual(renameAxes(exprs, space.axes));
  const loads = kernel.loads.map((a, i) => withStrides(a, space.strides[i]!));
  const outputs = kernel.outputs.map((o, i) => ({
    access: withStrides(o.access, space.strides[kernel.loads.length + i]!),
    expr: roots[i]!,
  }));
  const scattered = space.strides.filter((s) => accessCost(s.at(-1)!) > 1).length;
  const elementCost = expressionCost(roots) + outputs.length * 0.06 + scattered * 0.25;
  const cut = cutUnits(space.dims, elementCost, 16);
  return {
    units: cut.units,
    cost: elementCost * product(space.dims),
    scratchBytes: 0,
    write: (f) =>
      emitUnits(f, cut, (indices) =>
        emitNest(f, env, { dims: space.dims, loads, outputs, result: null, ...indices }),
      ),
  };
}

function reductionCode(
  kernel: LoopKernel,
  { kind, dims: reducedDims, body }: { kind: Reduction; dims: readonly number[]; body: Expr },
  env: CodegenEnv,
): KernelCode {
  const parallel = kernel.dims.length;
  const exprs = kernel.outputs.map((o) => o.expr);
  const indexed = indexedAxes([body, ...exprs]);
  const outputStrides = kernel.outputs.map((o) => o.access.strides);
  const loadStrides = kernel.loads.map((a) => a.strides);
  const outer = collapse(
    kernel.dims,
    [...loadStrides.map((s) => s.slice(0, parallel)), ...outputStrides],
    indexed,
  );
  const inner = collapse(
    reducedDims,
    loadStrides.map((s) => s.slice(parallel)),
    new Set([...indexed].map((axis) => axis - parallel)),
  );
  const read = [...usedLoads([body])];
  const memory = (strides: readonly (readonly number[])[], dim: number) =>
    read.reduce((sum, i) => sum + accessCost(strides[i]![dim]!), 0.5);
  const picks = kind === "argmax" || kind === "argmin";
  const alongParallel = cheapest(outer.dims, (d) => memory(outer.strides, d) * idleLanes(outer.dims[d]!));
  const alongReduced = cheapest(inner.dims, (d) => memory(inner.strides, d) * idleLanes(inner.dims[d]!));
  const parallelCost = memory(outer.strides, alongParallel) * idleLanes(outer.dims[alongParallel]!);
  // Combining the lanes of one output takes about as long as accumulating a few vectors.
  const combining = 1 + 16 / Math.max(1, product(inner.dims));
  const reducedCost = memory(inner.strides, alongReduced) * idleLanes(inner.dims[alongReduced]!) * combining;
  const lanesAlong = picks || parallelCost < reducedCost ? "parallel" : "reduced";

  // The order of the reduced dims says which of equal values an arg reduction finds, so it stays there.
  const outerSpace =
    lanesAlong === "parallel" ? reorder(outer, withLast(outer.dims.length, alongParallel)) : outer;
  const innerSpace =
    lanesAlong === "reduced" ? reorder(inner, withLast(inner.dims.length, alongReduced)) : inner;
  const axes = [
    ...outerSpace.axes,
    ...innerSpace.axes.map((axis) => (axis === null ? null : axis + outerSpace.dims.length)),
  ];
  const [newBody, ...newExprs] = renameAxes([body, ...exprs], axes);
  const plan: ReductionPlan = {
    dims: outerSpace.dims,
    reduced: innerSpace.dims,
    loads: kernel.loads.map((a, i) => withStrides(a, [...outerSpace.strides[i]!, ...innerSpace.strides[i]!])),
    outputs: kernel.outputs.map((o, i) => ({
      access: withStrides(o.access, outerSpace.strides[kernel.loads.length + i]!),
      expr: newExprs[i]!,
    })),
    kind,
    body: newBody!,
    lanesAlong,
  };
  const elementCost = expressionCost([newBody!]) + 0.04;
  const outputCost = product(plan.reduced) * elementCost + expressionCost(newExprs) + 2;
  const granule = lanesAlong === "parallel" ? tileOf(plan.dims.at(-1)!) * 4 : 1;
  const cut = cutUnits(plan.dims, outputCost, granule);
  return {
    units: cut.units,
    cost: outputCost * product(plan.dims),
    scratchBytes: 0,
    write: (f) => emitUnits(f, cut, (indices) => emitReduction(f, env, plan, indices)),
  };
}
