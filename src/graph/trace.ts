// An elementwise rule written once in tensor code and applied to many tensors: its graph on placeholders becomes
// one expression for each result, so that applying it costs one node a result instead of one an op.

import type { Shape } from "../base/shape.ts";
import { type Expr, load, mapExpr } from "../kernel/expr.ts";
import { type Form, form, Node } from "./node.ts";

/** A rule ready to be applied. */
export interface Traced {
  /** The form of each result's node. */
  readonly forms: readonly Form[];
  /** The numbers that the rule was written with this time. */
  readonly scalars: readonly Node[];
}

/** By structure; the values of numbers are no part of it. */
const known = new Map<string, readonly Form[]>();

/** The rule that computes `outputs` from rank-0 `placeholders`; only elementwise ops and numbers may lie between. */
export function traceMaps(name: string, outputs: readonly Node[], placeholders: readonly Node[]): Traced {
  const places = new Map<Node, number>(placeholders.map((node, i) => [node, i]));
  const scalars: Node[] = [];
  let key = `${name}:`;
  let next = 0;
  const visit = (node: Node): number => {
    const seen = places.get(node);
    if (seen !== undefined) return seen;
    if (!node.storage && node.op.kind === "scalar") {
      const place = placeholders.length + scalars.push(node) - 1;
      places.set(node, place);
      key += `s${node.dtype};`;
      return place;
    }
    if (node.storage || node.op.kind !== "map") {
      throw new Error(`trace: ${node.signature.name} is not elementwise`);
    }
    const inputs = node.inputs.map(visit);
    const place = --next;
    places.set(node, place);
    key += `${node.signature.id}(${inputs.join()});`;
    return place;
  };
  for (const output of outputs) {
    // visit() writes to the key itself, so it comes first.
    const place = visit(output);
    key += `${place}|`;
  }
  let forms = known.get(key);
  if (!forms) {
    const exprs = writeExprs(outputs, placeholders, scalars);
    forms = exprs.map((expr, i) => form(name, `${i}|${key}`, { kind: "map", expr }, expr.dtype));
    known.set(key, forms);
  }
  return { forms, scalars };
}

function writeExprs(
  outputs: readonly Node[],
  placeholders: readonly Node[],
  scalars: readonly Node[],
): Expr[] {
  const written = new Map<Node, Expr>();
  for (const [i, node] of [...placeholders, ...scalars].entries()) written.set(node, load(i, node.dtype));
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

/** The rule's results for inputs of one shape, given in the placeholders' order. */
export function applyTraced({ forms, scalars }: Traced, inputs: readonly Node[], shape: Shape): Node[] {
  const all = [...inputs, ...scalars];
  return forms.map((each) => Node.of(each, all, shape));
}
