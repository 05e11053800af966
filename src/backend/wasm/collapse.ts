// Index spaces with as few dims as their accesses allow: pure shape arithmetic on kernels' parts, no code.
import { constant, type Expr, mapExpr, walkExpr } from "../../kernel/expr.ts";
import type { Access } from "../../kernel/kernel.ts";

/** Dims with the strides of every access over them, and what became of the dims they came from. */
export interface Space {
  readonly dims: readonly number[];
  /** Strides of each access, in the order given. */
  readonly strides: readonly (readonly number[])[];
  /** For each former dim its present one; null for a dropped dim, whose index is always 0, and for merged ones. */
  readonly axes: readonly (number | null)[];
}

/** The axes that `index` expressions read. */
export function indexedAxes(exprs: readonly Expr[]): Set<number> {
  const axes = new Set<number>();
  const seen = new Set<Expr>();
  for (const root of exprs) {
    walkExpr(root, (node) => void (node.kind === "index" && axes.add(node.axis)), seen);
  }
  return axes;
}

/** Expressions with their axes renamed; the index along a dropped axis is 0. */
export function renameAxes(exprs: readonly Expr[], axes: readonly (number | null)[]): Expr[] {
  const memo = new Map<Expr, Expr>();
  const rename = (node: Expr): Expr | undefined => {
    if (node.kind !== "index") return undefined;
    const axis = axes[node.axis] ?? null;
    return axis === null ? constant(0, "int32") : { ...node, axis };
  };
  return exprs.map((root) => mapExpr(root, rename, memo));
}

/** The number of elements of a shape. */
export function product(dims: readonly number[]): number {
  return dims.reduce((n, d) => n * d, 1);
}

/**
 * Merges neighbouring dims in which every access runs on as if they were one, and drops dims of size 1.
 * Dims in `pinned` are never merged. At least one dim is left when `keepOne`.
 */
export function collapse(
  dims: readonly number[],
  strides: readonly (readonly number[])[],
  pinned: ReadonlySet<number>,
  keepOne = true,
): Space {
  const kept: { size: number; from: number[]; pinned: boolean; strides: number[] }[] = [];
  for (let d = dims.length - 1; d >= 0; d--) {
    const size = dims[d]!;
    if (size === 1) continue;
    const inner = kept[0];
    const fits = inner && strides.every((s, i) => s[d] === inner.strides[i]! * inner.size);
    if (fits && !inner.pinned && !pinned.has(d)) {
      inner.size *= size;
      inner.from.push(d);
    } else {
      kept.unshift({ size, from: [d], pinned: pinned.has(d), strides: strides.map((s) => s[d]!) });
    }
  }
  if (kept.length === 0 && keepOne) {
    kept.push({ size: 1, from: [], pinned: false, strides: strides.map(() => 0) });
  }
  const axes = dims.map((_, d) => {
    const found = kept.findIndex((k) => k.from.length === 1 && k.from[0] === d);
    return found < 0 ? null : found;
  });
  return {
    dims: kept.map((k) => k.size),
    strides: strides.map((_, i) => kept.map((k) => k.strides[i]!)),
    axes,
  };
}

/** A space with its dims in another order: dim i of the result is dim `order[i]`. */
export function reorder(space: Space, order: readonly number[]): Space {
  return {
    dims: order.map((d) => space.dims[d]!),
    strides: space.strides.map((s) => order.map((d) => s[d]!)),
    axes: space.axes.map((axis) => (axis === null ? null : order.indexOf(axis))),
  };
}

/** An access with other strides. */
export function withStrides(access: Access, strides: readonly number[]): Access {
  return { buffer: access.buffer, offset: access.offset, strides };
}
