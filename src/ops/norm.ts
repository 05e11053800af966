// Normalisation of channels by given statistics.

import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { type Moments, moments } from "./reduce.ts";

/**
 * Batch normalisation by given statistics, channel by channel: `y = x̂ · weight + bias` with
 * `x̂ = (x − mean) / √(variance + eps)`; a weight left out is 1, a bias left out 0.
 * Shapes: x `[N, C]` or `[N, C, …]`; mean, variance, weight and bias `[C]`; y as x.
 * Throws ShapeError where shapes do not fit, OptionError where eps is below 0.
 *
 * With the moments of x itself as statistics (training) the gradients of the three add up to the well-known
 * `dx = γ/σ · (dy − mean(dy) − x̂ · mean(dy · x̂))`: two sums over the batch and one elementwise pass.
 * Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training", ICML 2015.
 */
export function batchNorm(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  const given = { mean, variance, ...(weight ? { weight } : {}), ...(bias ? { bias } : {}) };
  requireFloat("batchNorm", { x, ...given });
  checkShapes(x, given);
  if (!(eps >= 0)) throw new OptionError(`batchNorm: eps must be at least 0; got ${eps}`);
  const batchAxes = allButChannels(x);
  const perChannel = x.shape.map((size, d) => (d === 1 ? size : 1)); // [1, C, 1, …]
  const along = (values: Tensor) => values.reshape(perChannel);

  // Recorded, so that the gradient below, which is made of them, can be differentiated again.
  const inverse = variance.add(eps).sqrt().reciprocal(); // 1/σ  [C]
  const scale = weight ? weight.mul(inverse) : inverse; // γ/σ  [C]
  const y = noGrad(() => {
    const scaled = x.sub(along(mean)).mul(along(scale));
    return bias ? scaled.add(along(bias)) : scaled;
  });
  const inputs = [x, mean, variance, ...(weight ? [weight] : []), ...(bias ? [bias] : [])];
  return result(y.node, "batchNorm", inputs, (dy) => {
    const total = dy.sum(batchAxes); // Σ dy  [C]
    const slope = dy
      .mul(x.sub(along(mean)))
      .sum(batchAxes)
      .mul(inverse); // Σ dy · x̂  [C]
    return [
      dy.mul(along(scale)), // dx = γ/σ · dy
      total.mul(scale).neg(), // dmean = −γ/σ · Σ dy
      slope.mul(scale).mul(inverse).mul(-0.5), // dvariance = −γ / 2σ² · Σ dy · x̂
      ...(weight ? [slope] : []), // dweight = Σ dy · x̂
      ...(bias ? [total] : []), // dbias = Σ dy
    ];
  });
}

/**
 * Mean and biased variance of each channel over everything else, as `batchNorm` takes them.
 * Shapes: x `[N, C]` or `[N, C, …]`, results `[C]`; throws ShapeError for a rank below 2.
 */
export function channelMoments(x: Tensor): Moments {
  if (x.rank < 2) {
    throw new ShapeError(`channelMoments: x must be [N, C] or [N, C, …]; got ${formatShape(x.shape)}`);
  }
  const { mean, variance } = moments(x, allButChannels(x)); // [1, C, 1, …]
  return { mean: mean.flatten(), variance: variance.flatten() };
}

function allButChannels(x: Tensor): number[] {
  return x.shape.map((_, d) => d).filter((d) => d !== 1);
}

function checkShapes(x: Tensor, given: Readonly<Record<string, Tensor>>): void {
  const channels = x.shape[1];
  const fits = ({ shape }: Tensor) => shape.length === 1 && shape[0] === channels;
  if (x.rank >= 2 && Object.values(given).every(fits)) return;
  const shown = Object.entries({ x, ...given }).map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
  throw new ShapeError(
    `batchNorm: x must be [N, C, …], all others [C], one number for each channel; got ${shown.join(", ")}`,
  );
}

/** Normalised by the moments of x itself, as in training. */
function byItsOwn(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const { mean, variance } = channelMoments(x);
  return batchNorm(x, mean, variance, weight, bias);
}

const withChannels = (shape: Shape, count: number): Shape[] => [shape, ...Array(count).fill([shape[1]!])];

/** What the checks try these ops with. */
export function normRecords(): OpRecord[] {
  return [
    {
      name: "batchNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: withChannels([3, 2], 4), call: (x, m, v, w, b) => batchNorm(x!, m!, v!, w!, b!) },
        { shapes: withChannels([2, 3, 4], 2), call: (x, m, v) => batchNorm(x!, m!, v!, null, null, 0.1) },
        {
          shapes: withChannels([2, 3, 2, 3], 4),
          call: (x, m, v, w, b) => batchNorm(x!, m!, v!, w!, b!).relu(),
        },
        { shapes: withChannels([6, 2], 2), call: (x, w, b) => byItsOwn(x!, w!, b!).sigmoid() },
        { shapes: withChannels([3, 2, 3, 2], 2), call: (x, w, b) => byItsOwn(x!, w!, b!).sigmoid() },
        { shapes: withChannels([9, 2, 40, 40], 2), call: (x, w, b) => byItsOwn(x!, w!, b!).sin().mul(0.01) },
      ],
    },
  ];
}
