// Activations as layers.

import { OptionError } from "../../base/errors.ts";
import { checkNotNegative, checkNumber, checkPositive } from "../../base/options.ts";
import {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSigmoid,
  mish,
  prelu,
  relu6,
  selu,
  silu,
  softplus,
  softshrink,
  softsign,
  step,
  tanhshrink,
  threshold,
} from "../../ops/activation.ts";
import { full } from "../../ops/factory.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { logSoftmax, softmax } from "../functional/softmax.ts";
import { checkCount, Module, type Parameter, parameter, within } from "../module/module.ts";

/** `1 / (1 + e⁻ˣ)`. */
export class Sigmoid extends Module {
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** Hyperbolic tangent. */
export class Tanh extends Module {
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/** `max(x, 0)`. */
export class ReLU extends Module {
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** `min(max(x, 0), 6)`; see `relu6`. */
export class ReLU6 extends Module {
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/** `x` above 0 and `negativeSlope · x` below; see `leakyRelu`. */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;

  constructor(negativeSlope = 0.01) {
    super();
    checkNumber("LeakyReLU", "negativeSlope", negativeSlope);
    this.negativeSlope = negativeSlope;
  }

  forward(x: Tensor): Tensor {
    return leakyRelu(x, this.negativeSlope);
  }
}

/**
 * `x` above 0 and `weight · x` below, with a learned weight; see `prelu`.
 * Shapes: x `[N, C, …]` where `numParameters` is C, any for 1; weight `[numParameters]`, `init` (0.25) at first.
 */
export class PReLU extends Module {
  readonly weight: Parameter;

  constructor(numParameters = 1, { init = 0.25 }: { init?: number } = {}) {
    super();
    checkCount("PReLU", "numParameters", numParameters);
    checkNumber("PReLU", "init", init);
    this.weight = parameter(full([numParameters], init));
  }

  forward(x: Tensor): Tensor {
    return within(this, () => prelu(x, this.weight));
  }
}

/** `x` above 0 and `alpha · (eˣ − 1)` below; see `elu`. */
export class ELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    checkNumber("ELU", "alpha", alpha);
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return elu(x, this.alpha);
  }
}

/** `max(x, 0) + min(0, alpha · (e^(x / alpha) − 1))`; see `celu`. */
export class CELU extends Module {
  readonly alpha: number;

  constructor(alpha = 1) {
    super();
    checkNumber("CELU", "alpha", alpha, "a number other than 0", (value) => value !== 0);
    this.alpha = alpha;
  }

  forward(x: Tensor): Tensor {
    return celu(x, this.alpha);
  }
}

/** The self-normalising exponential unit; see `selu`. */
export class SELU extends Module {
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/** `x · Φ(x)`; see `gelu`. */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor({ approximate = "none" }: GeluOptions = {}) {
    super();
    if (approximate !== "none" && approximate !== "tanh") {
      throw new OptionError(`GELU: approximate must be "none" or "tanh"; got ${String(approximate)}`);
    }
    this.approximate = approximate;
  }

  forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }
}

/** `x · σ(x)`; see `silu`. */
export class SiLU extends Module {
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** `x · tanh(ln(1 + eˣ))`; see `mish`. */
export class Mish extends Module {
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/** `x · hardsigmoid(x)`; see `hardswish`. */
export class Hardswish extends Module {
  forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}

/** `min(max(x + 3, 0), 6) / 6`; see `hardsigmoid`. */
export class Hardsigmoid extends Module {
  forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/** `min(max(x, minVal), maxVal)`; see `hardtanh`. */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;

  constructor(minVal = -1, maxVal = 1) {
    super();
    if (!(minVal < maxVal)) {
      throw new OptionError(`Hardtanh: minVal must be below maxVal; got ${minVal} and ${maxVal}`);
    }
    this.minVal = minVal;
    this.maxVal = maxVal;
  }

  forward(x: Tensor): Tensor {
    return hardtanh(x, this.minVal, this.maxVal);
  }
}

/** `ln(1 + e^(beta · x)) / beta`, and x where beta · x exceeds the threshold; see `softplus`. */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(beta = 1, threshold = 20) {
    super();
    checkPositive("Softplus", "beta", beta);
    checkNumber("Softplus", "threshold", threshold);
    this.beta = beta;
    this.threshold = threshold;
  }

  forward(x: Tensor): Tensor {
    return softplus(x, this.beta, this.threshold);
  }
}

/** `x / (1 + |x|)`; see `softsign`. */
export class Softsign extends Module {
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/** `ln σ(x)`; see `logSigmoid`. */
export class LogSigmoid extends Module {
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/** 1 above 0, 0 below, `atZero` at 0; its derivative is 0, so nothing below it learns. See `step`. */
export class Step extends Module {
  readonly atZero: number;

  constructor(atZero = 0) {
    super();
    checkNumber("Step", "atZero", atZero);
    this.atZero = atZero;
  }

  forward(x: Tensor): Tensor {
    return step(x, this.atZero);
  }
}

/** `x` above the threshold, `value` elsewhere; see `threshold`. */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;

  constructor(limit: number, value: number) {
    super();
    checkNumber("Threshold", "threshold", limit);
    checkNumber("Threshold", "value", value);
    this.threshold = limit;
    this.value = value;
  }

  forward(x: Tensor): Tensor {
    return threshold(x, this.threshold, this.value);
  }
}

/** x moved towards 0 by `lambda`, 0 where it is nearer; see `softshrink`. */
export class Softshrink extends Module {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    checkNotNegative("Softshrink", "lambda", lambda);
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return softshrink(x, this.lambda);
  }
}

/** 0 between ±`lambda`, x elsewhere; see `hardshrink`. */
export class Hardshrink extends Module {
  readonly lambda: number;

  constructor(lambda = 0.5) {
    super();
    checkNotNegative("Hardshrink", "lambda", lambda);
    this.lambda = lambda;
  }

  forward(x: Tensor): Tensor {
    return hardshrink(x, this.lambda);
  }
}

/** `x − tanh x`. */
export class Tanhshrink extends Module {
  forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

/** One half of x along an axis, gated by the sigmoid of the other; see `glu`. */
export class GLU extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => glu(x, this.axis));
  }
}

/** `eˣ / Σ eˣ` along an axis. */
export class Softmax extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => softmax(x, this.axis));
  }
}

/** `ln softmax(x)` along an axis. */
export class LogSoftmax extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => logSoftmax(x, this.axis));
  }
}

/** `softmax(−x)` along an axis: the smallest element has the largest share. */
export class Softmin extends Module {
  readonly axis: number;

  constructor(axis = -1) {
    super();
    this.axis = axis;
  }

  forward(x: Tensor): Tensor {
    return within(this, () => softmax(x.neg(), this.axis));
  }
}
