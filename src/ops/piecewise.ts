// Activations made of straight pieces; the rest of activation.ts's, which exports them all.

import { OptionError, ShapeError } from "../base/errors.ts";
import { checkNotNegative } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import { apply, type Expr } from "../kernel/expr.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { where } from "./binary.ts";
import { elementwiseFunction, type OpRecord } from "./define.ts";
import { activation } from "./tried.ts";

/** `min(max(x, low), high)` with derivative 0 at both bounds. */
const bounded = elementwiseFunction({
  name: "hardtanh",
  inputs: ["x", "low", "high"],
  expr: ({ x, low, high }) => apply("min", apply("max", x, low), high),
  grad: {
    x: ({ dy, x, low, high }) => where(x.le(low).or(x.ge(high)), 0, dy), // dx = dy strictly between the bounds
    low: null,
    high: null,
  },
  samples: [],
});

/** `min(max(x, low), high)`; derivative 0 at the bounds and beyond. Throws OptionError unless low < high. */
export const hardtanh = activation(
  "hardtanh",
  (x: Tensor, low: number = -1, high: number = 1): Tensor => {
    if (!(low < high)) {
      throw new OptionError(`hardtanh: minVal must be below maxVal; got ${low} and ${high}`);
    }
    return bounded(x, low, high);
  },
  [[], [-2.5, 0.5]],
);

/** `min(max(x, 0), 6)`. Source: Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010. */
export const relu6 = activation("relu6", (x: Tensor): Tensor => bounded(x, 0, 6), [[]]);

/** `x` above 0, `slope · x` below; the slope may be a tensor. */
const sloped = elementwiseFunction({
  name: "leakyRelu",
  inputs: ["x", "slope"],
  expr: ({ x, slope }) => apply("select", apply("lt", 0, x), x, apply("mul", x, slope)),
  grad: {
    x: ({ dy, x, slope }) => where(x.gt(0), dy, dy.mul(slope)), // dx = dy · (1 or slope)
    slope: ({ dy, x }) => where(x.gt(0), 0, dy.mul(x)), // dslope = dy · min(x, 0)
  },
  samples: [],
});

/** `x` above 0 and `slope · x` below. Source: Maas et al., "Rectifier nonlinearities improve neural network acoustic models", 2013. */
export const leakyRelu = activation(
  "leakyRelu",
  (x: Tensor, slope: number = 0.01): Tensor => sloped(x, slope),
  [[], [-0.3]],
);

/**
 * `x` above 0 and `weight · x` below, with a learned weight. Shapes: weight `[1]` (or `[]`), or `[C]` with one slope for each place
 * of axis 1. Source: He et al., "Delving deep into rectifiers", ICCV 2015.
 */
function learnedSlope(x: Tensor, weight: Tensor): Tensor {
  if (weight.size === 1) return sloped(x, weight.reshape([]));
  if (weight.rank !== 1 || x.rank < 2 || x.shape[1] !== weight.size) {
    throw new ShapeError(
      `prelu: weight must have one element, or one for each of the channels along axis 1; got x ${formatShape(x.shape)}, ` +
        `weight ${formatShape(weight.shape)}. Use a single slope, or as many as x has channels`,
    );
  }
  return sloped(x, weight.reshape([weight.size, ...x.shape.slice(2).map(() => 1)]));
}

const preluRecord: OpRecord = {
  name: "prelu",
  differentiable: true,
  domain: [-3, 3],
  samples: [
    [[2, 3], [3]],
    [[4, 2, 3], [2]],
    [[5], [1]],
  ].map((shapes) => ({ shapes, call: (x, weight) => learnedSlope(x!, weight!) })),
};

export const prelu = Object.assign(learnedSlope, { record: preluRecord });

const sixth = 1 / 6;

/** `min(max(x + 3, 0), 6) / 6`. */
function hardGate(x: Expr): Expr {
  return apply("mul", apply("min", apply("max", apply("add", x, 3), 0), 6), sixth);
}

const gate = elementwiseFunction({
  name: "hardsigmoid",
  inputs: ["x"],
  expr: ({ x }) => hardGate(x),
  grad: { x: ({ dy, x }) => where(x.le(-3).or(x.ge(3)), 0, dy.mul(sixth)) }, // dx = dy / 6 strictly inside ±3
  samples: [],
});

/** `min(max(x + 3, 0), 6) / 6`: a sigmoid of straight pieces. Source: Howard et al., "Searching for MobileNetV3", ICCV 2019. */
export const hardsigmoid = activation("hardsigmoid", (x: Tensor): Tensor => gate(x), [[]]);

const gated = elementwiseFunction({
  name: "hardswish",
  inputs: ["x"],
  expr: ({ x }) => apply("mul", x, hardGate(x)),
  grad: {
    // dx = dy · (x / 3 + ½) inside ±3, 0 below, dy above
    x: ({ dy, x }) => where(x.le(-3), 0, where(x.lt(3), dy.mul(x.mul(1 / 3).add(0.5)), dy)),
  },
  samples: [],
});

/** `x · hardsigmoid(x)`. Source: Howard et al., "Searching for MobileNetV3", ICCV 2019. */
export const hardswish = activation("hardswish", (x: Tensor): Tensor => gated(x), [[]]);

const jump = elementwiseFunction({
  name: "step",
  inputs: ["x", "atZero"],
  expr: ({ x, atZero }) => {
    const notAbove = apply("select", apply("eq", x, 0), atZero, apply("select", apply("lt", x, 0), 0, x));
    return apply("select", apply("lt", 0, x), 1, notAbove);
  },
  grad: { x: ({ dy }) => dy.mul(0), atZero: null }, // flat but for the jump
  samples: [],
});

/**
 * The step function: 1 where x > 0, 0 where x < 0, and `atZero` (0 unless given) at 0, as `torch.heaviside` has it. Its
 * derivative is 0, so nothing below it learns. The perceptron's activation: Rosenblatt, 1958.
 */
export const step = activation("step", (x: Tensor, atZero: number = 0): Tensor => jump(x, atZero), [[]]);

const cut = elementwiseFunction({
  name: "threshold",
  inputs: ["x", "limit", "value"],
  expr: ({ x, limit, value }) => apply("select", apply("le", x, limit), value, x),
  grad: { x: ({ dy, x, limit }) => where(x.le(limit), 0, dy), limit: null, value: null }, // dx = dy above the limit
  samples: [],
});

/** `x` where it is above `limit`, `value` elsewhere. */
export const threshold = activation(
  "threshold",
  (x: Tensor, limit: number, value: number): Tensor => cut(x, limit, value),
  [[0.5, -2]],
);

const shrunk = elementwiseFunction({
  name: "softshrink",
  inputs: ["x", "lambda", "toZero"],
  expr: ({ x, lambda, toZero }) => {
    const by = apply("mul", lambda, toZero);
    const moved = apply("select", apply("lt", 0, x), apply("sub", x, by), apply("add", x, by));
    return apply("select", apply("le", apply("abs", x), lambda), 0, moved);
  },
  grad: { x: ({ dy, x, lambda }) => where(x.abs().le(lambda), 0, dy), lambda: null, toZero: null }, // dx = dy beyond ±lambda
  samples: [],
});

/** `x − lambda` above lambda, `x + lambda` below −lambda, 0 between. */
export const softshrink = activation(
  "softshrink",
  (x: Tensor, lambda: number = 0.5): Tensor => {
    checkNotNegative("softshrink", "lambda", lambda);
    return shrunk(x, lambda, 1);
  },
  [[], [2]],
);

/** `x` beyond ±lambda, 0 between. */
export const hardshrink = activation(
  "hardshrink",
  (x: Tensor, lambda: number = 0.5): Tensor => {
    checkNotNegative("hardshrink", "lambda", lambda);
    return shrunk(x, lambda, 0);
  },
  [[], [2]],
);
