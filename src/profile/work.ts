// How much a kernel has to do, from its shapes alone: arithmetic operations and bytes. Knows no backend.
import { byteSize } from "../base/dtype.ts";
import { walkExpr } from "../kernel/expr.ts";
import type { Access, ConvGeometry, Epilogue, Kernel, PoolGeometry, Program } from "../kernel/kernel.ts";

/** What a kernel has to do in one run. */
export interface Work {
  /** Arithmetic operations on numbers; a multiplication and an addition are two. */
  readonly operations: number;
  /** Bytes of the elements that it reads and writes, each counted once. */
  readonly bytes: number;
  /** Whether arithmetic rather than memory is what it should be measured by. */
  readonly isContraction: boolean;
}

/** The work of one kernel of a program. */
export function workOf(kernel: Kernel, program: Program): Work {
  const size = (access: Access, dims: readonly number[]): number => {
    const { size: limit, dtype } = program.buffers[access.buffer]!;
    const touched = dims.reduce((n, d, i) => ((access.strides[i] ?? 0) === 0 ? n : n * d), 1);
    return Math.min(touched, Math.max(limit, 1)) * byteSize(dtype);
  };
  const whole = (access: Access): number => {
    const { size: elements, dtype } = program.buffers[access.buffer]!;
    return elements * byteSize(dtype);
  };
  const epilogue = ({ loads, outputs }: Epilogue, dims: readonly number[]): Omit<Work, "isContraction"> => ({
    operations: product(dims) * functionsIn(outputs.map((o) => o.expr)),
    bytes: sum([...loads, ...outputs.map((o) => o.access)].map((access) => size(access, dims))),
  });
  const contraction = (
    products: number,
    operands: readonly Access[],
    after: Epilogue,
    dims: readonly number[],
  ): Work => {
    const { operations, bytes } = epilogue(after, dims);
    return {
      operations: 2 * products + operations,
      bytes: bytes + sum(operands.map(whole)),
      isContraction: true,
    };
  };
  switch (kernel.kind) {
    case "loop": {
      const { dims, loads, outputs, reduction } = kernel;
      const all = [...dims, ...(reduction?.dims ?? [])];
      const perResult = functionsIn(outputs.map((o) => o.expr));
      const perElement = reduction ? functionsIn([reduction.body]) + 1 : 0;
      return {
        operations: product(dims) * perResult + (reduction ? product(all) * perElement : 0),
        bytes: sum(loads.map((access) => size(access, all))) + sum(outputs.map((o) => size(o.access, dims))),
        isContraction: false,
      };
    }
    case "matmul": {
      const { batch, m, n, k, a, b } = kernel;
      return contraction(product(batch) * m * n * k, [a, b], kernel.epilogue, [...batch, m, n]);
    }
    case "conv2d": {
      const { geometry: g, input, weight } = kernel;
      const dims = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
      return contraction(convProducts(g), [input, weight], kernel.epilogue, dims);
    }
    case "conv2dWeightGrad": {
      const { geometry: g, chunks, input, dy } = kernel;
      const dims = [chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
      return contraction(convProducts(g), [input, dy], kernel.epilogue, dims);
    }
    case "pool2d":
    case "pool2dGrad": {
      const g = kernel.geometry;
      const [h, w] = kernel.kind === "pool2d" ? [g.outH, g.outW] : [g.inH, g.inW];
      const { operations, bytes } = epilogue(kernel.epilogue, [g.planes, h, w]);
      const operands = kernel.kind === "pool2d" ? [kernel.input, kernel.values] : [kernel.input, kernel.dy];
      const read = sum(operands.map((access) => (access ? whole(access) : 0)));
      return { operations: windowElements(g) + operations, bytes: read + bytes, isContraction: false };
    }
    case "gather":
    case "scatterAdd": {
      const moved = kernel.outer * kernel.count * kernel.inner * byteSize(kernel.dtype);
      const written =
        kernel.kind === "gather" ? moved : kernel.outer * kernel.size * kernel.inner * byteSize(kernel.dtype);
      return { operations: 0, bytes: moved + written + whole(kernel.index), isContraction: false };
    }
    case "softmaxLoss": {
      const { outer, classes, inner, logits, target, loss, grad } = kernel;
      const results = [loss, grad].map((access) => (access ? whole(access) : 0));
      // Of each logit: a comparison, a difference, its exponential, and its part of the sum.
      return {
        operations: 4 * outer * classes * inner,
        bytes: whole(logits) + whole(target) + sum(results),
        isContraction: false,
      };
    }
  }
}

/** Products of a convolution with elements of its input, those with padding and inserted zeros left out. */
function convProducts(g: ConvGeometry): number {
  const pairs = (
    out: number,
    size: number,
    taps: number,
    stride: number,
    pad: number,
    dilation: number,
    spread: number,
  ): number => {
    let count = 0;
    for (let y = 0; y < out; y++) {
      for (let i = 0; i < taps; i++) {
        const at = y * stride - pad + i * dilation;
        if (at >= 0 && at % spread === 0 && at / spread < size) count++;
      }
    }
    return count;
  };
  const rows = pairs(g.outH, g.inH, g.kernelH, g.strideH, g.padTop, g.dilationH, g.inputDilationH);
  const columns = pairs(g.outW, g.inW, g.kernelW, g.strideW, g.padLeft, g.dilationW, g.inputDilationW);
  return g.batch * g.groups * g.outChannels * g.inChannels * rows * columns;
}

function windowElements(g: PoolGeometry): number {
  return g.planes * g.outH * g.outW * g.kernelH * g.kernelW;
}

/** Distinct scalar functions in expressions. */
function functionsIn(exprs: Parameters<typeof walkExpr>[0][]): number {
  let count = 0;
  const seen = new Set<Parameters<typeof walkExpr>[0]>();
  for (const expr of exprs) walkExpr(expr, (e) => void (e.kind === "apply" && count++), seen);
  return count;
}

function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
