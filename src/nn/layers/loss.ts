// Losses as modules, with their options fixed. Each is the function of its name; the function's text says formula, shapes and errors.

import { OptionError } from "../../base/errors.ts";
import { checkNotNegative, checkNumber, checkPositive } from "../../base/options.ts";
import type { Operand } from "../../ops/define.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import {
  type BinaryLogitsOptions,
  type BinaryOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type SigmoidFocalOptions,
  sigmoidFocalLoss,
  softMarginLoss,
} from "../functional/binary.ts";
import {
  type ClassOptions,
  type CrossEntropyOptions,
  crossEntropy,
  type MultiMarginOptions,
  multiMarginLoss,
  nllLoss,
  type SoftmaxFocalOptions,
  softmaxFocalLoss,
} from "../functional/classification.ts";
import { type KlDivOptions, klDiv } from "../functional/divergence.ts";
import {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  marginRankingLoss,
  type TripletOptions,
  tripletMarginLoss,
} from "../functional/ranking.ts";
import { checkReduction, type LossOptions } from "../functional/reduction.ts";
import {
  type GaussianNllOptions,
  gaussianNllLoss,
  type HuberOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type PoissonNllOptions,
  poissonNllLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from "../functional/regression.ts";
import { type Buffer, buffer, Module, within } from "../module/module.ts";

/** What all losses share: their options. */
abstract class Loss<Options extends object> extends Module {
  readonly options: Readonly<Options>;

  constructor(options: Options & { reduction?: string }, reductions?: string[]) {
    super();
    checkReduction(this.constructor.name, options.reduction ?? "mean", reductions);
    this.options = options;
  }
}

/** Factors as a part of the state, as PyTorch has them. */
function factors(weight: Tensor | null | undefined): Buffer | null {
  return weight ? buffer(weight) : null;
}

/** Mean squared error `(x − y)²`; see `mseLoss`. */
export class MSELoss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => mseLoss(input, target, this.options));
  }
}

/** Mean absolute error `|x − y|`; see `l1Loss`. */
export class L1Loss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => l1Loss(input, target, this.options));
  }
}

/** A square near 0 and a line beyond `beta`; see `smoothL1Loss`. */
export class SmoothL1Loss extends Loss<SmoothL1Options> {
  constructor(options: SmoothL1Options = {}) {
    super(options);
    checkNotNegative("SmoothL1Loss", "beta", options.beta ?? 1);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => smoothL1Loss(input, target, this.options));
  }
}

/** A square near 0 and a line beyond `delta`; see `huberLoss`. */
export class HuberLoss extends Loss<HuberOptions> {
  constructor(options: HuberOptions = {}) {
    super(options);
    checkPositive("HuberLoss", "delta", options.delta ?? 1);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => huberLoss(input, target, this.options));
  }
}

/** Unlikelihood of counts; see `poissonNllLoss`. */
export class PoissonNLLLoss extends Loss<PoissonNllOptions> {
  constructor(options: PoissonNllOptions = {}) {
    super(options);
    checkNotNegative("PoissonNLLLoss", "eps", options.eps ?? 1e-8);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => poissonNllLoss(input, target, this.options));
  }
}

/** Unlikelihood of numbers under a predicted mean and variance; see `gaussianNllLoss`. */
export class GaussianNLLLoss extends Loss<GaussianNllOptions> {
  constructor(options: GaussianNllOptions = {}) {
    super(options);
    checkPositive("GaussianNLLLoss", "eps", options.eps ?? 1e-6);
  }

  forward(input: Tensor, target: Tensor, variance: Operand): Tensor {
    return within(this, () => gaussianNllLoss(input, target, variance, this.options));
  }
}

/** Cross-entropy of logits against classes; see `crossEntropy`. State: `weight` where given. */
export class CrossEntropyLoss extends Loss<Omit<CrossEntropyOptions, "weight">> {
  readonly weight: Buffer | null;

  constructor({ weight, ...options }: CrossEntropyOptions = {}) {
    super(options);
    const { labelSmoothing = 0 } = options;
    checkNumber(
      "CrossEntropyLoss",
      "labelSmoothing",
      labelSmoothing,
      "a number in 0 … 1",
      (s) => s >= 0 && s <= 1,
    );
    this.weight = factors(weight);
  }

  forward(logits: Tensor, target: Tensor): Tensor {
    return within(this, () => crossEntropy(logits, target, { ...this.options, weight: this.weight }));
  }
}

/** Unlikelihood of classes under log-probabilities; see `nllLoss`. State: `weight` where given. */
export class NLLLoss extends Loss<Omit<ClassOptions, "weight">> {
  readonly weight: Buffer | null;

  constructor({ weight, ...options }: ClassOptions = {}) {
    super(options);
    this.weight = factors(weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => nllLoss(input, target, { ...this.options, weight: this.weight }));
  }
}

/** Binary cross-entropy of probabilities; see `binaryCrossEntropy`. State: `weight` where given. */
export class BCELoss extends Loss<LossOptions> {
  readonly weight: Buffer | null;

  constructor({ weight, ...options }: BinaryOptions = {}) {
    super(options);
    this.weight = factors(weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => binaryCrossEntropy(input, target, { ...this.options, weight: this.weight }));
  }
}

/** Binary cross-entropy of logits; see `binaryCrossEntropyWithLogits`. State: `weight` and `pos_weight` where given. */
export class BCEWithLogitsLoss extends Loss<LossOptions> {
  readonly weight: Buffer | null;
  readonly pos_weight: Buffer | null;

  constructor({ weight, posWeight, ...options }: BinaryLogitsOptions = {}) {
    super(options);
    this.weight = factors(weight);
    this.pos_weight = factors(posWeight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    const options = { ...this.options, weight: this.weight, posWeight: this.pos_weight };
    return within(this, () => binaryCrossEntropyWithLogits(input, target, options));
  }
}

/** Focal loss of yes-or-no logits, the mean unless told otherwise; see `sigmoidFocalLoss`. */
export class FocalLoss extends Loss<SigmoidFocalOptions> {
  constructor(options: SigmoidFocalOptions = {}) {
    super(options);
    checkNotNegative("FocalLoss", "gamma", options.gamma ?? 2);
    checkNumber("FocalLoss", "alpha", options.alpha ?? 0.25, "at most 1, below 0 for none", (a) => a <= 1);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => sigmoidFocalLoss(input, target, { reduction: "mean", ...this.options }));
  }
}

/** Focal loss of logits against classes; see `softmaxFocalLoss`. State: `weight` where given. */
export class SoftmaxFocalLoss extends Loss<Omit<SoftmaxFocalOptions, "weight">> {
  readonly weight: Buffer | null;

  constructor({ weight, ...options }: SoftmaxFocalOptions = {}) {
    super(options);
    checkNotNegative("SoftmaxFocalLoss", "gamma", options.gamma ?? 2);
    this.weight = factors(weight);
  }

  forward(logits: Tensor, target: Tensor): Tensor {
    return within(this, () => softmaxFocalLoss(logits, target, { ...this.options, weight: this.weight }));
  }
}

/** Hinge loss of many classes; see `multiMarginLoss`. State: `weight` where given. */
export class MultiMarginLoss extends Loss<Omit<MultiMarginOptions, "weight">> {
  readonly weight: Buffer | null;

  constructor({ weight, ...options }: MultiMarginOptions = {}) {
    super(options);
    const { p = 1, margin = 1 } = options;
    checkNumber("MultiMarginLoss", "p", p, "1 or 2", (value) => value === 1 || value === 2);
    checkNumber("MultiMarginLoss", "margin", margin);
    this.weight = factors(weight);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => multiMarginLoss(input, target, { ...this.options, weight: this.weight }));
  }
}

/** `ln(1 + e^(−y x))`; see `softMarginLoss`. */
export class SoftMarginLoss extends Loss<LossOptions> {
  constructor(options: LossOptions = {}) {
    super(options);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => softMarginLoss(input, target, this.options));
  }
}

/** Kullback-Leibler divergence; see `klDiv`. */
export class KLDivLoss extends Loss<KlDivOptions> {
  constructor(options: KlDivOptions = {}) {
    super(options, ["none", "mean", "sum", "batchmean"]);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => klDiv(input, target, this.options));
  }
}

/** One input above the other; see `marginRankingLoss`. */
export class MarginRankingLoss extends Loss<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
    checkNumber("MarginRankingLoss", "margin", options.margin ?? 0);
  }

  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return within(this, () => marginRankingLoss(a, b, target, this.options));
  }
}

/** Distances small or large; see `hingeEmbeddingLoss`. */
export class HingeEmbeddingLoss extends Loss<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
    checkNumber("HingeEmbeddingLoss", "margin", options.margin ?? 1);
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return within(this, () => hingeEmbeddingLoss(input, target, this.options));
  }
}

/** Vectors of one direction or not; see `cosineEmbeddingLoss`. */
export class CosineEmbeddingLoss extends Loss<MarginOptions> {
  constructor(options: MarginOptions = {}) {
    super(options);
    checkNumber("CosineEmbeddingLoss", "margin", options.margin ?? 0);
  }

  forward(a: Tensor, b: Tensor, target: Tensor): Tensor {
    return within(this, () => cosineEmbeddingLoss(a, b, target, this.options));
  }
}

/** An anchor nearer to its like than to another; see `tripletMarginLoss`. */
export class TripletMarginLoss extends Loss<TripletOptions> {
  constructor(options: TripletOptions = {}) {
    super(options);
    const { margin = 1, p = 2, eps = 1e-6 } = options;
    checkNumber("TripletMarginLoss", "margin", margin);
    checkNotNegative("TripletMarginLoss", "eps", eps);
    if (!(p > 0)) throw new OptionError(`TripletMarginLoss: p must be a norm above 0; got ${p}`);
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return within(this, () => tripletMarginLoss(anchor, positive, negative, this.options));
  }
}
