// How each reduction combines lanes of each dtype. Knows instructions and dtypes, nothing of loops.

import type { DType } from "../../base/dtype.ts";
import type { Reduction } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local, PlainOp } from "./assembler.ts";
import { type LaneDType, type Lanes, laneDType, pushConstant } from "./lanes.ts";

/** A reduction's pieces of code; values are vectors in their dtype's lane form. */
export interface Combiner {
  /** True where the result is an index of a best value, found with `pushBetter`. */
  readonly picks: boolean;
  /** True where the result depends on the order of combination. */
  readonly rounds: boolean;
  /** Pushes the value that changes nothing. */
  pushIdentity(f: FunctionBuilder): void;
  /** Replaces two vectors on the stack by their combination. */
  combine(f: FunctionBuilder): void;
  /** Puts the identity into the lanes of the vector on the stack from `lanes` on. */
  fill(f: FunctionBuilder, lanes: Lanes): void;
  /** Brings a final value into its dtype's range. */
  finish(f: FunctionBuilder, value: Local): void;
  /** Pushes the mask of lanes where `value` is better than `best`; NaN is better than any number. */
  pushBetter(f: FunctionBuilder, value: Local, best: Local): void;
}

const least: Record<LaneDType, number> = { float32: -Infinity, int32: -(2 ** 31), uint8: 0, bool: 0 };
const greatest: Record<LaneDType, number> = { float32: Infinity, int32: 2 ** 31 - 1, uint8: 255, bool: 1 };

interface Rule {
  readonly identity: (dtype: LaneDType) => number;
  readonly float: PlainOp;
  readonly int: PlainOp;
  /** On masks, where true is −1. */
  readonly bool: PlainOp;
}

const rules: Record<Reduction, Rule> = {
  sum: { identity: () => 0, float: "f32x4.add", int: "i32x4.add", bool: "v128.or" },
  prod: { identity: () => 1, float: "f32x4.mul", int: "i32x4.mul", bool: "v128.and" },
  max: { identity: (d) => least[d], float: "f32x4.max", int: "i32x4.max_s", bool: "v128.or" },
  min: { identity: (d) => greatest[d], float: "f32x4.min", int: "i32x4.min_s", bool: "v128.and" },
  argmax: { identity: (d) => least[d], float: "f32x4.gt", int: "i32x4.gt_s", bool: "i32x4.lt_s" },
  argmin: { identity: (d) => greatest[d], float: "f32x4.lt", int: "i32x4.lt_s", bool: "i32x4.gt_s" },
};

/** The combiner of a reduction over values of a dtype. */
export function combinerOf(kind: Reduction, valueDType: DType): Combiner {
  const dtype = laneDType(valueDType);
  const rule = rules[kind];
  const op = dtype === "float32" ? rule.float : dtype === "bool" ? rule.bool : rule.int;
  const identity = rule.identity(dtype);
  return {
    picks: kind === "argmax" || kind === "argmin",
    rounds: kind === "sum" && dtype === "float32",
    pushIdentity: (f) => pushConstant(f, identity, dtype),
    combine: (f) => f.op(op),
    fill: (f, lanes) => {
      if (lanes === 4) return;
      pushConstant(f, identity, dtype);
      f.i32x4(...[0, 1, 2, 3].map((k) => (k < lanes ? -1 : 0))).op("v128.bitselect");
    },
    finish: (f, value) => {
      if (dtype === "uint8") f.get(value).i32x4(255).op("v128.and").set(value);
    },
    pushBetter: (f, value, best) => {
      f.get(value).get(best).op(op);
      if (dtype !== "float32") return;
      f.get(value).get(value).op("f32x4.ne").get(best).get(best).op("f32x4.eq");
      f.op("v128.and").op("v128.or");
    },
  };
}
