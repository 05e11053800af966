// An elementwise rule written once in tensor code and applied to many tensors: its graph on placeholders becomes
// one expression for each result, so that applying it costs one node a result instead of one an op.

import { constant, type Expr, load, mapExpr, walkExpr } from "../kernel/expr.ts";
import { type Form, form, type Node } from "./node.ts";

/** A rule ready to be applied: each form becomes a node whose inputs are those of the placeholders, then the numbers. */
export interface Traced {
  /** The form of each result's node. */
  readonly forms: readonly Form[];
  /** The numbers that the rule was written with this time. */
  readonly scalars: readonly Node[];
}

/** By structure; the values of numbers are no part of it. */
const known = new Map<string, readonly Form[]>();

/**
 * The rule that computes `outputs` from rank-0 `placeholders`; only elementwise ops and numbers may lie between. Numbers are
 * arguments: they may differ the next time.
 */
export function traceMaps(name: string, outputs: readonly Node[], placeholders: readonly Node[]): Traced {
  const { structure, scalars } = survey(outputs, placeholders);
  const key = `${name}:${structure}`;
  let forms = known.get(key);
  if (!forms) {
    const leaves = new Map<Node, Expr>();
    for (const [i, node] of [...placeholders, ...scalars].entries()) leaves.set(node, load(i, node.dtype));
    forms = writeExprs(outputs, leaves).map((expr, i) =>
      form(name, `${i}|${key}`, { kind: "map", expr }, expr.dtype),
    );
    known.set(key, forms);
  }
  return { forms, scalars };
}

/** A rule with one result, ready to be applied: what it reads of its placeholders, by number. */
export interface TracedMap {
  readonly form: Form;
  readonly reads: readonly number[];
}

/**
 * The rule that computes `output` from rank-0 `placeholders`, in which numbers are part of the rule. Gives the number of a
 * placeholder where the output is just that.
 */
export function traceMap(name: string, output: Node, placeholders: readonly Node[]): TracedMap | number {
  const same = placeholders.indexOf(output);
  if (same >= 0) return same;
  const { structure, scalars } = survey([output], placeholders);
  const leaves = new Map<Node, Expr>();
  for (const [i, node] of placeholders.entries()) leaves.set(node, load(i, node.dtype));
  for (const node of scalars) leaves.set(node, constant(node.value, node.dtype));
  const [whole] = writeExprs([output], leaves) as [Expr];
  const used = new Set<number>();
  walkExpr(whole, (e) => void (e.kind === "load" && used.add(e.load)));
  const reads = [...used].sort((a, b) => a - b);
  const expr = mapExpr(whole, (e) => (e.kind === "load" ? load(reads.indexOf(e.load), e.dtype) : undefined));
  const numbers = scalars.map((node) => node.value).join();
  return { form: form(name, `${structure}|${numbers}`, { kind: "map", expr }, expr.dtype), reads };
}

/** What lies between outputs and placeholders: a text that tells structures apart, and the numbers in it. */
function survey(
  outputs: readonly Node[],
  placeholders: readonly Node[],
): { structure: string; scalars: Node[] } {
  const places = new Map<Node, number>(placeholders.map((node, i) => [node, i]));
  const scalars: Node[] = [];
  let structure = "";
  let next = 0;
  const visit = (node: Node): number => {
    const seen = places.get(node);
    if (seen !== undefined) return seen;
    if (!node.storage && node.op.kind === "scalar") {
      const place = placeholders.length + scalars.push(node) - 1;
      places.set(node, place);
      structure += `s${node.dtype};`;
      return place;
    }
    if (node.storage || node.op.kind !== "map") {
      throw new Error(`trace: ${node.signature.name} is not elementwise`);
    }
    const inputs = node.inputs.map(visit);
    const place = --next;
    places.set(node, place);
    structure += `${node.signature.id}(${inputs.join()});`;
    return place;
  };
  for (const output of outputs) {
    // visit() writes to the text itself, so it comes first.
    const place = visit(output);
    structure += `${place}|`;
  }
  return { structure, scalars };
}

/** The outputs' expressions over those of the leaves. */
function writeExprs(outputs: readonly Node[], leaves: ReadonlyMap<Node, Expr>): Expr[] {
  const written = new Map(leaves);
  const write = (node: Node): Expr => {
    let expr = written.get(node);
    if (!expr) {
      if (node.op.kind !== "map") throw new Error(`trace: ${node.signature.name} is not elementwise`);
      const args = node.inputs.map(write);
      expr = mapExpr(node.op.expr, (e) => (e.kind === "load" ? args[e.load] : undefined));
      written.set(node, expr);
    }
    return expr;
  };
  return outputs.map(write);
}
