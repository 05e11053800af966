// Stochastic gradient descent with momentum.

import { OptionError } from "../base/errors.ts";
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of SGD. */
export interface SGDOptions {
  /** Learning rate. */
  lr: number;
  /** Share of the last step's direction that is kept. Default 0. */
  momentum: number;
  /** Share of the gradient that is left out of the momentum from the second step on. Default 0. */
  dampening: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay: number;
  /** Looks ahead along the momentum. Default false. */
  nesterov: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: SGDOptions = {
  lr: 1e-3,
  momentum: 0,
  dampening: 0,
  weightDecay: 0,
  nesterov: false,
  maximize: false,
};

/**
 * Gradient descent: `g ← ∇ + λθ`, `v ← μv + (1 − τ)g`, `θ ← θ − γv`; with `nesterov` `θ ← θ − γ(g + μv)`.
 * The batch's size makes it batch, mini-batch or stochastic descent. Default lr 1e-3.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013.
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: SGDOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("SGD", "momentum", options.momentum, 0);
    checkRange("SGD", "weightDecay", options.weightDecay, 0);
    if (options.nesterov && (options.momentum === 0 || options.dampening !== 0)) {
      throw new OptionError("SGD: nesterov needs a momentum above 0 and no dampening");
    }
  }

  protected stateNames({ momentum }: SGDOptions): readonly string[] {
    return momentum === 0 ? [] : ["velocity"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: SGDOptions, t: number): Update {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
    let g = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) g = g.add(p.mul(weightDecay));
    if (momentum === 0) return { parameter: p.sub(g.mul(lr)), state: {} };
    // The first step takes the gradient whole, as PyTorch does.
    const velocity = state.velocity!.mul(momentum).add(t === 1 ? g.mul(1) : g.mul(1 - dampening));
    const direction = nesterov ? g.add(velocity.mul(momentum)) : velocity;
    return { parameter: p.sub(direction.mul(lr)), state: { velocity } };
  }
}
