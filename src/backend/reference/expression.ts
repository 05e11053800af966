// Scalar expressions made runnable: each distinct node becomes one step on a row of registers. Knows no kernels.
import { type Expr, walkExpr } from "../../kernel/expr.ts";
import { conversion, scalarFunction } from "./number.ts";

/** What an expression reads while it is evaluated. */
export interface Environment {
  /** The current element of load `i`. */
  load(i: number): number;
  /** The current index along dim `axis`. */
  index(axis: number): number;
  /** The run-time scalar in `slot`. */
  scalar(slot: number): number;
  /** The present result of a kernel that has one. */
  result: number;
}

/** Expressions that share sub-expressions, evaluated together so that a shared one is computed once. */
export interface Evaluator {
  /** Evaluates all expressions in the present environment; `values[slots[i]]` is then the i-th one's value. */
  run(): void;
  readonly values: Float64Array;
  readonly slots: readonly number[];
}

/**
 * Prepares expressions for evaluation. Float32 values are rounded after every scalar function, so a value does not
 * depend on which functions share a kernel with it.
 */
export function prepare(expressions: readonly Expr[], environment: Environment): Evaluator {
  const nodes: Expr[] = [];
  const seen = new Set<Expr>();
  for (const root of expressions) walkExpr(root, (node) => nodes.push(node), seen);
  const slotOf = new Map(nodes.map((node, slot) => [node, slot]));
  const values = new Float64Array(nodes.length);
  const steps: (() => void)[] = [];
  nodes.forEach((node, slot) => {
    const step = nodeStep(node, slot, values, slotOf, environment);
    if (step) steps.push(step);
  });
  return {
    run: () => {
      for (const step of steps) step();
    },
    values,
    slots: expressions.map((root) => slotOf.get(root)!),
  };
}

/** The step that computes one node from the registers of its arguments; none for constants, which are filled in here. */
function nodeStep(
  node: Expr,
  slot: number,
  values: Float64Array,
  slotOf: ReadonlyMap<Expr, number>,
  environment: Environment,
): (() => void) | null {
  switch (node.kind) {
    case "const":
      values[slot] = conversion("float64", node.dtype)(node.value);
      return null;
    case "load": {
      const { load } = node;
      return () => {
        values[slot] = environment.load(load);
      };
    }
    case "scalar": {
      const toDType = conversion("float64", node.dtype);
      return () => {
        values[slot] = toDType(environment.scalar(node.slot));
      };
    }
    case "index": {
      const { axis } = node;
      return () => {
        values[slot] = environment.index(axis);
      };
    }
    case "result": {
      const toDType = conversion("float64", node.dtype);
      return () => {
        values[slot] = toDType(environment.result);
      };
    }
    case "cast": {
      const arg = slotOf.get(node.arg)!;
      const convert = conversion(node.arg.dtype, node.dtype);
      return () => {
        values[slot] = convert(values[arg]!);
      };
    }
    case "apply": {
      const [a, b, c] = node.args.map((arg) => slotOf.get(arg)!);
      const operands = node.args.at(-1)!.dtype;
      const compute = scalarFunction(node.name, operands, node.dtype);
      // Absent arguments read their own register, which the function then ignores.
      const [x, y, z] = [a ?? slot, b ?? slot, c ?? slot];
      return () => {
        values[slot] = compute(values[x]!, values[y]!, values[z]!);
      };
    }
  }
}
