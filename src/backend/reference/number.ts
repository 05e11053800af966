// How numbers of each dtype behave when they are held as JavaScript numbers: rounding, wrapping, integer division.

import type { DType } from "../../base/dtype.ts";
import { type ScalarName, scalarFunctions } from "../../kernel/scalar.ts";

/** A scalar function on JavaScript numbers; functions of fewer arguments ignore the rest. */
export type NumberFunction = (a: number, b: number, c: number) => number;

/** Float to integer: drops the fraction, NaN becomes 0, what lies outside int32 becomes its nearest end. */
function truncateToInt32(x: number): number {
  if (x >= 2147483647) return 2147483647;
  if (x <= -2147483648) return -2147483648;
  return x | 0;
}

/** Conversion of a value of dtype `from` to dtype `to`. */
export function conversion(from: DType, to: DType): (x: number) => number {
  switch (to) {
    case "float64":
      return (x) => x;
    case "float32":
      return Math.fround;
    case "int32":
      return truncateToInt32;
    case "uint8":
      return from === "int32" ? (x) => x & 255 : (x) => truncateToInt32(x) & 255;
    case "bool":
      return (x) => (x !== 0 ? 1 : 0);
  }
}

/** Brings the outcome of arithmetic on values of a dtype back into it: floats round, integers wrap around. */
function wrap(dtype: DType): (x: number) => number {
  switch (dtype) {
    case "float64":
      return (x) => x;
    case "float32":
      return Math.fround;
    case "int32":
      return (x) => x | 0;
    case "uint8":
      return (x) => x & 255;
    case "bool":
      return (x) => (x !== 0 ? 1 : 0);
  }
}

/** Integer power modulo 2³² by squaring; a negative exponent gives the reciprocal without its fraction. */
function integerPower(base: number, exponent: number): number {
  if (exponent < 0) {
    if (base === 1) return 1;
    return base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
  }
  let result = 1;
  let factor = base;
  for (let left = exponent; left > 0; left >>>= 1) {
    if (left & 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

/** Where integers don't follow from float64 and wrapping: products past 2⁵³, and division, where x / 0 is 0. */
const integerFunctions: Partial<Record<ScalarName, NumberFunction>> = {
  mul: Math.imul,
  div: (a, b) => (b === 0 ? 0 : Math.trunc(a / b)),
  reciprocal: (a) => (a === 0 ? 0 : Math.trunc(1 / a)),
  pow: integerPower,
};

/** The meaning of a scalar function whose arguments have dtype `operands` and whose value has dtype `result`. */
export function scalarFunction(name: ScalarName, operands: DType, result: DType): NumberFunction {
  const isInteger = operands === "int32" || operands === "uint8" || operands === "bool";
  const js = (isInteger ? integerFunctions[name] : undefined) ?? scalarFunctions[name].js;
  switch (result) {
    case "float64":
      return js;
    case "float32":
      return (a, b, c) => Math.fround(js(a, b, c));
    default: {
      const toResult = wrap(result);
      return (a, b, c) => toResult(js(a, b, c));
    }
  }
}
