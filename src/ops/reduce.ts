// Reductions over axes.

import { isFloating } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { formatShape, normalizeAxes, type Shape, sizeOf } from "../base/shape.ts";
import { type Form, form, Node } from "../graph/node.ts";
import type { Reduction } from "../kernel/kernel.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { where } from "./binary.ts";
import { method, type OpRecord, result } from "./define.ts";

/** Options of a reduction. */
export interface ReduceOptions {
  /** Keeps the reduced axes with size 1. */
  keepdim?: boolean;
}

/** Which axes a reduction covers: one, several, or (left out) all. */
export type Axes = number | readonly number[];

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** Sum over axes; integers and bool are summed as int32. An empty sum is 0. */
    sum(axes?: Axes, options?: ReduceOptions): Tensor;
    /** Arithmetic mean over axes, as float. */
    mean(axes?: Axes, options?: ReduceOptions): Tensor;
    /** Product over axes. */
    prod(axes?: Axes, options?: ReduceOptions): Tensor;
    /** Largest element over axes; NaN wins; equal largest ones share the gradient. */
    amax(axes?: Axes, options?: ReduceOptions): Tensor;
    /** Smallest element over axes; NaN wins; equal smallest ones share the gradient. */
    amin(axes?: Axes, options?: ReduceOptions): Tensor;
    /** Variance over axes: `Σ (x − mean)² / (n − correction)`, correction 1 unless given. */
    var(axes?: Axes, options?: ReduceOptions & { correction?: number }): Tensor;
    /** Standard deviation: the square root of `var`. */
    std(axes?: Axes, options?: ReduceOptions & { correction?: number }): Tensor;
    /** Position of the first largest element along an axis (of all elements, where none is given), int32. */
    argmax(axis?: number, options?: ReduceOptions): Tensor;
    /** Position of the first smallest element along an axis (of all elements, where none is given), int32. */
    argmin(axis?: number, options?: ReduceOptions): Tensor;
  }
}

/** A reduction of tensors of one shape over some axes: what its node is, and the shapes with the axes kept and without. */
interface Reducer {
  readonly form: Form;
  readonly axes: readonly number[];
  readonly kept: Shape;
  readonly shape: Shape;
}

const reducers = new Map<string, Map<number, Reducer>>();

/** The reduction, worked out and checked on the first call with these axes and a tensor of this shape and dtype. */
function reducerFor(name: string, reduction: Reduction, x: Tensor, axes: Axes | undefined): Reducer {
  const slot = `${name} ${x.dtype} ${axes}`;
  let byShape = reducers.get(slot);
  if (!byShape) {
    byShape = new Map();
    reducers.set(slot, byShape);
  }
  let reducer = byShape.get(x.node.shapeId);
  if (!reducer) {
    const over = normalizeAxes(name, axes, x.rank);
    if (reduction !== "sum" && reduction !== "prod" && sizeOf(over.map((d) => x.shape[d]!)) === 0) {
      throw new ShapeError(
        `${name}: nothing to reduce over axes [${over.join(", ")}] of ${formatShape(x.shape)}`,
      );
    }
    const kept = x.shape.map((size, d) => (over.includes(d) ? 1 : size));
    const dtype = reduction === "argmax" || reduction === "argmin" ? "int32" : x.dtype;
    reducer = {
      form: form(name, over.join(), { kind: "reduce", reduction, axes: over }, dtype),
      axes: over,
      kept,
      shape: kept.filter((_, d) => !over.includes(d)),
    };
    byShape.set(x.node.shapeId, reducer);
  }
  return reducer;
}

function reduceOp(
  name: string,
  reduction: Reduction,
  x: Tensor,
  axes: Axes | undefined,
  { keepdim = false }: ReduceOptions,
  backward: (dy: Tensor, y: Tensor) => Tensor | null,
): Tensor {
  const { form: own, kept, shape } = reducerFor(name, reduction, x, axes);
  const node = Node.of(own, [x.node], keepdim ? kept : shape);
  return result(node, name, [x], (dy, y) => [backward(dy.reshape(kept), y)]);
}

/** Sum over axes. */
export function sum(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const numeric = isFloating(x.dtype) ? x : x.cast("int32");
  return reduceOp("sum", "sum", numeric, axes, options, (dy) => dy.expand(x.shape)); // dx = dy, repeated
}

/** Mean over axes. */
export function mean(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const over = normalizeAxes("mean", axes, x.rank);
  const float = isFloating(x.dtype) ? x : x.cast("float32");
  return sum(float, over, options).mul(1 / sizeOf(over.map((d) => x.shape[d]!)));
}

/** Product over axes. */
export function prod(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  const numeric = isFloating(x.dtype) ? x : x.cast("int32");
  const over = normalizeAxes("prod", axes, x.rank);
  return reduceOp("prod", "prod", numeric, over, options, (dy) => dy.mul(productOfOthers(numeric, over))); // dxᵢ = dy · Π_{j≠i} xⱼ
}

/** For each element the product of all others along the axes, right also where some are 0. */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const options = { keepdim: true };
  const zeros = x.eq(0);
  const zeroCount = zeros.sum(axes, options);
  // The product of the elements that are not 0 decides where at most one is.
  const nonzero = prod(x.where(zeros.not(), 1), axes, options);
  const none = nonzero.div(x.where(zeros.not(), 1)).where(zeroCount.eq(0), 0);
  const one = nonzero.expand(x.shape).where(zeros.and(zeroCount.eq(1)), 0);
  return none.add(one);
}

function extremum(name: "amax" | "amin", reduction: "max" | "min") {
  return (x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor => {
    const over = normalizeAxes(name, axes, x.rank);
    return reduceOp(name, reduction, x, over, options, (dy, y) => {
      // dx = dy, shared evenly among the elements that equal the extremum
      const hits = x.eq(y.reshape(dy.shape)).cast(x.dtype);
      return hits.mul(dy.div(hits.sum(over, { keepdim: true })));
    });
  };
}

/** Largest element over axes. */
export const amax = extremum("amax", "max");
/** Smallest element over axes. */
export const amin = extremum("amin", "min");

/** Mean and variance of the same elements. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Mean and variance over axes, which stay with size 1: `mean = Σx / n`, `variance = Σ(x − mean)² / (n − correction)`,
 * correction 0 unless given.
 * The mean comes first, in a pass of its own: `Σx² / n − mean²` would lose the digits that both terms share.
 */
export function moments(x: Tensor, axes?: Axes, { correction = 0 }: { correction?: number } = {}): Moments {
  const over = normalizeAxes("moments", axes, x.rank);
  const count = sizeOf(over.map((d) => x.shape[d]!));
  const average = mean(x, over, { keepdim: true });
  const share = 1 / Math.max(0, count - correction);
  const squared = noGrad(() => sum(x.sub(average).square(), over, { keepdim: true }).mul(share));
  const spread = result(squared.node, "variance", [x, average], (dy) => [
    x.sub(average).mul(dy.mul(2 * share)), // dx = 2 (x − mean) / (n − correction) · dy
    null, // dmean = −2 Σ(x − mean) / (n − correction) · dy = 0
  ]);
  return { mean: average, variance: spread };
}

/** Variance over axes. */
export function variance(
  x: Tensor,
  axes?: Axes,
  { correction = 1, keepdim = false }: ReduceOptions & { correction?: number } = {},
): Tensor {
  const over = normalizeAxes("var", axes, x.rank);
  const y = moments(x, over, { correction }).variance;
  return keepdim ? y : y.reshape(x.shape.filter((_, d) => !over.includes(d)));
}

function argExtremum(name: "argmax" | "argmin") {
  return (x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor =>
    reduceOp(name, name, x.detach(), axis, options, () => null);
}

/** Position of the first largest element. */
export const argmax = argExtremum("argmax");
/** Position of the first smallest element. */
export const argmin = argExtremum("argmin");

method("sum", sum);
method("mean", mean);
method("prod", prod);
method("amax", amax);
method("amin", amin);
method("var", variance);
method("std", (x: Tensor, axes?: Axes, options?: ReduceOptions & { correction?: number }) => {
  const squared = variance(x, axes, options);
  // The root's slope is infinite at 0; a constant row has gradient 0, as PyTorch has it.
  const flat = squared.eq(0);
  return where(flat, squared, where(flat, 1, squared).sqrt());
});
method("argmax", argmax);
method("argmin", argmin);

const shapes: Shape[] = [[2, 3, 4]];
const calls = (op: (x: Tensor, axes?: Axes, options?: ReduceOptions) => Tensor) => [
  { shapes, call: (x: Tensor | undefined) => op(x!) },
  { shapes, call: (x: Tensor | undefined) => op(x!, 1) },
  { shapes, call: (x: Tensor | undefined) => op(x!, [0, -1], { keepdim: true }) },
  { shapes: [[]], call: (x: Tensor | undefined) => op(x!) },
];

/** Both moments in one tensor. */
const drawn = ({ mean, variance }: Moments): Tensor => mean.mul(variance.sqrt());

/** What the checks try these ops with. */
export function reduceRecords(): OpRecord[] {
  return [
    {
      name: "sum",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        ...calls(sum),
        { shapes: [[0, 3]], call: (x) => x!.sum(0) },
        { shapes: [[64, 300]], call: (x) => x!.sin().sum() },
        { shapes: [[300, 33]], call: (x) => x!.sum(0).mul(0.01).sin() },
      ],
    },
    { name: "mean", differentiable: true, domain: [-2, 2], samples: calls(mean) },
    { name: "prod", differentiable: true, domain: [0.5, 1.5], samples: calls(prod) },
    { name: "amax", differentiable: true, domain: [-2, 2], samples: calls(amax) },
    { name: "amin", differentiable: true, domain: [-2, 2], samples: calls(amin) },
    { name: "var", differentiable: true, domain: [-2, 2], samples: calls(variance).slice(0, 3) },
    {
      name: "moments",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes, call: (x) => drawn(moments(x!, [0, 2])) },
        { shapes: [[40, 3, 300]], call: (x) => drawn(moments(x!, [0, 2])) },
      ],
    },
    {
      name: "argmax",
      differentiable: false,
      domain: [-2, 2],
      samples: [
        { shapes, call: (x) => x!.argmax(1) },
        { shapes, call: (x) => x!.argmax() },
      ],
    },
    {
      name: "argmin",
      differentiable: false,
      domain: [-2, 2],
      samples: [
        { shapes, call: (x) => x!.argmin(-1, { keepdim: true }) },
        { shapes, call: (x) => x!.argmin() },
      ],
    },
  ];
}
