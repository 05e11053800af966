// RAdam.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of RAdam. */
export interface RAdamOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Decay of the means of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the denominator from 0. Default 1e-8. */
  eps: number;
  /** L2 penalty added to the gradient, or decay of the weights themselves where it is decoupled. Default 0. */
  weightDecay: number;
  /** Takes the weight decay from the weights directly, as AdamW does. Default false. */
  decoupledWeightDecay: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: RAdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  decoupledWeightDecay: false,
  maximize: false,
};

/**
 * Adam that waits for its mean square to be trusted. With `ρ∞ = 2 / (1 − β₂) − 1` and `ρₜ = ρ∞ − 2tβ₂ᵗ / (1 − β₂ᵗ)`: while `ρₜ ≤ 5`
 * `θ ← θ − γm̂`, later `θ ← θ − γ r m̂ √(1 − β₂ᵗ) / (√v + ε)` with `r = √((ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ))`.
 * Source: Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020.
 */
export class RAdam extends Optimizer<RAdamOptions> {
  constructor(params: Params<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: RAdamOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("RAdam", "betas[0]", options.betas[0], 0, 1);
    checkRange("RAdam", "betas[1]", options.betas[1], 0, 1);
    checkRange("RAdam", "eps", options.eps, 0);
    checkRange("RAdam", "weightDecay", options.weightDecay, 0);
  }

  protected stateNames(): readonly string[] {
    return ["mean", "square"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: RAdamOptions, t: number): Update {
    const { lr, betas, eps, weightDecay, decoupledWeightDecay, maximize } = options;
    const [beta1, beta2] = betas;
    let g = maximize ? gradient.neg() : gradient;
    let from = p;
    if (weightDecay !== 0) {
      if (decoupledWeightDecay) from = p.mul(1 - lr * weightDecay);
      else g = g.add(p.mul(weightDecay));
    }
    const mean = state.mean!.mul(beta1).add(g.mul(1 - beta1));
    const square = state.square!.mul(beta2).add(g.square().mul(1 - beta2));
    const next = { mean, square };
    const rate = lr / (1 - beta1 ** t);
    const correction = 1 - beta2 ** t;
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * t * beta2 ** t) / correction;
    if (length <= 5) return { parameter: from.sub(mean.mul(rate)), state: next };
    const rectified = Math.sqrt(
      ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
    );
    const step = mean.div(square.sqrt().add(eps)).mul(rate * rectified * Math.sqrt(correction));
    return { parameter: from.sub(step), state: next };
  }
}
