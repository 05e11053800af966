// Adadelta.
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Adadelta. */
export interface AdadeltaOptions {
  /** Learning rate. Default 1. */
  lr: number;
  /** Decay of the two mean squares. Default 0.9. */
  rho: number;
  /** Keeps the roots from 0, and sets how large the first steps are. Default 1e-6. */
  eps: number;
  /** L2 penalty added to the gradient. Default 0. */
  weightDecay: number;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const defaults: AdadeltaOptions = { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false };

/**
 * Steps measured by earlier steps: `v ← ρv + (1 − ρ)g²`, `δ = g √(u + ε) / √(v + ε)`, `u ← ρu + (1 − ρ)δ²`, `θ ← θ − γδ`.
 * Source: Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
 */
export class Adadelta extends Optimizer<AdadeltaOptions> {
  constructor(params: Params<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: AdadeltaOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Adadelta", "rho", options.rho, 0, 1);
    checkRange("Adadelta", "eps", options.eps, 0);
    checkRange("Adadelta", "weightDecay", options.weightDecay, 0);
  }

  protected stateNames(): readonly string[] {
    return ["square", "squareOfSteps"];
  }

  protected update(p: Tensor, gradient: Tensor, state: State, options: AdadeltaOptions): Update {
    const { lr, rho, eps, weightDecay, maximize } = options;
    let g = maximize ? gradient.neg() : gradient;
    if (weightDecay !== 0) g = g.add(p.mul(weightDecay));
    const square = state.square!.mul(rho).add(g.square().mul(1 - rho));
    const step = state.squareOfSteps!.add(eps).sqrt().div(square.add(eps).sqrt()).mul(g);
    const squareOfSteps = state.squareOfSteps!.mul(rho).add(step.square().mul(1 - rho));
    return { parameter: p.sub(step.mul(lr)), state: { square, squareOfSteps } };
  }
}
