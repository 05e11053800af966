// Max and average pooling of sequences.

import type { Tensor } from "../tensor/tensor.ts";
import type { OpRecord } from "./define.ts";
import { type AvgPoolOptions, average, type MaxPoolOptions, maximum, poolingFor } from "./pool.ts";

/**
 * The largest element of each window of a sequence. Shapes: x `[N, C, L]`, result `[N, C, L']` with
 * `L' = ⌊(L + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`, rounded up where `ceilMode` is true.
 */
export function maxPool1d(x: Tensor, kernel: number, options: MaxPoolOptions<number> = {}): Tensor {
  return maximum("maxPool1d", x, poolingFor("maxPool1d", 1, x, kernel, options));
}

/** The mean of each window of a sequence; shapes as in `maxPool1d`. */
export function avgPool1d(x: Tensor, kernel: number, options: AvgPoolOptions<number> = {}): Tensor {
  return average("avgPool1d", x, poolingFor("avgPool1d", 1, x, kernel, options));
}

/** What the checks try these ops with. */
export function pool1dRecords(): OpRecord[] {
  return [
    {
      name: "maxPool1d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 9]], call: (x) => maxPool1d(x!.sin(), 2).sigmoid() },
        {
          shapes: [[1, 2, 12]],
          call: (x) => maxPool1d(x!, 3, { stride: 2, padding: 1, ceilMode: true }).sin(),
        },
      ],
    },
    {
      name: "avgPool1d",
      differentiable: true,
      domain: [-3, 3],
      samples: [
        { shapes: [[2, 3, 6]], call: (x) => avgPool1d(x!, 2).sin() },
        {
          shapes: [[1, 2, 12]],
          call: (x) =>
            avgPool1d(x!, 3, { stride: 2, padding: 1, ceilMode: true, countIncludePad: false }).sin(),
        },
      ],
    },
  ];
}
