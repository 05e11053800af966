// What a node of a network's graph is called and what its windows are, from the layer's class or from the ops that it is made of.

import type { Node } from "../graph/node.ts";
import * as activations from "../nn/layers/activation.ts";
import { Conv1d, Conv2d } from "../nn/layers/conv.ts";
import { AlphaDropout, Dropout, Dropout1d, Dropout2d, DropPath } from "../nn/layers/dropout.ts";
import { InstanceNorm1d, InstanceNorm2d } from "../nn/layers/instanceNorm.ts";
import { BatchNorm1d, BatchNorm2d } from "../nn/layers/norm.ts";
import { GroupNorm, LayerNorm, LocalResponseNorm, RMSNorm } from "../nn/layers/ownNorm.ts";
import * as pools from "../nn/layers/pool.ts";
import { GRU, LSTM, RNN } from "../nn/layers/recurrent.ts";
import { GRUCell, LSTMCell, RNNCell } from "../nn/layers/recurrentCell.ts";
import * as shapes from "../nn/layers/shape.ts";
import type { Part } from "../nn/module/module.ts";

/** What a node of the graph is, for its colour and its place in a legend. */
export type GraphNodeKind =
  | "input"
  | "convolution"
  | "dense"
  | "recurrent"
  | "normalization"
  | "activation"
  | "pooling"
  | "dropout"
  | "add"
  | "concat"
  | "multiply"
  | "shape"
  | "other";

/** The window that a convolution or pooling moves over its input; pairs are rows and columns. */
export interface GraphWindow {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Above and to the left. */
  readonly padding: readonly [number, number];
  readonly dilation: readonly [number, number];
  /** 1 for poolings; as many as there are channels where a convolution is depthwise. */
  readonly groups: number;
  /** Whether it is the transposed convolution, which enlarges by its stride. */
  readonly transposed: boolean;
}

type LayerClass = abstract new (...args: never[]) => Part;

const kinds: readonly (readonly [GraphNodeKind, readonly LayerClass[]])[] = [
  ["convolution", [Conv1d, Conv2d]],
  ["recurrent", [RNN, LSTM, GRU, RNNCell, LSTMCell, GRUCell]],
  ["normalization", [BatchNorm1d, BatchNorm2d, GroupNorm, InstanceNorm1d, InstanceNorm2d]],
  ["normalization", [LayerNorm, RMSNorm, LocalResponseNorm]],
  ["dropout", [Dropout, Dropout1d, Dropout2d, AlphaDropout, DropPath]],
  ["pooling", Object.values(pools)],
  ["activation", Object.values(activations)],
  ["shape", Object.values(shapes)],
];

/** The kind of a layer that computes some nodes: by its class, else by what weighs most in it. */
export function kindOfLayer(layer: Part, nodes: readonly Node[]): GraphNodeKind {
  const known = kinds.find(([, classes]) => classes.some((one) => layer instanceof one));
  if (known) return known[0];
  const made = new Set(nodes.map(({ op }) => op.kind));
  if (made.has("conv2d")) return "convolution";
  if (made.has("matmul")) return "dense";
  if (made.has("pool2d")) return "pooling";
  return "other";
}

/** The kind of a function whose result is `node`; `operands` of its inputs depend on the network's input. */
export function kindOfFunction(node: Node, operands: number): GraphNodeKind {
  if (isPlain(node, operands)) return "shape";
  const {
    op,
    signature: { name },
  } = node;
  switch (op.kind) {
    case "conv2d":
      return "convolution";
    case "matmul":
      return operands > 1 ? "multiply" : "dense";
    case "pool2d":
      return "pooling";
    case "reduce":
      return op.axes.length > 0 && op.axes.every((axis) => axis >= 2) ? "pooling" : "other";
    case "assemble":
      return "concat";
    case "map":
      if (operands < 2) return "activation";
      return name === "add" || name === "sub" ? "add" : name === "mul" ? "multiply" : "other";
    default:
      return "other";
  }
}

/** Whether a function only moves, pads or scales what it takes, so that it need not stand alone. */
export function isPlain({ op, signature: { name } }: Node, operands: number): boolean {
  if (operands > 1) return false;
  if (op.kind === "map") return ["add", "sub", "mul", "div", "neg", "cast"].includes(name);
  return op.kind === "view" || op.kind === "gather" || op.kind === "assemble";
}

/** The window of a layer, or of the first convolution or pooling among what it computes. */
export function windowOf(layer: Part | null, nodes: readonly Node[]): GraphWindow | null {
  for (const { op } of nodes) {
    if (op.kind === "conv2d") {
      const g = op.geometry;
      const kernel = [g.kernelH, g.kernelW] as const;
      const dilation = [g.dilationH, g.dilationW] as const;
      const enlarges = op.transposed || g.inputDilationH > 1 || g.inputDilationW > 1;
      if (!enlarges) {
        const [stride, padding] = [[g.strideH, g.strideW] as const, [g.padTop, g.padLeft] as const];
        return { kernel, stride, padding, dilation, groups: g.groups, transposed: false };
      }
      // A transposed convolution is computed as a convolution of its input with zeros between: what that pads is what it does not cut off.
      const padding = [
        g.dilationH * (g.kernelH - 1) - g.padTop,
        g.dilationW * (g.kernelW - 1) - g.padLeft,
      ] as const;
      const stride = [g.inputDilationH, g.inputDilationW] as const;
      return { kernel, stride, padding, dilation, groups: g.groups, transposed: true };
    }
    if (op.kind === "pool2d") {
      const g = op.pool.geometry;
      return {
        kernel: [g.kernelH, g.kernelW],
        stride: [g.strideH, g.strideW],
        padding: [g.padTop, g.padLeft],
        dilation: [g.dilationH, g.dilationW],
        groups: 1,
        transposed: false,
      };
    }
  }
  return layer instanceof Conv2d ? wholeWindow(layer) : null;
}

/** The window of a convolution that covers its whole input, which is computed as a product of matrices. */
function wholeWindow({ weight, options: { stride, groups } }: Conv2d): GraphWindow {
  const [, , rows, columns] = weight.shape as [number, number, number, number];
  return {
    kernel: [rows, columns],
    stride: typeof stride === "number" ? [stride, stride] : [stride[0], stride[1]],
    padding: [0, 0],
    dilation: [1, 1],
    groups,
    transposed: false,
  };
}
