// Adamax.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Adamax. */
export interface AdamaxOptions {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** Decay of the gradient's mean and of its largest size. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the denominator from 0. Default 1e-8. */
  eps: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay: number;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: AdamaxOptions = { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false };

/**
 * Adam with the largest gradient instead of the mean square: `m ← β₁m + (1 − β₁)g`, `u ← max(β₂u, |g| + ε)`,
 * `θ ← θ − γ / (1 − β₁ᵗ) · m / u`.
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.
 */
export class Adamax extends Optimizer<AdamaxOptions> {
  constructor(params: Params<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: AdamaxOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Adamax", "betas[0]", options.betas[0], 0, 1);
    checkRange("Adamax", "betas[1]", options.betas[1], 0, 1);
    checkRange("Adamax", "eps", options.eps, 0);
    checkRange("Adamax", "weightDecay", options.weightDecay, 0);
  }

  protected stateNames(): readonly string[] {
    return ["mean", "largest"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: AdamaxOptions, t: number): Update {
    const { lr, betas, eps, weightDecay, maximize } = options;
    const [beta1, beta2] = betas;
    let g = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) g = g.add(p.mul(weightDecay));
    const mean = state.mean!.mul(beta1).add(g.mul(1 - beta1));
    const largest = state.largest!.mul(beta2).maximum(g.abs().add(eps));
    return { parameter: p.sub(mean.div(largest).mul(lr / (1 - beta1 ** t))), state: { mean, largest } };
  }
}
