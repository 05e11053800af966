// What the lowering needs to know of a graph before it cuts it into kernels: who uses what, and what is cheap.
import { type Expr, walkExpr } from "../kernel/expr.ts";
import { scalarFunctions } from "../kernel/scalar.ts";
import type { Node } from "./node.ts";
import { applyView, fullWindow, isFull, type View } from "./view.ts";

/** A graph's facts, by node. */
export interface Analysis {
  /** How many kernels would read the node's elements if nothing were fused; looks through views; a root counts as one. */
  uses(node: Node): number;
  /** The one node (not a view) that reads it, where `uses` is 1 and that is not a root. */
  consumer(node: Node): Node | null;
  /** True for an elementwise node over values that are stored anyway, that costs less to compute again than to store and load. */
  cheap(node: Node): boolean;
}

/** Studies nodes in creation order; `roots` are those whose elements must be there in the end. */
export function analyse(order: readonly Node[], roots: ReadonlySet<Node>): Analysis {
  const uses = new Map<Node, number>();
  const consumers = new Map<Node, Node>();
  for (const node of roots) uses.set(node, 1);
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!;
    if (node.storage) continue;
    const isView = node.op.kind === "view";
    for (const input of node.inputs) {
      const passed = isView ? (uses.get(node) ?? 0) : 1;
      uses.set(input, (uses.get(input) ?? 0) + passed);
      const consumer = isView ? consumers.get(node) : node;
      if (consumer) consumers.set(input, consumer);
    }
  }
  const cheapCosts = new Map<Node, number>();
  for (const node of order) {
    if (node.storage || node.op.kind !== "map" || node.inputs.length === 0) continue;
    let cost = costOf(node.op.expr);
    for (const input of node.inputs) {
      const base = viewBase(input);
      if (!isStored(base)) cost += cheapCosts.get(base) ?? Number.POSITIVE_INFINITY;
    }
    if (cost <= cheapest) cheapCosts.set(node, cost);
  }
  return {
    uses: (node) => uses.get(node) ?? 0,
    consumer: (node) => (uses.get(node) === 1 && !roots.has(node) ? (consumers.get(node) ?? null) : null),
    cheap: (node) => cheapCosts.has(node),
  };
}

/** The node below any views. */
export function viewBase(node: Node): Node {
  let base = node;
  while (!base.storage && base.op.kind === "view") base = base.inputs[0]!;
  return base;
}

/** True where the views in order show all elements of `node` in their own order. */
export function keepsOrder(node: Node, views: readonly View[]): boolean {
  let window = fullWindow(node.shape);
  for (const view of views) {
    const next = applyView(view, window);
    if (!next) return false;
    window = next;
  }
  const size = window.shape.reduce((a, b) => a * b, 1);
  return size === node.size && isFull(window);
}

/** The node below views that only rename the axes: its buffer holds the same elements in the same order. */
export function orderedBase(node: Node): Node {
  const views: View[] = [];
  let at = node;
  let found = node;
  while (!at.storage && at.op.kind === "view") {
    views.unshift(at.op.view);
    at = at.inputs[0]!;
    if (keepsOrder(at, views)) found = at;
  }
  return found;
}

/** True for nodes whose kernels can go on to compute with each element of their result. */
export function hasEpilogue(node: Node): boolean {
  switch (node.op.kind) {
    case "reduce":
    case "matmul":
    case "conv2d":
    case "conv2dWeightGrad":
    case "pool2d":
    case "pool2dGrad":
      return true;
    default:
      return false;
  }
}

/** True where an expression uses the position of its element. */
export function usesIndex(expr: Expr): boolean {
  let found = false;
  walkExpr(expr, (e) => {
    if (e.kind === "index") found = true;
  });
  return found;
}

/** True for numbers, leaves, and nodes whose elements always get a buffer. */
function isStored({ storage, op }: Node): boolean {
  return storage !== null || op.kind === "scalar" || op.kind === "gather";
}

/** Operations that may be repeated instead of storing their result. */
const cheapest = 4;

function costOf(expr: Expr): number {
  let cost = 0;
  walkExpr(expr, (e) => {
    if (e.kind === "apply") cost += scalarFunctions[e.name].costly ? Number.POSITIVE_INFINITY : 1;
    if (e.kind === "index") cost = Number.POSITIVE_INFINITY;
  });
  return cost;
}
