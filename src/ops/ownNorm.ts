// Normalisation of a tensor by statistics of its own: layer by layer, group by group, instance by instance.

import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../base/shape.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type OpRecord, requireFloat, result } from "./define.ts";
import { moments } from "./reduce.ts";

/**
 * `x̂ = (x − mean) / √(variance + eps)` by x's own moments over axes. Forward two sums and an elementwise pass, whose
 * affine map joins it; backward two sums and a pass again.
 */
function standardize(x: Tensor, axes: readonly number[], eps: number): Tensor {
  // Recorded, so that the gradient below, which is made of them, can be differentiated again.
  const { mean, variance } = moments(x, axes);
  const inverse = variance.add(eps).sqrt().reciprocal(); // 1/σ
  const y = noGrad(() => x.sub(mean).mul(inverse));
  return result(y.node, "standardize", [x], (dy, normal) => {
    const shift = dy.mean(axes, { keepdim: true });
    const slope = dy.mul(normal).mean(axes, { keepdim: true });
    return [dy.sub(shift).sub(normal.mul(slope)).mul(inverse)]; // dx = 1/σ · (dy − mean(dy) − x̂ · mean(dy · x̂))
  });
}

/** `x / √(mean(x²) + eps)` over axes. */
function scaleToUnit(x: Tensor, axes: readonly number[], eps: number): Tensor {
  const inverse = x.square().mean(axes, { keepdim: true }).add(eps).sqrt().reciprocal(); // 1/r
  const y = noGrad(() => x.mul(inverse));
  return result(y.node, "scaleToUnit", [x], (dy, unit) => {
    const slope = dy.mul(unit).mean(axes, { keepdim: true });
    return [dy.sub(unit.mul(slope)).mul(inverse)]; // dx = 1/r · (dy − y · mean(dy · y))
  });
}

/**
 * Layer normalisation: `y = (x − mean) / √(variance + eps) · weight + bias`, with mean and biased variance over the last axes,
 * those of `normalizedShape`; a weight left out is 1, a bias left out 0.
 * Shapes: x `[…, ...normalizedShape]`, weight and bias `normalizedShape`, y as x.
 * Throws ShapeError where shapes do not fit, OptionError where eps is below 0.
 * Source: Ba, Kiros and Hinton, "Layer normalization", 2016.
 */
export function layerNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  const axes = lastAxes("layerNorm", x, normalizedShape, { weight, bias }, eps);
  return affine(standardize(x, axes, eps), weight, bias);
}

/**
 * Root mean square normalisation: `y = x / √(mean(x²) + eps) · weight`, over the last axes, those of `normalizedShape`. eps is the
 * distance from 1 to the next number of x's dtype unless given. Shapes and errors as for `layerNorm`.
 * Source: Zhang and Sennrich, "Root mean square layer normalization", NeurIPS 2019.
 */
export function rmsNorm(
  x: Tensor,
  normalizedShape: Shape,
  weight: Tensor | null = null,
  eps: number | null = null,
): Tensor {
  const offset = eps ?? (x.dtype === "float64" ? 2 ** -52 : 2 ** -23);
  const axes = lastAxes("rmsNorm", x, normalizedShape, { weight }, offset);
  return affine(scaleToUnit(x, axes, offset), weight, null);
}

/**
 * Group normalisation: channels in `groups` groups of neighbours, each normalised in each sample by its own mean and biased variance:
 * `y = (x − mean) / √(variance + eps) · weight + bias`; one group is layer normalisation of whole samples, a group
 * for each channel instance normalisation.
 * Shapes: x `[N, C]` or `[N, C, …]`, weight and bias `[C]`, y as x.
 * Throws ShapeError where shapes do not fit or groups do not divide C, OptionError where eps is below 0.
 * Source: Wu and He, "Group normalization", ECCV 2018.
 */
export function groupNorm(
  x: Tensor,
  groups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  return byGroups("groupNorm", x, groups, { weight, bias }, eps);
}

/**
 * Instance normalisation: each channel of each sample by its own mean and biased variance; otherwise as `groupNorm`.
 * Shapes: x `[N, C, …]`, weight and bias `[C]`, y as x.
 * Source: Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016.
 */
export function instanceNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  eps = 1e-5,
): Tensor {
  return byGroups("instanceNorm", x, x.shape[1] ?? 1, { weight, bias }, eps);
}

/** The factors and terms of an affine map; null stands for none. */
interface Given {
  readonly weight: Tensor | null;
  readonly bias?: Tensor | null;
}

function byGroups(op: string, x: Tensor, groups: number, given: Given, eps: number): Tensor {
  const { weight, bias = null } = given;
  checkGiven(op, x, given, eps);
  const [batch, channels, ...places] = x.shape;
  const wanted = [channels ?? 0];
  const fits = x.rank >= 2 && [weight, bias].every((each) => !each || sameShape(each.shape, wanted));
  if (!fits) {
    throw new ShapeError(
      `${op}: x must be [N, C, …], weight and bias [C], one number for each channel; got ${shown({ x, weight, bias })}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1 || channels! % groups !== 0) {
    throw new ShapeError(
      `${op}: the number of groups must divide the channels; got ${groups} groups for ${channels} channels in x ${formatShape(x.shape)}`,
    );
  }
  const inGroup = channels! / groups;
  const area = sizeOf(places);
  // All in one shape, so that the affine map joins the normalisation's pass.
  const along = (values: Tensor | null) => values?.reshape([1, groups, inGroup, 1]) ?? null;
  const normal = standardize(x.reshape([batch!, groups, inGroup, area]), [2, 3], eps);
  return affine(normal, along(weight), along(bias)).reshape(x.shape);
}

function affine(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const scaled = weight ? x.mul(weight) : x; // dweight = Σ dy · x̂
  return bias ? scaled.add(bias) : scaled; // dbias = Σ dy
}

/** The axes of `normalizedShape` in x, after all arguments have been checked. */
function lastAxes(op: string, x: Tensor, normalizedShape: Shape, given: Given, eps: number): number[] {
  checkGiven(op, x, given, eps);
  const { weight, bias = null } = given;
  const first = x.rank - normalizedShape.length;
  if (normalizedShape.length === 0 || first < 0 || !sameShape(x.shape.slice(first), normalizedShape)) {
    throw new ShapeError(
      `${op}: x must end in normalizedShape ${formatShape(normalizedShape)}, the axes to average over; ` +
        `got x ${formatShape(x.shape)}. Give the sizes of x's last axes, or use groupNorm for the channels of [N, C, …]`,
    );
  }
  if ([weight, bias].some((each) => each && !sameShape(each.shape, normalizedShape))) {
    throw new ShapeError(
      `${op}: weight and bias must have normalizedShape ${formatShape(normalizedShape)}; got ${shown({ weight, bias })}`,
    );
  }
  return normalizedShape.map((_, d) => first + d);
}

function checkGiven(op: string, x: Tensor, { weight, bias }: Given, eps: number): void {
  requireFloat(op, { x, ...(weight ? { weight } : {}), ...(bias ? { bias } : {}) });
  if (!(eps >= 0)) throw new OptionError(`${op}: eps must be at least 0; got ${eps}`);
}

function shown(named: Readonly<Record<string, Tensor | null>>): string {
  return Object.entries(named)
    .flatMap(([name, x]) => (x ? [`${name} ${formatShape(x.shape)}`] : []))
    .join(", ");
}

/** What the checks try these ops with. */
export function ownNormRecords(): OpRecord[] {
  return [
    {
      name: "layerNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: [[3, 5], [5], [5]], call: (x, w, b) => layerNorm(x!, [5], w!, b!) },
        { shapes: [[2, 3, 4]], call: (x) => layerNorm(x!, [3, 4], null, null, 0.1).sin() },
        {
          shapes: [
            [2, 2, 5],
            [2, 5],
          ],
          call: (x, w) => layerNorm(x!.sin(), [2, 5], w!),
        },
        { shapes: [[7, 300], [300], [300]], call: (x, w, b) => layerNorm(x!, [300], w!, b!).sigmoid() },
        { shapes: [[0, 3], [3], [3]], call: (x, w, b) => layerNorm(x!, [3], w!, b!) },
      ],
    },
    {
      name: "rmsNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: [[3, 5], [5]], call: (x, w) => rmsNorm(x!, [5], w!) },
        { shapes: [[2, 3, 4]], call: (x) => rmsNorm(x!, [3, 4], null, 0.1).sin() },
        { shapes: [[7, 300], [300]], call: (x, w) => rmsNorm(x!, [300], w!).sigmoid() },
      ],
    },
    {
      name: "groupNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: [[2, 4], [4], [4]], call: (x, w, b) => groupNorm(x!, 2, w!, b!) },
        { shapes: [[2, 6, 3]], call: (x) => groupNorm(x!, 3).sin() },
        { shapes: [[2, 4, 2, 2], [4], [4]], call: (x, w, b) => groupNorm(x!, 1, w!, b!).relu() },
        { shapes: [[2, 8, 20, 20], [8], [8]], call: (x, w, b) => groupNorm(x!.sin(), 4, w!, b!).sigmoid() },
      ],
    },
    {
      name: "instanceNorm",
      differentiable: true,
      domain: [0.2, 2],
      samples: [
        { shapes: [[2, 3, 4], [3], [3]], call: (x, w, b) => instanceNorm(x!, w!, b!) },
        { shapes: [[2, 2, 2, 3]], call: (x) => instanceNorm(x!, null, null, 0.1).sin() },
      ],
    },
  ];
}
