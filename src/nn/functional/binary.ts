// Losses for yes-or-no answers: each element is a question of its own.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { checkNotNegative } from "../../base/options.ts";
import { broadcastShapes, formatShape, sameShape } from "../../base/shape.ts";
import { logSigmoid } from "../../ops/activation.ts";
import type { OpRecord } from "../../ops/define.ts";
import { binaryEntropy } from "../../ops/loss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { checkPair, type LossOptions, reduceLoss, retainSmall } from "./reduction.ts";

/** Throws ShapeError where factors do not broadcast to the losses. */
function checkFactors(op: string, name: string, factors: Tensor | null, input: Tensor): void {
  if (!factors) return;
  const shape = broadcastShapes(factors.shape, input.shape);
  if (shape && sameShape(shape, input.shape)) return;
  throw new ShapeError(
    `${op}: ${name} must broadcast to the input; got ${name} ${formatShape(factors.shape)}, input ${formatShape(input.shape)}`,
  );
}

/** Options of `binaryCrossEntropy`. */
export interface BinaryOptions extends LossOptions {
  /** Factors of the losses, broadcast to them. */
  weight?: Tensor | null;
}

/** Throws OptionError where an element at hand is no probability. */
function checkProbabilities(op: string, name: string, x: Tensor, hint: string): void {
  const data = x.node.storage?.read() ?? [];
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < 0 || value > 1) {
      throw new OptionError(
        `${op}: ${name} must hold probabilities in 0 … 1; got ${value} at position ${i}. ${hint}`,
      );
    }
  }
}

/**
 * `−w (y ln p + (1 − y) ln(1 − p))` of probabilities p, whose logarithms count as −100 at least. From logits,
 * `binaryCrossEntropyWithLogits` is more exact.
 * Shapes: input and target any, the same. Throws ShapeError where they differ, OptionError where an element at hand lies outside 0 … 1.
 */
export function binaryCrossEntropy(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", weight = null }: BinaryOptions = {},
): Tensor {
  const op = "binaryCrossEntropy";
  checkPair(op, input, target);
  checkFactors(op, "weight", weight, input);
  checkProbabilities(op, "input", input, "Apply a sigmoid, or use binaryCrossEntropyWithLogits");
  checkProbabilities(op, "target", target, "Labels are 0 for no and 1 for yes");
  retainSmall(input);
  const loss = binaryEntropy(input, target);
  return reduceLoss(op, weight ? loss.mul(weight) : loss, reduction, input);
}

/** Options of `binaryCrossEntropyWithLogits`. */
export interface BinaryLogitsOptions extends BinaryOptions {
  /** Factors of the losses of yes, broadcast to the input: above 1 for what is rare, such as negatives / positives. */
  posWeight?: Tensor | null;
}

/**
 * `−w (q y ln σ(x) + (1 − y) ln(1 − σ(x)))` of logits x, where q is `posWeight`; exact however large x is.
 * Shapes: input and target any, the same. Throws ShapeError where they differ.
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", weight = null, posWeight = null }: BinaryLogitsOptions = {},
): Tensor {
  const op = "binaryCrossEntropyWithLogits";
  checkPair(op, input, target);
  checkFactors(op, "weight", weight, input);
  checkFactors(op, "posWeight", posWeight, input);
  retainSmall(input);
  const loss = logitsEntropy(input, target, posWeight);
  return reduceLoss(op, weight ? loss.mul(weight) : loss, reduction, input);
}

/** `(1 − y) x − (1 + (q − 1) y) ln σ(x)`, since ln(1 − σ(x)) = ln σ(x) − x. */
function logitsEntropy(x: Tensor, y: Tensor, posWeight: Tensor | null): Tensor {
  const no = y.neg().add(1).mul(x);
  const log = logSigmoid(x);
  return no.sub(posWeight ? posWeight.sub(1).mul(y).add(1).mul(log) : log);
}

/** Options of `sigmoidFocalLoss`. */
export interface SigmoidFocalOptions extends LossOptions {
  /** Share of the weight that yes has, 1 − alpha for no; below 0 for no weighting. Default 0.25. */
  alpha?: number;
  /** How much less an answer counts that is right already, at least 0. Default 2. */
  gamma?: number;
}

/** Below this, what is missing from certainty counts as this: roots of 0 have no derivative. */
const leastDoubt = 1e-12;

/**
 * `α (1 − p)^γ · −ln p`, where p is the probability that the logits give to the right answer: what is answered right counts less.
 * Shapes: input (logits) and target (0 or 1) any, the same; reduction "none" by default, as torchvision's.
 * Source: Lin et al., "Focal loss for dense object detection", ICCV 2017.
 */
export function sigmoidFocalLoss(
  input: Tensor,
  target: Tensor,
  { reduction = "none", alpha = 0.25, gamma = 2 }: SigmoidFocalOptions = {},
): Tensor {
  const op = "sigmoidFocalLoss";
  checkPair(op, input, target);
  checkNotNegative(op, "gamma", gamma);
  if (!(alpha <= 1)) throw new OptionError(`${op}: alpha must be at most 1, below 0 for none; got ${alpha}`);
  retainSmall(input);
  const p = input.sigmoid();
  const no = target.neg().add(1);
  const doubt = p.mul(no).add(p.neg().add(1).mul(target)); // 1 − p of the right answer
  const loss = logitsEntropy(input, target, null).mul(focus(doubt, gamma));
  const weighted = alpha < 0 ? loss : loss.mul(target.mul(alpha).add(no.mul(1 - alpha)));
  return reduceLoss(op, weighted, reduction, input);
}

/** `doubt^gamma`, with a derivative also where there is no doubt. */
export function focus(doubt: Tensor, gamma: number): Tensor {
  return doubt.maximum(leastDoubt).pow(gamma);
}

/** `ln(1 + e^(−y x))` for y of 1 and −1. Shapes: input and target any, the same. */
export function softMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = "mean" }: LossOptions = {},
): Tensor {
  checkPair("softMarginLoss", input, target);
  retainSmall(input);
  return reduceLoss("softMarginLoss", logSigmoid(target.mul(input)).neg(), reduction, input);
}

/** What the checks try these functions with. */
export function binaryRecords(): OpRecord[] {
  const shapes = [
    [4, 5],
    [4, 5],
  ];
  const record = (name: string, calls: readonly ((x: Tensor, y: Tensor) => Tensor)[]): OpRecord => ({
    name,
    differentiable: true,
    domain: [-3, 3],
    samples: calls.map((call) => ({ shapes, call: (x, y) => call(x!, y!.sigmoid()) })),
  });
  return [
    record("binaryCrossEntropy", [
      (x, y) => binaryCrossEntropy(x.sigmoid(), y),
      (x, y) => binaryCrossEntropy(x.sigmoid(), y, { weight: x.detach().mul(0).add(0.3), reduction: "sum" }),
    ]),
    record("binaryCrossEntropyWithLogits", [
      (x, y) => binaryCrossEntropyWithLogits(x, y),
      (x, y) => binaryCrossEntropyWithLogits(x, y, { posWeight: y.sum(0).exp(), reduction: "none" }),
    ]),
    record("sigmoidFocalLoss", [
      (x, y) => sigmoidFocalLoss(x, y),
      (x, y) => sigmoidFocalLoss(x, y, { alpha: -1, gamma: 1.5, reduction: "mean" }),
    ]),
    record("softMarginLoss", [(x, y) => softMarginLoss(x, y.sub(0.5))]),
  ];
}
