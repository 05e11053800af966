// Contractions, poolings and gathers as kernels: which window each operand becomes.

import type { DType } from "../base/dtype.ts";
import { contiguousStrides, type Shape, sizeOf } from "../base/shape.ts";
import type { Access, Epilogue, Kernel, Prologue } from "../kernel/kernel.ts";
import type { Node } from "./node.ts";
import type { View } from "./view.ts";

/** How the lowering gives a template its operands. */
export interface OperandSource {
  operand(node: Node, contiguous: boolean): Access;
  convInput(node: Node): { input: Access; inputDType: DType; prologue: Prologue };
}

/** The dims over which a node's kernel hands its result to the epilogue; their product is the node's size. */
export function resultDims(node: Node): Shape {
  const { op } = node;
  switch (op.kind) {
    case "reduce":
      return node.inputs[0]!.shape.filter((_, d) => !op.axes.includes(d));
    case "pool2d":
      return [op.pool.geometry.planes, op.pool.geometry.outH, op.pool.geometry.outW];
    case "pool2dGrad":
      return [op.pool.geometry.planes, op.pool.geometry.inH, op.pool.geometry.inW];
    case "conv2dWeightGrad": {
      const { groups, outChannels, inChannels, kernelH, kernelW } = op.geometry;
      return [op.chunks, groups, outChannels, inChannels, kernelH, kernelW];
    }
    default:
      return node.shape;
  }
}

/** The dims over which a kernel's epilogue runs. */
export function epilogueDims(kernel: Extract<Kernel, { epilogue: Epilogue }>): Shape {
  switch (kernel.kind) {
    case "matmul":
      return [...kernel.batch, kernel.m, kernel.n];
    case "conv2d": {
      const { batch, groups, outChannels, outH, outW } = kernel.geometry;
      return [batch, groups * outChannels, outH, outW];
    }
    case "conv2dWeightGrad": {
      const { groups, outChannels, inChannels, kernelH, kernelW } = kernel.geometry;
      return [kernel.chunks, groups, outChannels, inChannels, kernelH, kernelW];
    }
    case "pool2d":
      return [kernel.geometry.planes, kernel.geometry.outH, kernel.geometry.outW];
    case "pool2dGrad":
      return [kernel.geometry.planes, kernel.geometry.inH, kernel.geometry.inW];
  }
}

/** What a contraction adds to its result, if anything: the node of its third input, and the views that show it in the result's shape. */
export function biasOf({ op, inputs, shape }: Node): { node: Node; views: View[] } | null {
  const node = inputs[2];
  if (!node || (op.kind !== "matmul" && op.kind !== "conv2d")) return null;
  const axis = op.kind === "matmul" ? shape.length - 1 : 1;
  const aligned = shape.map((size, d) => (d === axis ? size : 1));
  return {
    node,
    views: [
      { kind: "reshape", shape: aligned },
      { kind: "expand", shape },
    ],
  };
}

/** The kernel of a node that is neither elementwise nor a reduction nor an assembly. */
export function contraction(node: Node, epilogue: Epilogue, source: OperandSource): Kernel {
  const { op, inputs } = node;
  switch (op.kind) {
    case "matmul": {
      const rank = node.shape.length;
      const a = exchanged(source.operand(inputs[0]!, false), op.transposeA);
      const b = exchanged(source.operand(inputs[1]!, false), op.transposeB);
      const [m, n] = [node.shape[rank - 2]!, node.shape[rank - 1]!];
      const k = inputs[0]!.shape[op.transposeA ? rank - 2 : rank - 1]!;
      return { kind: "matmul", batch: node.shape.slice(0, -2), m, n, k, a, b, epilogue };
    }
    case "conv2d": {
      const weight = convWeight(source.operand(inputs[1]!, false), node);
      return { kind: "conv2d", geometry: op.geometry, ...source.convInput(inputs[0]!), weight, epilogue };
    }
    case "conv2dWeightGrad": {
      const dy = source.operand(inputs[1]!, false);
      const { geometry, chunks } = op;
      return { kind: "conv2dWeightGrad", geometry, chunks, ...source.convInput(inputs[0]!), dy, epilogue };
    }
    case "pool2d": {
      const values = op.mode === "maxPick" ? source.operand(inputs[1]!, true) : null;
      const input = source.operand(inputs[0]!, true);
      return { kind: "pool2d", mode: op.mode, ...op.pool, input, values, epilogue };
    }
    case "pool2dGrad": {
      const dy = source.operand(inputs.at(-1)!, true);
      const input = op.mode === "max" ? source.operand(inputs[0]!, true) : null;
      return { kind: "pool2dGrad", mode: op.mode, ...op.pool, input, dy, epilogue };
    }
    case "gather":
    case "scatterAdd": {
      const shape = op.kind === "gather" ? inputs[0]!.shape : node.shape;
      const output = epilogue.outputs[0]!.access;
      return {
        kind: op.kind,
        outer: sizeOf(shape.slice(0, op.axis)),
        size: shape[op.axis]!,
        count: inputs[1]!.size,
        inner: sizeOf(shape.slice(op.axis + 1)),
        source: source.operand(inputs[0]!, true),
        index: source.operand(inputs[1]!, true),
        output: { ...output, strides: contiguousStrides(node.shape) },
        dtype: node.dtype,
      };
    }
    default:
      throw new Error(`lower: no kernel of its own for ${op.kind}`);
  }
}

/** A window with its last two axes exchanged, where asked. */
function exchanged(access: Access, exchange: boolean): Access {
  if (!exchange) return access;
  const [row, column] = access.strides.slice(-2) as [number, number];
  return { ...access, strides: [...access.strides.slice(0, -2), column, row] };
}

/**
 * The weight `[groups·O, C, kh, kw]` as strides over `[group, o, c, i, j]`. For the transposed reading the roles of
 * O and C are swapped and both kernel axes run backwards.
 */
function convWeight(access: Access, node: Node): Access {
  if (node.op.kind !== "conv2d") throw new Error("lower: not a convolution");
  const { geometry, transposed } = node.op;
  const [rows, channels, i, j] = access.strides as [number, number, number, number];
  if (!transposed) {
    return { ...access, strides: [rows * geometry.outChannels, rows, channels, i, j] };
  }
  return {
    buffer: access.buffer,
    offset: access.offset + (geometry.kernelH - 1) * i + (geometry.kernelW - 1) * j,
    strides: [rows * geometry.inChannels, channels, rows, -i, -j],
  };
}
