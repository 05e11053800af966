// Vector code written as formulas: a term pushes one v128 when called, and terms combine into terms.
// Knows lanes and instructions, not what the numbers mean.
import type { FunctionBuilder, Local, PlainOp } from "./assembler.ts";

/** Code that pushes one v128. A term that was not `keep`-ed is emitted afresh wherever it is used. */
export type Term = (f: FunctionBuilder) => void;

/** A float term, or a number for the same float in every lane. */
export type FloatTerm = Term | number;

/** Temporaries of one piece of code, given back together, and whether that code may use relaxed SIMD. */
export class Scope {
  readonly f: FunctionBuilder;
  readonly #relaxed: boolean;
  readonly #locals: Local[] = [];

  constructor(f: FunctionBuilder, relaxed: boolean) {
    this.f = f;
    this.#relaxed = relaxed;
  }

  /** `a · b + c`: one instruction with relaxed SIMD, which rounds once or twice; else two that round as IEEE 754 says. */
  madd(a: FloatTerm, b: FloatTerm, c: FloatTerm): Term {
    return this.#relaxed ? ternary("f32x4.relaxed_madd", a, b, c) : add(mul(a, b), c);
  }

  /** `c − a · b`, like `madd`. */
  nmadd(a: FloatTerm, b: FloatTerm, c: FloatTerm): Term {
    return this.#relaxed ? ternary("f32x4.relaxed_nmadd", a, b, c) : sub(c, mul(a, b));
  }

  /** Emits a term now and gives a term that reads its value as often as needed. */
  keep(term: Term): Term {
    const local = this.local();
    term(this.f);
    this.f.set(local);
    return (f) => f.get(local);
  }

  /** A v128 local of this scope. */
  local(): Local {
    const local = this.f.local("v128");
    this.#locals.push(local);
    return local;
  }

  /** Gives every temporary back; the terms made here must have been emitted by now. */
  release(): void {
    this.f.release(...this.#locals);
    this.#locals.length = 0;
  }
}

function asTerm(value: FloatTerm): Term {
  return typeof value === "number" ? (f) => f.f32x4(value) : value;
}

function unary(op: PlainOp): (a: FloatTerm) => Term {
  return (a) => (f) => {
    asTerm(a)(f);
    f.op(op);
  };
}

function binary(op: PlainOp): (a: FloatTerm, b: FloatTerm) => Term {
  return (a, b) => (f) => {
    asTerm(a)(f);
    asTerm(b)(f);
    f.op(op);
  };
}

function ternary(op: PlainOp, a: FloatTerm, b: FloatTerm, c: FloatTerm): Term {
  return (f) => {
    asTerm(a)(f);
    asTerm(b)(f);
    asTerm(c)(f);
    f.op(op);
  };
}

function shift(op: PlainOp): (a: Term, by: number) => Term {
  return (a, by) => (f) => {
    a(f);
    f.i32(by).op(op);
  };
}

/** The same int32 in every lane. */
export const ints =
  (value: number): Term =>
  (f) =>
    f.i32x4(value);

export const add = binary("f32x4.add");
export const sub = binary("f32x4.sub");
export const mul = binary("f32x4.mul");
export const div = binary("f32x4.div");
export const sqrt = unary("f32x4.sqrt");
export const floor = unary("f32x4.floor");
export const ceil = unary("f32x4.ceil");
export const trunc = unary("f32x4.trunc");
export const nearest = unary("f32x4.nearest");
/** IEEE maximum and minimum: NaN if either is NaN. */
export const max = binary("f32x4.max");
export const min = binary("f32x4.min");
/** `b < a ? b : a`, so a NaN in `a` stays; cheaper than `min`. */
export const pmin = binary("f32x4.pmin");
/** `a < b ? b : a`, so a NaN in `a` stays; cheaper than `max`. */
export const pmax = binary("f32x4.pmax");
export const eq = binary("f32x4.eq");
export const ne = binary("f32x4.ne");
export const lt = binary("f32x4.lt");
export const le = binary("f32x4.le");
export const gt = binary("f32x4.gt");

export const iadd = binary("i32x4.add");
export const isub = binary("i32x4.sub");
export const imul = binary("i32x4.mul");
export const imax = binary("i32x4.max_s");
export const imin = binary("i32x4.min_s");
export const iabs = unary("i32x4.abs");
export const ineg = unary("i32x4.neg");
export const ieq = binary("i32x4.eq");
export const ine = binary("i32x4.ne");
export const ilt = binary("i32x4.lt_s");
export const ile = binary("i32x4.le_s");
export const shl = shift("i32x4.shl");
export const shr = shift("i32x4.shr_s");
export const shrUnsigned = shift("i32x4.shr_u");

export const and = binary("v128.and");
export const or = binary("v128.or");
export const xor = binary("v128.xor");
export const not = unary("v128.not");

const signBits = ints(-0x80000000);
// V8 builds a fresh mask for each f32x4.abs and f32x4.neg, while it keeps constants in registers across a loop.
export const abs = (a: FloatTerm): Term => and(a, ints(0x7fffffff));
export const neg = (a: FloatTerm): Term => xor(a, signBits);
/** The sign of a float alone: 0 or −0. */
export const signOf = (a: FloatTerm): Term => and(a, signBits);

export const toFloat = unary("f32x4.convert_i32x4_s");
export const toInt = unary("i32x4.trunc_sat_f32x4_s");

/** `condition ? a : b` by lanes; the condition is a mask. */
export function choose(condition: Term, a: FloatTerm, b: FloatTerm): Term {
  return (f) => {
    asTerm(a)(f);
    asTerm(b)(f);
    condition(f);
    f.op("v128.bitselect");
  };
}

/** `((c0 x + c1) x + …) x + cn`, Horner's rule; `x` must be a kept term. */
export function polynomial(scope: Scope, x: Term, [first, ...rest]: readonly number[]): Term {
  return rest.reduce<Term>((sum, c) => scope.madd(sum, x, c), asTerm(first!));
}

/**
 * The same polynomial by pairs of coefficients and powers of `square` = x², which halves the chain of dependent
 * instructions; `x` and `square` must be kept terms.
 */
export function pairedPolynomial(scope: Scope, x: Term, square: Term, coefficients: readonly number[]): Term {
  const pairs: FloatTerm[] = coefficients.length % 2 === 1 ? [coefficients[0]!] : [];
  for (let i = pairs.length; i < coefficients.length; i += 2) {
    pairs.push(scope.madd(x, coefficients[i]!, coefficients[i + 1]!));
  }
  return asTerm(pairs.reduce((sum, pair) => scope.madd(sum, square, pair)));
}

// Two lanes of float64, for the few places where float32 cannot hold an intermediate value.

/** A float64 in both lanes. */
export function double(value: number): Term {
  const words = new Int32Array(new Float64Array([value]).buffer);
  return (f) => f.i32x4(words[0]!, words[1]!, words[0]!, words[1]!);
}

export const dadd = binary("f64x2.add");
export const dsub = binary("f64x2.sub");
export const dmul = binary("f64x2.mul");
export const ddiv = binary("f64x2.div");
export const dpmin = binary("f64x2.pmin");
export const dpmax = binary("f64x2.pmax");
export const promote = unary("f64x2.promote_low_f32x4");
export const convertLow = unary("f64x2.convert_low_i32x4_s");

/** The upper two 32-bit lanes moved to the lower half; `a` must be a kept term. */
export function high(a: Term): Term {
  return (f) => {
    a(f);
    a(f);
    f.shuffle32(2, 3, 2, 3);
  };
}

/** Four float32 from two pairs of float64. */
export function demote(low: Term, upper: Term): Term {
  return (f) => {
    low(f);
    f.op("f32x4.demote_f64x2_zero");
    upper(f);
    f.op("f32x4.demote_f64x2_zero").shuffle32(0, 1, 4, 5);
  };
}

/** The low words of four float64. */
export function lowWords(low: Term, upper: Term): Term {
  return (f) => {
    low(f);
    upper(f);
    f.shuffle32(0, 2, 4, 6);
  };
}
