// Which layer made which node: every module of a model notes the nodes of its `forward`, for as long as it is watched.
import { Node } from "../graph/node.ts";
import type { Module } from "../nn/module/module.ts";
import { watchCalls } from "../nn/module/watch.ts";

/** Nodes that a layer's `forward` made: ids from `first` up to `end`. */
export interface LayerSpan {
  /** Such as `Conv2d "conv1"`. */
  readonly label: string;
  /** Dotted path; empty for the model itself. */
  readonly path: string;
  readonly first: number;
  readonly end: number;
}

/** What `watchLayers` sees, and how it ends. */
export interface LayerWatch {
  /** The innermost layer in whose `forward` a node was made; null outside of all. */
  layerOf(node: Node): LayerSpan | null;
  end(): void;
}

/** Has every module note what its `forward` makes, until `end()`. */
export function watchLayers(model: Module): LayerWatch {
  const spans: LayerSpan[] = [];
  const end = watchCalls(model, ({ part, path }, body) => {
    const first = nextId();
    const result = body();
    spans.push({ label: part.label, path, first, end: nextId() });
    return result;
  });
  return {
    // Spans close from the inside out, so the first that holds the node is the innermost.
    layerOf: (node) => spans.find(({ first, end }) => node.id >= first && node.id < end) ?? null,
    end,
  };
}

/** The id that a node made now gets. */
export function nextId(): number {
  return Node.scalar(0, "float32").id;
}

/** All nodes below and including the roots, in the order of their creation. */
export function ancestors(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>(roots);
  for (const node of seen) for (const input of node.inputs) seen.add(input);
  return [...seen].sort((a, b) => a.id - b.id);
}
