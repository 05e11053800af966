// Selection along an axis by indices, and its transpose.

import { isFloating } from "../../base/dtype.ts";
import type { GatherKernel, ScatterAddKernel } from "../../kernel/kernel.ts";
import type { Memory } from "./loop.ts";
import { scalarFunction } from "./number.ts";

/** `output[o, j, i] = source[o, index[j], i]` */
export function runGather(kernel: GatherKernel, { buffers }: Memory): void {
  const { outer, size, count, inner } = kernel;
  const source = buffers[kernel.source.buffer]!;
  const index = buffers[kernel.index.buffer]!;
  const output = buffers[kernel.output.buffer]!;
  const missing = isFloating(kernel.dtype) ? Number.NaN : 0;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const picked = index[kernel.index.offset + j]!;
      const isInside = picked >= 0 && picked < size;
      const from = kernel.source.offset + (o * size + picked) * inner;
      const to = kernel.output.offset + (o * count + j) * inner;
      for (let i = 0; i < inner; i++) output[to + i] = isInside ? source[from + i]! : missing;
    }
  }
}

/** `output[o, index[j], i] += source[o, j, i]` */
export function runScatterAdd(kernel: ScatterAddKernel, { buffers }: Memory): void {
  const { outer, size, count, inner } = kernel;
  const source = buffers[kernel.source.buffer]!;
  const index = buffers[kernel.index.buffer]!;
  const output = buffers[kernel.output.buffer]!;
  const add = scalarFunction("add", kernel.dtype, kernel.dtype);
  output.fill(0, kernel.output.offset, kernel.output.offset + outer * size * inner);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      const picked = index[kernel.index.offset + j]!;
      if (picked < 0 || picked >= size) continue;
      const from = kernel.source.offset + (o * count + j) * inner;
      const to = kernel.output.offset + (o * size + picked) * inner;
      for (let i = 0; i < inner; i++) output[to + i] = add(output[to + i]!, source[from + i]!, 0);
    }
  }
}
