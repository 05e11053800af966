// Losses for classes.

import { isFloating } from "../../base/dtype.ts";
import { DTypeError, OptionError, ShapeError } from "../../base/errors.ts";
import { checkNotNegative, checkNumber } from "../../base/options.ts";
import { formatShape, sameShape, sizeOf } from "../../base/shape.ts";
import { where } from "../../ops/binary.ts";
import type { OpRecord } from "../../ops/define.ts";
import { arange } from "../../ops/factory.ts";
import { oneHot, pickRows } from "../../ops/indexing.ts";
import { softmaxLoss } from "../../ops/softmaxLoss.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { focus } from "./binary.ts";
import { checkBatch, checkReduction, type LossOptions, reduceLoss, retainSmall } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";

/** Options of `nllLoss`. */
export interface ClassOptions extends LossOptions {
  /** One factor for each class; the mean is divided by the factors of the targets. */
  weight?: Tensor | null;
  /**
   * Target that is left out of loss and mean. Default −100, which is looked for where the targets' values are at hand; a given one is
   * looked for always.
   */
  ignoreIndex?: number;
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends ClassOptions {
  /** Share of each target that is spread evenly over all classes, 0 … 1. Default 0. */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of logits against classes: `−ln softmax(logits)[class]`, averaged over the samples unless told otherwise.
 * Shapes: logits `[N, C, …]` or `[C]`; target class indices (uint8 or int32) `[N, …]`, or probabilities of the
 * logits' shape; class weights `[C]`. Throws ShapeError where shapes do not fit, a class lies outside 0 … C − 1, or the mean of an empty batch
 * is asked for. The mean over targets that are all ignored is NaN.
 * Source of label smoothing: Szegedy et al., "Rethinking the inception architecture", CVPR 2016.
 */
export function crossEntropy(logits: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const op = "crossEntropy";
  const { labelSmoothing = 0, reduction = "mean", weight = null } = options;
  checkNumber(op, "labelSmoothing", labelSmoothing, "a number in 0 … 1", (s) => s >= 0 && s <= 1);
  const axis = classAxis(op, "logits", logits);
  const classes = logits.shape[axis]!;
  retainSmall(logits);
  if (isFloating(target.dtype)) {
    if (!sameShape(target.shape, logits.shape)) throw targetError(op, logits, target);
    if (options.ignoreIndex !== undefined) {
      throw new OptionError(
        `${op}: ignoreIndex needs class indices; got probabilities ${formatShape(target.shape)}. Give samples to leave out a row of zeros`,
      );
    }
    const smoothed =
      labelSmoothing > 0 ? target.mul(1 - labelSmoothing).add(labelSmoothing / classes) : target;
    const log = weighted(op, logSoftmax(logits, axis), axis, weight);
    const loss = log.mul(smoothed).sum(axis).neg();
    if (reduction !== "mean") return reduceLoss(op, loss, reduction, logits);
    checkBatch(op, logits, loss.size, reduction);
    return loss.sum().mul(1 / loss.size);
  }
  return reduceClasses(op, logits, target, axis, options, (picked, factor) => {
    if (labelSmoothing === 0) {
      const loss = softmaxLoss(logits, picked);
      return factor ? loss.mul(factor) : loss;
    }
    // −Σ w ln softmax · ((1 − s) · one-hot + s / C)
    const rest = labelSmoothing / classes;
    const share = where(hits(picked, logits, axis), 1 - labelSmoothing + rest, rest);
    return weighted(op, logSoftmax(logits, axis), axis, weight).mul(share).sum(axis).neg();
  });
}

/**
 * `−w[class] · x[class]` of log-probabilities x, as `logSoftmax` gives them. Shapes and errors as `crossEntropy`, with class indices.
 */
export function nllLoss(input: Tensor, target: Tensor, options: ClassOptions = {}): Tensor {
  const op = "nllLoss";
  const axis = classAxis(op, "input", input);
  retainSmall(input);
  return reduceClasses(op, input, target, axis, options, (picked, factor) => {
    const loss = where(hits(picked, input, axis), input, 0)
      .sum(axis)
      .neg();
    return factor ? loss.mul(factor) : loss;
  });
}

/** Options of `softmaxFocalLoss`. */
export interface SoftmaxFocalOptions extends ClassOptions {
  /** How much less a sample counts that is right already, at least 0. Default 2. */
  gamma?: number;
}

/**
 * `w[class] · (1 − p)^γ · −ln p`, where p is the softmax of the right class: the focal loss for one class of many.
 * The mean is over the samples that are not ignored. Shapes and errors as `crossEntropy`, with class indices.
 * Source: Lin et al., "Focal loss for dense object detection", ICCV 2017.
 */
export function softmaxFocalLoss(logits: Tensor, target: Tensor, options: SoftmaxFocalOptions = {}): Tensor {
  const op = "softmaxFocalLoss";
  const { gamma = 2 } = options;
  checkNotNegative(op, "gamma", gamma);
  const axis = classAxis(op, "logits", logits);
  retainSmall(logits);
  const lossOf = (picked: Tensor, factor: Tensor | null) => {
    const entropy = softmaxLoss(logits, picked); // −ln p
    const loss = entropy.mul(focus(entropy.neg().exp().neg().add(1), gamma));
    return factor ? loss.mul(factor) : loss;
  };
  return reduceClasses(op, logits, target, axis, options, lossOf, false);
}

/** Options of `multiMarginLoss`. */
export interface MultiMarginOptions extends LossOptions {
  /** Power of what is missing, 1 or 2. Default 1. */
  p?: 1 | 2;
  /** How far the right class should be above every other. Default 1. */
  margin?: number;
  /** One factor for each class. */
  weight?: Tensor | null;
}

/**
 * `w[class] / C · Σ max(0, margin − x[class] + x[other])ᵖ` over all other classes: the hinge loss of many classes.
 * Shapes: input `[N, C]` or `[C]`, target class indices `[N]` or `[]`. Errors as `crossEntropy`.
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  { reduction = "mean", p = 1, margin = 1, weight = null }: MultiMarginOptions = {},
): Tensor {
  const op = "multiMarginLoss";
  if (p !== 1 && p !== 2) throw new OptionError(`${op}: p must be 1 or 2; got ${String(p)}`);
  checkNumber(op, "margin", margin);
  const axis = classAxis(op, "input", input);
  if (input.rank > 2) {
    throw new ShapeError(`${op}: input must be [N, C] or [C]; got ${formatShape(input.shape)}`);
  }
  retainSmall(input);
  const lossOf = (picked: Tensor, factor: Tensor | null) => {
    const right = hits(picked, input, axis);
    const missing = input
      .sub(where(right, input, 0).sum(axis, { keepdim: true }))
      .add(margin)
      .relu();
    const loss = where(right, 0, p === 2 ? missing.square() : missing)
      .sum(axis)
      .mul(1 / input.shape[axis]!);
    return factor ? loss.mul(factor) : loss;
  };
  return reduceClasses(op, input, target, axis, { reduction, weight }, lossOf, false);
}

/** The axis of classes: 1, or the only one. */
function classAxis(op: string, name: string, x: Tensor): number {
  if (x.rank === 0) throw new ShapeError(`${op}: ${name} need an axis of classes; got a scalar`);
  return x.rank === 1 ? 0 : 1;
}

/**
 * Losses of samples with one class each, drawn together: checks targets and weights, gives `lossOf` the classes (0 where ignored)
 * and each sample's factor, and leaves the ignored out. The mean is divided by the factors where `byFactor`, else by the number of samples.
 */
function reduceClasses(
  op: string,
  input: Tensor,
  target: Tensor,
  axis: number,
  { weight = null, ignoreIndex, reduction = "mean" }: ClassOptions,
  lossOf: (picked: Tensor, factor: Tensor | null) => Tensor,
  byFactor = true,
): Tensor {
  checkReduction(op, reduction);
  const samples = input.shape.filter((_, d) => d !== axis);
  if (isFloating(target.dtype) || !sameShape(target.shape, samples)) throw targetError(op, input, target);
  if (target.dtype === "bool") {
    throw new DTypeError(`${op}: target must be uint8 or int32; got bool. Convert with target.cast("int32")`);
  }
  checkBatch(op, input, target.size, reduction);
  checkWeight(op, weight, input.shape[axis]!);
  const left = ignoreIndex ?? -100;
  const found = findIgnored(op, target, input.shape[axis]!, left);
  const fits = target.dtype !== "uint8" || (left >= 0 && left <= 255);
  const kept = fits && (found || ignoreIndex !== undefined) ? target.ne(left) : null;
  const picked = kept ? where(kept, target, 0) : target;
  const factor =
    weight && pickRows(weight.detach().cast(input.dtype), picked.flatten().cast("int32")).reshape(samples);
  const all = lossOf(picked, factor);
  const loss = kept ? where(kept, all, 0) : all;
  if (reduction === "none") return loss;
  const total = loss.sum();
  if (reduction === "sum") return total;
  if (factor && byFactor) return total.div((kept ? where(kept, factor, 0) : factor).sum());
  return kept ? total.div(kept.sum()) : total.mul(1 / target.size);
}

/** True where a class at hand is the ignored one; throws ShapeError where one at hand is no class. */
function findIgnored(op: string, target: Tensor, classes: number, ignored: number): boolean {
  const data = target.node.storage?.read() ?? [];
  let found = false;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === ignored) found = true;
    else if (value < 0 || value >= classes) {
      throw new ShapeError(
        `${op}: class ${value} at position ${placeOf(i, target)} is outside 0 … ${classes - 1} of ${classes} classes. ` +
          "Number the classes from 0, or mark what to leave out by ignoreIndex",
      );
    }
  }
  return found;
}

/** The index of the i-th element: a number for vectors, `[n, i, j]` for more axes. */
function placeOf(i: number, { shape }: Tensor): string {
  if (shape.length < 2) return String(i);
  const places: number[] = [];
  let rest = i;
  for (const size of [...shape].reverse()) {
    places.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return formatShape(places);
}

function checkWeight(op: string, weight: Tensor | null, classes: number): void {
  if (!weight || sameShape(weight.shape, [classes])) return;
  throw new ShapeError(
    `${op}: weight must have one factor for each of the ${classes} classes; got weight ${formatShape(weight.shape)}`,
  );
}

/** x with each class multiplied by its factor. */
function weighted(op: string, x: Tensor, axis: number, weight: Tensor | null): Tensor {
  checkWeight(op, weight, x.shape[axis]!);
  return weight ? x.mul(weight.detach().cast(x.dtype).reshape(alongAxis(x, axis))) : x;
}

/** The shape of a vector of classes that broadcasts to x. */
function alongAxis(x: Tensor, axis: number): number[] {
  return x.shape.map((size, d) => (d === axis ? size : 1));
}

/** True where a place along the axis is the sample's class. */
function hits(picked: Tensor, x: Tensor, axis: number): Tensor {
  return picked.unsqueeze(axis).eq(arange(x.shape[axis]!).reshape(alongAxis(x, axis)));
}

function targetError(op: string, logits: Tensor, target: Tensor): ShapeError {
  const indices = logits.shape.filter((_, d) => d !== (logits.rank === 1 ? 0 : 1));
  const fits = sizeOf(indices) === target.size && !isFloating(target.dtype);
  const way = fits ? `. Try target.reshape(${formatShape(indices)})` : "";
  const [name, others] =
    op === "crossEntropy"
      ? ["logits", ` or probabilities ${formatShape(logits.shape)}`]
      : [op === "softmaxFocalLoss" ? "logits" : "input", ""];
  return new ShapeError(
    `${op}: target must be class indices ${formatShape(indices)} (uint8 or int32)${others}; ` +
      `got ${name} ${formatShape(logits.shape)}, target ${target.dtype} ${formatShape(target.shape)}${way}`,
  );
}

/** What the checks try these functions with. */
export function classificationRecords(): OpRecord[] {
  const marks = () => arange(4).sub(arange(4).eq(1).mul(101)); // 0, −100, 2, 3
  const record = (name: string, calls: readonly ((x: Tensor, weight: Tensor) => Tensor)[]): OpRecord => ({
    name,
    differentiable: true,
    domain: [-3, 3],
    samples: calls.map((call) => ({ shapes: [[4, 5]], call: (x) => call(x!, arange(1, 6).mul(0.3)) })),
  });
  const crossEntropies = record("crossEntropy", [
    (x) => crossEntropy(x, arange(4)),
    (x) => crossEntropy(x, marks(), { ignoreIndex: -100 }),
    (x, weight) => crossEntropy(x, arange(4), { weight, labelSmoothing: 0.2, reduction: "none" }),
    (x, weight) => crossEntropy(x, marks(), { weight, ignoreIndex: -100 }),
  ]);
  const more: OpRecord["samples"] = [
    {
      shapes: [
        [3, 5],
        [3, 5],
      ],
      call: (x, y) => crossEntropy(x!, softmax(y!, 1), { reduction: "sum", labelSmoothing: 0.1 }),
    },
    { shapes: [[2, 3, 4]], call: (x) => crossEntropy(x!, oneHot(arange(2), 4).cast("int32")) },
  ];
  return [
    { ...crossEntropies, samples: [...crossEntropies.samples, ...more] },
    record("nllLoss", [
      (x) => nllLoss(logSoftmax(x, 1), arange(4)),
      (x, weight) => nllLoss(x, marks(), { weight, ignoreIndex: -100 }),
    ]),
    record("softmaxFocalLoss", [
      (x) => softmaxFocalLoss(x, arange(4)),
      (x, weight) => softmaxFocalLoss(x, marks(), { weight, ignoreIndex: -100, gamma: 0.5 }),
    ]),
    record("multiMarginLoss", [
      (x) => multiMarginLoss(x, arange(4), { reduction: "none" }),
      (x, weight) => multiMarginLoss(x, arange(4), { weight, p: 2, margin: 0.5 }),
    ]),
  ];
}
