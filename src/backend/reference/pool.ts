// Pooling and its gradient in plain loops over the elements of each window.

import type { TypedArray } from "../../base/dtype.ts";
import type { PoolGeometry, PoolGradKernel, PoolKernel } from "../../kernel/kernel.ts";
import { type Memory, runEpilogue } from "./loop.ts";

/** A window of a pooling: the plane's elements in it, row by row, and the divisor of an average. */
interface PoolWindow {
  readonly places: readonly number[];
  readonly divisor: number;
}

/** Largest element, element at the place of another's largest, or average of every window. */
export function runPool(kernel: PoolKernel, memory: Memory): void {
  const { geometry, mode } = kernel;
  const { planes, inH, inW, outH, outW } = geometry;
  const windows = windowsOf(kernel);
  const input = memory.buffers[kernel.input.buffer]!;
  const values = kernel.values ?? kernel.input;
  const valueSource = memory.buffers[values.buffer]!;
  const result = new Float64Array(planes * outH * outW);
  let element = 0;
  for (let plane = 0; plane < planes; plane++) {
    const start = kernel.input.offset + plane * inH * inW;
    const valueStart = values.offset + plane * inH * inW;
    for (const { places, divisor } of windows) {
      if (mode === "avg") {
        let sum = 0;
        for (const place of places) sum += input[start + place]!;
        result[element++] = sum / divisor;
      } else {
        result[element++] = valueSource[valueStart + firstMaximum(input, start, places)]!;
      }
    }
  }
  runEpilogue([planes, outH, outW], result, kernel.epilogue, memory);
}

/** Sends each window's gradient to the place of its first maximum, or spreads it evenly over the window. */
export function runPoolGrad(kernel: PoolGradKernel, memory: Memory): void {
  const { planes, inH, inW, outH, outW } = kernel.geometry;
  const windows = windowsOf(kernel);
  const input = kernel.input && memory.buffers[kernel.input.buffer]!;
  const dy = memory.buffers[kernel.dy.buffer]!;
  const result = new Float64Array(planes * inH * inW);
  for (let plane = 0; plane < planes; plane++) {
    const start = plane * inH * inW;
    windows.forEach(({ places, divisor }, w) => {
      const gradient = dy[kernel.dy.offset + plane * outH * outW + w]!;
      if (kernel.mode === "max") {
        result[start + firstMaximum(input!, kernel.input!.offset + start, places)]! += gradient;
      } else {
        for (const place of places) result[start + place]! += gradient / divisor;
      }
    });
  }
  runEpilogue([planes, inH, inW], result, kernel.epilogue, memory);
}

/** The place of the first largest element; the first NaN beats every number. */
function firstMaximum(input: TypedArray, start: number, places: readonly number[]): number {
  let best = places[0]!;
  for (const place of places) {
    const value = input[start + place]!;
    const largest = input[start + best]!;
    if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) best = place;
  }
  return best;
}

/** The windows of one plane, in the order of the outputs. */
function windowsOf({
  geometry: g,
  countPadding,
  padBottom,
  padRight,
}: PoolKernel | PoolGradKernel): PoolWindow[] {
  const windows: PoolWindow[] = [];
  for (let y = 0; y < g.outH; y++) {
    const rows = tapsOf(y * g.strideH - g.padTop, g.kernelH, g.dilationH);
    for (let x = 0; x < g.outW; x++) {
      const columns = tapsOf(x * g.strideW - g.padLeft, g.kernelW, g.dilationW);
      const places = placesOf(rows, columns, g);
      const padded = within(rows, g.inH + padBottom) * within(columns, g.inW + padRight);
      windows.push({ places, divisor: countPadding ? padded : places.length });
    }
  }
  return windows;
}

function tapsOf(first: number, size: number, dilation: number): number[] {
  return Array.from({ length: size }, (_, i) => first + i * dilation);
}

function within(taps: readonly number[], end: number): number {
  return taps.filter((tap) => tap < end).length;
}

function placesOf(rows: readonly number[], columns: readonly number[], { inH, inW }: PoolGeometry): number[] {
  const places: number[] = [];
  for (const row of rows) {
    for (const column of columns) {
      if (row >= 0 && row < inH && column >= 0 && column < inW) places.push(row * inW + column);
    }
  }
  return places;
}
