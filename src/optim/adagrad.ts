// Adagrad.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Adagrad. */
export interface AdagradOptions {
  /** Learning rate. Default 1e-2. */
  lr: number;
  /** How fast the rate falls on its own: `γ / (1 + (t − 1) lrDecay)`. Default 0. */
  lrDecay: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay: number;
  /** What the sums of squares start at. Default 0. */
  initialAccumulatorValue: number;
  /** Keeps the denominator from 0. Default 1e-10. */
  eps: number;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: AdagradOptions = {
  lr: 1e-2,
  lrDecay: 0,
  weightDecay: 0,
  initialAccumulatorValue: 0,
  eps: 1e-10,
  maximize: false,
};

/**
 * A rate of its own for each weight, which falls with the gradients it has seen: `s ← s + g²`, `θ ← θ − γ g / (√s + ε)`.
 * Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization", JMLR 2011.
 */
export class Adagrad extends Optimizer<AdagradOptions> {
  constructor(params: Params<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: AdagradOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Adagrad", "lrDecay", options.lrDecay, 0);
    checkRange("Adagrad", "weightDecay", options.weightDecay, 0);
    checkRange("Adagrad", "initialAccumulatorValue", options.initialAccumulatorValue, 0);
    checkRange("Adagrad", "eps", options.eps, 0);
  }

  protected stateNames(): readonly string[] {
    return ["sum"];
  }

  protected override initialValue({ initialAccumulatorValue }: AdagradOptions): number {
    return initialAccumulatorValue;
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: AdagradOptions, t: number): Update {
    const { lr, lrDecay, weightDecay, eps, maximize } = options;
    let g = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) g = g.add(p.mul(weightDecay));
    const sum = state.sum!.add(g.square());
    const rate = lr / (1 + (t - 1) * lrDecay);
    return { parameter: p.sub(g.div(sum.sqrt().add(eps)).mul(rate)), state: { sum } };
  }
}
