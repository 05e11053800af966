// Losses that compare inputs with each other: closer, farther, above, below.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkNotNegative, checkNumber } from "../../base/options.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { where } from "../../ops/binary.ts";
import type { OpRecord } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkPair, type LossOptions, reduceLoss, retainSmall } from "./reduction.ts";

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** What counts as far enough. */
  margin?: number;
}

/**
 * `max(0, margin − y (a − b))`: a should be above b where y is 1, below where it is −1. Default margin 0.
 * Shapes: a, b and target any, the same.
 */
export function marginRankingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { reduction = "mean", margin = 0 }: MarginOptions = {},
): Tensor {
  const op = "marginRankingLoss";
  checkPair(op, a, b, ["input1", "input2"]);
  checkPair(op, a, target, ["input1", "target"]);
  checkNumber(op, "margin", margin);
  retainSmall(a);
  const missing = target.neg().mul(a.sub(b)).add(margin);
  return reduceLoss(op, missing.relu(), reduction, a);
}

/**
 * x where y is 1, `max(0, margin − x)` where it is −1: for distances x of pairs that are alike or not. Default margin 1.
 * Shapes: input and target any, the same.
 */
export function hingeEmbeddingLoss(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", margin = 1 }: MarginOptions = {},
): Tensor {
  const op = "hingeEmbeddingLoss";
  checkPair(op, input, target);
  checkNumber(op, "margin", margin);
  retainSmall(input);
  const unlike = input.neg().add(margin).relu();
  const loss = where(target.eq(-1), 0, input).add(where(target.eq(1), 0, unlike));
  return reduceLoss(op, loss, reduction, input);
}

/** Added to squared lengths of `cosineEmbeddingLoss`, so that a zero vector divides by no 0. */
const leastSquare = 1e-12;

/**
 * `1 − cos(a, b)` where y is 1, `max(0, cos(a, b) − margin)` where it is −1. Default margin 0.
 * Shapes: a and b `[N, D]` and target `[N]`, or `[D]` and `[]`. Throws ShapeError where they do not fit.
 */
export function cosineEmbeddingLoss(
  a: Tensor,
  b: Tensor,
  target: Tensor,
  { reduction = "mean", margin = 0 }: MarginOptions = {},
): Tensor {
  const op = "cosineEmbeddingLoss";
  checkPair(op, a, b, ["input1", "input2"]);
  checkNumber(op, "margin", margin);
  if (a.rank < 1 || a.rank > 2 || !sameShape(target.shape, a.shape.slice(0, -1))) {
    throw new ShapeError(
      `${op}: inputs must be [N, D] with a target [N], or [D] with []; got inputs ${formatShape(a.shape)}, target ${formatShape(target.shape)}`,
    );
  }
  const square = (x: Tensor) => x.square().sum(-1).add(leastSquare);
  const cosine = a
    .mul(b)
    .sum(-1)
    .div(square(a).mul(square(b)).sqrt());
  const alike = where(target.eq(1), cosine.neg().add(1), 0);
  const loss = alike.add(where(target.eq(-1), cosine.sub(margin).relu(), 0));
  return reduceLoss(op, loss, reduction, a);
}

/** Options of `tripletMarginLoss`. */
export interface TripletOptions extends MarginOptions {
  /** Norm that distances are measured by, above 0; Infinity for the largest difference. Default 2. */
  p?: number;
  /** Added to every difference, so that equal vectors have a slope. Default 1e-6. */
  eps?: number;
  /** Whether the negative is also measured from the positive, and the nearer counts. Default false. */
  swap?: boolean;
}

/**
 * `max(0, margin + d(a, p) − d(a, n))` with distances `‖x − y + eps‖ₚ` over the last axis: the anchor should be nearer to the positive
 * than to the negative. Default margin 1. Shapes: all three `[N, D]` or `[D]`, the same.
 * Source: Balntas et al., "Learning local feature descriptors with triplets", BMVC 2016.
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { reduction = "mean", margin = 1, p = 2, eps = 1e-6, swap = false }: TripletOptions = {},
): Tensor {
  const op = "tripletMarginLoss";
  checkPair(op, anchor, positive, ["anchor", "positive"]);
  checkPair(op, anchor, negative, ["anchor", "negative"]);
  if (anchor.rank === 0) throw new ShapeError(`${op}: inputs must be [N, D] or [D]; got scalars`);
  checkNumber(op, "margin", margin);
  checkNotNegative(op, "eps", eps);
  if (!(p > 0)) throw new OptionError(`${op}: p must be a norm above 0; got ${p}`);
  retainSmall(anchor);
  const distance = (x: Tensor, y: Tensor) => norm(x.sub(y).add(eps), p);
  const far = distance(anchor, negative);
  const nearest = swap ? far.minimum(distance(positive, negative)) : far;
  const loss = distance(anchor, positive).sub(nearest).add(margin).relu();
  return reduceLoss(op, loss, reduction, anchor);
}

/** `(Σ |d|ᵖ)^(1/p)` over the last axis. */
function norm(d: Tensor, p: number): Tensor {
  if (p === 2) return d.square().sum(-1).sqrt();
  if (p === 1) return d.abs().sum(-1);
  if (p === Number.POSITIVE_INFINITY) return d.abs().amax(-1);
  return d
    .abs()
    .pow(p)
    .sum(-1)
    .pow(1 / p);
}

/** What the checks try these functions with. */
export function rankingRecords(): OpRecord[] {
  const shape = [4, 5];
  const record = (
    name: string,
    calls: readonly ((x: Tensor, y: Tensor, z: Tensor) => Tensor)[],
  ): OpRecord => ({
    name,
    differentiable: true,
    domain: [-2, 2],
    samples: calls.map((call) => ({ shapes: [shape, shape, shape], call: (x, y, z) => call(x!, y!, z!) })),
  });
  const ways = (z: Tensor) => z.detach().select(1, 0).sign();
  return [
    record("marginRankingLoss", [(x, y, z) => marginRankingLoss(x, y, z, { margin: 0.3 })]),
    record("hingeEmbeddingLoss", [(x, y) => hingeEmbeddingLoss(x, y.detach().sign(), { reduction: "none" })]),
    record("cosineEmbeddingLoss", [
      (x, y, z) => cosineEmbeddingLoss(x, y, ways(z), { margin: -0.5, reduction: "none" }),
    ]),
    record("tripletMarginLoss", [
      (x, y, z) => tripletMarginLoss(x, y, z, { margin: 3, reduction: "none" }),
      (x, y, z) => tripletMarginLoss(x, y, z, { margin: 3, p: 3, swap: true }),
      (x, y, z) => tripletMarginLoss(x, y, z, { margin: 3, p: Number.POSITIVE_INFINITY }),
    ]),
  ];
}
