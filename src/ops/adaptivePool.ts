// Pooling into a given number of bins, whatever the input's size.

import { allocate, type DType } from "../base/dtype.ts";
import { ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type Pair, pair } from "./conv.ts";
import { type OpRecord, requireFloat } from "./define.ts";
import { avgPool2d } from "./pool.ts";

/**
 * The mean of each of `outputSize` bins that cover the picture evenly: bin i of n along an axis of size s holds elements
 * `⌊i·s / n⌋ … ⌈(i + 1)·s / n⌉ − 1`, so that bins overlap where n does not divide s, and repeat elements where it is larger.
 * `outputSize` 1 is global average pooling. Shapes: x `[N, C, H, W]`, result `[N, C, ...outputSize]`.
 * Where bins differ in size they are averaged by a matrix product, so a NaN or infinity reaches all bins of its picture and channel.
 */
export function adaptiveAvgPool2d(x: Tensor, outputSize: Pair): Tensor {
  requireFloat("adaptiveAvgPool2d", { x });
  const [outH, outW] = pair("adaptiveAvgPool2d", "output size", outputSize, 1);
  const [, , inH, inW] = x.shape;
  if (x.rank !== 4 || !inH || !inW) {
    throw new ShapeError(
      `adaptiveAvgPool2d: x must be [N, C, H, W] with a picture of at least 1×1; got ${formatShape(x.shape)}`,
    );
  }
  if (outH === inH && outW === inW) return x;
  if (outH === 1 && outW === 1) return x.mean([2, 3], { keepdim: true });
  if (inH % outH === 0 && inW % outW === 0) return avgPool2d(x, [inH / outH, inW / outW]);
  const columns = x.matmul(binAverages(inW, outW, x.dtype).t()); // [N, C, H, outW]
  return binAverages(inH, outH, x.dtype).matmul(columns); // [N, C, outH, outW]
}

/** Row i averages bin i: `[bins, size]`. */
function binAverages(size: number, bins: number, dtype: DType): Tensor {
  const data = allocate(dtype, bins * size);
  for (let i = 0; i < bins; i++) {
    const start = Math.floor((i * size) / bins);
    const end = Math.ceil(((i + 1) * size) / bins);
    data.fill(1 / (end - start), i * size + start, i * size + end);
  }
  return Tensor.fromArray(data, [bins, size], dtype);
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
      ],
    },
  ];
}
