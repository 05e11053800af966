// The scalar functions that kernels are made of, with their meaning in float64; knows nothing of tensors or backends.
import { erf } from "./erf.ts";
import { threefry2x32 } from "./threefry.ts";

/** How a scalar function's result type follows from its arguments'. */
export type ResultRule = "same" | "bool" | "int32";

/** One scalar function: its number of arguments, its result's type and its meaning on JavaScript numbers. */
export interface ScalarFunction {
  readonly arity: 1 | 2 | 3;
  readonly result: ResultRule;
  /** True when the function costs more than a handful of instructions, so that computing it twice is worth avoiding. */
  readonly costly?: boolean;
  /** True when the result never falls as the first argument rises. */
  readonly rises?: boolean;
  /** The meaning, in float64. Integer results are wrapped to int32 by the caller where the dtype asks for it. */
  readonly js: (a: number, b: number, c: number) => number;
}

function define<const T extends Record<string, ScalarFunction>>(
  table: T,
): { [K in keyof T]: ScalarFunction } {
  return table;
}

/** Round half to even, as IEEE 754 and PyTorch do. */
function roundEven(x: number): number {
  const floor = Math.floor(x);
  const diff = x - floor;
  if (diff < 0.5) return floor;
  if (diff > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** IEEE 754's pow: unlike JavaScript's, 1 to any power and −1 to an infinite one are 1. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
  return a ** b;
}

/**
 * Every scalar function by name. Adding one means a row here and a row in each backend's own table; the
 * compiler names the tables that lack it.
 * Arguments of `select` are (condition, if true, if false), its result has the type of the second.
 * `threefry` takes (counter, key0, key1) as int32 bit patterns and gives 32 random bits as int32.
 */
export const scalarFunctions = define({
  neg: { arity: 1, result: "same", js: (a) => -a },
  abs: { arity: 1, result: "same", js: (a) => Math.abs(a) },
  /** 0 for NaN, as PyTorch has it. */
  sign: { arity: 1, result: "same", js: (a) => (a > 0 ? 1 : a < 0 ? -1 : 0) },
  floor: { arity: 1, result: "same", js: (a) => Math.floor(a) },
  ceil: { arity: 1, result: "same", js: (a) => Math.ceil(a) },
  round: { arity: 1, result: "same", js: (a) => roundEven(a) },
  sqrt: { arity: 1, result: "same", js: (a) => Math.sqrt(a) },
  reciprocal: { arity: 1, result: "same", js: (a) => 1 / a },
  exp: { arity: 1, result: "same", costly: true, js: (a) => Math.exp(a) },
  log: { arity: 1, result: "same", costly: true, js: (a) => Math.log(a) },
  sin: { arity: 1, result: "same", costly: true, js: (a) => Math.sin(a) },
  cos: { arity: 1, result: "same", costly: true, js: (a) => Math.cos(a) },
  tanh: { arity: 1, result: "same", costly: true, rises: true, js: (a) => Math.tanh(a) },
  sigmoid: { arity: 1, result: "same", costly: true, rises: true, js: (a) => 1 / (1 + Math.exp(-a)) },
  erf: { arity: 1, result: "same", costly: true, js: (a) => erf(a) },
  isFinite: { arity: 1, result: "bool", js: (a) => (Number.isFinite(a) ? 1 : 0) },
  not: { arity: 1, result: "bool", js: (a) => (a ? 0 : 1) },
  add: { arity: 2, result: "same", js: (a, b) => a + b },
  sub: { arity: 2, result: "same", js: (a, b) => a - b },
  mul: { arity: 2, result: "same", js: (a, b) => a * b },
  div: { arity: 2, result: "same", js: (a, b) => a / b },
  pow: { arity: 2, result: "same", costly: true, js: (a, b) => power(a, b) },
  max: { arity: 2, result: "same", rises: true, js: (a, b) => Math.max(a, b) },
  min: { arity: 2, result: "same", rises: true, js: (a, b) => Math.min(a, b) },
  eq: { arity: 2, result: "bool", js: (a, b) => (a === b ? 1 : 0) },
  ne: { arity: 2, result: "bool", js: (a, b) => (a !== b ? 1 : 0) },
  lt: { arity: 2, result: "bool", js: (a, b) => (a < b ? 1 : 0) },
  le: { arity: 2, result: "bool", js: (a, b) => (a <= b ? 1 : 0) },
  and: { arity: 2, result: "bool", js: (a, b) => (a && b ? 1 : 0) },
  or: { arity: 2, result: "bool", js: (a, b) => (a || b ? 1 : 0) },
  shiftRight: { arity: 2, result: "int32", js: (a, b) => (a | 0) >>> (b & 31) },
  select: { arity: 3, result: "same", js: (c, a, b) => (c ? a : b) },
  threefry: { arity: 3, result: "int32", costly: true, js: (n, k0, k1) => threefry2x32(k0, k1, n, 0) },
});

/** The name of a scalar function. */
export type ScalarName = keyof typeof scalarFunctions;
