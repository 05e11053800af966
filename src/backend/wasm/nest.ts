// Elementwise loop nests: evaluates outputs' expressions over a box of indices, vectorised along the last dim.
// Serves loop kernels and the epilogues of contractions alike; knows nothing of how either is cut into units.
import type { Expr } from "../../kernel/expr.ts";
import { walkExpr } from "../../kernel/expr.ts";
import type { Access, Output } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { collapse, indexedAxes, product, renameAxes, withStrides } from "./collapse.ts";
import { Cursor, type Start, type Stream } from "./cursor.ts";
import {
  type Computed,
  computeAhead,
  ExprWriter,
  expressionCost,
  invariantParts,
  type Leaves,
  shareEqual,
} from "./expr.ts";
import type { Lanes } from "./lanes.ts";
import { isPaired } from "./tiles.ts";

/** What a nest computes, and which part of it. */
export interface NestSpec {
  /** Sizes of the whole index space; accesses have one stride for each dim. */
  readonly dims: readonly number[];
  readonly loads: readonly Access[];
  readonly outputs: readonly Output[];
  /**
   * Where the raw results (float32) of the indices walked lie: an i32 local with the byte address of the first
   * one; they are contiguous over the dims that are walked. The 12 bytes after the last one must be readable.
   * It may be the memory of an output (in place). Null where no expression uses `result`.
   */
  readonly result: { readonly pointer: Local } | null;
  /** i32 locals holding the fixed indices of the leading dims; the nest walks the dims after them. Not modified. */
  readonly outer: readonly Local[];
  /**
   * Walks only indices `from … to − 1` (i32 locals, not modified) of the first walked dim, `dims[outer.length]`;
   * `result.pointer` then belongs to index `from`. Absent: all of that dim.
   */
  readonly span?: { readonly from: Local; readonly to: Local };
}

/** A part of a dim: the elements from `element` on, `lanes` of them, at a known or counted index. */
export interface Position {
  readonly element: number;
  readonly lanes: Lanes;
  /** The index along the dim that `element` 0 stands for. */
  readonly base: Local | { readonly constant: number };
}

/** Pushes the int32 indices of a position's lanes. */
export function pushPositions(f: FunctionBuilder, { element, base }: Position): void {
  const first = typeof base === "number" ? element : base.constant + element;
  if (typeof base === "number") f.get(base).op("i32x4.splat");
  f.i32x4(first, first + 1, first + 2, first + 3);
  if (typeof base === "number") f.op("i32x4.add");
}

/** Emits the loops of a nest; all locals it takes are released again. */
export function emitNest(f: FunctionBuilder, env: CodegenEnv, spec: NestSpec): void {
  const space = walkedSpace(spec);
  const fixed = spec.outer.length;
  if (product(space.dims) === 0) return;
  const roots = shareEqual(
    renameAxes(
      spec.outputs.map((o) => o.expr),
      space.axes,
    ),
  );
  const cursor = new Cursor(f, env);
  const accesses = [...spec.loads, ...spec.outputs.map((o) => o.access)];
  const used = usedLoads(roots);
  const strides = (i: number) => [...accesses[i]!.strides.slice(0, fixed), ...space.strides[i]!];
  const loads = spec.loads.map((a, i) => (used.has(i) ? cursor.add(withStrides(a, strides(i))) : null));
  const outputs = spec.outputs.map((o, i) =>
    cursor.add(withStrides(o.access, strides(spec.loads.length + i))),
  );
  const raw = spec.result
    ? cursor.addRaw(spec.result.pointer, [...spec.outer.map(() => 0), ...contiguousStrides(space.dims)])
    : null;
  const starts: Start[] = spec.outer.map((local, dim) => ({ dim, local, factor: 1 }));
  if (spec.span) starts.push({ dim: fixed, local: spec.span.from, factor: space.scale });
  cursor.start(starts, []);

  const inner = fixed + space.dims.length - 1;
  const counters = new Map<number, Local>(spec.outer.map((local, axis) => [axis, local]));
  const leavesAt = (position: Position): Leaves => ({
    lanes: position.lanes,
    load: (i) => cursor.load(loads[i]!, inner, position.element, position.lanes),
    index: (axis) => {
      if (axis === inner) pushPositions(f, position);
      else f.get(counters.get(axis)!).op("i32x4.splat");
    },
    result: () => cursor.load(required(raw), inner, position.element, position.lanes),
  });
  // Nothing is stored before all positions are computed: an engine that pairs vectors finds them side by side then.
  const store = (positions: readonly Position[], computed: Computed) => {
    const values = positions.map((position) => compute(f, env, leavesAt(position), roots, computed));
    outputs.forEach((output, i) => {
      positions.forEach(({ element, lanes }, p) => {
        cursor.store(output, values[p]![i]!, inner, element, lanes);
      });
    });
    f.release(...values.flat());
  };

  const walk = (dim: number): void => {
    const span = dim === fixed && spec.span ? scaledSpan(f, spec.span, space.scale) : null;
    const count = space.dims[dim - fixed]!;
    if (dim === inner) {
      const parts = invariantParts(roots, (leaf) => {
        if (leaf.kind === "load") return accessStride(space.strides[leaf.load]!, dim - fixed) !== 0;
        return leaf.kind === "result" || (leaf.kind === "index" && leaf.axis === inner);
      });
      const ahead = leavesAt({ element: 0, lanes: 4, base: { constant: 0 } });
      const computed = computeAhead(f, env, ahead, parts);
      // Pairs of vectors have to stand side by side to be found.
      const unroll = Math.max(unrolling(roots), isPaired(env.tiles) ? 4 : 1);
      const body = (positions: readonly Position[]) => store(positions, computed);
      if (span) emitCounted(f, cursor, dim, span, unroll, body);
      else emitFixed(f, cursor, dim, count, unroll, body);
      f.release(...computed.values());
    } else {
      const counter = f.local("i32");
      counters.set(dim, counter);
      const [from, to] = span ? [{ local: span.from }, { local: span.to }] : [0, count];
      f.for(counter, from, to, 1, () => {
        walk(dim + 1);
        cursor.move(dim, 1);
        cursor.flush();
      });
      if (!span) cursor.move(dim, -count);
      f.release(counter);
    }
    if (span && space.scale !== 1) f.release(span.from, span.to);
  };
  walk(fixed);
  cursor.release();
}

/**
 * Computes expressions for one set of leaves; gives a local for each, to be released by the caller. An output may overwrite what
 * another output's expression loads, so all are computed before any is stored.
 */
export function compute(
  f: FunctionBuilder,
  env: CodegenEnv,
  leaves: Leaves,
  roots: readonly Expr[],
  computed: Computed,
): Local[] {
  const writer = new ExprWriter(f, env, leaves, roots, computed);
  const values = roots.map((root) => {
    writer.push(root);
    const value = f.local("v128");
    f.set(value);
    return value;
  });
  writer.release();
  return values;
}

/** The numbers of the loads that expressions read. */
export function usedLoads(roots: readonly Expr[]): Set<number> {
  const used = new Set<number>();
  const seen = new Set<Expr>();
  for (const root of roots) {
    walkExpr(root, (node) => void (node.kind === "load" && used.add(node.load)), seen);
  }
  return used;
}

/** How many vectors a loop's body handles: more where the loop itself would cost as much as the body. */
export function unrolling(roots: readonly Expr[]): number {
  const cost = expressionCost(roots);
  if (cost < 0.3) return 4;
  return cost < 0.6 ? 2 : 1;
}

/**
 * Covers `count` elements along a dim by vectors and one narrower rest; `body` gets the positions of one round. Leaves the cursor
 * where it was.
 */
export function emitFixed(
  f: FunctionBuilder,
  cursor: Cursor,
  dim: number,
  count: number,
  unroll: number,
  body: (positions: readonly Position[]) => void,
): void {
  const step = 4 * unroll;
  const steps = Math.floor(count / step);
  let done = 0;
  if (steps > 1) {
    const counter = f.local("i32");
    cursor.flush();
    f.for(counter, 0, steps * step, step, () => {
      body(Array.from({ length: unroll }, (_, u) => ({ element: 4 * u, lanes: 4, base: counter })));
      cursor.move(dim, step);
      cursor.flush();
    });
    f.release(counter);
    done = steps * step;
  }
  for (let at = done; at < count; at += 4) {
    const lanes = Math.min(4, count - at) as Lanes;
    body([{ element: at - done, lanes, base: { constant: done } }]);
  }
  cursor.move(dim, -done);
}

/** Covers the elements `from … to − 1` along a dim. Leaves the cursor somewhere behind them. */
function emitCounted(
  f: FunctionBuilder,
  cursor: Cursor,
  dim: number,
  { from, to }: { from: Local; to: Local },
  unroll: number,
  body: (positions: readonly Position[]) => void,
): void {
  const counter = f.local("i32");
  const end = f.local("i32");
  f.get(from).set(counter);
  const pass = (vectors: number, lanes: Lanes, until: number) => {
    const step = lanes * vectors;
    f.get(to).i32(until).op("i32.sub").set(end);
    f.for(counter, { local: counter }, { local: end }, step, () => {
      body(Array.from({ length: vectors }, (_, u) => ({ element: 4 * u, lanes, base: counter })));
      cursor.move(dim, step);
      cursor.flush();
    });
  };
  cursor.flush();
  if (unroll > 1) pass(unroll, 4, 4 * unroll - 1);
  pass(1, 4, 3);
  pass(1, 1, 0);
  f.release(counter, end);
}

interface WalkedSpace {
  readonly dims: readonly number[];
  readonly strides: readonly (readonly number[])[];
  /** Axis of the specification to axis of the nest: fixed axes first, then those walked. */
  readonly axes: readonly (number | null)[];
  /** How many elements of the first walked dim stand for one index of the specification's. */
  readonly scale: number;
}

/** The walked dims, collapsed; a spanned first dim stays first. */
function walkedSpace(spec: NestSpec): WalkedSpace {
  const fixed = spec.outer.length;
  const dims = spec.dims.slice(fixed);
  const strides = [...spec.loads, ...spec.outputs.map((o) => o.access)].map((a) => a.strides.slice(fixed));
  // The raw result is contiguous, so it takes part in what may be merged.
  const all = spec.result ? [...strides, contiguousStrides(dims)] : strides;
  const indexed = indexedAxes(spec.outputs.map((o) => o.expr));
  const pinned = new Set([...indexed].map((axis) => axis - fixed));
  const fixedAxes = spec.outer.map((_, axis) => axis);
  const shift = (axes: readonly (number | null)[], by: number) =>
    axes.map((axis) => (axis === null ? null : axis + by));
  if (!spec.span) {
    const space = collapse(dims, all, pinned);
    return { ...space, axes: [...fixedAxes, ...shift(space.axes, fixed)], scale: 1 };
  }
  const restPinned = new Set([...pinned].map((axis) => axis - 1));
  const rest = collapse(
    dims.slice(1),
    all.map((s) => s.slice(1)),
    restPinned,
    false,
  );
  const next = rest.dims[0];
  const merges =
    next !== undefined &&
    !pinned.has(0) &&
    !rest.axes.some((axis, d) => axis === 0 && restPinned.has(d)) &&
    all.every((s, i) => s[0] === rest.strides[i]![0]! * next);
  if (merges) {
    const axes = [...fixedAxes, null, ...shift(rest.axes, fixed)];
    return { dims: [dims[0]! * next, ...rest.dims.slice(1)], strides: rest.strides, axes, scale: next };
  }
  return {
    dims: [dims[0]!, ...rest.dims],
    strides: rest.strides.map((s, i) => [all[i]![0]!, ...s]),
    axes: [...fixedAxes, fixed, ...shift(rest.axes, fixed + 1)],
    scale: 1,
  };
}

/** A span in elements of the merged dim; new locals where they differ from the given ones. */
function scaledSpan(
  f: FunctionBuilder,
  span: { from: Local; to: Local },
  scale: number,
): { from: Local; to: Local } {
  if (scale === 1) return span;
  const from = f.local("i32");
  const to = f.local("i32");
  f.get(span.from).i32(scale).op("i32.mul").set(from);
  f.get(span.to).i32(scale).op("i32.mul").set(to);
  return { from, to };
}

function contiguousStrides(dims: readonly number[]): number[] {
  return dims.map((_, d) => product(dims.slice(d + 1)));
}

function accessStride(strides: readonly number[], dim: number): number {
  return strides[dim] ?? 0;
}

function required(stream: Stream | null): Stream {
  if (!stream) throw new Error("wasm: an expression reads `result` where the kernel has none");
  return stream;
}
