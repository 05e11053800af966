// Elementwise parts of losses whose gradients are not those that their formulas compose to.

import { apply, type Expr } from "../kernel/expr.ts";
import { elementwiseFunction, type OpRecord } from "./define.ts";

/** `max(ln x, −100)`: a certain mistake costs 100, not infinity. */
function boundedLog(x: Expr): Expr {
  return apply("max", apply("log", x), -100);
}

/**
 * `−t ln p − (1 − t) ln(1 − p)` of probabilities, with logarithms of at least −100. The gradient's denominator is at least 1e-12,
 * so that a certain mistake has a steep slope rather than none, as PyTorch has it.
 */
export const binaryEntropy = elementwiseFunction({
  name: "binaryEntropy",
  inputs: ["p", "t"],
  expr: ({ p, t }) => {
    const [no, yes] = [boundedLog(apply("sub", 1, p)), boundedLog(p)];
    return apply("sub", apply("mul", apply("sub", t, 1), no), apply("mul", t, yes));
  },
  grad: {
    // dp = dy · (p − t) / (p (1 − p))
    p: ({ dy, p, t }) => dy.mul(p.sub(t)).div(p.mul(p.neg().add(1)).maximum(1e-12)),
    // dt = dy · (ln(1 − p) − ln p)
    t: ({ dy, p }) => dy.mul(p.neg().add(1).log().maximum(-100).sub(p.log().maximum(-100))),
  },
  samples: [
    [
      [2, 3],
      [2, 3],
    ],
    [[], []],
    [[0], [0]],
  ],
  domain: [0.1, 0.9],
});

/** `max(x, low)` whose gradient goes through also where the bound holds, as PyTorch treats a variance. */
export const raised = elementwiseFunction({
  name: "raised",
  inputs: ["x", "low"],
  expr: ({ x, low }) => apply("max", x, low),
  grad: { x: ({ dy }) => dy, low: null }, // dx = dy
  samples: [],
});

/** What the checks try these ops with. */
export function lossRecords(): OpRecord[] {
  return [binaryEntropy.record];
}
