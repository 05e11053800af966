// Elementwise ops of two or three tensors, broadcast to one shape.

import { isFloating } from "../base/dtype.ts";
import { apply, cast } from "../kernel/expr.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { elementwise, method, type Operand } from "./define.ts";

declare module "../tensor/tensor.ts" {
  interface Tensor {
    /** `a + b`, broadcast. */
    add(b: Operand): Tensor;
    /** `a − b`, broadcast. */
    sub(b: Operand): Tensor;
    /** `a · b`, element by element, broadcast. */
    mul(b: Operand): Tensor;
    /** `a / b`, broadcast; integers are divided as float32. */
    div(b: Operand): Tensor;
    /** `aᵇ`, broadcast. */
    pow(b: Operand): Tensor;
    /** The larger of a and b; NaN wins; equal values share the gradient. */
    maximum(b: Operand): Tensor;
    /** The smaller of a and b; NaN wins; equal values share the gradient. */
    minimum(b: Operand): Tensor;
    /** `a = b` as bool. */
    eq(b: Operand): Tensor;
    /** `a ≠ b` as bool. */
    ne(b: Operand): Tensor;
    /** `a < b` as bool. */
    lt(b: Operand): Tensor;
    /** `a ≤ b` as bool. */
    le(b: Operand): Tensor;
    /** `a > b` as bool. */
    gt(b: Operand): Tensor;
    /** `a ≥ b` as bool. */
    ge(b: Operand): Tensor;
    /** Both not 0, as bool. */
    and(b: Operand): Tensor;
    /** At least one not 0, as bool. */
    or(b: Operand): Tensor;
    /** This tensor's elements where `condition` holds, `other`'s elsewhere. */
    where(condition: Tensor, other: Operand): Tensor;
    /** `min(max(x, low), high)`; either bound may be left out with ∓Infinity. */
    clamp(low: number, high?: number): Tensor;
  }
}

const samples = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [
    [4, 1, 2],
    [3, 1],
  ],
  [[], [2, 2]],
  [[], []],
  [
    [0, 3],
    [1, 3],
  ],
  [[5], [5]],
];

export const add = elementwise({
  name: "add",
  inputs: ["a", "b"],
  accepts: "number",
  expr: ({ a, b }) => apply("add", a, b),
  grad: { a: ({ dy }) => dy, b: ({ dy }) => dy }, // da = db = dy
  samples,
});

export const sub = elementwise({
  name: "sub",
  inputs: ["a", "b"],
  accepts: "number",
  expr: ({ a, b }) => apply("sub", a, b),
  grad: { a: ({ dy }) => dy, b: ({ dy }) => dy.neg() }, // da = dy, db = −dy
  samples,
});

export const mul = elementwise({
  name: "mul",
  inputs: ["a", "b"],
  accepts: "number",
  expr: ({ a, b }) => apply("mul", a, b),
  grad: { a: ({ dy, b }) => dy.mul(b), b: ({ dy, a }) => dy.mul(a) }, // da = dy · b, db = dy · a
  samples,
});

export const div = elementwise({
  name: "div",
  inputs: ["a", "b"],
  expr: ({ a, b }) => apply("div", a, b),
  grad: {
    a: ({ dy, b }) => dy.div(b), // da = dy / b
    b: ({ dy, b, y }) => dy.mul(y).div(b).neg(), // db = −dy · a / b²
  },
  samples,
  domain: [0.5, 2],
});

export const pow = elementwise({
  name: "pow",
  inputs: ["a", "b"],
  expr: ({ a, b }) => apply("pow", a, b),
  grad: {
    // da = dy · b · aᵇ⁻¹, and 0 where b = 0, also at a = 0
    a: ({ dy, a, b }) => dy.mul(b.mul(a.pow(b.sub(1)))).where(b.ne(0), 0),
    // db = dy · aᵇ · ln a, and 0 at a = 0 for b ≥ 0
    b: ({ dy, a, b, y }) => dy.mul(y.mul(a.log())).where(a.ne(0).or(b.lt(0)), 0),
  },
  samples,
  domain: [0.3, 2],
});

export const maximum = elementwise({
  name: "maximum",
  inputs: ["a", "b"],
  accepts: "number",
  expr: ({ a, b }) => apply("max", a, b),
  grad: { a: ({ dy, a, b }) => share(dy, a, b, a.lt(b)), b: ({ dy, a, b }) => share(dy, a, b, b.lt(a)) },
  samples,
});

export const minimum = elementwise({
  name: "minimum",
  inputs: ["a", "b"],
  accepts: "number",
  expr: ({ a, b }) => apply("min", a, b),
  grad: { a: ({ dy, a, b }) => share(dy, a, b, b.lt(a)), b: ({ dy, a, b }) => share(dy, a, b, a.lt(b)) },
  samples,
});

/** dy unless this operand lost, half of it where the two are equal. */
function share(dy: Tensor, a: Tensor, b: Tensor, lost: Tensor): Tensor {
  return where(lost, 0, where(a.eq(b), dy.mul(0.5), dy));
}

type ComparisonName = "eq" | "ne" | "lt" | "le" | "and" | "or";

function comparison(name: ComparisonName) {
  return elementwise({
    name,
    inputs: ["a", "b"],
    accepts: "any",
    expr: ({ a, b }) => apply(name, a, b),
    grad: { a: null, b: null },
    samples,
  });
}

export const eq = comparison("eq");
export const ne = comparison("ne");
export const lt = comparison("lt");
export const le = comparison("le");
export const and = logical("and");
export const or = logical("or");

function logical(name: "and" | "or") {
  return elementwise({
    name,
    inputs: ["a", "b"],
    accepts: "any",
    expr: ({ a, b }) => apply(name, cast(a, "bool"), cast(b, "bool")),
    grad: { a: null, b: null },
    samples,
  });
}

/** `a > b` as bool. */
export function gt(a: Operand, b: Operand): Tensor {
  return lt(b, a);
}

/** `a ≥ b` as bool. */
export function ge(a: Operand, b: Operand): Tensor {
  return le(b, a);
}

method("gt", gt);
method("ge", ge);

const choose = elementwise({
  name: "where",
  inputs: ["condition", "a", "b"],
  accepts: "any",
  untyped: ["condition"],
  expr: ({ condition, a, b }) => apply("select", condition, a, b),
  grad: {
    condition: null,
    a: ({ dy, condition }) => dy.where(condition, 0), // da = dy where the condition holds
    b: ({ dy, condition }) => where(condition, 0, dy), // db = dy elsewhere
  },
  samples: [
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 1], [3], [2, 3]],
    [[0], [0], [0]],
  ],
});

/** `a` where the condition is not 0, `b` elsewhere; all three broadcast. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  return choose(condition, a, b);
}

method("where", (self: Tensor, condition: Tensor, other: Operand) => where(condition, self, other));

method("clamp", (x: Tensor, low: number, high = Number.POSITIVE_INFINITY) => {
  // dx = dy inside the bounds, edges included, as PyTorch has it
  if (!isFloating(x.dtype)) return minimum(maximum(x, low), high);
  const inside = ge(x, low).and(le(x, high));
  const bounded = minimum(maximum(x.detach(), low), high);
  return where(inside, x, bounded);
});
