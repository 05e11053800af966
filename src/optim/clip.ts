// Bounds on gradients between `backward()` and `step()`; they run in the step's own program.
import { OptionError } from "../base/errors.ts";
import { full } from "../ops/factory.ts";
import { noGrad } from "../tensor/gradmode.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Scales all gradients by `min(1, maxNorm / (norm + 1e-6))`, where the norm is that of all of them as one vector:
 * `(Σ |g|^p)^(1/p)` with p = `normType` (Infinity: the largest |g|). Gives the norm from before, a scalar that can be read after the step.
 * Throws OptionError for a negative maxNorm and for a normType of 0 or less.
 * Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
 */
export function clipGradNorm(
  parameters: Iterable<Tensor>,
  maxNorm: number,
  { normType = 2 }: { normType?: number } = {},
): Tensor {
  if (!(maxNorm >= 0)) throw new OptionError(`clipGradNorm: maxNorm must be at least 0; got ${maxNorm}`);
  if (!(normType > 0)) throw new OptionError(`clipGradNorm: normType must be above 0; got ${normType}`);
  const owners = withGradients(parameters);
  return noGrad(() => {
    const norm = normOf(
      owners.map((p) => p.grad!),
      normType,
    ).retain();
    const factor = norm.add(1e-6).reciprocal().mul(maxNorm).minimum(1);
    for (const p of owners) p.grad = p.grad!.mul(factor);
    return norm;
  });
}

/** Brings every element of every gradient into [−value, value]. Throws OptionError for a negative value. */
export function clipGradValue(parameters: Iterable<Tensor>, value: number): void {
  if (!(value >= 0)) throw new OptionError(`clipGradValue: value must be at least 0; got ${value}`);
  noGrad(() => {
    for (const p of withGradients(parameters)) p.grad = p.grad!.clamp(-value, value);
  });
}

function withGradients(parameters: Iterable<Tensor>): Tensor[] {
  return [...parameters].filter((p) => p.grad !== null);
}

function normOf(gradients: readonly Tensor[], p: number): Tensor {
  if (gradients.length === 0) return full([], 0);
  if (p === Number.POSITIVE_INFINITY) {
    return gradients.map((g) => g.abs().amax()).reduce((a, b) => a.maximum(b));
  }
  const powers = gradients.map((g) => (p === 2 ? g.square() : p === 1 ? g.abs() : g.abs().pow(p)).sum());
  const total = powers.reduce((a, b) => a.add(b));
  return p === 1 ? total : p === 2 ? total.sqrt() : total.pow(1 / p);
}
