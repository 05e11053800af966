// Transcendental functions on four float32 lanes, as inline code: every instruction rounds as IEEE 754 says, so the
// bits are the same on every machine. Knows nothing of expressions or kernels.
import {
  abs,
  add,
  and,
  choose,
  convertLow,
  dadd,
  ddiv,
  demote,
  div,
  dmul,
  double,
  dpmax,
  dpmin,
  dsub,
  eq,
  ge,
  gt,
  high,
  iadd,
  ieq,
  ints,
  isub,
  lowWords,
  lt,
  mul,
  ne,
  negAbs,
  not,
  or,
  pairedPolynomial,
  pmax,
  pmin,
  polynomial,
  promote,
  type Scope,
  shl,
  shr,
  signOf,
  sub,
  type Term,
  toFloat,
  trunc,
  xor,
} from "./terms.ts";

/** A function of one vector; the result refers to the scope's temporaries, so emit it before releasing them. */
export type VectorFunction = (scope: Scope, x: Term) => Term;

const log2e = Math.LOG2E;
/** ln 2 = ln2Hi + ln2Lo; the high part has so few bits that n · ln2Hi is exact for every exponent n. */
const ln2Hi = 0.693359375;
const ln2Lo = Math.LN2 - ln2Hi;
/** Adding 1.5 · 2²³ leaves the nearest integer in the low bits of the mantissa. */
const roundingMagic = 12582912;
const roundingMagicBits = 0x4b400000;
const oneBits = 0x3f800000;

// Minimax coefficients of the Cephes library's expf, logf, sinf and cosf (Moshier), highest power first.
const expCoefficients = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];
const logCoefficients = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const sinCoefficients = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1];
const cosCoefficients = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2];

/** `eʳ − 1` for |r| ≤ ½ ln 2. */
function expm1Reduced(scope: Scope, reduced: Term): Term {
  const r = scope.keep(reduced);
  const square = scope.keep(mul(r, r));
  return add(mul(pairedPolynomial(r, square, expCoefficients), square), r);
}

/** Splits x = n ln 2 + r; `shifted` holds n in its low mantissa bits. `x` must be a kept term. */
function reduceByLn2(scope: Scope, x: Term, offset = 0): { shifted: Term; r: Term } {
  const shifted = scope.keep(add(mul(x, log2e), roundingMagic + offset));
  const n = scope.keep(sub(shifted, roundingMagic + offset));
  return { shifted, r: sub(sub(x, mul(n, ln2Hi)), mul(n, ln2Lo)) };
}

/** `p · 2ⁿ` for p near 1 and integer n in [−152, 129], rounded once; `n` must be a kept term. */
function scaleByPowerOfTwo(scope: Scope, p: Term, n: Term): Term {
  const half = scope.keep(shr(n, 1));
  const first = iadd(shl(half, 23), ints(oneBits));
  const second = iadd(shl(isub(n, half), 23), ints(oneBits));
  return mul(mul(p, first), second);
}

/** eˣ. */
export const exp: VectorFunction = (scope, x) => {
  const bounded = scope.keep(pmin(pmax(x, -104.5), 89));
  const { shifted, r } = reduceByLn2(scope, bounded);
  const p = scope.keep(add(expm1Reduced(scope, r), 1));
  const n = scope.keep(isub(shifted, ints(roundingMagicBits)));
  return scaleByPowerOfTwo(scope, p, n);
};

/** 1 / (1 + e⁻ˣ), as max(e⁻|x|, x ≥ 0) / (1 + e⁻|x|), in which nothing overflows. */
export const sigmoid: VectorFunction = (scope, argument) => {
  const x = scope.keep(argument);
  const bounded = scope.keep(pmax(negAbs(x), -104.5));
  // The power of two is raised by 32 while it is put together from bits and lowered again by a product, which
  // rounds results below the normal range correctly.
  const { shifted, r } = reduceByLn2(scope, bounded, 32);
  const p = add(expm1Reduced(scope, r), 1);
  const power = iadd(shl(shifted, 23), ints(oneBits));
  const e = scope.keep(mul(mul(p, power), 2 ** -32));
  return div(pmax(e, and(ge(x, 0), 1)), add(e, 1));
};

/** tanh x = −m / (m + 2) with m = e^(−2|x|) − 1, and the sign of x. */
export const tanh: VectorFunction = (scope, argument) => {
  const x = scope.keep(argument);
  const bounded = scope.keep(pmax(mul(abs(x), -2), -20));
  const { shifted, r } = reduceByLn2(scope, bounded);
  const q = expm1Reduced(scope, r);
  const power = scope.keep(iadd(shl(shifted, 23), ints(oneBits)));
  const m = scope.keep(add(mul(q, power), sub(power, 1)));
  return or(abs(div(m, add(m, 2))), signOf(x));
};

/** Natural logarithm; −∞ at zero, NaN below it. */
export const log: VectorFunction = (scope, argument) => {
  const x = scope.keep(argument);
  const { exponent, mantissa } = splitExponent(scope, x);
  const e = scope.keep(toFloat(exponent));
  const m = scope.keep(sub(mantissa, 1));
  const z = scope.keep(mul(m, m));
  const tail = add(mul(mul(pairedPolynomial(m, z, logCoefficients), m), z), mul(e, ln2Lo));
  const finite = add(add(m, sub(tail, mul(z, 0.5))), mul(e, ln2Hi));
  const positive = choose(lt(x, Infinity), finite, x);
  return choose(gt(x, 0), positive, choose(eq(x, 0), -Infinity, Number.NaN));
};

/** x = mantissa · 2^exponent with mantissa in [√½, √2), for positive finite x; `x` must be a kept term. */
function splitExponent(scope: Scope, x: Term): { exponent: Term; mantissa: Term } {
  const sqrtHalfBits = 0x3f3504f3;
  const subnormal = scope.keep(lt(x, 2 ** -126));
  const scaled = choose(subnormal, mul(x, 2 ** 23), x);
  const bits = scope.keep(isub(scaled, ints(sqrtHalfBits)));
  const exponent = scope.keep(isub(shr(bits, 23), and(subnormal, ints(23))));
  const mantissa = scope.keep(iadd(and(bits, ints(0x7fffff)), ints(sqrtHalfBits)));
  return { exponent, mantissa };
}

/** Sine and cosine: reduction by π/2 in float64, exact to |x| = 4·10⁸; larger arguments give values in [−1, 1]. */
export const sin: VectorFunction = (scope, x) => circular(scope, x, 0);
/** See `sin`. */
export const cos: VectorFunction = (scope, x) => circular(scope, x, 1);

/** π/2 in two parts, the first of 25 bits, so that its product with a 28-bit integer is exact. */
const halfPiHi = 1.5707963109016418;
const halfPiLo = 1.5893254773528196e-8;
const doubleRoundingMagic = 6755399441055744;

/** sin(x + quarters · π/2). */
function circular(scope: Scope, argument: Term, quarters: number): Term {
  const x = scope.keep(argument);
  const reduce = (half: Term) => {
    const wide = scope.keep(promote(half));
    const shifted = scope.keep(dadd(dmul(wide, double(2 / Math.PI)), double(doubleRoundingMagic)));
    const n = scope.keep(dsub(shifted, double(doubleRoundingMagic)));
    const r = scope.keep(dsub(dsub(wide, dmul(n, double(halfPiHi))), dmul(n, double(halfPiLo))));
    return { shifted, r };
  };
  const low = reduce(x);
  const upper = reduce(high(x));
  // Infinity − Infinity has given NaN by now, and the clamps keep it; they act on huge arguments alone.
  const r = scope.keep(pmin(pmax(demote(low.r, upper.r), -0.7854), 0.7854));
  const quarter = scope.keep(iadd(lowWords(low.shifted, upper.shifted), ints(quarters)));
  const z = scope.keep(mul(r, r));
  const sine = mul(r, add(mul(polynomial(z, sinCoefficients), z), 1));
  const cosine = add(sub(mul(mul(polynomial(z, cosCoefficients), z), z), mul(z, 0.5)), 1);
  const useSine = ieq(and(quarter, ints(1)), ints(0));
  const sign = shl(and(quarter, ints(2)), 30);
  return xor(choose(useSine, sine, cosine), sign);
}

/**
 * aᵇ with the special values of C's pow. log₂|a| and its product with b are float64, since a relative error there
 * is multiplied by up to 128 in the result.
 */
export function pow(scope: Scope, base: Term, exponent: Term): Term {
  const a = scope.keep(base);
  const b = scope.keep(exponent);
  const size = scope.keep(abs(a));
  const split = splitExponent(scope, size);
  // Beyond ±2³⁵ every size other than 1 over- or underflows.
  const bounded = scope.keep(pmin(pmax(b, -(2 ** 35)), 2 ** 35));
  const product = (mantissaHalf: Term, exponentHalf: Term, boundedHalf: Term) => {
    const m = scope.keep(promote(mantissaHalf));
    const s = scope.keep(ddiv(dsub(m, double(1)), dadd(m, double(1))));
    const z = scope.keep(dmul(s, s));
    const series = [13, 11, 9, 7, 5, 3, 1].map((k) => double(2 / (k * Math.LN2)));
    const sum = series.reduce((total, c) => dadd(dmul(total, z), c));
    const log2 = dadd(dmul(sum, s), convertLow(exponentHalf));
    return scope.keep(dpmin(dpmax(dmul(log2, promote(boundedHalf)), double(-152)), double(129)));
  };
  const low = product(split.mantissa, split.exponent, bounded);
  const upper = product(high(split.mantissa), high(split.exponent), high(bounded));
  const round = (p: Term) => scope.keep(dadd(p, double(doubleRoundingMagic)));
  const lowShifted = round(low);
  const upperShifted = round(upper);
  const fraction = (p: Term, shifted: Term) =>
    dmul(dsub(p, dsub(shifted, double(doubleRoundingMagic))), double(Math.LN2));
  const r = demote(fraction(low, lowShifted), fraction(upper, upperShifted));
  const p = scope.keep(add(expm1Reduced(scope, r), 1));
  const n = scope.keep(lowWords(lowShifted, upperShifted));
  const finite = scope.keep(scaleByPowerOfTwo(scope, p, n));

  // |a| of 0 and ∞ have no logarithm: the result is 0 or ∞ by the sign of b.
  const extreme = scope.keep(or(eq(size, 0), eq(size, Infinity)));
  const extremeValue = choose(xor(eq(size, 0), lt(b, 0)), 0, Infinity);
  const magnitude = scope.keep(choose(extreme, extremeValue, finite));

  const integer = scope.keep(eq(trunc(b), b));
  const half = scope.keep(mul(b, 0.5));
  const odd = scope.keep(and(integer, ne(trunc(half), half)));
  const signed = scope.keep(xor(magnitude, and(odd, signOf(a))));
  const undefinedPower = and(not(integer), and(lt(a, 0), not(extreme)));
  const number = choose(undefinedPower, Number.NaN, signed);
  const notANumber = or(ne(a, a), ne(b, b));
  const one = or(eq(b, 0), eq(a, 1));
  return choose(one, 1, choose(notANumber, add(a, b), number));
}
