// RMSprop.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of RMSprop. */
export interface RMSpropOptions {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** Decay of the mean square. Default 0.99. */
  alpha: number;
  /** Keeps the denominator from 0. Default 1e-8. */
  eps: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay: number;
  /** Share of the last step's direction that is kept. Default 0. */
  momentum: number;
  /** Divides by the gradient's deviation instead of its root mean square. Default false. */
  centered: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: RMSpropOptions = {
  lr: 1e-2,
  alpha: 0.99,
  eps: 1e-8,
  weightDecay: 0,
  momentum: 0,
  centered: false,
  maximize: false,
};

/**
 * Adagrad that forgets: `s ← αs + (1 − α)g²`, `θ ← θ − γ g / (√s + ε)`. With `momentum` `b ← μb + g / (√s + ε)`, `θ ← θ − γb`; with
 * `centered` `m ← αm + (1 − α)g` and `√(s − m²)` in place of `√s`.
 * Source: Hinton, "Neural networks for machine learning", lecture 6, 2012; centered: Graves, "Generating sequences with
 * recurrent neural networks", 2013.
 */
export class RMSprop extends Optimizer<RMSpropOptions> {
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: RMSpropOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("RMSprop", "alpha", options.alpha, 0, 1);
    checkRange("RMSprop", "eps", options.eps, 0);
    checkRange("RMSprop", "weightDecay", options.weightDecay, 0);
    checkRange("RMSprop", "momentum", options.momentum, 0);
  }

  protected stateNames({ centered, momentum }: RMSpropOptions): readonly string[] {
    return ["square", ...(centered ? ["mean"] : []), ...(momentum > 0 ? ["velocity"] : [])];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: RMSpropOptions): Update {
    const { lr, alpha, eps, weightDecay, momentum, centered, maximize } = options;
    let g = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) g = g.add(p.mul(weightDecay));
    const next: Record<string, Tensor> = { square: state.square!.mul(alpha).add(g.square().mul(1 - alpha)) };
    let variance = next.square!;
    if (centered) {
      next.mean = state.mean!.mul(alpha).add(g.mul(1 - alpha));
      // Rounding can take it below 0 where gradients hardly change; a root would be NaN there.
      variance = variance.sub(next.mean.square()).maximum(0);
    }
    let step = g.div(variance.sqrt().add(eps));
    if (momentum > 0) {
      step = state.velocity!.mul(momentum).add(step);
      next.velocity = step;
    }
    return { parameter: p.sub(step.mul(lr)), state: next };
  }
}
