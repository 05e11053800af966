// Matrix products and convolutions in plain loops over contiguous float64 copies of their operands.

import { type Shape, sizeOf } from "../../base/shape.ts";
import type { Expr } from "../../kernel/expr.ts";
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  MatmulKernel,
} from "../../kernel/kernel.ts";
import { type Environment, prepare } from "./expression.ts";
import { type Memory, runEpilogue } from "./loop.ts";
import { Walk } from "./walk.ts";

/** `result[b, i, j] = Σ_k a[b, i, k] · b[b, k, j]` */
export function runMatmul(kernel: MatmulKernel, memory: Memory): void {
  const { batch, m, n, k } = kernel;
  const a = readWindow(kernel.a, [...batch, m, k], memory);
  const b = readWindow(kernel.b, [...batch, k, n], memory);
  const result = new Float64Array(sizeOf(batch) * m * n);
  let element = 0;
  for (let s = 0; s < sizeOf(batch); s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += a[(s * m + i) * k + l]! * b[(s * k + l) * n + j]!;
        result[element++] = sum;
      }
    }
  }
  runEpilogue([...batch, m, n], result, kernel.epilogue, memory);
}

/** `result[n, g·O + o, y, x] = Σ_{c, i, j} input'[n, g·C + c, …] · w[g, o, c, i, j]` */
export function runConv(kernel: ConvKernel, memory: Memory): void {
  const { geometry } = kernel;
  const { batch, groups, inChannels, outChannels, inH, inW, kernelH, kernelW, outH, outW } = geometry;
  const input = readInput(kernel, memory);
  const weightDims = [groups, outChannels, inChannels, kernelH, kernelW];
  const weight = readWindow(kernel.weight, weightDims, memory);
  const { rows, columns } = taps(geometry);
  const result = new Float64Array(batch * groups * outChannels * outH * outW);
  let element = 0;
  for (let n = 0; n < batch; n++) {
    for (let go = 0; go < groups * outChannels; go++) {
      const group = Math.floor(go / outChannels);
      for (let y = 0; y < outH; y++) {
        for (let x = 0; x < outW; x++) {
          let sum = 0;
          for (let c = 0; c < inChannels; c++) {
            const plane = (n * groups + group) * inChannels + c;
            for (let i = 0; i < kernelH; i++) {
              const row = rows[y * kernelH + i]!;
              if (row < 0) continue;
              const inRow = (plane * inH + row) * inW;
              const weightRow = ((go * inChannels + c) * kernelH + i) * kernelW;
              for (let j = 0; j < kernelW; j++) {
                const column = columns[x * kernelW + j]!;
                if (column >= 0) sum += input[inRow + column]! * weight[weightRow + j]!;
              }
            }
          }
          result[element++] = sum;
        }
      }
    }
  }
  runEpilogue([batch, groups * outChannels, outH, outW], result, kernel.epilogue, memory);
}

/** `result[q, g, o, c, i, j] = Σ_{n in chunk q, y, x} dy[n, g·O + o, y, x] · input'[n, g·C + c, …]` */
export function runConvWeightGrad(kernel: ConvWeightGradKernel, memory: Memory): void {
  const { geometry, chunks } = kernel;
  const { batch, groups, inChannels, outChannels, inH, inW, kernelH, kernelW, outH, outW } = geometry;
  const input = readInput(kernel, memory);
  const dy = readWindow(kernel.dy, [batch, groups * outChannels, outH, outW], memory);
  const { rows, columns } = taps(geometry);
  const dims = [chunks, groups, outChannels, inChannels, kernelH, kernelW];
  const result = new Float64Array(sizeOf(dims));
  let element = 0;
  for (let q = 0; q < chunks; q++) {
    const first = Math.floor((q * batch) / chunks);
    const end = Math.floor(((q + 1) * batch) / chunks);
    for (let go = 0; go < groups * outChannels; go++) {
      const group = Math.floor(go / outChannels);
      for (let c = 0; c < inChannels; c++) {
        for (let i = 0; i < kernelH; i++) {
          for (let j = 0; j < kernelW; j++) {
            let sum = 0;
            for (let n = first; n < end; n++) {
              const inPlane = (n * groups + group) * inChannels + c;
              const outPlane = n * groups * outChannels + go;
              for (let y = 0; y < outH; y++) {
                const row = rows[y * kernelH + i]!;
                if (row < 0) continue;
                const inRow = (inPlane * inH + row) * inW;
                const outRow = (outPlane * outH + y) * outW;
                for (let x = 0; x < outW; x++) {
                  const column = columns[x * kernelW + j]!;
                  if (column >= 0) sum += dy[outRow + x]! * input[inRow + column]!;
                }
              }
            }
            result[element++] = sum;
          }
        }
      }
    }
  }
  runEpilogue(dims, result, kernel.epilogue, memory);
}

/** The elements of a window in row-major order, seen through a prologue where there is one. */
export function readWindow(
  access: Access,
  dims: Shape,
  memory: Memory,
  prologue?: Expr | null,
): Float64Array {
  const source = memory.buffers[access.buffer]!;
  const walk = new Walk(dims, [access.strides], [access.offset]);
  const elements = new Float64Array(sizeOf(dims));
  let element = 0;
  if (!prologue) {
    walk.each(() => {
      elements[element++] = source[walk.positions[0]!]!;
    });
    return elements;
  }
  const environment: Environment = {
    load: () => source[walk.positions[0]!]!,
    index: (axis) => walk.index[axis]!,
    scalar: (slot) => memory.scalars[slot]!,
    result: 0,
  };
  const evaluator = prepare([prologue], environment);
  const slot = evaluator.slots[0]!;
  walk.each(() => {
    evaluator.run();
    elements[element++] = evaluator.values[slot]!;
  });
  return elements;
}

/** The input of a convolution, `[batch, groups · inChannels, inH, inW]`. */
function readInput(kernel: ConvKernel | ConvWeightGradKernel, memory: Memory): Float64Array {
  const { batch, groups, inChannels, inH, inW } = kernel.geometry;
  return readWindow(kernel.input, [batch, groups * inChannels, inH, inW], memory, kernel.prologue);
}

/** For every output row and kernel row the input row that they meet (−1: a zero), and the same for columns. */
function taps(g: ConvGeometry): { rows: Int32Array; columns: Int32Array } {
  return {
    rows: tapsAlong(g.outH, g.kernelH, g.inH, g.strideH, g.dilationH, g.padTop, g.inputDilationH),
    columns: tapsAlong(g.outW, g.kernelW, g.inW, g.strideW, g.dilationW, g.padLeft, g.inputDilationW),
  };
}

function tapsAlong(
  out: number,
  kernel: number,
  size: number,
  stride: number,
  dilation: number,
  pad: number,
  inputDilation: number,
): Int32Array {
  const table = new Int32Array(out * kernel);
  for (let y = 0; y < out; y++) {
    for (let i = 0; i < kernel; i++) {
      const spread = y * stride + i * dilation - pad;
      const source = spread / inputDilation;
      table[y * kernel + i] = Number.isInteger(source) && source >= 0 && source < size ? source : -1;
    }
  }
  return table;
}
