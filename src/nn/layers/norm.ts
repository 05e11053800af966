// Batch normalisation: statistics of the batch while training, running ones in evaluation.

import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import type { Operand } from "../../ops/define.ts";
import { ones, zeros } from "../../ops/factory.ts";
import { batchNorm, channelMoments } from "../../ops/norm.ts";
import type { Moments } from "../../ops/reduce.ts";
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
} from "../module/module.ts";

/** Options of batch normalisation, PyTorch's names and defaults. */
export interface BatchNormOptions {
  /** Added to the variance, so that a constant channel divides by no 0. Default 1e-5. */
  eps?: number;
  /** Share of the newest batch in the running statistics; null makes them the mean over all batches so far. Default 0.1. */
  momentum?: number | null;
  /** Whether weight and bias are learned. Default true. */
  affine?: boolean;
  /** Whether running statistics are kept; without them evaluation too goes by the batch. Default true. */
  trackRunningStats?: boolean;
}

/** What BatchNorm1d and BatchNorm2d share: all but the shapes that they take. */
abstract class BatchNorm extends Module {
  readonly weight: Parameter | null;
  readonly bias: Parameter | null;
  // Named as PyTorch names them, since fields name the tensors of saved files.
  readonly running_mean: Buffer | null;
  readonly running_var: Buffer | null;
  readonly num_batches_tracked: Buffer | null;
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number | null;

  constructor(numFeatures: number, options: BatchNormOptions = {}) {
    super();
    const { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true } = options;
    const layer = this.constructor.name;
    checkCount(layer, "numFeatures", numFeatures);
    if (!(eps >= 0)) throw new OptionError(`${layer}: eps must be at least 0; got ${eps}`);
    if (momentum !== null && !(momentum >= 0 && momentum <= 1)) {
      throw new OptionError(
        `${layer}: momentum must lie in 0 … 1, or be null for the mean over all batches; got ${momentum}`,
      );
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

  /** Throws ShapeError or DTypeError where x does not suit the layer. */
  protected abstract checkShape(x: Tensor): void;

  forward(x: Tensor): Tensor {
    this.checkShape(x);
    const { weight, bias, eps } = this;
    if (!this.training && this.running_mean && this.running_var) {
      return batchNorm(x, this.running_mean, this.running_var, weight, bias, eps);
    }
    const count = x.size / this.numFeatures;
    if (count < 2) {
      throw new ShapeError(
        `${this.label}: the statistics of a batch need at least 2 values for each channel; got x ${formatShape(x.shape)}. ` +
          "Give a larger batch, or call eval() to go by the running statistics",
      );
    }
    const { mean, variance } = channelMoments(x);
    if (this.training) this.#track({ mean, variance }, count);
    return batchNorm(x, mean, variance, weight, bias, eps);
  }

  /** Moves the running statistics towards those of a batch, as part of the next run: `r ← r + share · (batch − r)`. */
  #track({ mean, variance }: Moments, count: number): void {
    const { running_mean, running_var, num_batches_tracked } = this;
    if (!running_mean || !running_var || !num_batches_tracked) return;
    noGrad(() => {
      num_batches_tracked.assign(num_batches_tracked.add(1));
      const share = this.momentum ?? num_batches_tracked.cast("float32").reciprocal();
      const move = (running: Buffer, batch: Tensor, by: Operand) =>
        running.assign(running.add(batch.sub(running).mul(by)));
      move(running_mean, mean, share);
      move(running_var, variance.mul(count / (count - 1)), share); // the unbiased variance, as PyTorch keeps it
    });
  }
}

/**
 * Batch normalisation of vectors, or of sequences of them: `y = (x − mean) / √(variance + eps) · weight + bias`, channel by channel.
 * While training, by the mean and biased variance of the batch, which also move the running statistics; in evaluation by those.
 * Shapes: x `[N, C]` or `[N, C, L]`, y as x; weight (1 at first), bias (0) `[C]`; state `running_mean`, `running_var` `[C]`,
 * `num_batches_tracked` `[]`. Throws ShapeError for a training batch with a single value in each channel.
 * Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training", ICML 2015.
 */
export class BatchNorm1d extends BatchNorm {
  protected override checkShape(x: Tensor): void {
    checkInput(this, x, x.rank === 3 ? 3 : 2, 1, this.numFeatures, "Batches are [N, C] or [N, C, L]");
  }
}

/**
 * Batch normalisation of pictures, channel by channel; otherwise as `BatchNorm1d`.
 * Shapes: x `[N, C, H, W]`, y as x; weight, bias and statistics `[C]`.
 */
export class BatchNorm2d extends BatchNorm {
  protected override checkShape(x: Tensor): void {
    checkInput(
      this,
      x,
      4,
      1,
      this.numFeatures,
      "Pictures are [N, C, H, W]; use BatchNorm1d for [N, C] and [N, C, L]",
    );
  }
}
