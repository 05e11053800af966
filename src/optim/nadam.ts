// NAdam.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of NAdam. */
export interface NAdamOptions {
  /** Learning rate. Default 2e-3. */
  lr: number;
  /** Decay of the means of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the denominator from 0. Default 1e-8. */
  eps: number;
  /** L2 penalty added to the gradient, or decay of the weights themselves where it is decoupled. Default 0. */
  weightDecay: number;
  /** How fast the momentum rises to β₁. Default 4e-3. */
  momentumDecay: number;
  /** Takes the weight decay from the weights directly, as AdamW does. Default false. */
  decoupledWeightDecay: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: NAdamOptions = {
  lr: 2e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  momentumDecay: 4e-3,
  decoupledWeightDecay: false,
  maximize: false,
};

/**
 * Adam that looks ahead along its momentum, as Nesterov's does. With `μₜ = β₁ (1 − ½ · 0.96^(tψ))` and `Πₜ = μ₁ ⋯ μₜ`:
 * `θ ← θ − γ ((1 − μₜ) / (1 − Πₜ) · g + μₜ₊₁ / (1 − Πₜ₊₁) · m) / (√v̂ + ε)`.
 * Source: Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop.
 */
export class NAdam extends Optimizer<NAdamOptions> {
  /** By group: the step it was last asked for, and `Πₜ` there. */
  readonly #products = new WeakMap<NAdamOptions, { t: number; product: number }>();

  constructor(params: Params<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: NAdamOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("NAdam", "betas[0]", options.betas[0], 0, 1);
    checkRange("NAdam", "betas[1]", options.betas[1], 0, 1);
    checkRange("NAdam", "eps", options.eps, 0);
    checkRange("NAdam", "weightDecay", options.weightDecay, 0);
    checkRange("NAdam", "momentumDecay", options.momentumDecay, 0);
  }

  protected stateNames(): readonly string[] {
    return ["mean", "square"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: NAdamOptions, t: number): Update {
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
    const denominator = square
      .mul(1 / (1 - beta2 ** t))
      .sqrt()
      .add(eps);
    const product = this.#product(options, t);
    const next = momentumAt(options, t + 1);
    const ofGradient = (lr * (1 - momentumAt(options, t))) / (1 - product);
    const ofMean = (lr * next) / (1 - product * next);
    const parameter = from.sub(g.mul(ofGradient).add(mean.mul(ofMean)).div(denominator));
    return { parameter, state: { mean, square } };
  }

  /** `Πₜ`: carried on from step to step, and after a resumption made anew with the options as they are. */
  #product(options: NAdamOptions, t: number): number {
    let known = this.#products.get(options);
    if (!known || known.t > t) known = { t: 0, product: 1 };
    for (let step = known.t + 1; step <= t; step++) {
      known = { t: step, product: known.product * momentumAt(options, step) };
    }
    this.#products.set(options, known);
    return known.product;
  }
}

/** `μₜ`. */
function momentumAt({ betas, momentumDecay }: NAdamOptions, t: number): number {
  return betas[0] * (1 - 0.5 * 0.96 ** (t * momentumDecay));
}
