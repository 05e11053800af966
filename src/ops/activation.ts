// Activations that are no methods of Tensor: one declaration each, so that pages which do not use them do not load them.
// nn.functional exports every function of this file, and the checks try every one as its record says.

import { OptionError, ShapeError } from "../base/errors.ts";
import { checkNumber, checkPositive } from "../base/options.ts";
import { formatShape, normalizeAxis } from "../base/shape.ts";
import { apply, constant, type Expr } from "../kernel/expr.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { where } from "./binary.ts";
import { elementwiseFunction, type OpRecord } from "./define.ts";
import { activation } from "./tried.ts";

export * from "./piecewise.ts";

/** `ln(1 + u)` for u in 0 … 1, exact also where 1 + u rounds to 1: the rounding of 1 + u cancels in the quotient. */
function log1p(u: Expr): Expr {
  const w = apply("add", u, 1);
  const grown = apply("div", apply("mul", apply("log", w), u), apply("sub", w, 1));
  return apply("select", apply("eq", w, 1), u, grown);
}

/** `eˣ − 1`, exact also near 0: `tanh(x / 2) · (eˣ + 1)`. */
function expm1(x: Expr): Expr {
  return apply("mul", apply("tanh", apply("mul", x, 0.5)), apply("add", apply("exp", x), 1));
}

/** `e^−|x|`, which can't overflow. */
function decay(x: Expr): Expr {
  return apply("exp", apply("neg", apply("abs", x)));
}

/** `scale · x` above 0, `scale · alpha · (e^(rate · x) − 1)` below. */
const exponential = elementwiseFunction({
  name: "elu",
  inputs: ["x", "alpha", "scale", "rate"],
  expr: ({ x, alpha, scale, rate }) => {
    const below = apply("mul", alpha, expm1(apply("mul", x, rate)));
    return apply("mul", scale, apply("select", apply("lt", 0, x), x, below));
  },
  grad: {
    // dx = dy · scale · (1, or alpha · rate · e^(rate · x))
    x: ({ dy, x, alpha, scale, rate }) => {
      const below = x.minimum(0).mul(rate).exp().mul(alpha).mul(rate);
      return dy.mul(scale).mul(where(x.gt(0), 1, below));
    },
    alpha: null,
    scale: null,
    rate: null,
  },
  samples: [],
});

/** `x` above 0 and `alpha · (eˣ − 1)` below. Source: Clevert et al., "Fast and accurate deep network learning by exponential linear units", ICLR 2016. */
export const elu = activation("elu", (x: Tensor, alpha: number = 1): Tensor => exponential(x, alpha, 1, 1), [
  [],
  [0.4],
]);

/** `max(x, 0) + min(0, alpha · (e^(x / alpha) − 1))`. Throws OptionError where alpha is 0. Source: Barron, "Continuously differentiable exponential linear units", 2017. */
export const celu = activation(
  "celu",
  (x: Tensor, alpha: number = 1): Tensor => {
    checkNumber("celu", "alpha", alpha, "a number other than 0", (a) => a !== 0);
    return exponential(x, alpha, 1, 1 / alpha);
  },
  [[], [2.5]],
);

const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

/** `1.0507 · elu(x, 1.6733)`: keeps mean 0 and variance 1 from layer to layer. Source: Klambauer et al., "Self-normalizing neural networks", NIPS 2017. */
export const selu = activation("selu", (x: Tensor): Tensor => exponential(x, seluAlpha, seluScale, 1), [[]]);

const rootHalf = Math.SQRT1_2;
/** 1 / √(2π). */
const normalPeak = 1 / Math.sqrt(2 * Math.PI);
const rootTwoOverPi = Math.sqrt(2 / Math.PI);
const cubic = 0.044715;

const exactGelu = elementwiseFunction({
  name: "gelu",
  inputs: ["x"],
  expr: ({ x }) => {
    const share = apply("mul", apply("add", apply("erf", apply("mul", x, rootHalf)), 1), 0.5);
    return apply("mul", x, share);
  },
  grad: {
    // dx = dy · (Φ(x) + x · φ(x)), with φ(x) = e^(−x²/2) / √(2π)
    x: ({ dy, x }) => {
      const share = x.mul(rootHalf).erf().add(1).mul(0.5);
      const density = x.square().mul(-0.5).exp().mul(normalPeak);
      return dy.mul(share.add(x.mul(density)));
    },
  },
  samples: [],
});

/** With `½ (1 + tanh u) = σ(2u)`, which is 0 where it should be. */
const tanhGelu = elementwiseFunction({
  name: "tanhGelu",
  inputs: ["x"],
  expr: ({ x }) => {
    const slope = apply(
      "add",
      apply("mul", apply("mul", x, x), 2 * cubic * rootTwoOverPi),
      2 * rootTwoOverPi,
    );
    return apply("mul", x, apply("sigmoid", apply("mul", x, slope)));
  },
  grad: {
    // dx = dy · (s + x · s (1 − s) · 2 √(2/π) (1 + 3 · 0.044715 x²)); s is 0 or 1 beyond ±30, where x² must not overflow
    x: ({ dy, x }) => {
      const near = x.clamp(-30, 30);
      const square = near.square();
      const s = near.mul(square.mul(2 * cubic * rootTwoOverPi).add(2 * rootTwoOverPi)).sigmoid();
      const inner = square.mul(6 * cubic * rootTwoOverPi).add(2 * rootTwoOverPi);
      return dy.mul(s.add(near.mul(s).mul(s.neg().add(1)).mul(inner)));
    },
  },
  samples: [],
});

/** Options of `gelu`. */
export interface GeluOptions {
  /** `"tanh"` replaces Φ by `½ (1 + tanh(√(2/π) (x + 0.044715 x³)))`. Default "none". */
  approximate?: "none" | "tanh";
}

/** `x · Φ(x)`, where Φ is the normal distribution's share below x. Source: Hendrycks and Gimpel, "Gaussian error linear units", 2016. */
export const gelu = activation(
  "gelu",
  (x: Tensor, { approximate = "none" }: GeluOptions = {}): Tensor => {
    if (approximate === "tanh") return tanhGelu(x);
    if (approximate === "none") return exactGelu(x);
    throw new OptionError(`gelu: approximate must be "none" or "tanh"; got ${String(approximate)}`);
  },
  [[], [{ approximate: "tanh" }]],
);

const swish = elementwiseFunction({
  name: "silu",
  inputs: ["x"],
  expr: ({ x }) => apply("mul", x, apply("sigmoid", x)),
  grad: {
    // dx = dy · σ(x) (1 + x (1 − σ(x)))
    x: ({ dy, x }) => {
      const s = x.sigmoid();
      return dy.mul(s.mul(x.mul(s.neg().add(1)).add(1)));
    },
  },
  samples: [],
});

/** `x · σ(x)`, also called swish. Source: Elfwing et al., "Sigmoid-weighted linear units", 2017. */
export const silu = activation("silu", (x: Tensor): Tensor => swish(x), [[]]);

/** `tanh(ln(1 + eˣ))` as a quotient in e = e^−|x|, which can't overflow. */
function tanhOfSoftplus(x: Expr): Expr {
  const e = decay(x);
  const positive = apply("lt", 0, x);
  const square = apply("mul", e, e);
  const twice = apply("mul", e, 2);
  // With e = e⁻ˣ: (1 + 2e) / (1 + 2e + 2e²); with e = eˣ: (e² + 2e) / (e² + 2e + 2).
  const top = apply("add", twice, apply("select", positive, constant(1, x.dtype), square));
  const rest = apply("mul", apply("select", positive, square, constant(1, x.dtype)), 2);
  return apply("div", top, apply("add", top, rest));
}

const tanhSoftplus = elementwiseFunction({
  name: "tanhSoftplus",
  inputs: ["x"],
  expr: ({ x }) => tanhOfSoftplus(x),
  grad: { x: ({ dy, x, y }) => dy.mul(y.square().neg().add(1)).mul(x.sigmoid()) }, // dx = dy · (1 − y²) σ(x)
  samples: [],
});

const selfGated = elementwiseFunction({
  name: "mish",
  inputs: ["x"],
  expr: ({ x }) => apply("mul", x, tanhOfSoftplus(x)),
  grad: {
    // dx = dy · (t + x (1 − t²) σ(x)), with t = tanh(ln(1 + eˣ))
    x: ({ dy, x }) => {
      const t = tanhSoftplus(x);
      return dy.mul(t.add(x.mul(t.square().neg().add(1)).mul(x.sigmoid())));
    },
  },
  samples: [],
});

/** `x · tanh(ln(1 + eˣ))`. Source: Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020. */
export const mish = activation("mish", (x: Tensor): Tensor => selfGated(x), [[]]);

const smoothRamp = elementwiseFunction({
  name: "softplus",
  inputs: ["x", "beta", "threshold"],
  expr: ({ x, beta, threshold }) => {
    const z = apply("mul", x, beta);
    const soft = apply("div", apply("add", apply("max", z, 0), log1p(decay(z))), beta);
    return apply("select", apply("lt", threshold, z), x, soft);
  },
  grad: {
    // dx = dy · σ(beta · x), and dy on the straight part
    x: ({ dy, x, beta, threshold }) => {
      const z = x.mul(beta);
      return where(z.gt(threshold), dy, dy.mul(z.sigmoid()));
    },
    beta: null,
    threshold: null,
  },
  samples: [],
});

/** `ln(1 + e^(beta · x)) / beta`, and x itself where beta · x exceeds the threshold. Throws OptionError unless beta > 0. */
export const softplus = activation(
  "softplus",
  (x: Tensor, beta: number = 1, threshold: number = 20): Tensor => {
    checkPositive("softplus", "beta", beta);
    return smoothRamp(x, beta, threshold);
  },
  [[], [3, 12]],
);

const logOfSigmoid = elementwiseFunction({
  name: "logSigmoid",
  inputs: ["x"],
  expr: ({ x }) => apply("sub", apply("min", x, 0), log1p(decay(x))),
  grad: { x: ({ dy, x }) => dy.mul(x.neg().sigmoid()) }, // dx = dy · (1 − σ(x))
  samples: [],
});

/** `ln σ(x) = min(x, 0) − ln(1 + e^−|x|)`. */
export const logSigmoid = activation("logSigmoid", (x: Tensor): Tensor => logOfSigmoid(x), [[]]);

const squashed = elementwiseFunction({
  name: "softsign",
  inputs: ["x"],
  expr: ({ x }) => apply("div", x, apply("add", apply("abs", x), 1)),
  grad: { x: ({ dy, x }) => dy.div(x.abs().add(1).square()) }, // dx = dy / (1 + |x|)²
  samples: [],
});

/** `x / (1 + |x|)`. */
export const softsign = activation("softsign", (x: Tensor): Tensor => squashed(x), [[]]);

const rest = elementwiseFunction({
  name: "tanhshrink",
  inputs: ["x"],
  expr: ({ x }) => apply("sub", x, apply("tanh", x)),
  grad: { x: ({ dy, x }) => dy.mul(x.tanh().square()) }, // dx = dy · tanh² x
  samples: [],
});

/** `x − tanh x`. */
export const tanhshrink = activation("tanhshrink", (x: Tensor): Tensor => rest(x), [[]]);

/**
 * `a · σ(b)`, where a and b are the halves of x along an axis. Throws ShapeError where that axis has an odd size.
 * Source: Dauphin et al., "Language modeling with gated convolutional networks", ICML 2017.
 */
function gatedHalves(x: Tensor, axis = -1): Tensor {
  const d = normalizeAxis("glu", axis, x.rank);
  const half = x.shape[d]! / 2;
  if (!Number.isInteger(half)) {
    throw new ShapeError(
      `glu: the halved axis must have an even size; got ${x.shape[d]} along axis ${d} of x ${formatShape(x.shape)}. ` +
        "Let the layer before it give twice the features that are wanted",
    );
  }
  return x.slice(d, 0, half).mul(x.slice(d, half, 2 * half).sigmoid());
}

const gluRecord: OpRecord = {
  name: "glu",
  differentiable: true,
  domain: [-8, 8],
  samples: [
    { shapes: [[3, 4]], call: (x) => gatedHalves(x!) },
    { shapes: [[2, 6, 3]], call: (x) => gatedHalves(x!, 1) },
  ],
};

export const glu = Object.assign(gatedHalves, { record: gluRecord });
