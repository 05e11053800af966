// Elementwise ops of one tensor.

import type { DType } from "../base/dtype.ts";
import { isFloating } from "../base/dtype.ts";
import { Node } from "../graph/node.ts";
import { apply, cast as castExpr, load } from "../kernel/expr.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { where } from "./binary.ts";
import { elementwise, method, type OpRecord, result } from "./define.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** `−x`. */
    neg(): Tensor;
    /** `|x|`; derivative 0 at 0. */
    abs(): Tensor;
    /** −1, 0 or 1. */
    sign(): Tensor;
    /** The largest integer not above x. */
    floor(): Tensor;
    /** The smallest integer not below x. */
    ceil(): Tensor;
    /** The nearest integer; halves go to the even one. */
    round(): Tensor;
    /** `√x`. */
    sqrt(): Tensor;
    /** `1 / x`. */
    reciprocal(): Tensor;
    /** `x²`. */
    square(): Tensor;
    /** `eˣ`. */
    exp(): Tensor;
    /** Natural logarithm. */
    log(): Tensor;
    /** Sine of x in radians. */
    sin(): Tensor;
    /** Cosine of x in radians. */
    cos(): Tensor;
    /** Hyperbolic tangent. */
    tanh(): Tensor;
    /** Logistic function `1 / (1 + e⁻ˣ)`. */
    sigmoid(): Tensor;
    /** The error function `2/√π ∫₀ˣ e^(−t²) dt`. */
    erf(): Tensor;
    /** `max(x, 0)`; derivative 0 at 0. */
    relu(): Tensor;
    /** True where x is neither infinite nor NaN. */
    isFinite(): Tensor;
    /** True where x is 0. */
    not(): Tensor;
    /** The elements in another dtype: float to int truncates, anything to bool is `x ≠ 0`, to uint8 wraps. */
    cast(dtype: DType): Tensor;
  }
}

const samples = [[[2, 3]], [[]], [[0]], [[5]], [[3, 1, 7]]];

export const neg = elementwise({
  name: "neg",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => apply("neg", x),
  grad: { x: ({ dy }) => dy.neg() }, // dx = −dy
  samples,
});

export const abs = elementwise({
  name: "abs",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => apply("abs", x),
  grad: { x: ({ dy, x }) => dy.mul(x.sign()) }, // dx = dy · sign(x)
  samples,
});

export const sign = elementwise({
  name: "sign",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => apply("sign", x),
  grad: { x: ({ dy }) => dy.mul(0) }, // flat but for a jump
  samples,
});

export const floor = elementwise({
  name: "floor",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => (isFloating(x.dtype) ? apply("floor", x) : x),
  grad: { x: ({ dy }) => dy.mul(0) },
  samples,
});

export const ceil = elementwise({
  name: "ceil",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => (isFloating(x.dtype) ? apply("ceil", x) : x),
  grad: { x: ({ dy }) => dy.mul(0) },
  samples,
});

export const round = elementwise({
  name: "round",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => (isFloating(x.dtype) ? apply("round", x) : x),
  grad: { x: ({ dy }) => dy.mul(0) },
  samples,
});

export const sqrt = elementwise({
  name: "sqrt",
  inputs: ["x"],
  expr: ({ x }) => apply("sqrt", x),
  grad: { x: ({ dy, y }) => dy.div(y.mul(2)) }, // dx = dy / (2√x)
  samples,
  domain: [0.1, 4],
});

export const reciprocal = elementwise({
  name: "reciprocal",
  inputs: ["x"],
  expr: ({ x }) => apply("reciprocal", x),
  grad: { x: ({ dy, y }) => dy.mul(y.square()).neg() }, // dx = −dy / x²
  samples,
  domain: [0.3, 3],
});

export const square = elementwise({
  name: "square",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => apply("mul", x, x),
  grad: { x: ({ dy, x }) => dy.mul(x.mul(2)) }, // dx = 2x · dy
  samples,
});

export const exp = elementwise({
  name: "exp",
  inputs: ["x"],
  expr: ({ x }) => apply("exp", x),
  grad: { x: ({ dy, y }) => dy.mul(y) }, // dx = dy · eˣ
  samples,
});

export const log = elementwise({
  name: "log",
  inputs: ["x"],
  expr: ({ x }) => apply("log", x),
  grad: { x: ({ dy, x }) => dy.div(x) }, // dx = dy / x
  samples,
  domain: [0.1, 4],
});

export const sin = elementwise({
  name: "sin",
  inputs: ["x"],
  expr: ({ x }) => apply("sin", x),
  grad: { x: ({ dy, x }) => dy.mul(x.cos()) }, // dx = dy · cos x
  samples,
});

export const cos = elementwise({
  name: "cos",
  inputs: ["x"],
  expr: ({ x }) => apply("cos", x),
  grad: { x: ({ dy, x }) => dy.mul(x.sin()).neg() }, // dx = −dy · sin x
  samples,
});

export const tanh = elementwise({
  name: "tanh",
  inputs: ["x"],
  expr: ({ x }) => apply("tanh", x),
  grad: { x: ({ dy, y }) => dy.mul(y.square().neg().add(1)) }, // dx = dy · (1 − y²)
  samples,
});

export const sigmoid = elementwise({
  name: "sigmoid",
  inputs: ["x"],
  expr: ({ x }) => apply("sigmoid", x),
  grad: { x: ({ dy, y }) => dy.mul(y).mul(y.neg().add(1)) }, // dx = dy · y (1 − y)
  samples,
});

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

export const erf = elementwise({
  name: "erf",
  inputs: ["x"],
  expr: ({ x }) => apply("erf", x),
  grad: { x: ({ dy, x }) => dy.mul(x.square().neg().exp()).mul(twoOverRootPi) }, // dx = dy · 2/√π · e^(−x²)
  samples,
});

export const relu = elementwise({
  name: "relu",
  inputs: ["x"],
  accepts: "number",
  expr: ({ x }) => apply("max", x, 0),
  grad: { x: ({ dy, y }) => where(y.le(0), 0, dy) }, // dx = dy unless y ≤ 0, so that NaN shows
  samples,
});

export const finite = elementwise({
  name: "isFinite",
  inputs: ["x"],
  expr: ({ x }) => apply("isFinite", x),
  grad: { x: null },
  samples,
});

export const not = elementwise({
  name: "not",
  inputs: ["x"],
  accepts: "any",
  expr: ({ x }) => apply("not", castExpr(x, "bool")),
  grad: { x: null },
  samples,
});

/** The elements of `x` in another dtype. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x;
  const expr = castExpr(load(0, x.dtype), dtype);
  const node = Node.make("cast", `${x.dtype}`, { kind: "map", expr }, [x.node], x.shape, dtype);
  return result(node, "cast", [x], (dy) => [dy.cast(x.dtype)]); // dx = dy in x's own dtype
}

method("cast", cast);

/** What the checks try these ops with. */
export function castRecords(): OpRecord[] {
  return [
    {
      name: "cast",
      differentiable: false,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3]], call: (x) => x!.cast("int32") },
        { shapes: [[7]], call: (x) => x!.cast("bool") },
        { shapes: [[5]], call: (x) => x!.abs().cast("uint8").cast("float32") },
      ],
    },
  ];
}
