// Transcendental functions on four float32 lanes, as inline code. Every instruction rounds as IEEE 754 says, so the
// bits are the same on every machine, unless the scope allows relaxed SIMD, whose multiply-add some processors fuse.
// Knows nothing of expressions or kernels.
//
// Errors are in units of the last place against float64, seen over millions of arguments of all sizes, with and without
// relaxed SIMD; test/backend/wasm-math.test.ts holds the functions to bounds a little above them.
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
  high,
  iadd,
  ieq,
  ints,
  isub,
  lowWords,
  lt,
  mul,
  ne,
  not,
  or,
  pairedPolynomial,
  pmax,
  pmin,
  polynomial,
  promote,
  Scope,
  shl,
  shr,
  signOf,
  sqrt,
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
const oneBits = 0x3f800000;

// All coefficients stand highest power first. Unless another source is named they are fits of our own with the least
// possible largest relative error of the function that they serve: least squares in float64 at over 1000 Chebyshev points
// of the interval, the weights multiplied by the residuals until these level out (Lawson's algorithm); then, from the
// lowest power on, a coefficient is rounded to float32 and the others are fitted anew. They have as many digits as a float32
// needs.

/** (eʳ − 1 − r) / r² for |r| ≤ ½ ln 2; leaves eʳ a relative error of 2⁻²⁸. */
const expCoefficients = [1.3821173e-3, 8.368666e-3, 4.166826e-2, 1.6666521e-1, 4.9999994e-1];
/** r · coth(r / 2) in r² for |r| ≤ ½ ln 2; leaves eʳ a relative error of 2⁻³⁰. */
const cothCoefficients = [-2.766011e-3, 1.6666618e-1, 2];
/** (artanh s − s) · 2 / s³ in s² for |s| ≤ (√2 − 1) / (√2 + 1); leaves the logarithm a relative error of 2⁻³⁰. */
const logCoefficients = [2.9871485e-1, 3.9977568e-1, 6.6666776e-1];
/** (sinh x − x) / x³ in x² for |x| ≤ 9.02; leaves sinh x / √(1 + sinh² x) a relative error of 2⁻²⁷. */
const tanhCoefficients = [2.2761801e-10, 2.335912e-8, 2.7727008e-6, 1.9834324e-4, 8.333437e-3, 1.6666663e-1];
/** (u − x) / x³ in x² for |x| ≤ 3.93, where u / √(u² + π/4) = erf x; leaves this a relative error of 2⁻²⁶. */
const erfCoefficients = [
  1.4322301e-8, -1.7829369e-7, 2.374635e-6, 2.8282277e-6, 1.3689807e-4, 1.2118535e-3, 1.1221963e-2,
  7.130059e-2, 3.0328724e-1,
];
/** From the Cephes library's sinf and cosf (Moshier). */
const sinCoefficients = [-1.9515296e-4, 8.332161e-3, -1.6666655e-1];
const cosCoefficients = [2.4433157e-5, -1.3887316e-3, 4.1666646e-2];

/** `eʳ` for |r| ≤ ½ ln 2. */
function expReduced(scope: Scope, reduced: Term): Term {
  const r = scope.keep(reduced);
  const square = scope.keep(mul(r, r));
  return add(scope.madd(pairedPolynomial(scope, r, square, expCoefficients), square, r), 1);
}

/** Splits x = n ln 2 + r; `shifted` holds n in its low mantissa bits. `x` must be a kept term. */
function reduceByLn2(scope: Scope, x: Term): { shifted: Term; r: Term } {
  const shifted = scope.keep(scope.madd(x, log2e, roundingMagic));
  const n = scope.keep(sub(shifted, roundingMagic));
  return { shifted, r: scope.nmadd(n, ln2Lo, scope.nmadd(n, ln2Hi, x)) };
}

/** `p · 2ⁿ` for p near 1 and n in [−152, 129] in the low mantissa bits of `shifted`, a kept term; rounded once. */
function scaleByPowerOfTwo(scope: Scope, p: Term, shifted: Term): Term {
  const half = scope.keep(shr(shifted, 1));
  const first = iadd(shl(half, 23), ints(oneBits));
  const second = iadd(shl(isub(shifted, half), 23), ints(oneBits));
  return mul(mul(p, first), second);
}

/** eˣ. Largest error seen 1.0 ULP. */
export const exp: VectorFunction = (scope, argument) => {
  const x = scope.keep(pmin(pmax(argument, -104.5), 89));
  const { shifted, r } = reduceByLn2(scope, x);
  const p = scope.keep(expReduced(scope, r));
  return scaleByPowerOfTwo(scope, p, shifted);
};

/**
 * 1 / (1 + e⁻ˣ). With x = n ln 2 + r and eʳ = (c + r) / (c − r), where c = r · coth(r / 2), this is
 * (c + r) / ((c + r) + 2⁻ⁿ (c − r)), in which one division serves for both quotients.
 * Largest error seen 2.4 ULP.
 */
export const sigmoid: VectorFunction = (scope, argument) => {
  // Where it is 1 in float32, and where it is 0.
  const x = scope.keep(pmax(pmin(argument, 20), -104.5));
  const { shifted, r: reduced } = reduceByLn2(scope, x);
  const r = scope.keep(reduced);
  const c = scope.keep(polynomial(scope, scope.keep(mul(r, r)), cothCoefficients));
  // Both terms are scaled by 2⁻⁶⁴, so that 2⁻ⁿ stays in range.
  const up = scope.keep(mul(add(c, r), 2 ** -64));
  const power = isub(ints(oneBits - (64 << 23)), shl(shifted, 23));
  return div(up, scope.madd(sub(c, r), power, up));
};

/** Hyperbolic tangent, as sinh x / √(1 + sinh² x). Largest error seen 2.7 ULP. */
export const tanh: VectorFunction = (scope, x) => saturating(scope, x, 9.02, tanhCoefficients, 1);

/** The error function 2/√π ∫₀ˣ e^(−t²) dt. Largest error seen 2.6 ULP. */
export const erf: VectorFunction = (scope, x) =>
  saturating(scope, x, 3.93, erfCoefficients, Math.fround(Math.PI / 4));

/**
 * u / √(u² + scale), where u = x + x³ · polynomial(x²), with x held within ±limit. An odd function that is x / √scale
 * for small x and ±1, never more, for large: there an error of u hardly matters, since it is above and below the line.
 */
function saturating(
  scope: Scope,
  argument: Term,
  limit: number,
  coefficients: readonly number[],
  scale: number,
): Term {
  const x = scope.keep(pmin(pmax(argument, -limit), limit));
  const z = scope.keep(mul(x, x));
  const slope = pairedPolynomial(scope, z, scope.keep(mul(z, z)), coefficients);
  const u = scope.keep(scope.madd(slope, mul(x, z), x));
  return div(u, sqrt(scope.madd(u, u, scale)));
}

/**
 * Natural logarithm; −∞ at zero, NaN below it. With x = 2ᵉ (1 + f) and s = f / (2 + f) it is
 * e ln 2 + f − s (f − (artanh s − s) · 2 / s). Largest error seen 0.95 ULP.
 */
export const log: VectorFunction = (scope, argument) => {
  const x = scope.keep(argument);
  const { exponent, mantissa } = splitExponent(scope, x);
  const e = scope.keep(toFloat(exponent));
  const f = scope.keep(sub(mantissa, 1));
  const s = scope.keep(div(f, add(mantissa, 1)));
  const z = scope.keep(mul(s, s));
  const rest = scope.nmadd(polynomial(scope, z, logCoefficients), z, f);
  const tail = scope.nmadd(e, ln2Lo, mul(s, rest));
  const finite = scope.madd(e, ln2Hi, sub(f, tail));
  // Zero has a finite value until now, and what lies below it one without meaning.
  const upward = choose(lt(x, Infinity), finite, x);
  return or(sub(upward, and(eq(x, 0), Infinity)), lt(x, 0));
};

/** x = mantissa · 2^exponent with mantissa in [√½, √2), for positive finite x; `x` must be a kept term. */
function splitExponent(scope: Scope, x: Term): { exponent: Term; mantissa: Term } {
  const sqrtHalfBits = 0x3f3504f3;
  // 23 in the exponent's bits where x is subnormal, which scales it up here and its exponent down below.
  const raise = scope.keep(and(lt(x, 2 ** -126), ints(23 << 23)));
  const scaled = mul(x, iadd(raise, ints(oneBits)));
  const bits = scope.keep(isub(isub(scaled, ints(sqrtHalfBits)), raise));
  const exponent = scope.keep(shr(bits, 23));
  const mantissa = scope.keep(iadd(and(bits, ints(0x7fffff)), ints(sqrtHalfBits)));
  return { exponent, mantissa };
}

/**
 * Sine: reduction by π/2 in float64, exact to |x| = 4·10⁸; larger arguments give values in [−1, 1]. Largest error seen
 * 1.95 ULP.
 */
export const sin: VectorFunction = (scope, x) => circular(scope, x, 0);
/** Cosine, like `sin`. Largest error seen 1.95 ULP. */
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
  // Relaxed multiply-adds would save an eighth of the time: too little for bits that depend on the machine.
  const exact = new Scope(scope.f, false);
  const sine = mul(r, exact.madd(polynomial(exact, z, sinCoefficients), z, 1));
  const cosine = add(exact.nmadd(z, 0.5, mul(mul(polynomial(exact, z, cosCoefficients), z), z)), 1);
  const useSine = ieq(and(quarter, ints(1)), ints(0));
  const sign = shl(and(quarter, ints(2)), 30);
  return xor(choose(useSine, sine, cosine), sign);
}

/**
 * aᵇ with the special values of C's pow. log₂|a| and its product with b are float64, since a relative error there
 * is multiplied by up to 128 in the result. Largest error seen 1.0 ULP.
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
  const p = scope.keep(expReduced(scope, r));
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
