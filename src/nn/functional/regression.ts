// Losses for numbers: how far a prediction is from a target, or how unlikely the target is under it.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkNotNegative, checkPositive } from "../../base/options.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { where } from "../../ops/binary.ts";
import type { Operand, OpRecord } from "../../ops/define.ts";
import { raised } from "../../ops/loss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkPair, type LossOptions, reduceLoss, retainSmall } from "./reduction.ts";

/**
 * Mean squared error, the notes' least squares: `(x − y)²`, averaged over all elements unless told otherwise.
 * Shapes: input and target any, the same. Throws ShapeError where they differ, or for the mean of an empty batch.
 */
export function mseLoss(input: Tensor, target: Operand, { reduction = "mean" }: LossOptions = {}): Tensor {
  checkPair("mseLoss", input, target);
  retainSmall(input);
  return reduceLoss("mseLoss", input.sub(target).square(), reduction, input);
}

/** Mean absolute error `|x − y|`: outliers pull less than squared. Shapes and errors as `mseLoss`. */
export function l1Loss(input: Tensor, target: Operand, { reduction = "mean" }: LossOptions = {}): Tensor {
  checkPair("l1Loss", input, target);
  retainSmall(input);
  return reduceLoss("l1Loss", input.sub(target).abs(), reduction, input);
}

/** Options of `smoothL1Loss`. */
export interface SmoothL1Options extends LossOptions {
  /** Distance at which the square turns into a line; 0 gives `l1Loss`. Default 1. */
  beta?: number;
}

/**
 * `½ d² / beta` where d = |x − y| is below beta, `d − ½ beta` elsewhere. Shapes and errors as `mseLoss`.
 * Source: Girshick, "Fast R-CNN", ICCV 2015.
 */
export function smoothL1Loss(
  input: Tensor,
  target: Operand,
  { reduction = "mean", beta = 1 }: SmoothL1Options = {},
): Tensor {
  checkPair("smoothL1Loss", input, target);
  checkNotNegative("smoothL1Loss", "beta", beta);
  retainSmall(input);
  const d = input.sub(target);
  const line = d.abs().sub(beta / 2);
  const loss = beta === 0 ? line : where(d.abs().lt(beta), d.square().mul(0.5 / beta), line);
  return reduceLoss("smoothL1Loss", loss, reduction, input);
}

/** Options of `huberLoss`. */
export interface HuberOptions extends LossOptions {
  /** Distance at which the square turns into a line, above 0. Default 1. */
  delta?: number;
}

/**
 * `½ d²` where d = |x − y| is at most delta, `delta · (d − ½ delta)` elsewhere. Shapes and errors as `mseLoss`.
 * Source: Huber, "Robust estimation of a location parameter", 1964.
 */
export function huberLoss(
  input: Tensor,
  target: Operand,
  { reduction = "mean", delta = 1 }: HuberOptions = {},
): Tensor {
  checkPair("huberLoss", input, target);
  checkPositive("huberLoss", "delta", delta);
  retainSmall(input);
  const d = input.sub(target);
  const line = d
    .abs()
    .sub(delta / 2)
    .mul(delta);
  const loss = where(d.abs().le(delta), d.square().mul(0.5), line);
  return reduceLoss("huberLoss", loss, reduction, input);
}

/** Options of `poissonNllLoss`. */
export interface PoissonNllOptions extends LossOptions {
  /** Whether the input is the logarithm of the expected count. Default true. */
  logInput?: boolean;
  /** Whether Stirling's approximation of `ln y!` is added, which needs no gradient. Default false. */
  full?: boolean;
  /** Added to the expected count before its logarithm, where `logInput` is false. Default 1e-8. */
  eps?: number;
}

/**
 * Unlikelihood of counts y under Poisson distributions: `eˣ − y x` of log rates, `x − y ln(x + eps)` of rates; `full` adds
 * `y ln y − y + ½ ln 2πy` where y > 1. Shapes and errors as `mseLoss`.
 */
export function poissonNllLoss(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", logInput = true, full = false, eps = 1e-8 }: PoissonNllOptions = {},
): Tensor {
  checkPair("poissonNllLoss", input, target);
  checkNotNegative("poissonNllLoss", "eps", eps);
  retainSmall(input);
  let loss = logInput ? input.exp().sub(target.mul(input)) : input.sub(target.mul(input.add(eps).log()));
  if (full) {
    const large = target.gt(1);
    const y = where(large, target, 1);
    const stirling = y
      .mul(y.log())
      .sub(y)
      .add(
        y
          .mul(2 * Math.PI)
          .log()
          .mul(0.5),
      );
    loss = loss.add(where(large, stirling, 0));
  }
  return reduceLoss("poissonNllLoss", loss, reduction, input);
}

/** Options of `gaussianNllLoss`. */
export interface GaussianNllOptions extends LossOptions {
  /** Whether the constant `½ ln 2π` is added. Default false. */
  full?: boolean;
  /** Least variance, above 0; a smaller one counts as this and keeps its gradient. Default 1e-6. */
  eps?: number;
}

/**
 * Unlikelihood of y under normal distributions of mean x and variance v: `½ (ln v + (x − y)² / v)`.
 * Shapes: input and target any, the same; variance a number, that shape, that shape with one axis of size 1, or without the last axis.
 * Throws ShapeError where shapes differ, OptionError for a variance at hand below 0. Source: Nix and Weigend, 1994.
 */
export function gaussianNllLoss(
  input: Tensor,
  target: Tensor,
  variance: Operand,
  { reduction = "mean", full = false, eps = 1e-6 }: GaussianNllOptions = {},
): Tensor {
  checkPair("gaussianNllLoss", input, target);
  checkPositive("gaussianNllLoss", "eps", eps);
  retainSmall(input);
  const v = raised(varianceFor(input, variance), eps);
  const loss = v.log().add(input.sub(target).square().div(v)).mul(0.5);
  return reduceLoss("gaussianNllLoss", full ? loss.add(0.5 * Math.log(2 * Math.PI)) : loss, reduction, input);
}

/** The variance in a shape that broadcasts to the input's. */
function varianceFor(input: Tensor, variance: Operand): Operand {
  const values = typeof variance === "number" ? [variance] : (variance.node.storage?.read() ?? []);
  const below = values.find((v) => v < 0);
  if (below !== undefined) {
    throw new OptionError(
      `gaussianNllLoss: a variance is at least 0; got ${below}. Predict its logarithm and pass its exp(), or pass a softplus`,
    );
  }
  if (typeof variance === "number" || sameShape(variance.shape, input.shape)) return variance;
  if (sameShape(variance.shape, input.shape.slice(0, -1))) return variance.unsqueeze(-1);
  const others = variance.shape.filter((size, d) => size !== input.shape[d]);
  if (variance.rank === input.rank && others.length === 1 && others[0] === 1) return variance;
  throw new ShapeError(
    `gaussianNllLoss: variance must be a number or have the input's shape, with one axis of size 1 or without the last; ` +
      `got input ${formatShape(input.shape)}, variance ${formatShape(variance.shape)}`,
  );
}

/** What the checks try these functions with. */
export function regressionRecords(): OpRecord[] {
  const pair = [
    [4, 5],
    [4, 5],
  ];
  const record = (
    name: string,
    calls: readonly ((x: Tensor, y: Tensor) => Tensor)[],
    domain: readonly [number, number] = [-2, 2],
  ): OpRecord => ({
    name,
    differentiable: true,
    domain,
    samples: calls.map((call) => ({ shapes: pair, call: (x, y) => call(x!, y!) })),
  });
  return [
    record("mseLoss", [(x, y) => mseLoss(x, y)]),
    record("l1Loss", [(x, y) => l1Loss(x, y), (x) => l1Loss(x, 0.3, { reduction: "none" })]),
    record("smoothL1Loss", [
      (x, y) => smoothL1Loss(x, y, { reduction: "none" }),
      (x, y) => smoothL1Loss(x, y, { beta: 0.3 }),
    ]),
    record("huberLoss", [
      (x, y) => huberLoss(x, y, { reduction: "none" }),
      (x, y) => huberLoss(x, y, { delta: 0.3 }),
    ]),
    record("poissonNllLoss", [
      (x, y) => poissonNllLoss(x, y.add(2)),
      (x, y) => poissonNllLoss(x.exp(), y.add(2), { logInput: false, full: true, reduction: "none" }),
    ]),
    record("gaussianNllLoss", [
      (x, y) => gaussianNllLoss(x, y, x.exp(), { full: true }),
      (x, y) => gaussianNllLoss(x, y.sin(), y.sum(1).exp(), { reduction: "none" }),
    ]),
  ];
}
