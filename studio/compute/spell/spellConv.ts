// One number of a convolution: the patch under the kernel, the kernel, and their products' sums.
import type { nn, Tensor } from "../../../src/index.ts";
import { pairOf } from "./cells.ts";
import type { ConvChannel, Sum } from "./spelling.ts";

/** Where a place beside the picture takes its value from, by kind of padding; null for zeros. */
const borders: Readonly<Record<nn.Conv2d["paddingMode"], (at: number, size: number) => number | null>> = {
  zeros: () => null,
  replicate: (at, size) => Math.max(0, Math.min(size - 1, at)),
  reflect: (at, size) => (at < 0 ? -at : 2 * (size - 1) - at),
  circular: (at, size) => (at + size) % size,
};

/** `bias + Σ x[c, y·stride + u·dilation − padding, …] · weight[o, c, u, v]` for the output at `[o, y, x]`. */
export function spellConv(layer: nn.Conv2d, x: Tensor, cell: readonly number[]): Sum {
  const [output = 0, y = 0, column = 0] = cell;
  const [outputs, perGroup, rows, columns] = layer.weight.shape as [number, number, number, number];
  const [, , height, width] = x.shape as [number, number, number, number];
  const { groups } = layer.options;
  const [strideY, strideX] = pairOf(layer.options.stride);
  const [dilationY, dilationX] = pairOf(layer.options.dilation);
  const [top, left] = paddingBefore(layer, [dilationY * (rows - 1), dilationX * (columns - 1)]);
  const corner = [y * strideY - top, column * strideX - left] as const;
  const [values, weights] = [x.dataSync(), layer.weight.dataSync()];
  const border = borders[layer.paddingMode];
  const place = (at: number, size: number) => (at >= 0 && at < size ? at : border(at, size));
  const first = Math.floor(output / (outputs / groups)) * perGroup;
  const channels = Array.from({ length: perGroup }, (_, c): ConvChannel => {
    const patch: (number | null)[] = [];
    const kernel: number[] = [];
    let sum = 0;
    for (let u = 0; u < rows; u++) {
      for (let v = 0; v < columns; v++) {
        const row = place(corner[0] + u * dilationY, height);
        const at = place(corner[1] + v * dilationX, width);
        const value = row === null || at === null ? null : values[((first + c) * height + row) * width + at]!;
        const weight = weights[((output * perGroup + c) * rows + u) * columns + v]!;
        patch.push(value);
        kernel.push(weight);
        sum += (value ?? 0) * weight;
      }
    }
    return { channel: first + c, patch, kernel, sum };
  });
  const bias = layer.bias ? layer.bias.dataSync()[output]! : null;
  const total = channels.reduce((all, { sum }) => all + sum, bias ?? 0);
  return { kind: "conv", size: [rows, columns], corner, channels, bias, total };
}

/** What is put before rows and columns; `reach` is the kernel's extent less 1. */
function paddingBefore(layer: nn.Conv2d, reach: readonly [number, number]): readonly [number, number] {
  const { padding } = layer.options;
  if (padding === "valid") return [0, 0];
  if (padding === "same") return [Math.floor(reach[0] / 2), Math.floor(reach[1] / 2)];
  return pairOf(padding);
}
