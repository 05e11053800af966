// How much of a score each element of the input accounts for, by the gradients on the way there from a baseline.
import { allocate } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { formatShape, sameShape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation } from "../nn/module/watch.ts";
import { full } from "../ops/factory.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkSamples, type Explained, inputGradient, scoresOf, type Target, targetsOf } from "./target.ts";

/** Options of `integratedGradients`. */
export interface IntegratedGradientsOptions {
  /** The class that is explained, or one for each sample. Default: the likeliest. */
  target?: Target;
  /** Where the way begins: what counts as nothing, one number for all elements or a tensor of one sample's shape. Default 0. */
  baseline?: number | Tensor;
  /** Places on the way at which the gradient is taken. Default 32. */
  steps?: number;
}

/** What `integratedGradients` found. */
export interface IntegratedGradients extends Explained {
  /** Sum of the attributions of the channels, `[N, H, W]`; of inputs that are no pictures the attributions themselves. With a sign: below 0 speaks against the class. */
  readonly map: Tensor;
  /** What each element adds to the score, of the input's shape. */
  readonly attributions: Tensor;
  /** The scores at the baseline. */
  readonly baselineScores: readonly number[];
  /** What the attributions' sum is above `score − baselineScore` for each sample: the error of having taken so few steps. */
  readonly gaps: readonly number[];
}

/** Samples that go through the model at once, about. */
const most = 32;

/**
 * Integrated gradients: `(x − x′) · 1/m · Σ_k ∂S/∂x (x′ + (k − ½)/m · (x − x′))` for k = 1 … m, the midpoint rule for the integral over the straight way
 * from the baseline x′ to x. The attributions of all elements add up to `S(x) − S(x′)` (completeness), but for `gaps`, which go
 * to 0 as the steps grow. What is as in the baseline gets nothing, so a black baseline can say nothing of black pixels.
 * Shapes: input `[N, C, H, W]`, map `[N, H, W]`; other inputs `[N, …]` give maps of their own shape. Memory is bounded: about 32 samples at a time.
 * Throws as `saliency` does, and OptionError for a baseline of another shape.
 * Source: Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", ICML 2017.
 */
export function integratedGradients(
  model: Module,
  input: Tensor,
  options: IntegratedGradientsOptions = {},
): IntegratedGradients {
  const op = "integratedGradients";
  checkOptions(op, options, ["target", "baseline", "steps"]);
  checkSamples(op, input);
  const { steps = 32 } = options;
  checkNumber(op, "steps", steps, "a whole number of at least 1", (n) => Number.isInteger(n) && n >= 1);
  const x = input.detach();
  const start = baselineOf(op, x, options.baseline ?? 0); // [1, …]
  const samples = x.shape[0]!;
  const { targets, scores, baselineScores } = noGrad(() => {
    const outputs = inEvaluation(model, () => model.forward(x));
    const targets = targetsOf(op, outputs, options.target);
    const before = inEvaluation(model, () => model.forward(start.expand(x.shape)));
    const [scores, baselineScores] = [scoresOf(outputs, targets), scoresOf(before, targets)];
    return { targets, scores: [...scores.dataSync()], baselineScores: [...baselineScores.dataSync()] };
  });
  const way = x.sub(start);
  const total = new Float64Array(x.size);
  const atOnce = Math.max(1, Math.min(steps, Math.floor(most / samples)));
  for (let first = 0; first < steps; first += atOnce) {
    const shares = Array.from(
      { length: Math.min(atOnce, steps - first) },
      (_, k) => (first + k + 0.5) / steps,
    );
    const along = Tensor.fromArray(Float32Array.from(shares), [shares.length, ...x.shape.map(() => 1)]).cast(
      x.dtype,
    );
    const places = start.unsqueeze(0).add(way.unsqueeze(0).mul(along)); // [shares, N, …]
    const batch = places.reshape([shares.length * samples, ...x.shape.slice(1)]).realize();
    const { gradient } = inputGradient(
      op,
      model,
      batch,
      shares.flatMap(() => targets),
    );
    const found = gradient.dataSync();
    for (let i = 0; i < found.length; i++) total[i % total.length]! += found[i]! / steps;
  }
  const mean = allocate(x.dtype, total.length);
  mean.set(total);
  const attributions = way.mul(Tensor.fromArray(mean, x.shape)).realize();
  const sums = attributions
    .reshape([samples, x.size / samples])
    .sum(1)
    .dataSync();
  return {
    ...{ targets, scores, baselineScores, attributions },
    map: attributions.rank === 4 ? attributions.sum(1).realize() : attributions,
    gaps: scores.map((score, n) => sums[n]! - (score - baselineScores[n]!)),
  };
}

/** The baseline as a sample of its own, `[1, …]`. */
function baselineOf(op: string, x: Tensor, baseline: number | Tensor): Tensor {
  const sample = x.shape.slice(1);
  if (typeof baseline === "number") {
    checkNumber(op, "baseline", baseline, "a finite number, or a tensor of one sample");
    return full([1, ...sample], baseline, { dtype: x.dtype });
  }
  if (sameShape(baseline.shape, sample)) return baseline.detach().cast(x.dtype).unsqueeze(0);
  throw new OptionError(
    `${op}: baseline must be a number or a tensor of one sample's shape ${formatShape(sample)}; got ${formatShape(baseline.shape)}`,
  );
}
