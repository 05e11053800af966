// Ops that move elements without computing: views, which copy nothing, and assemblies (pad, cat, stack).

import { DTypeError, ShapeError } from "../base/errors.ts";
import {
  broadcastShapes,
  checkShape,
  formatShape,
  inferShape,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
} from "../base/shape.ts";
import { type Form, form, Node, type Placement, shapeId } from "../graph/node.ts";
import { type View, viewShape } from "../graph/view.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { method, type OpRecord, result, sumTo } from "./define.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** The same elements in the same order under another shape; one size may be −1 and is worked out. */
    reshape(shape: Shape): Tensor;
    /** Axes in another order: axis d of the result is axis `axes[d]` of x. */
    permute(axes: readonly number[]): Tensor;
    /** Two axes exchanged. */
    transpose(axis0: number, axis1: number): Tensor;
    /** A matrix (rank ≤ 2) transposed. */
    t(): Tensor;
    /** Axes of size 1 repeated, and axes added in front, up to `shape`; −1 keeps a size. */
    expand(shape: Shape): Tensor;
    /** Elements start, start + step, … before `end` along one axis; negative positions count from the end, a negative step goes backwards. */
    slice(axis: number, start?: number, end?: number, step?: number): Tensor;
    /** One place along an axis, which goes away. */
    select(axis: number, index: number): Tensor;
    /** The order along axes reversed. */
    flip(axes: number | readonly number[]): Tensor;
    /** Axes `start … end` joined into one. */
    flatten(start?: number, end?: number): Tensor;
    /** Axes of size 1 taken away: one, or all of them. */
    squeeze(axis?: number): Tensor;
    /** A new axis of size 1. */
    unsqueeze(axis: number): Tensor;
    /** Elements added around: `[before, after]` for each axis, in order; the value is 0 unless given. */
    pad(pads: readonly (readonly [number, number])[], value?: number): Tensor;
    /** The same elements in memory order of their own, so that later views of it copy nothing. */
    contiguous(): Tensor;
  }
}

function viewOp(
  name: string,
  x: Tensor,
  view: View,
  params: string,
  backward: (dy: Tensor) => Tensor,
): Tensor {
  const shape = viewShape(view, x.shape);
  const node = Node.make(name, params, { kind: "view", view }, [x.node], shape, x.dtype);
  return result(node, name, [x], (dy) => [backward(dy)]);
}

const reshapeForms = new Map<string, Map<number, Form>>();

/** The same elements in the same order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (shape === x.shape) return x;
  const to = shape.includes(-1) || sizeOf(shape) !== x.size ? inferShape("reshape", x.shape, shape) : shape;
  if (sameShape(to, x.shape)) return x;
  let byShape = reshapeForms.get(x.dtype);
  if (!byShape) {
    byShape = new Map();
    reshapeForms.set(x.dtype, byShape);
  }
  const id = shapeId(to);
  let own = byShape.get(id);
  if (!own) {
    checkShape("reshape", to);
    own = form("reshape", to.join(), { kind: "view", view: { kind: "reshape", shape: to } }, x.dtype);
    byShape.set(id, own);
  }
  return result(Node.of(own, [x.node], to), "reshape", [x], (dy) => [dy.reshape(x.shape)]);
}

/** Axes in another order. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const order = axes.map((axis) => normalizeAxis("permute", axis, x.rank));
  if (order.length !== x.rank || new Set(order).size !== x.rank) {
    throw new ShapeError(
      `permute: axes [${axes.join(", ")}] must name each of the ${x.rank} axes of ${formatShape(x.shape)} once`,
    );
  }
  const inverse = order.map((_, d) => order.indexOf(d));
  return viewOp("permute", x, { kind: "permute", axes: order }, order.join(), (dy) => dy.permute(inverse));
}

/** Two axes exchanged. */
export function transpose(x: Tensor, axis0: number, axis1: number): Tensor {
  const a = normalizeAxis("transpose", axis0, x.rank);
  const b = normalizeAxis("transpose", axis1, x.rank);
  return permute(
    x,
    x.shape.map((_, d) => (d === a ? b : d === b ? a : d)),
  );
}

/** Axes repeated up to a shape. */
export function expand(x: Tensor, shape: Shape): Tensor {
  const added = shape.length - x.rank;
  const to = shape.map((size, d) => (size === -1 && d >= added ? x.shape[d - added]! : size));
  const fits = added >= 0 && broadcastShapes(x.shape, to);
  if (!fits || !sameShape(fits, to)) {
    throw new ShapeError(
      `expand: ${formatShape(x.shape)} can't become ${formatShape(shape)}; only axes of size 1 repeat, aligned at the last axis`,
    );
  }
  if (sameShape(to, x.shape)) return x;
  return viewOp("expand", x, { kind: "expand", shape: to }, to.join(), (dy) => sumTo(dy, x.shape)); // dx = Σ dy over the repeats
}

/** A strided part of a tensor: element i of axis d is `starts[d] + steps[d] · i`. */
function stridedSlice(x: Tensor, starts: readonly number[], steps: readonly number[], shape: Shape): Tensor {
  const view: View = { kind: "slice", starts, steps, shape };
  // dx = dy put back to where it came from, zeros elsewhere
  return viewOp("slice", x, view, `${starts}|${steps}|${shape}`, (dy) => place(dy, x.shape, starts, steps));
}

function place(x: Tensor, shape: Shape, starts: readonly number[], steps: readonly number[]): Tensor {
  return assemble("place", [x], [{ starts, steps }], shape, 0);
}

/** Tensors put into a tensor of `fill` without overlap. */
function assemble(
  name: string,
  inputs: readonly Tensor[],
  parts: readonly Placement[],
  shape: Shape,
  fill: number,
): Tensor {
  const params = `${parts.map((part) => `${part.starts}/${part.steps}`).join(";")}|${fill}`;
  const nodes = inputs.map((x) => x.node);
  const node = Node.make(name, params, { kind: "assemble", parts, fill }, nodes, shape, inputs[0]!.dtype);
  return result(node, name, inputs, (dy) =>
    inputs.map((x, i) =>
      x.requiresGrad ? stridedSlice(dy, parts[i]!.starts, parts[i]!.steps, x.shape) : null,
    ),
  );
}

/** Part of one axis. */
export function slice(x: Tensor, axis: number, start?: number, end?: number, step = 1): Tensor {
  const d = normalizeAxis("slice", axis, x.rank);
  const size = x.shape[d]!;
  if (!Number.isInteger(step) || step === 0) {
    throw new ShapeError(`slice: step must be an integer other than 0; got ${step}`);
  }
  const clip = (at: number, low: number, high: number) =>
    Math.min(Math.max(at < 0 ? at + size : at, low), high);
  let from: number;
  let count: number;
  if (step > 0) {
    from = clip(start ?? 0, 0, size);
    count = Math.max(0, Math.ceil((clip(end ?? size, 0, size) - from) / step));
  } else {
    from = clip(start ?? size - 1, -1, size - 1);
    const to = end === undefined ? -1 : clip(end, -1, size - 1);
    count = Math.max(0, Math.ceil((from - to) / -step));
  }
  const starts = x.shape.map((_, i) => (i === d && count > 0 ? from : 0));
  const steps = x.shape.map((_, i) => (i === d ? step : 1));
  const shape = x.shape.map((n, i) => (i === d ? count : n));
  if (sameShape(shape, x.shape) && step === 1) return x;
  return stridedSlice(x, starts, steps, shape);
}

/** One place along an axis, which goes away. */
export function select(x: Tensor, axis: number, index: number): Tensor {
  const d = normalizeAxis("select", axis, x.rank);
  const at = index < 0 ? index + x.shape[d]! : index;
  if (!Number.isInteger(at) || at < 0 || at >= x.shape[d]!) {
    throw new ShapeError(`select: index ${index} is outside axis ${d} of ${formatShape(x.shape)}`);
  }
  return reshape(
    slice(x, d, at, at + 1),
    x.shape.filter((_, i) => i !== d),
  );
}

/** The order along axes reversed. */
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis("flip", axis, x.rank));
  const starts = x.shape.map((size, d) => (list.includes(d) && size > 0 ? size - 1 : 0));
  const steps = x.shape.map((_, d) => (list.includes(d) ? -1 : 1));
  return stridedSlice(x, starts, steps, x.shape);
}

/** Axes joined into one. */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  if (x.rank === 0) return reshape(x, [1]);
  const from = normalizeAxis("flatten", start, x.rank);
  const to = normalizeAxis("flatten", end, x.rank);
  if (from > to) throw new ShapeError(`flatten: start axis ${start} comes after end axis ${end}`);
  const joined = x.shape.slice(from, to + 1).reduce((a, b) => a * b, 1);
  return reshape(x, [...x.shape.slice(0, from), joined, ...x.shape.slice(to + 1)]);
}

/** Axes of size 1 taken away. */
export function squeeze(x: Tensor, axis?: number): Tensor {
  if (axis === undefined) {
    return reshape(
      x,
      x.shape.filter((size) => size !== 1),
    );
  }
  const d = normalizeAxis("squeeze", axis, x.rank);
  return x.shape[d] === 1
    ? reshape(
        x,
        x.shape.filter((_, i) => i !== d),
      )
    : x;
}

/** A new axis of size 1. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const d = normalizeAxis("unsqueeze", axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, d), 1, ...x.shape.slice(d)]);
}

/** Elements added around. */
export function pad(x: Tensor, pads: readonly (readonly [number, number])[], value = 0): Tensor {
  if (pads.length !== x.rank || pads.flat().some((n) => !Number.isInteger(n) || n < 0)) {
    throw new ShapeError(
      `pad: needs [before, after] of at least 0 for each of the ${x.rank} axes of ${formatShape(x.shape)}; got ${JSON.stringify(pads)}`,
    );
  }
  const shape = x.shape.map((size, d) => size + pads[d]![0] + pads[d]![1]);
  const starts = pads.map(([before]) => before);
  return assemble("pad", [x], [{ starts, steps: x.shape.map(() => 1) }], shape, value);
}

/** Tensors joined along an axis; all other sizes agree. */
export function cat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0];
  if (!first) throw new ShapeError("cat: needs at least one tensor; got none");
  const d = normalizeAxis("cat", axis, first.rank);
  let total = 0;
  const parts: Placement[] = [];
  for (const x of tensors) {
    if (x.rank !== first.rank || x.shape.some((size, i) => i !== d && size !== first.shape[i])) {
      const shown = tensors.map((t) => formatShape(t.shape)).join(", ");
      throw new ShapeError(`cat: sizes must agree on all axes but ${d}; got ${shown}`);
    }
    if (x.dtype !== first.dtype) {
      throw new DTypeError(`cat: all tensors need one dtype; got ${tensors.map((t) => t.dtype).join(", ")}`);
    }
    parts.push({ starts: x.shape.map((_, i) => (i === d ? total : 0)), steps: x.shape.map(() => 1) });
    total += x.shape[d]!;
  }
  const shape = first.shape.map((size, i) => (i === d ? total : size));
  return assemble("cat", tensors, parts, shape, 0);
}

/** Tensors of one shape joined along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return cat(
    tensors.map((x) => unsqueeze(x, axis)),
    axis,
  );
}

/** The same elements in row-major order of their own. */
export function contiguous(x: Tensor): Tensor {
  if (x.node.storage || x.node.op.kind !== "view") return x;
  return assemble(
    "contiguous",
    [x],
    [{ starts: x.shape.map(() => 0), steps: x.shape.map(() => 1) }],
    x.shape,
    0,
  );
}

method("reshape", reshape);
method("permute", permute);
method("transpose", transpose);
method("t", (x: Tensor) => {
  if (x.rank > 2)
    throw new ShapeError(`t: needs rank 2 or less; got ${formatShape(x.shape)}. Use transpose(a, b)`);
  return x.rank < 2 ? x : permute(x, [1, 0]);
});
method("expand", expand);
method("slice", slice);
method("select", select);
method("flip", flip);
method("flatten", flatten);
method("squeeze", squeeze);
method("unsqueeze", unsqueeze);
method("pad", pad);
method("contiguous", contiguous);

function record(name: string, shapes: readonly Shape[], call: (...x: Tensor[]) => Tensor): OpRecord {
  return { name, differentiable: true, domain: [-2, 2], samples: [{ shapes, call }] };
}

/** What the checks try these ops with. */
export function movementRecords(): OpRecord[] {
  return [
    record("reshape", [[2, 6]], (x) => x!.reshape([3, -1]).sin()),
    record("permute", [[2, 3, 4]], (x) => x!.permute([2, 0, 1]).exp()),
    record("permuteReshape", [[2, 3, 4]], (x) => x!.permute([2, 0, 1]).reshape([8, 3]).sin().mul(x!.sum())),
    record("expand", [[3, 1]], (x) => x!.sin().expand([2, 3, 4]).exp()),
    record("slice", [[4, 5]], (x) => x!.slice(0, 1).slice(1, -1, undefined, -2).sin()),
    record("select", [[4, 5]], (x) => x!.select(1, -2)),
    record("flip", [[2, 3]], (x) => x!.flip([0, 1]).exp()),
    record("pad", [[2, 3]], (x) =>
      x!
        .pad(
          [
            [1, 0],
            [0, 2],
          ],
          0.5,
        )
        .sin(),
    ),
    record(
      "cat",
      [
        [2, 3],
        [2, 1],
      ],
      (a, b) => cat([a!, b!.sin(), a!.t().reshape([2, 3])], 1).exp(),
    ),
    record(
      "stack",
      [
        [2, 3],
        [2, 3],
      ],
      (a, b) => stack([a!, b!], 1),
    ),
    record("contiguous", [[2, 3]], (x) => x!.t().contiguous().reshape([6])),
  ];
}
