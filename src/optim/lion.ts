// Lion.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Lion. */
export interface LionOptions {
  /** Learning rate; a third to a tenth of what suits AdamW. Default 1e-4. */
  lr: number;
  /** Share of the mean in a step's direction, and the mean's own decay. Default [0.9, 0.99]. */
  betas: readonly [number, number];
  /** Decay of the weights themselves; three to ten times what suits AdamW. Default 0. */
  weightDecay: number;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: LionOptions = { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false };

/**
 * Every weight moves by the same amount, the mean gradient says which way alone:
 * `θ ← θ − γ (sign(β₁m + (1 − β₁)g) + λθ)`, then `m ← β₂m + (1 − β₂)g`.
 * Source: Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023.
 */
export class Lion extends Optimizer<LionOptions> {
  constructor(params: Params<LionOptions>, options: Partial<LionOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: LionOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Lion", "betas[0]", options.betas[0], 0, 1);
    checkRange("Lion", "betas[1]", options.betas[1], 0, 1);
    checkRange("Lion", "weightDecay", options.weightDecay, 0);
  }

  protected stateNames(): readonly string[] {
    return ["mean"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: LionOptions): Update {
    const { lr, betas, weightDecay, maximize } = options;
    const [beta1, beta2] = betas;
    const g = maximize ? gradient.neg() : gradient;
    const direction = state
      .mean!.mul(beta1)
      .add(g.mul(1 - beta1))
      .sign();
    const mean = state.mean!.mul(beta2).add(g.mul(1 - beta2));
    return { parameter: p.mul(1 - lr * weightDecay).sub(direction.mul(lr)), state: { mean } };
  }
}
