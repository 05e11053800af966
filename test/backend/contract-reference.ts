// Plain loops in float64 that say what contractions and pooling mean, for comparing code generators against.
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  MatmulKernel,
} from "../../src/kernel/kernel.ts";
import type { HostArray } from "./kernel-harness.ts";

/** Calls `visit` for every index of `dims`, row-major. */
export function eachIndex(dims: readonly number[], visit: (index: number[]) => void): void {
  const index = dims.map(() => 0);
  if (dims.some((d) => d === 0)) return;
  for (;;) {
    visit(index);
    let d = dims.length - 1;
    while (d >= 0 && ++index[d]! === dims[d]!) index[d--] = 0;
    if (d < 0) return;
  }
}

export function at(data: HostArray, access: Access, ...index: number[]): number {
  return data[access.offset + index.reduce((sum, i, d) => sum + i * access.strides[d]!, 0)]!;
}

/** Result of a matrix product, contiguous. */
export function matmulReference(kernel: MatmulKernel, a: HostArray, b: HostArray): Float64Array {
  const { batch, m, n, k } = kernel;
  const out: number[] = [];
  eachIndex([...batch, m, n], (index) => {
    const outer = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let t = 0; t < k; t++) sum += at(a, kernel.a, ...outer, i, t) * at(b, kernel.b, ...outer, t, j);
    out.push(sum);
  });
  return Float64Array.from(out);
}

/** Value of the padded, dilated input that a window sees at (y, x) of the dilated input. */
function windowValue(
  kernel: ConvKernel | ConvWeightGradKernel,
  input: HostArray,
  prologue: (x: number) => number,
  n: number,
  c: number,
  y: number,
  x: number,
): number {
  const g = kernel.geometry;
  if (y < 0 || x < 0 || y % g.inputDilationH !== 0 || x % g.inputDilationW !== 0) return 0;
  const [row, column] = [y / g.inputDilationH, x / g.inputDilationW];
  if (row >= g.inH || column >= g.inW) return 0;
  return prologue(at(input, kernel.input, n, c, row, column));
}

const identity = (x: number) => x;

/** Result of a convolution, contiguous. */
export function convReference(
  kernel: ConvKernel,
  input: HostArray,
  weight: HostArray,
  prologue: (x: number) => number = identity,
): Float64Array {
  const g = kernel.geometry;
  const out: number[] = [];
  eachIndex([g.batch, g.groups, g.outChannels, g.outH, g.outW], ([n, group, o, y, x]) => {
    let sum = 0;
    eachIndex([g.inChannels, g.kernelH, g.kernelW], ([c, i, j]) => {
      const row = y! * g.strideH + i! * g.dilationH - g.padTop;
      const column = x! * g.strideW + j! * g.dilationW - g.padLeft;
      const value = windowValue(kernel, input, prologue, n!, group! * g.inChannels + c!, row, column);
      sum += value * at(weight, kernel.weight, group!, o!, c!, i!, j!);
    });
    out.push(sum);
  });
  return Float64Array.from(out);
}

/** Result of a convolution's weight gradient, contiguous. */
export function weightGradReference(
  kernel: ConvWeightGradKernel,
  input: HostArray,
  dy: HostArray,
  prologue: (x: number) => number = identity,
): Float64Array {
  const { geometry: g, chunks } = kernel;
  const out: number[] = [];
  const dims = [chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
  eachIndex(dims, ([q, group, o, c, i, j]) => {
    let sum = 0;
    const last = Math.floor(((q! + 1) * g.batch) / chunks);
    for (let n = Math.floor((q! * g.batch) / chunks); n < last; n++) {
      eachIndex([g.outH, g.outW], ([y, x]) => {
        const row = y! * g.strideH + i! * g.dilationH - g.padTop;
        const column = x! * g.strideW + j! * g.dilationW - g.padLeft;
        const value = windowValue(kernel, input, prologue, n, group! * g.inChannels + c!, row, column);
        sum += value * at(dy, kernel.dy, n, group! * g.outChannels + o!, y!, x!);
      });
    }
    out.push(sum);
  });
  return Float64Array.from(out);
}

/** Output size of a convolution along one axis, for tests that choose geometry. */
export function outSize(size: number, kernel: number, stride: number, dilation: number, pad: number): number {
  return Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
}

export const plainGeometry: ConvGeometry = {
  batch: 1,
  groups: 1,
  inChannels: 1,
  outChannels: 1,
  inH: 1,
  inW: 1,
  kernelH: 1,
  kernelW: 1,
  outH: 1,
  outW: 1,
  strideH: 1,
  strideW: 1,
  padTop: 0,
  padLeft: 0,
  dilationH: 1,
  dilationW: 1,
  inputDilationH: 1,
  inputDilationW: 1,
};
