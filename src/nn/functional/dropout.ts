// Functions that leave out part of their input at random while training.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, type Shape } from "../../base/shape.ts";
import { rand } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** Throws OptionError where `p` is no probability. */
export function checkProbability(op: string, p: number): void {
  if (!(p >= 0 && p <= 1)) throw new OptionError(`${op}: p must lie in 0 … 1; got ${p}`);
}

/** Zeroes each element with probability p while training and scales the rest by 1 / (1 − p). Source: Srivastava et al., JMLR 2014. */
export function dropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkProbability("dropout", p);
  return drop(x, p, training, x.shape);
}

/** x with probability p of 0 for each element of `mask`, which broadcasts to x's shape. */
function drop(x: Tensor, p: number, training: boolean, mask: Shape): Tensor {
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  return x.mul(1 / (1 - p)).where(rand(mask).ge(p), 0);
}

/**
 * Zeroes whole channels of sequences with probability p while training and scales the rest by 1 / (1 − p).
 * Shapes: x `[N, C, L]` or `[C, L]`, result as x. Throws ShapeError for another rank.
 * Source: Tompson et al., "Efficient object localization using convolutional networks", CVPR 2015.
 */
export function dropout1d(x: Tensor, p = 0.5, training = true): Tensor {
  checkProbability("dropout1d", p);
  if (x.rank !== 2 && x.rank !== 3) {
    throw new ShapeError(`dropout1d: x must be [N, C, L] or [C, L]; got ${formatShape(x.shape)}`);
  }
  return drop(x, p, training, [...x.shape.slice(0, -1), 1]);
}

/** Zeroes whole channels of pictures; otherwise as `dropout1d`. Shapes: x `[N, C, H, W]`, result as x. */
export function dropout2d(x: Tensor, p = 0.5, training = true): Tensor {
  checkProbability("dropout2d", p);
  if (x.rank !== 4) {
    throw new ShapeError(
      `dropout2d: x must be [N, C, H, W]; got ${formatShape(x.shape)}. Use dropout1d for [N, C, L]`,
    );
  }
  return drop(x, p, training, [...x.shape.slice(0, 2), 1, 1]);
}

const scale = 1.0507009873554805; // SELU's λ
const alpha = 1.6732632423543772; // and α
/** What SELU tends to far below 0. */
const floor = -scale * alpha;

/**
 * Dropout for networks of SELU: elements become SELU's lower limit −λα instead of 0 with probability p, and an affine map then brings
 * mean 0 and variance 1 back. Source: Klambauer et al., "Self-normalizing neural networks", NeurIPS 2017.
 */
export function alphaDropout(x: Tensor, p = 0.5, training = true): Tensor {
  checkProbability("alphaDropout", p);
  if (!training || p === 0) return x;
  if (p === 1) return x.mul(0);
  const a = ((1 - p) * (1 + p * floor * floor)) ** -0.5;
  return x
    .where(rand(x.shape).ge(p), floor)
    .mul(a)
    .add(-a * p * floor);
}

/** Which parts `dropPath` decides about: each sample for itself, or the batch as a whole. */
export type DropPathMode = "row" | "batch";

/**
 * Stochastic depth: zeroes whole samples (or, with mode "batch", all of them) with probability p while training, and scales the rest by
 * 1 / (1 − p). On a residual branch, before it is added, it leaves the branch out. Shapes: x `[N, …]`, result as x.
 * Source: Huang et al., "Deep networks with stochastic depth", ECCV 2016; torchvision's `stochastic_depth`.
 */
export function dropPath(
  x: Tensor,
  p: number,
  training = true,
  { mode = "row" }: { mode?: DropPathMode } = {},
): Tensor {
  checkProbability("dropPath", p);
  checkDropPathMode("dropPath", mode);
  if (x.rank === 0) throw new ShapeError("dropPath: x must be [N, …]; got a scalar");
  return drop(
    x,
    p,
    training,
    x.shape.map((n, d) => (d === 0 && mode === "row" ? n : 1)),
  );
}

/** Throws OptionError for a mode that `dropPath` does not know. */
export function checkDropPathMode(op: string, mode: DropPathMode): void {
  if (mode !== "row" && mode !== "batch") {
    throw new OptionError(`${op}: mode must be row or batch; got ${String(mode)}`);
  }
}
