// Pooling by power means, between the sum and the maximum of a window.

import { OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import type { OpRecord } from "../../ops/define.ts";
import { avgPool2d } from "../../ops/pool.ts";
import { avgPool1d } from "../../ops/pool1d.ts";
import { type Pair, pair } from "../../ops/sizes.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Options of a pooling by power means, PyTorch's defaults. */
export interface LPPoolOptions<Size = Pair> {
  /** Step between windows. Default: the kernel's size. */
  stride?: Size;
  /** Whether a last window may reach beyond the input; its sum is scaled up to that of a whole one. Default false. */
  ceilMode?: boolean;
}

/** Throws OptionError where the power or an option is none. */
export function checkPower(op: string, normType: number, options: object): void {
  checkOptions(op, options, ["stride", "ceilMode"]);
  if (!Number.isFinite(normType) || normType === 0) {
    throw new OptionError(`${op}: normType must be a number other than 0; got ${normType}`);
  }
}

/**
 * `(Σ xᵖ)^(1/p)` over each window: p = 1 is its sum, a large p nearly its maximum. Shapes as in `avgPool2d`.
 * The derivative is infinite or NaN where a window's sum is 0 and p is not 1, as in PyTorch.
 */
export function lpPool2d(x: Tensor, normType: number, kernel: Pair, options: LPPoolOptions = {}): Tensor {
  checkPower("lpPool2d", normType, options);
  const [height, width] = pair("lpPool2d", "kernel size", kernel, 1);
  return root(avgPool2d(x.pow(normType), kernel, options), normType, height * width);
}

/** `(Σ xᵖ)^(1/p)` over each window of a sequence; see `lpPool2d`. Shapes as in `avgPool1d`. */
export function lpPool1d(
  x: Tensor,
  normType: number,
  kernel: number,
  options: LPPoolOptions<number> = {},
): Tensor {
  checkPower("lpPool1d", normType, options);
  return root(avgPool1d(x.pow(normType), kernel, options), normType, kernel);
}

function root(mean: Tensor, normType: number, count: number): Tensor {
  return mean.mul(count).pow(1 / normType);
}

/** What the checks try these functions with. */
export function lpPoolRecords(): OpRecord[] {
  return [
    {
      name: "lpPool",
      differentiable: true,
      domain: [0.3, 2],
      samples: [
        { shapes: [[1, 2, 4, 5]], call: (x) => lpPool2d(x!, 3, 2) },
        { shapes: [[2, 2, 7]], call: (x) => lpPool1d(x!, 2, 3, { stride: 2, ceilMode: true }) },
      ],
    },
  ];
}
