// Instance normalisation: each channel of each sample by itself, with running statistics where they are wanted.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { ones, zeros } from "../../ops/factory.ts";
import { batchNorm } from "../../ops/norm.ts";
import { instanceNorm } from "../../ops/ownNorm.ts";
import { moments } from "../../ops/reduce.ts";
import { noGrad } from "../../tensor/gradmode.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  type Buffer,
  buffer,
  checkCount,
  checkInput,
  Module,
  type Parameter,
  parameter,
  within,
} from "../module/module.ts";

/** Options of instance normalisation, PyTorch's names and defaults. */
export interface InstanceNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Share of the newest batch in the running statistics. Default 0.1. */
  momentum?: number;
  /** Whether weight and bias are learned. Default false. */
  affine?: boolean;
  /** Whether running statistics are kept, by which evaluation then goes. Default false. */
  trackRunningStats?: boolean;
}

/** What InstanceNorm1d and InstanceNorm2d share: all but the shapes that they take. */
abstract class InstanceNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  // Named as PyTorch names them, since fields name the tensors of saved files; the count is there in its files and stays 0.
  readonly running_mean: Buffer | null;
  readonly running_var: Buffer | null;
  readonly num_batches_tracked: Buffer | null;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number;

  constructor(numFeatures: number, options: InstanceNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = false, trackRunningStats = false } = options;
    const layer = this.constructor.name;
    checkCount(layer, "numFeatures", numFeatures);
    if (!(eps >= 0)) throw new OptionError(`${layer}: eps must be at least 0; got ${eps}`);
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new OptionError(`${layer}: momentum must lie in 0 … 1; got ${momentum}`);
    }
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.weight = affine ? parameter(ones([numFeatures])) : null;
    this.bias = affine ? parameter(zeros([numFeatures])) : null;
    this.running_mean = trackRunningStats ? buffer(zeros([numFeatures])) : null;
    this.running_var = trackRunningStats ? buffer(ones([numFeatures])) : null;
    this.num_batches_tracked = trackRunningStats ? buffer(zeros([], { dtype: "int32" })) : null;
  }

  /** Number of axes of a batch. */
  protected abstract readonly batchRank: number;
  /** What a batch looks like, for error messages. */
  protected abstract readonly shapes: string;

  forward(x: Tensor): Tensor {
    const single = x.rank === this.batchRank - 1;
    checkInput(this, x, single ? x.rank : this.batchRank, single ? 0 : 1, this.numFeatures, this.shapes);
    return within(this, () => (single ? this.#ofBatch(x.unsqueeze(0)).squeeze(0) : this.#ofBatch(x)));
  }

  #ofBatch(x: Tensor): Tensor {
    const { weight, bias, eps, running_mean, running_var } = this;
    if (!this.training && running_mean && running_var) {
      return batchNorm(x, running_mean, running_var, weight, bias, eps);
    }
    const area = x.shape.slice(2).reduce((a, b) => a * b, 1);
    if (area < 2) {
      throw new ShapeError(
        `the statistics of an instance need at least 2 values in each channel; got x ${formatShape(x.shape)}. ` +
          "Give larger maps, or normalise over channels too with GroupNorm",
      );
    }
    if (running_mean && running_var) this.#track(x, running_mean, running_var);
    return instanceNorm(x, weight, bias, eps);
  }

  /** Moves the running statistics towards the mean over the samples of theirs: `r ← r + momentum · (mean over N − r)`. */
  #track(x: Tensor, running_mean: Buffer, running_var: Buffer): void {
    noGrad(() => {
      const axes = x.shape.map((_, d) => d).slice(2);
      const { mean, variance } = moments(x, axes, { correction: 1 }); // [N, C, 1, …]
      const move = (running: Buffer, ofSamples: Tensor) =>
        running.assign(running.add(ofSamples.flatten(1).mean(0).sub(running).mul(this.momentum)));
      move(running_mean, mean);
      move(running_var, variance);
    });
  }
}

/**
 * Instance normalisation of sequences: each channel of each sample by its own mean and biased variance; see `instanceNorm`.
 * With `trackRunningStats` evaluation goes by running statistics instead.
 * Shapes: x `[N, C, L]` or `[C, L]`, y as x; weight (1 at first), bias (0) and statistics `[C]`.
 * Throws ShapeError where the statistics of a single value are asked for.
 */
export class InstanceNorm1d extends InstanceNorm {
  protected get batchRank(): number {
    return 3;
  }

  protected get shapes(): string {
    return "Sequences are [N, C, L] or [C, L]";
  }
}

/**
 * Instance normalisation of pictures; otherwise as `InstanceNorm1d`.
 * Shapes: x `[N, C, H, W]` or `[C, H, W]`, y as x; weight (1 at first), bias (0) and statistics `[C]`.
 */
export class InstanceNorm2d extends InstanceNorm {
  protected get batchRank(): number {
    return 4;
  }

  protected get shapes(): string {
    return "Pictures are [N, C, H, W] or [C, H, W]";
  }
}
