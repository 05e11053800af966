// How losses are drawn together over a batch, and what all of them do with their inputs.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape, sameShape } from "../../base/shape.ts";
import { keepWith } from "../../graph/engine.ts";
import type { Operand } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";

/** How a loss is drawn together over the batch. */
export type LossReduction = "none" | "mean" | "sum";

/** What every loss can be told. */
export interface LossOptions {
  /** `"none"` keeps the losses apart. Default "mean". */
  reduction?: LossReduction;
}

/** A loss's input is what people read after a step (for the accuracy); keep it where that costs little. */
export function retainSmall(input: Tensor): void {
  if (input.requiresGrad) keepWith(input.node, input.node);
}

/** Throws ShapeError where input and target differ in shape; a number as target suits all. */
export function checkPair(op: string, input: Tensor, target: Operand, names = ["input", "target"]): void {
  if (typeof target === "number" || sameShape(input.shape, target.shape)) return;
  const fits = input.size === target.size;
  const way = fits ? `. Try ${names[1]}.reshape(${formatShape(input.shape)})` : "";
  throw new ShapeError(
    `${op}: ${names[0]} ${formatShape(input.shape)} and ${names[1]} ${formatShape(target.shape)} must have one shape; broadcasting them would hide a mistake${way}`,
  );
}

/** Throws ShapeError where a mean is asked for and there is nothing to average. */
export function checkBatch(op: string, input: Tensor, losses: number, reduction: string): void {
  if (losses > 0 || (reduction !== "mean" && reduction !== "batchmean")) return;
  throw new ShapeError(
    `${op}: the mean over an empty batch is not defined; got input ${formatShape(input.shape)}. ` +
      'Skip empty batches, or use reduction "sum", which gives 0',
  );
}

/** Throws OptionError where the reduction is none of those known. */
export function checkReduction(op: string, reduction: string, known = ["none", "mean", "sum"]): void {
  if (known.includes(reduction)) return;
  const list = `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`;
  throw new OptionError(`${op}: reduction must be ${list}; got ${String(reduction)}`);
}

/** The losses of a batch of `input` drawn together; throws OptionError for an unknown reduction and ShapeError for the mean of nothing. */
export function reduceLoss(op: string, loss: Tensor, reduction: LossReduction, input: Tensor = loss): Tensor {
  checkReduction(op, reduction);
  checkBatch(op, input, loss.size, reduction);
  if (reduction === "none") return loss;
  return reduction === "sum" ? loss.sum() : loss.mean();
}
