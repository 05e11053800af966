// What every scalar function is on four lanes; the compiler names the functions that lack a row.
// Knows dtypes' lanes, nothing of expressions' trees or memory.
import { type ScalarName, scalarFunctions } from "../../kernel/scalar.ts";
import { convert, type LaneDType, type Lanes } from "./lanes.ts";
import * as math from "./math.ts";
import {
  abs,
  add,
  and,
  ceil,
  choose,
  div,
  eq,
  floor,
  gt,
  iabs,
  iadd,
  ieq,
  ile,
  ilt,
  imax,
  imin,
  imul,
  ine,
  ineg,
  ints,
  isub,
  le,
  lt,
  max,
  min,
  mul,
  ne,
  nearest,
  neg,
  not,
  or,
  pmax,
  pmin,
  type Scope,
  shl,
  shrUnsigned,
  signOf,
  sqrt,
  sub,
  type Term,
  toFloat,
  toInt,
  xor,
} from "./terms.ts";

/** Arguments on lanes; each may be emitted once, so `keep` what is needed twice. */
type LaneFunction = (scope: Scope, lanes: Lanes, a: Term, b: Term, c: Term) => Term;

/** A function on float lanes, and on the lanes of integers (bool arguments come as 0 and 1). */
interface Row {
  readonly float: LaneFunction;
  readonly int: LaneFunction;
  /** Rough nanoseconds for one element, where it is more than one instruction. */
  readonly cost?: number;
  /** True where `int` takes bool lanes as masks and gives masks, so that they need no conversion. */
  readonly masks?: boolean;
}

/** A row from a function without need of the scope. */
function row(float: (a: Term, b: Term) => Term, int: (a: Term, b: Term) => Term, masks = false): Row {
  return { float: (_s, _l, a, b) => float(a, b), int: (_s, _l, a, b) => int(a, b), masks };
}

/** A row whose integer form goes through float32. */
function viaFloat(float: math.VectorFunction, cost: number): Row {
  return {
    cost,
    float: (scope, _lanes, a) => float(scope, a),
    int: (scope, _lanes, a) => toInt(float(scope, toFloat(a))),
  };
}

/** True as JavaScript's conditions are: neither 0 nor NaN. */
const truthy = (a: Term): Term => gt(abs(a), 0);
const nonZero = (a: Term): Term => ine(a, ints(0));

const rows: Record<ScalarName, Row> = {
  neg: row(neg, ineg),
  abs: row(abs, iabs),
  sign: {
    float: (scope, _lanes, argument) => {
      const a = scope.keep(argument);
      return choose(truthy(a), or(signOf(a), 1), 0);
    },
    int: (_scope, _lanes, a) => imax(imin(a, ints(1)), ints(-1)),
  },
  floor: row(floor, (a) => a),
  ceil: row(ceil, (a) => a),
  round: row(nearest, (a) => a),
  sqrt: viaFloat((_scope, a) => sqrt(a), 0.2),
  reciprocal: {
    float: (_scope, _lanes, a) => div(1, a),
    int: (scope, _lanes, argument) => {
      const a = scope.keep(argument);
      return choose(ile(iabs(a), ints(1)), a, ints(0));
    },
  },
  exp: viaFloat(math.exp, 0.8),
  log: viaFloat(math.log, 1.1),
  sin: viaFloat(math.sin, 2.2),
  cos: viaFloat(math.cos, 2.2),
  tanh: viaFloat(math.tanh, 0.6),
  sigmoid: viaFloat(math.sigmoid, 0.6),
  erf: viaFloat(math.erf, 0.7),
  isFinite: row(
    (a) => lt(abs(a), Infinity),
    () => ints(-1),
  ),
  not: row(
    (a) => not(truthy(a)),
    (a) => ieq(a, ints(0)),
    true,
  ),
  add: row(add, iadd),
  sub: row(sub, isub),
  mul: row(mul, imul),
  div: { float: (_scope, _lanes, a, b) => div(a, b), int: divideInt, cost: 0.3 },
  pow: { float: (scope, _lanes, a, b) => math.pow(scope, a, b), int: powInt, cost: 6 },
  max: row(max, imax),
  min: row(min, imin),
  eq: row(eq, ieq, true),
  ne: row(ne, ine, true),
  lt: row(lt, ilt),
  le: row(le, ile),
  and: row(
    (a, b) => and(truthy(a), truthy(b)),
    (a, b) => and(nonZero(a), nonZero(b)),
    true,
  ),
  or: row(
    (a, b) => or(truthy(a), truthy(b)),
    (a, b) => or(nonZero(a), nonZero(b)),
    true,
  ),
  shiftRight: {
    float: (scope, lanes, a, b) => shiftRight(scope, lanes, toInt(a), toInt(b)),
    int: shiftRight,
  },
  select: {
    float: (_scope, _lanes, condition, a, b) => choose(condition, a, b),
    int: (_scope, _lanes, condition, a, b) => choose(condition, a, b),
    masks: true,
  },
  threefry: {
    float: (scope, _lanes, n, k0, k1) => threefry(scope, toInt(n), toInt(k0), toInt(k1)),
    int: (scope, _lanes, n, k0, k1) => threefry(scope, n, k0, k1),
    cost: 5,
  },
};

/**
 * The result lanes of a scalar function whose arguments have lanes of `dtype` (for `select`: the second and third,
 * and the first is a mask). The result has the dtype that the function's row in `scalarFunctions` says.
 */
export function scalarTerm(
  scope: Scope,
  name: ScalarName,
  dtype: LaneDType,
  args: readonly Term[],
  lanes: Lanes,
): Term {
  const { float, int, masks } = rows[name];
  const count = !masks && dtype === "bool";
  const [a, b, c] = args.map((arg) => (count ? convert(arg, "bool", "int32") : arg));
  const absent: Term = () => {
    throw new Error(`wasm: ${name} takes ${scalarFunctions[name].arity} arguments, got ${args.length}`);
  };
  const write = dtype === "float32" ? float : int;
  const result = write(scope, lanes, a ?? absent, b ?? absent, c ?? absent);
  if (scalarFunctions[name].result !== "same") return result;
  if (count) return nonZero(result);
  return dtype === "uint8" ? and(result, ints(255)) : result;
}

/** Rough nanoseconds that a scalar function takes for one element. */
export function scalarCost(name: ScalarName): number {
  return rows[name].cost ?? 0.04;
}

/** A float function of two arguments where one is a constant that allows shorter code; else undefined. */
export function withConstant(scope: Scope, name: ScalarName, a: Term, constant: number): Term | undefined {
  if (name === "pow") return powByConstant(scope, a, constant);
  // Engines take several instructions for max and min, since either argument may be NaN or a zero of either
  // sign; with a known constant one instruction does.
  if (name === "max" && !Number.isNaN(constant)) {
    return pmax(Object.is(constant, 0) ? add(a, 0) : a, constant);
  }
  if (name === "min" && !Number.isNaN(constant) && !Object.is(constant, -0)) return pmin(a, constant);
  return undefined;
}

/** `aᵇ` for the constant exponents that are products, quotients or roots; undefined for the others. */
function powByConstant(scope: Scope, argument: Term, exponent: number): Term | undefined {
  if (exponent === 1) return argument;
  if (exponent === -1) return div(1, argument);
  if (exponent !== 2 && exponent !== 3 && exponent !== 0.5) return undefined;
  const a = scope.keep(argument);
  if (exponent === 2) return mul(a, a);
  if (exponent === 3) return mul(mul(a, a), a);
  // (−0)^½ is 0 and (−∞)^½ is ∞, unlike the square roots.
  return choose(eq(a, -Infinity), Infinity, sqrt(add(a, 0)));
}

/** Applies a scalar i32 instruction of two operands lane by lane; both must be kept terms. */
function byLane(scope: Scope, lanes: Lanes, op: "i32.div_s" | "i32.shr_u", a: Term, b: Term): Term {
  return scope.keep((f) => {
    f.i32x4(0);
    for (let k = 0; k < lanes; k++) {
      a(f);
      f.lane("i32x4.extract_lane", k);
      b(f);
      f.lane("i32x4.extract_lane", k).op(op).lane("i32x4.replace_lane", k);
    }
  });
}

/** Quotient cut towards zero; 0 where the divisor is 0. */
function divideInt(scope: Scope, lanes: Lanes, dividend: Term, divisor: Term): Term {
  const a = scope.keep(dividend);
  const b = scope.keep(divisor);
  // −2³¹ / −1 would trap like a division by 0, so both divisors are kept away from the instruction.
  const minusOne = scope.keep(ieq(b, ints(-1)));
  const zero = scope.keep(ieq(b, ints(0)));
  const safe = scope.keep(choose(or(minusOne, zero), ints(1), b));
  const quotient = byLane(scope, lanes, "i32.div_s", a, safe);
  return choose(zero, ints(0), choose(minusOne, ineg(a), quotient));
}

function shiftRight(scope: Scope, lanes: Lanes, a: Term, b: Term): Term {
  return byLane(scope, lanes, "i32.shr_u", scope.keep(a), scope.keep(b));
}

/** Integer power by squaring, wrapping to int32; a negative exponent gives the truncated quotient. */
function powInt(scope: Scope, _lanes: Lanes, base: Term, exponent: Term): Term {
  const { f } = scope;
  const a = scope.keep(base);
  const b = scope.keep(exponent);
  const square = scope.local();
  const rest = scope.local();
  const product = scope.local();
  a(f);
  f.set(square);
  imax(b, ints(0))(f);
  f.set(rest).i32x4(1).set(product);
  f.block(() => {
    f.loop(() => {
      f.get(rest).op("v128.any_true").op("i32.eqz").brIf(1);
      const bit = ine(
        and((g) => g.get(rest), ints(1)),
        ints(0),
      );
      choose(
        bit,
        imul(
          (g) => g.get(product),
          (g) => g.get(square),
        ),
        (g) => g.get(product),
      )(f);
      f.set(product);
      f.get(square).get(square).op("i32x4.mul").set(square);
      f.get(rest).i32(1).op("i32x4.shr_u").set(rest).br(0);
    });
  });
  const oddSign = choose(ine(and(b, ints(1)), ints(0)), a, ints(1));
  const inverse = choose(ieq(iabs(a), ints(1)), oddSign, ints(0));
  return choose(ilt(b, ints(0)), inverse, (g) => g.get(product));
}

/** First word of Threefry-2x32-20 of (counter, 0); see kernel/threefry.ts. */
function threefry(scope: Scope, counter: Term, key0: Term, key1: Term): Term {
  const rotations = [13, 15, 26, 6, 17, 29, 16, 24];
  const k0 = scope.keep(key0);
  const k1 = scope.keep(key1);
  const key = [k0, k1, scope.keep(xor(xor(k0, k1), ints(0x1bd11bda)))];
  const { f } = scope;
  const x0 = scope.local();
  const x1 = scope.local();
  const get =
    (local: number): Term =>
    (g) =>
      g.get(local);
  const assign = (local: number, value: Term) => {
    value(f);
    f.set(local);
  };
  assign(x0, iadd(counter, k0));
  assign(x1, k1);
  for (let block = 0; block < 5; block++) {
    for (let i = 0; i < 4; i++) {
      const r = rotations[(block % 2) * 4 + i]!;
      assign(x0, iadd(get(x0), get(x1)));
      assign(x1, xor(or(shl(get(x1), r), shrUnsigned(get(x1), 32 - r)), get(x0)));
    }
    assign(x0, iadd(get(x0), key[(block + 1) % 3]!));
    assign(x1, iadd(get(x1), iadd(key[(block + 2) % 3]!, ints(block + 1))));
  }
  return get(x0);
}
