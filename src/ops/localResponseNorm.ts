// Local response normalisation: each channel damped by its neighbours.

import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";

/** Options of local response normalisation, PyTorch's names and defaults. */
export interface LocalResponseNormOptions {
  /** Weight of the neighbours' mean square. Default 1e-4. */
  alpha?: number;
  /** Power of the divisor. Default 0.75. */
  beta?: number;
  /** What the divisor starts from. Default 1. */
  k?: number;
}

/**
 * Local response normalisation: `y = x / (k + alpha / size · Σ x²)^beta`, the sum over `size` neighbouring channels, of which
 * `⌊size / 2⌋` lie before; channels outside count as 0.
 * Shapes: x `[N, C, …]` of rank 3 or more, y as x. Throws ShapeError for a lower rank, OptionError where size is no whole number of at least 1.
 * Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", NeurIPS 2012;
 * alpha is divided by size, as PyTorch does it.
 */
export function localResponseNorm(
  x: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: LocalResponseNormOptions = {},
): Tensor {
  requireFloat("localResponseNorm", { x });
  if (x.rank < 3) {
    throw new ShapeError(
      `localResponseNorm: x must be [N, C, …] of rank 3 or more; got ${formatShape(x.shape)}`,
    );
  }
  if (!Number.isInteger(size) || size < 1) {
    throw new OptionError(`localResponseNorm: size must be an integer of at least 1; got ${size}`);
  }
  const before = Math.floor(size / 2);
  const energy = neighbourSum(x.square(), before, size - 1 - before);
  return x.div(
    energy
      .mul(alpha / size)
      .add(k)
      .pow(beta),
  );
}

/** For each channel (axis 1) the sum of itself, as many as `before` channels before it and `after` behind it. */
function neighbourSum(x: Tensor, before: number, after: number): Tensor {
  const channels = x.shape[1]!;
  const y = noGrad(() => {
    const padded = x.pad(x.shape.map((_, d) => (d === 1 ? [before, after] : [0, 0]) as [number, number]));
    const shifted = Array.from({ length: before + after + 1 }, (_, i) => padded.slice(1, i, i + channels));
    return shifted.reduce((a, b) => a.add(b));
  });
  return result(y.node, "neighbourSum", [x], (dy) => [neighbourSum(dy, after, before)]); // dxⱼ = Σ dyᵢ of those that saw j
}

/** What the checks try this op with. */
export function localResponseNormRecords(): OpRecord[] {
  return [
    {
      name: "localResponseNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: [[2, 5, 3]], call: (x) => localResponseNorm(x!, 3, { alpha: 0.5 }) },
        {
          shapes: [[1, 4, 2, 3]],
          call: (x) => localResponseNorm(x!, 2, { alpha: 1, beta: 0.5, k: 2 }).sin(),
        },
        { shapes: [[2, 3, 2, 2]], call: (x) => localResponseNorm(x!, 9, { alpha: 0.9 }) },
      ],
    },
  ];
}
