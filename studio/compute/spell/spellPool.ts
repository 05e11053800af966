// One number of a pooling: the window, and its maximum or mean.
import { nn, type Tensor } from "../../../src/index.ts";
import { pairOf } from "./cells.ts";
import type { Sum } from "./spelling.ts";

/** A window along one axis: its places, which may lie outside, and how many of them a mean counts. */
interface Stretch {
  readonly places: readonly number[];
  readonly counted: number;
}

/** A pooling layer that can be spelled out; null for any other layer. */
export function spellPool(layer: nn.Part, x: Tensor, cell: readonly number[]): Sum | null {
  const [channel = 0, y = 0, column = 0] = cell;
  const [, , height = 1, width = 1] = x.shape;
  const windows = stretchesOf(layer, [y, column], [height, width]);
  if (!windows) return null;
  const values = x.dataSync();
  const [rows, columns] = windows;
  const window = rows.places.flatMap((row) =>
    columns.places.map((at) => {
      const isInside = row >= 0 && row < height && at >= 0 && at < width;
      return isInside ? values[(channel * height + row) * width + at]! : null;
    }),
  );
  const size = [rows.places.length, columns.places.length] as const;
  if (layer instanceof nn.MaxPool2d || layer instanceof nn.AdaptiveMaxPool2d) {
    const total = Math.max(...window.filter((value) => value !== null));
    return { kind: "max", size, window, divisor: 1, total };
  }
  const divisor = divisorOf(layer, window, rows.counted * columns.counted);
  const total = window.reduce<number>((sum, value) => sum + (value ?? 0), 0) / divisor;
  return { kind: "mean", size, window, divisor, total };
}

function divisorOf(layer: nn.Part, window: readonly (number | null)[], counted: number): number {
  if (!(layer instanceof nn.AvgPool2d)) return window.length;
  const { divisorOverride, countIncludePad = true } = layer.options;
  return divisorOverride ?? (countIncludePad ? counted : window.filter((value) => value !== null).length);
}

function stretchesOf(
  layer: nn.Part,
  cell: readonly [number, number],
  size: readonly [number, number],
): readonly [Stretch, Stretch] | null {
  if (layer instanceof nn.MaxPool2d || layer instanceof nn.AvgPool2d) {
    const kernel = pairOf(layer.kernelSize);
    const { stride = layer.kernelSize, padding = 0 } = layer.options;
    const dilation = layer instanceof nn.MaxPool2d ? (layer.options.dilation ?? 1) : 1;
    const [strides, paddings, dilations] = [pairOf(stride), pairOf(padding), pairOf(dilation)];
    const along = (d: 0 | 1): Stretch => {
      const start = cell[d] * strides[d] - paddings[d];
      const places = Array.from({ length: kernel[d] }, (_, k) => start + k * dilations[d]);
      // What a last window holds beyond the padding is never counted.
      return { places, counted: places.filter((place) => place < size[d] + paddings[d]).length };
    };
    return [along(0), along(1)];
  }
  if (layer instanceof nn.AdaptiveAvgPool2d || layer instanceof nn.AdaptiveMaxPool2d) {
    const bins =
      typeof layer.outputSize === "number" ? [layer.outputSize, layer.outputSize] : layer.outputSize;
    const along = (d: 0 | 1): Stretch => {
      const count = bins[d] ?? size[d];
      const from = Math.floor((cell[d] * size[d]) / count);
      const places = Array.from(
        { length: Math.ceil(((cell[d] + 1) * size[d]) / count) - from },
        (_, k) => from + k,
      );
      return { places, counted: places.length };
    };
    return [along(0), along(1)];
  }
  return null;
}
