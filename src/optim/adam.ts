// Adam and AdamW.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Adam and AdamW. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Decay of the means of the gradient and of its square. Default [0.9, 0.999]. */
  betas: readonly [number, number];
  /** Keeps the denominator from 0. Default 1e-8. */
  eps: number;
  /** Adam: L2 penalty added to the gradient, default 0. AdamW: decay of the weights themselves, default 1e-2. */
  weightDecay: number;
  /** Divides by the largest mean square so far. Default false. */
  amsgrad: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: AdamOptions = {
  lr: 1e-3,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weightDecay: 0,
  amsgrad: false,
  maximize: false,
};

/**
 * `m ← β₁m + (1 − β₁)g`, `v ← β₂v + (1 − β₂)g²`, `θ ← θ − γ m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)`.
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015.
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: AdamOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Adam", "betas[0]", options.betas[0], 0, 1);
    checkRange("Adam", "betas[1]", options.betas[1], 0, 1);
    checkRange("Adam", "eps", options.eps, 0);
    checkRange("Adam", "weightDecay", options.weightDecay, 0);
  }

  protected stateNames({ amsgrad }: AdamOptions): readonly string[] {
    return amsgrad ? ["mean", "square", "largest"] : ["mean", "square"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: AdamOptions, t: number): Update {
    const g = options.maximize ? gradient.neg() : gradient;
    return adam(p, options.weightDecay === 0 ? g : g.add(p.mul(options.weightDecay)), state, options, t);
  }
}

/**
 * Adam with weight decay taken from the weights directly: `θ ← θ − γλθ` before Adam's step.
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019.
 */
export class AdamW extends Adam {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { weightDecay: 1e-2, ...options });
  }

  protected override update(
    p: Tensor,
    gradient: Tensor,
    state: State,
    options: AdamOptions,
    t: number,
  ): Update {
    const g = options.maximize ? gradient.neg() : gradient;
    return adam(p.mul(1 - options.lr * options.weightDecay), g, state, options, t);
  }
}

function adam(
  p: Tensor,
  g: Tensor,
  state: State,
  { lr, betas, eps, amsgrad }: AdamOptions,
  t: number,
): Update {
  const [beta1, beta2] = betas;
  const mean = state.mean!.mul(beta1).add(g.mul(1 - beta1));
  const square = state.square!.mul(beta2).add(g.square().mul(1 - beta2));
  const largest = amsgrad ? state.largest!.maximum(square) : null;
  const correction = Math.sqrt(1 - beta2 ** t);
  const denominator = (largest ?? square)
    .sqrt()
    .mul(1 / correction)
    .add(eps);
  const parameter = p.sub(mean.div(denominator).mul(lr / (1 - beta1 ** t)));
  return { parameter, state: largest ? { mean, square, largest } : { mean, square } };
}
