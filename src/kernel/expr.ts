// Scalar expressions: what a kernel computes for one element. Plain immutable data that a backend renders;
// equal sub-expressions may be shared by identity, and a backend should compute a shared one once.
import type { DType } from "../base/dtype.ts";
import { promote } from "../base/dtype.ts";
import { type ScalarName, scalarFunctions } from "./scalar.ts";

/** A scalar expression with the dtype of its value. */
export type Expr =
  /** The element that the kernel's `loads[load]` names at the current index, in that buffer's dtype. */
  | { readonly kind: "load"; readonly load: number; readonly dtype: DType }
  /** A number given at run time: `program.scalars[slot]`. */
  | { readonly kind: "scalar"; readonly slot: number; readonly dtype: DType }
  /** A number that is part of the program. */
  | { readonly kind: "const"; readonly value: number; readonly dtype: DType }
  /** The current index along one of the kernel's dims (parallel dims first, then reduced ones), as int32. */
  | { readonly kind: "index"; readonly axis: number; readonly dtype: "int32" }
  /** In outputs of a kernel with a result of its own (reduction, contraction, pooling): that result. */
  | { readonly kind: "result"; readonly dtype: DType }
  | {
      readonly kind: "apply";
      readonly name: ScalarName;
      readonly args: readonly Expr[];
      readonly dtype: DType;
    }
  /** Conversion: float to int truncates, anything to bool is `x !== 0`, bool to number is 0 or 1, to uint8 wraps. */
  | { readonly kind: "cast"; readonly arg: Expr; readonly dtype: DType };

/** `load` of the kernel's i-th load. */
export function load(index: number, dtype: DType): Expr {
  return { kind: "load", load: index, dtype };
}

/** A constant of the program. */
export function constant(value: number, dtype: DType): Expr {
  return { kind: "const", value, dtype };
}

/** Conversion to a dtype; no node where the dtype is already right. */
export function cast(arg: Expr, dtype: DType): Expr {
  return arg.dtype === dtype ? arg : { kind: "cast", arg, dtype };
}

/**
 * A scalar function applied to expressions. Arguments other than a `select` condition are first brought to
 * their common dtype; plain numbers become constants of that dtype.
 */
export function apply(name: ScalarName, ...args: (Expr | number)[]): Expr {
  const row = scalarFunctions[name];
  const conditions = name === "select" ? 1 : 0;
  const typed = args.slice(conditions).filter((a): a is Expr => typeof a !== "number");
  const common = typed.map((a) => a.dtype).reduce(promote, typed[0]?.dtype ?? "float32");
  const converted = args.map((a, i) => {
    if (typeof a === "number") return constant(a, i < conditions ? "bool" : common);
    return i < conditions ? cast(a, "bool") : cast(a, common);
  });
  const dtype = row.result === "same" ? common : row.result;
  return { kind: "apply", name, args: converted, dtype };
}

/** Calls `visit` on every distinct node below and including `root`, arguments before their user. */
export function walkExpr(root: Expr, visit: (node: Expr) => void, seen: Set<Expr> = new Set()): void {
  if (seen.has(root)) return;
  seen.add(root);
  if (root.kind === "apply") for (const arg of root.args) walkExpr(arg, visit, seen);
  if (root.kind === "cast") walkExpr(root.arg, visit, seen);
  visit(root);
}

/** A copy of `root` in which `replace` may stand in another expression for any node; sharing is kept. */
export function mapExpr(
  root: Expr,
  replace: (node: Expr) => Expr | undefined,
  memo: Map<Expr, Expr> = new Map(),
): Expr {
  const done = memo.get(root);
  if (done) return done;
  let result = replace(root);
  if (!result) {
    if (root.kind === "apply") {
      result = { ...root, args: root.args.map((a) => mapExpr(a, replace, memo)) };
    } else if (root.kind === "cast") {
      result = { ...root, arg: mapExpr(root.arg, replace, memo) };
    } else {
      result = root;
    }
  }
  memo.set(root, result);
  return result;
}
