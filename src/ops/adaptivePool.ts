// Pooling into a given number of bins, whatever the input's size.

import { allocate, type DType } from "../base/dtype.ts";
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat } from "./define.ts";
import { average, maximum, poolingFor } from "./pool.ts";
import type { Axes } from "./sizes.ts";

/** Bins along both axes of a picture, or [vertical, horizontal]; null keeps an axis' size. */
export type BinCounts = number | readonly [number | null, number | null];

/**
 * The mean of each of `outputSize` bins that cover the picture evenly: bin i of n along an axis of size s holds elements
 * `⌊i·s / n⌋ … ⌈(i + 1)·s / n⌉ − 1`, so that bins overlap where n does not divide s, and repeat elements where it is larger.
 * `outputSize` 1 is global average pooling; null keeps an axis' size. Shapes: x `[N, C, H, W]`, result `[N, C, ...outputSize]`.
 * Where bins differ in size they are averaged by a matrix product, so a NaN or infinity reaches all bins of its picture and channel.
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: BinCounts): Tensor {
  return adaptiveAvg("adaptiveAvgPool2d", x, outputSize, 2);
}

/** The mean of each of `outputSize` bins of a sequence; see `adaptiveAvgPool2d`. Shapes: x `[N, C, L]`, result `[N, C, outputSize]`. */
export function adaptiveAvgPool1d(x: Tensor, outputSize: number): Tensor {
  return adaptiveAvg("adaptiveAvgPool1d", x, outputSize, 1);
}

/**
 * The largest element of each of `outputSize` bins, which are those of `adaptiveAvgPool2d`. Equal largest elements: the first has
 * the gradient. Shapes: x `[N, C, H, W]`, result `[N, C, ...outputSize]`.
 */
export function adaptiveMaxPool2d(x: Tensor, outputSize: BinCounts): Tensor {
  return adaptiveMax("adaptiveMaxPool2d", x, outputSize, 2);
}

/** The largest element of each of `outputSize` bins of a sequence. Shapes: x `[N, C, L]`, result `[N, C, outputSize]`. */
export function adaptiveMaxPool1d(x: Tensor, outputSize: number): Tensor {
  return adaptiveMax("adaptiveMaxPool1d", x, outputSize, 1);
}

/** The numbers of bins along each axis, null for one that keeps its size; throws OptionError where they are not such. */
export function checkBins(op: string, outputSize: BinCounts, axes: Axes): readonly (number | null)[] {
  const bins = typeof outputSize === "number" ? new Array<number>(axes).fill(outputSize) : outputSize;
  const isCount = (n: number | null) => n === null || (Number.isInteger(n) && n >= 1);
  if (!Array.isArray(bins) || bins.length !== axes || !bins.every(isCount)) {
    const several = axes === 1 ? "" : ", or two of them";
    throw new OptionError(
      `${op}: output size must be an integer of at least 1${several}; got ${Array.isArray(outputSize) ? `[${outputSize.join(", ")}]` : outputSize}`,
    );
  }
  return bins;
}

/** Sizes of the input's axes and numbers of bins along them. */
function binsOf(op: string, x: Tensor, outputSize: BinCounts, axes: Axes) {
  requireFloat(op, { x });
  const counts = checkBins(op, outputSize, axes);
  const input = x.shape.slice(2);
  if (x.rank !== axes + 2 || input.includes(0)) {
    const wanted =
      axes === 1 ? "[N, C, L] with at least one element" : "[N, C, H, W] with a picture of at least 1×1";
    throw new ShapeError(`${op}: x must be ${wanted}; got ${formatShape(x.shape)}`);
  }
  const output = counts.map((count, d) => count ?? input[d]!);
  return {
    input,
    output,
    same: output.every((count, d) => count === input[d]),
    /** The window of a plain pooling with the same bins, where they are of one size and do not overlap. */
    even: output.every((count, d) => input[d]! % count === 0)
      ? (input.map((size, d) => size / output[d]!) as [number, number])
      : null,
  };
}

function adaptiveAvg(op: string, x: Tensor, outputSize: BinCounts, axes: Axes): Tensor {
  const { input, output, same, even } = binsOf(op, x, outputSize, axes);
  if (same) return x;
  if (output.every((count) => count === 1)) return x.mean(axes === 1 ? 2 : [2, 3], { keepdim: true });
  const plain = `avgPool${axes}d`;
  if (even) return average(plain, x, poolingFor(plain, axes, x, even, {}));
  const [inW, outW] = [input.at(-1)!, output.at(-1)!];
  const columns = x.matmul(binAverages(inW, outW, x.dtype).t()); // [N, C, H, outW] or [N, C, outW]
  return axes === 1 ? columns : binAverages(input[0]!, output[0]!, x.dtype).matmul(columns); // [N, C, outH, outW]
}

function adaptiveMax(op: string, x: Tensor, outputSize: BinCounts, axes: Axes): Tensor {
  const { input, output, same, even } = binsOf(op, x, outputSize, axes);
  if (same) return x;
  const plain = `maxPool${axes}d`;
  if (even) return maximum(plain, x, poolingFor(plain, axes, x, even, {}));
  // All bins side by side, each as large as the largest: a pooling of windows that do not overlap.
  const windows = input.map((size, d) => binPlaces(size, output[d]!));
  const places = placesOf(windows, input);
  const spread = x
    .reshape([...x.shape.slice(0, 2), input.reduce((a, b) => a * b, 1)])
    .indexSelect(2, Tensor.fromArray(places, [places.length]))
    .reshape([...x.shape.slice(0, 2), ...windows.map(({ places }) => places.length)]);
  const kernel = windows.map(({ width }) => width) as [number, number];
  return maximum(plain, spread, poolingFor(plain, axes, spread, kernel, {}));
}

/** First element and one past the last of bin i of n. */
function binBounds(size: number, bins: number, i: number): readonly [number, number] {
  return [Math.floor((i * size) / bins), Math.ceil(((i + 1) * size) / bins)];
}

/** Row i averages bin i: `[bins, size]`. */
function binAverages(size: number, bins: number, dtype: DType): Tensor {
  const data = allocate(dtype, bins * size);
  for (let i = 0; i < bins; i++) {
    const [start, end] = binBounds(size, bins, i);
    data.fill(1 / (end - start), i * size + start, i * size + end);
  }
  return Tensor.fromArray(data, [bins, size], dtype);
}

/** The elements of each bin along an axis, smaller bins filled up with their last one, which can't be a first maximum. */
function binPlaces(size: number, bins: number): { width: number; places: readonly number[] } {
  const bounds = Array.from({ length: bins }, (_, i) => binBounds(size, bins, i));
  const width = Math.max(...bounds.map(([start, end]) => end - start));
  const places = bounds.flatMap(([start, end]) =>
    Array.from({ length: width }, (_, j) => Math.min(start + j, end - 1)),
  );
  return { width, places };
}

/** Flat places in a plane of the elements at all pairs of places along its axes. */
function placesOf(windows: readonly { places: readonly number[] }[], input: readonly number[]): Int32Array {
  const inW = input.at(-1)!;
  const rows = windows.length === 1 ? [0] : windows[0]!.places;
  return Int32Array.from(rows.flatMap((row) => windows.at(-1)!.places.map((column) => row * inW + column)));
}

/** What the checks try these ops with. */
export function adaptivePoolRecords(): OpRecord[] {
  return [
    {
      name: "adaptiveAvgPool2d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 5, 4]], call: (x) => adaptiveAvgPool2d(x!, 1).sin() },
        { shapes: [[2, 1, 6, 4]], call: (x) => adaptiveAvgPool2d(x!, [3, 2]).sin() },
        { shapes: [[1, 2, 5, 4]], call: (x) => adaptiveAvgPool2d(x!, [3, 3]).sin() },
        { shapes: [[2, 2, 2, 1]], call: (x) => adaptiveAvgPool2d(x!, [3, 7]).sin() },
        { shapes: [[2, 2, 7]], call: (x) => adaptiveAvgPool1d(x!, 3).sin() },
      ],
    },
    {
      name: "adaptiveMaxPool2d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 5, 4]], call: (x) => adaptiveMaxPool2d(x!, 1).sin() },
        { shapes: [[2, 1, 6, 4]], call: (x) => adaptiveMaxPool2d(x!, [3, null]).sin() },
        { shapes: [[1, 2, 5, 4]], call: (x) => adaptiveMaxPool2d(x!, [3, 3]).sin() },
        { shapes: [[2, 2, 2, 1]], call: (x) => adaptiveMaxPool2d(x!, [3, 7]).sin() },
        { shapes: [[2, 2, 7]], call: (x) => adaptiveMaxPool1d(x!, 3).sin() },
      ],
    },
  ];
}
