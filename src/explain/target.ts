// The class whose score is explained: which it is for each sample, its score, and the score's gradient.
import { grad } from "../autograd/backward.ts";
import { DTypeError, OptionError, ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation } from "../nn/module/watch.ts";
import { oneHot } from "../ops/indexing.ts";
import { Tensor } from "../tensor/tensor.ts";

/** Index of a class, or one for each sample. */
export type Target = number | readonly number[];

/** What was explained: for each sample the class, and its score. */
export interface Explained {
  /** The class of each sample: `target`, or the likeliest. */
  readonly targets: readonly number[];
  /** The model's output for that class, as it is: the logit, unless the model ends in a softmax. */
  readonly scores: readonly number[];
}

/** Throws ShapeError or DTypeError where x is no batch of floating samples. */
export function checkSamples(op: string, x: Tensor): void {
  if (x.dtype !== "float32" && x.dtype !== "float64") {
    throw new DTypeError(
      `${op}: gradients need a floating input; got ${x.dtype} ${formatShape(x.shape)}. Prepare it as for training: x.cast("float32")`,
    );
  }
  if (x.rank < 2 || x.size === 0) {
    throw new ShapeError(
      `${op}: the input is a batch of samples, [N, C, H, W] for pictures; got ${formatShape(x.shape)}. A single one: x.unsqueeze(0)`,
    );
  }
}

/** Throws ShapeError where x is no batch of pictures. */
export function checkPictures(op: string, x: Tensor): void {
  if (x.rank === 4 && x.size > 0) return;
  throw new ShapeError(
    `${op}: the input is a batch of pictures [N, C, H, W]; got ${formatShape(x.shape)}. A single one: x.unsqueeze(0)`,
  );
}

/** The target class of each row of `outputs` `[N, classes]`. Throws ShapeError for other outputs, OptionError for a class that there is not. */
export function targetsOf(op: string, outputs: Tensor, target: Target | undefined): number[] {
  const [samples, classes] = outputs.shape;
  if (outputs.rank !== 2 || !classes) {
    throw new ShapeError(
      `${op}: the model must give scores [N, classes]; it gives ${formatShape(outputs.shape)}`,
    );
  }
  // Realised with what the gradient will need, so that nothing is computed twice.
  if (target === undefined) return Array.from(outputs.realize().detach().argmax(1).dataSync());
  const targets = typeof target === "number" ? new Array<number>(samples!).fill(target) : [...target];
  if (targets.length !== samples) {
    throw new OptionError(
      `${op}: target has ${targets.length} classes for ${samples} samples; give one for each`,
    );
  }
  for (const index of targets) {
    if (!Number.isInteger(index) || index < 0 || index >= classes) {
      throw new OptionError(`${op}: target must be a class from 0 to ${classes - 1}; got ${index}`);
    }
  }
  return targets;
}

/** The scores of the targets, `[N]`. */
export function scoresOf(outputs: Tensor, targets: readonly number[]): Tensor {
  const chosen = oneHot(Tensor.fromArray(Int32Array.from(targets)), outputs.shape[1]!).cast(outputs.dtype);
  return outputs.mul(chosen).sum(1);
}

/** ∂score/∂x for each sample, and what was explained. `x` has no gradient of its own afterwards, and neither have the parameters. */
export function inputGradient(
  op: string,
  model: Module,
  x: Tensor,
  target: Target | undefined,
): Explained & { readonly gradient: Tensor } {
  const leaf = x.detach();
  leaf.requiresGrad = true;
  const outputs = inEvaluation(model, () => model.forward(leaf));
  return scoreGradient(op, outputs, leaf, target);
}

/** The gradient of the target's scores with respect to a tensor that they were computed from. Samples do not depend on each other in evaluation mode. */
export function scoreGradient(
  op: string,
  outputs: Tensor,
  from: Tensor,
  target: Target | undefined,
): Explained & { readonly gradient: Tensor } {
  const targets = targetsOf(op, outputs, target);
  const scores = scoresOf(outputs, targets).retain();
  if (!scores.requiresGrad) {
    throw new OptionError(
      `${op}: the model's output does not depend on what is explained; is it cut off by detach()?`,
    );
  }
  const [gradient] = grad(scores.sum(), [from]);
  gradient!.realize();
  return { targets, scores: Array.from(scores.dataSync()), gradient: gradient!.detach() };
}
