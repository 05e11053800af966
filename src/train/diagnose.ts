// Finds the op that first made a NaN or an infinity: runs one batch again, node by node in the order of creation.

import { isFloating } from "../base/dtype.ts";
import { formatShape } from "../base/shape.ts";
import { forgetUpdates, realize } from "../graph/engine.ts";
import type { Node } from "../graph/node.ts";
import { describe } from "../graph/plan.ts";
import type { Module } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { ancestors, type LayerWatch, nextId, watchLayers } from "./layerSpans.ts";

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

/**
 * The first op with a bad result and finite inputs in the forward and backward pass that `lossOf` records, or null
 * where all is finite. `lossOf` must give a scalar that depends on the model's parameters, as it did when the loss went bad.
 */
export function findNonFinite(model: Module, lossOf: () => Tensor): NonFiniteOrigin | null {
  realize([]);
  const watch = watchLayers(model);
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
      return origin(node, value, node.id < forwardEnd ? "forward" : "backward", watch, named?.[0]);
    }
    return null;
  } finally {
    watch.end();
    model.zeroGrad();
  }
}

function origin(
  node: Node,
  value: number,
  pass: NonFiniteOrigin["pass"],
  watch: LayerWatch,
  parameter: string | undefined,
): NonFiniteOrigin {
  const { shape } = node;
  if (node.op.kind === "leaf") {
    const op = parameter === undefined ? "input" : "parameter";
    const text = `${parameter === undefined ? "an input" : `parameter ${parameter}`} ${formatShape(shape)} held ${value} before any op ran`;
    return { op, shape, pass, layer: null, value, text };
  }
  const layer = watch.layerOf(node)?.label ?? null;
  const text = `${describe(node)} is the first op to give ${value}; its inputs are finite (${pass} pass${layer ? `, ${layer}` : ""})`;
  return { op: node.signature.name, shape, pass, layer, value, text };
}
