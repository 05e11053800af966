// Renders scalar expressions as code on four lanes. Shared sub-expressions are computed once, and those that do
// not change in a loop once before it. Knows nothing of loops or memory: leaves come from its caller.
import type { Expr } from "../../kernel/expr.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { convert, type Lanes, laneDType, pushConstant } from "./lanes.ts";
import { scalarCost, scalarTerm, withConstant } from "./scalars.ts";
import { Scope, type Term } from "./terms.ts";

/** Where an expression's leaves come from; each function pushes four lanes in its dtype's form (see lanes.ts). */
export interface Leaves {
  /** Lanes whose values matter. */
  readonly lanes: Lanes;
  load(index: number): void;
  index(axis: number): void;
  result(): void;
}

/** Copies of expressions in which equal sub-expressions are one object. */
export function shareEqual(roots: readonly Expr[]): Expr[] {
  const known = new Map<string, Expr>();
  const ids = new Map<Expr, number>();
  const memo = new Map<Expr, Expr>();
  const visit = (node: Expr): Expr => {
    const done = memo.get(node);
    if (done) return done;
    let copy = node;
    let key: string;
    switch (node.kind) {
      case "apply":
        copy = { ...node, args: node.args.map(visit) };
        key = `${node.name}(${copy.args.map((a) => ids.get(a)).join()})`;
        break;
      case "cast":
        copy = { ...node, arg: visit(node.arg) };
        key = `cast(${ids.get(copy.arg)})`;
        break;
      case "const":
        key = `const ${Object.is(node.value, -0) ? "-0" : node.value}`;
        break;
      case "load":
        key = `load ${node.load}`;
        break;
      case "scalar":
        key = `scalar ${node.slot}`;
        break;
      case "index":
        key = `index ${node.axis}`;
        break;
      case "result":
        key = "result";
        break;
    }
    key += `:${node.dtype}`;
    const shared = known.get(key) ?? copy;
    known.set(key, shared);
    if (!ids.has(shared)) ids.set(shared, ids.size);
    memo.set(node, shared);
    return shared;
  };
  return roots.map(visit);
}

/** Values of sub-expressions that were computed before, by expression object. */
export type Computed = ReadonlyMap<Expr, Local>;

/** Emits expressions for one set of leaves. Sharing is by object, so pass expressions through `shareEqual` first. */
export class ExprWriter {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #leaves: Leaves;
  readonly #computed: Computed;
  readonly #usesLeft = new Map<Expr, number>();
  readonly #shared = new Map<Expr, Local>();

  /** `roots` are all the expressions that will be pushed, once each. */
  constructor(
    f: FunctionBuilder,
    env: CodegenEnv,
    leaves: Leaves,
    roots: readonly Expr[],
    computed: Computed = new Map(),
  ) {
    this.#f = f;
    this.#env = env;
    this.#leaves = leaves;
    this.#computed = computed;
    for (const root of roots) this.#count(root);
  }

  /** Pushes the value of an expression. */
  push(node: Expr): void {
    const before = this.#computed.get(node);
    if (before !== undefined) {
      this.#f.get(before);
      return;
    }
    const uses = (this.#usesLeft.get(node) ?? 1) - 1;
    this.#usesLeft.set(node, uses);
    const known = this.#shared.get(node);
    if (known !== undefined) {
      this.#f.get(known);
      if (uses === 0) {
        this.#shared.delete(node);
        this.#f.release(known);
      }
      return;
    }
    this.#compute(node);
    if (uses > 0 && node.kind !== "const") {
      const local = this.#f.local("v128");
      this.#shared.set(node, local);
      this.#f.tee(local);
    }
  }

  /** Gives back what is still held; call it after the last `push`. */
  release(): void {
    this.#f.release(...this.#shared.values());
    this.#shared.clear();
  }

  #count(node: Expr): void {
    if (this.#computed.has(node)) return;
    const uses = this.#usesLeft.get(node) ?? 0;
    this.#usesLeft.set(node, uses + 1);
    if (uses > 0) return;
    for (const arg of argumentsOf(node)) this.#count(arg);
  }

  #compute(node: Expr): void {
    const dtype = laneDType(node.dtype);
    switch (node.kind) {
      case "load":
        this.#leaves.load(node.load);
        return;
      case "index":
        this.#leaves.index(node.axis);
        return;
      case "result":
        this.#leaves.result();
        return;
      case "const":
        pushConstant(this.#f, node.value, dtype);
        return;
      case "scalar":
        this.#env.pushScalar(this.#f, node.slot);
        this.#f.op(dtype === "float32" ? "f32x4.splat" : "i32x4.splat");
        if (dtype === "bool") this.#f.i32x4(0).op("i32x4.ne");
        return;
      case "cast":
        convert(this.#term(node.arg), laneDType(node.arg.dtype), dtype)(this.#f);
        return;
      case "apply":
        this.#apply(node);
    }
  }

  #apply(node: Expr & { kind: "apply" }): void {
    const scope = new Scope(this.#f, this.#env.relaxed);
    const args = node.args.map((arg) => this.#term(arg));
    const [first, second] = node.args;
    const dtype = laneDType((node.name === "select" ? second! : first!).dtype);
    let result: Term | undefined;
    if (dtype === "float32" && second?.kind === "const") {
      result = withConstant(scope, node.name, args[0]!, second.value);
    }
    result ??= scalarTerm(scope, node.name, dtype, args, this.#leaves.lanes);
    result(this.#f);
    scope.release();
  }

  #term(node: Expr): Term {
    return () => this.push(node);
  }
}

/** The expressions directly below one. */
export function argumentsOf(node: Expr): readonly Expr[] {
  if (node.kind === "apply") return node.args;
  return node.kind === "cast" ? [node.arg] : [];
}

/**
 * The largest sub-expressions that do not change, other than constants, where `changes` tells it of the leaves.
 * `roots` must have gone through `shareEqual`.
 */
export function invariantParts(roots: readonly Expr[], changes: (leaf: Expr) => boolean): Expr[] {
  const variant = new Map<Expr, boolean>();
  const isVariant = (node: Expr): boolean => {
    let value = variant.get(node);
    if (value === undefined) {
      const args = argumentsOf(node);
      value = args.length > 0 ? args.map(isVariant).some(Boolean) : changes(node);
      variant.set(node, value);
    }
    return value;
  };
  const parts = new Set<Expr>();
  const seen = new Set<Expr>();
  const collect = (node: Expr): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (isVariant(node)) for (const arg of argumentsOf(node)) collect(arg);
    else if (node.kind !== "const") parts.add(node);
  };
  for (const root of roots) collect(root);
  return [...parts];
}

/** Computes expressions now and keeps them in locals; the caller releases these. */
export function computeAhead(
  f: FunctionBuilder,
  env: CodegenEnv,
  leaves: Leaves,
  parts: readonly Expr[],
): Map<Expr, Local> {
  const writer = new ExprWriter(f, env, leaves, parts);
  const computed = new Map<Expr, Local>();
  for (const part of parts) {
    writer.push(part);
    const local = f.local("v128");
    f.set(local);
    computed.set(part, local);
  }
  writer.release();
  return computed;
}

/** Rough nanoseconds for one element of expressions, shared parts counted once. */
export function expressionCost(roots: readonly Expr[]): number {
  const seen = new Set<Expr>();
  const visit = (node: Expr): number => {
    if (seen.has(node)) return 0;
    seen.add(node);
    const below = argumentsOf(node).reduce((sum, arg) => sum + visit(arg), 0);
    if (node.kind === "apply") return below + scalarCost(node.name);
    return below + (node.kind === "load" ? 0.06 : 0.02);
  };
  return roots.reduce((sum, root) => sum + visit(root), 0);
}
