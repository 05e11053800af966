// How many multiply-adds a node of the lazy graph is, from its shapes alone.

import { sizeOf } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { ConvGeometry } from "../kernel/kernel.ts";

/**
 * Products that are added up: one for each term of a convolution's or matrix product's sums, those with padding among
 * them, as papers count them. Everything else (biases, activations, normalisation, pooling) counts as none.
 */
export function multiplyAdds({ op, inputs, shape }: Node): number {
  switch (op.kind) {
    case "matmul":
      return sizeOf(shape) * inputs[0]!.shape.at(op.transposeA ? -2 : -1)!;
    case "conv2d":
    case "conv2dWeightGrad":
      return convolution(op.geometry);
    default:
      return 0;
  }
}

/** A convolution that enlarges meets each input with each tap; the zeros between inputs are no terms. */
function convolution(g: ConvGeometry): number {
  const enlarges = g.inputDilationH > 1 || g.inputDilationW > 1;
  const places = enlarges ? g.inH * g.inW : g.outH * g.outW;
  return g.batch * g.groups * g.outChannels * g.inChannels * g.kernelH * g.kernelW * places;
}
