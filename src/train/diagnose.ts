// Finds the op that first made a NaN or an infinity: runs one batch again, node by node in the order of creation.

import { isFloating } from "../base/dtype.ts";
import { formatShape } from "../base/shape.ts";
import { forgetUpdates, realize } from "../graph/engine.ts";
import { Node } from "../graph/node.ts";
import { describe } from "../graph/plan.ts";
import type { Module } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** Where a NaN or an infinity comes from. */
export interface NonFiniteOrigin {
  /** Name of the op; "parameter" or "input" where the value was there before any op ran. */
  readonly op: string;
  readonly shape: readonly number[];
  readonly pass: "forward" | "backward";
  /** The innermost layer in whose `forward` the op was called, such as `Conv2d "conv1"`; null outside of all. */
  readonly layer: string | null;
  /** First bad value: NaN, Infinity or −Infinity. */
  readonly value: number;
  /** All of it in words. */
  readonly text: string;
}

/** Nodes that a layer's `forward` made: ids from `first` up to `end`. */
interface Span {
  readonly label: string;
  readonly first: number;
  readonly end: number;
}

/**
 * The first op with a bad result and finite inputs in the forward and backward pass that `lossOf` records, or null
 * where all is finite. `lossOf` must give a scalar that depends on the model's parameters, as it did when the loss went bad.
 */
export function findNonFinite(model: Module, lossOf: () => Tensor): NonFiniteOrigin | null {
  realize([]);
  const spans: Span[] = [];
  const unwatch = watchLayers(model, spans);
  model.zeroGrad();
  try {
    const loss = lossOf();
    // Running statistics are to know nothing of the bad batch.
    for (const [, buffer] of model.namedBuffers()) forgetUpdates(buffer);
    const forwardEnd = nextId();
    loss.backward();
    const parameters = [...model.namedParameters()];
    const gradients = parameters.flatMap(([, p]) => (p.grad ? [p.grad.node] : []));
    for (const node of ancestors([loss.node, ...gradients])) {
      if (!isFloating(node.dtype) || node.op.kind === "scalar") continue;
      realize([node]);
      const value = node.storage!.read().find((x) => !Number.isFinite(x));
      if (value === undefined) continue;
      const named = parameters.find(([, p]) => p.node.storage === node.storage);
      return origin(node, value, node.id < forwardEnd ? "forward" : "backward", spans, named?.[0]);
    }
    return null;
  } finally {
    unwatch();
    model.zeroGrad();
  }
}

function origin(
  node: Node,
  value: number,
  pass: NonFiniteOrigin["pass"],
  spans: readonly Span[],
  parameter: string | undefined,
): NonFiniteOrigin {
  const { shape } = node;
  if (node.op.kind === "leaf") {
    const op = parameter === undefined ? "input" : "parameter";
    const text = `${parameter === undefined ? "an input" : `parameter ${parameter}`} ${formatShape(shape)} held ${value} before any op ran`;
    return { op, shape, pass, layer: null, value, text };
  }
  // Spans close from the inside out, so the first that holds the node is the innermost.
  const layer = spans.find(({ first, end }) => node.id >= first && node.id < end)?.label ?? null;
  const text = `${describe(node)} is the first op to give ${value}; its inputs are finite (${pass} pass${layer ? `, ${layer}` : ""})`;
  return { op: node.signature.name, shape, pass, layer, value, text };
}

/** Has every module note the nodes that its `forward` makes; the result takes that back. */
function watchLayers(model: Module, spans: Span[]): () => void {
  const modules = [...model.namedModules()].map(([, module]) => module);
  for (const module of modules) {
    const forward = module.forward.bind(module);
    const value = (...inputs: never[]): unknown => {
      const first = nextId();
      const result = forward(...inputs);
      spans.push({ label: module.label, first, end: nextId() });
      return result;
    };
    Object.defineProperty(module, "forward", { value, configurable: true });
  }
  return () => {
    for (const module of modules) Reflect.deleteProperty(module, "forward");
  };
}

/** The id that a node made now gets. */
function nextId(): number {
  return Node.scalar(0, "float32").id;
}

/** All nodes below and including the roots, in the order of their creation. */
function ancestors(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>(roots);
  for (const node of seen) for (const input of node.inputs) seen.add(input);
  return [...seen].sort((a, b) => a.id - b.id);
}
