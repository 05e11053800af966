// Muon.
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import type { Parameter } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { checkRange, Optimizer, type Params, type State, type Update } from "./optimizer.ts";

/** Options of Muon. */
export interface MuonOptions {
  /** Learning rate. Default 1e-3. */
  lr: number;
  /** Decay of the weights themselves. Default 0.1. */
  weightDecay: number;
  /** Decay of the gradient's mean. Default 0.95. */
  momentum: number;
  /** Looks ahead along the momentum. Default true. */
  nesterov: boolean;
  /** Coefficients of the iteration `X ← aX + (bA + cA²)X`, `A = XXᵀ`. Default [3.4445, −4.775, 2.0315]. */
  nsCoefficients: readonly [number, number, number];
  /** Least norm that a gradient is divided by. Default 1e-7. */
  eps: number;
  /** Number of iterations. Default 5. */
  nsSteps: number;
  /**
   * How the rate follows a matrix's shape `[a, b]`: "original" `γ √max(1, a/b)`; "match_rms_adamw" `0.2 γ √max(a, b)`, with which rates
   * and decays are those that suit AdamW. Default "original".
   */
  adjustLrFn: "original" | "match_rms_adamw";
}

const defaults: MuonOptions = {
  lr: 1e-3,
  weightDecay: 0.1,
  momentum: 0.95,
  nesterov: true,
  nsCoefficients: [3.4445, -4.775, 2.0315],
  eps: 1e-7,
  nsSteps: 5,
  adjustLrFn: "original",
};

/**
 * Momentum whose step for a matrix has all its singular values brought near 1: `m ← μm + (1 − μ)g`, `u = (1 − μ)g + μm` with
 * `nesterov`, else `m`; `θ ← (1 − γλ)θ − γ′ O(u)`. `O` divides by the norm and then iterates (Newton and Schulz).
 *
 * For weights: matrices, and convolutions' weights `[out, in, ...kernel]`, which are read as matrices `[out, in · kernel]`
 * (PyTorch's takes matrices alone). Others need another optimizer beside it; see Combined. The iteration runs in the parameters' own
 * dtype, where PyTorch rounds it to bfloat16.
 * Source: Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; match_rms_adamw: Liu et al.,
 * "Muon is scalable for LLM training", 2025.
 */
export class Muon extends Optimizer<MuonOptions> {
  constructor(params: Params<MuonOptions>, options: Partial<MuonOptions> = {}) {
    super(params, defaults, options);
  }

  protected override check(options: MuonOptions, params: readonly Parameter[]): void {
    super.check(options, params);
    checkRange("Muon", "weightDecay", options.weightDecay, 0);
    checkRange("Muon", "momentum", options.momentum, 0, 1);
    checkRange("Muon", "eps", options.eps, 0);
    if (!(Number.isInteger(options.nsSteps) && options.nsSteps >= 1 && options.nsSteps < 100)) {
      throw new OptionError(`Muon: nsSteps must be a whole number in 1 … 99; got ${options.nsSteps}`);
    }
    if (!["original", "match_rms_adamw"].includes(options.adjustLrFn)) {
      throw new OptionError(
        `Muon: adjustLrFn must be "original" or "match_rms_adamw"; got "${options.adjustLrFn}"`,
      );
    }
    for (const p of params) {
      if (p.rank >= 2) continue;
      throw new ShapeError(
        `Muon: updates matrices and convolutions' weights; got a parameter ${formatShape(p.shape)}. Give such ones to another optimizer: ` +
          "new optim.Combined([new optim.Muon(weights), new optim.AdamW(others)]), told apart by p.rank >= 2",
      );
    }
  }

  protected override get elementwise(): boolean {
    return false;
  }

  protected stateNames(): readonly string[] {
    return ["mean"];
  }

  protected update(p: Tensor, g: Tensor, state: State, options: MuonOptions): Update {
    const { lr, weightDecay, momentum, nesterov, adjustLrFn } = options;
    const mean = state.mean!.mul(momentum).add(g.mul(1 - momentum));
    const direction = nesterov ? g.mul(1 - momentum).add(mean.mul(momentum)) : mean;
    const step = orthogonalized(direction.flatten(1), options).reshape(p.shape);
    const rows = p.shape[0]!;
    const columns = p.size / rows;
    const adjusted =
      adjustLrFn === "original"
        ? lr * Math.sqrt(Math.max(1, rows / columns))
        : 0.2 * lr * Math.sqrt(Math.max(rows, columns));
    return { parameter: p.mul(1 - lr * weightDecay).sub(step.mul(adjusted)), state: { mean } };
  }
}

/** A matrix of the same singular vectors whose singular values lie near 1. */
function orthogonalized(matrix: Tensor, { nsCoefficients, eps, nsSteps }: MuonOptions): Tensor {
  const [a, b, c] = nsCoefficients;
  const [rows, columns] = matrix.shape as [number, number];
  // Its products are squares of the shorter side.
  const isTall = rows > columns;
  let x = isTall ? matrix.t() : matrix;
  x = x.div(x.square().sum().sqrt().maximum(eps)); // no singular value is above the Frobenius norm
  for (let i = 0; i < nsSteps; i++) {
    const gram = x.matmul(x.t()); // [shorter, shorter]
    const polynomial = gram.mul(b).add(gram.matmul(gram).mul(c));
    x = x.mul(a).add(polynomial.matmul(x));
  }
  return isTall ? x.t() : x;
}
