// The inline vector functions against float64 Math: the largest error in units of the last place, and special values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ModuleBuilder } from "../../src/backend/wasm/assembler.ts";
import { cos, exp, log, pow, sigmoid, sin, tanh } from "../../src/backend/wasm/math.ts";
import { Scope, type Term } from "../../src/backend/wasm/terms.ts";

const capacity = 1 << 16;

type Apply = (a: Float32Array, b?: Float32Array) => Float32Array;

/** Builds a module that applies a function of two vectors to arrays of any length up to `capacity`. */
function compile(write: (scope: Scope, a: Term, b: Term) => Term): Apply {
  const pages = (3 * capacity * 4) / 65536 + 1;
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: false });
  module.func(
    ["i32"],
    [],
    (f) => {
      const at = f.local("i32");
      f.for(at, 0, { local: 0 }, 16, () => {
        f.get(at);
        const scope = new Scope(f);
        write(
          scope,
          () => f.get(at).mem("v128.load"),
          () => f.get(at).mem("v128.load", capacity * 4),
        )(f);
        scope.release();
        f.mem("v128.store", capacity * 8);
      });
    },
    "apply",
  );
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = module.encode() as Uint8Array<ArrayBuffer>;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const apply = instance.exports.apply as (bytes: number) => void;
  return (a, b) => {
    const all = new Float32Array(memory.buffer);
    all.set(a, 0);
    if (b) all.set(b, capacity);
    apply(a.length * 4);
    return all.slice(capacity * 2, capacity * 2 + a.length);
  };
}

/** Distance between neighbouring float32 at x: 2⁻¹⁴⁹ below the normal range. */
function unitInLastPlace(x: number): number {
  const exponent = Math.max(-126, Math.floor(Math.log2(Math.abs(x))));
  return 2 ** (exponent - 23);
}

function errorInUlp(got: number, expected: number): number {
  const rounded = Math.fround(expected);
  if (Object.is(got, rounded) || (Number.isNaN(got) && Number.isNaN(rounded))) return 0;
  // Overflow and largest finite number are neighbours.
  if (!Number.isFinite(rounded)) return got === Math.sign(rounded) * 3.4028234663852886e38 ? 1 : Infinity;
  if (!Number.isFinite(got)) return Math.abs(rounded) > 3.4028233e38 ? 1 : Infinity;
  return Math.abs(got - expected) / unitInLastPlace(expected === 0 ? 0 : expected);
}

/** Float32 numbers spread evenly over their bit patterns, and evenly over [−limit, limit]. */
function* samples(limit: number): Generator<Float32Array> {
  const everywhere = new Float32Array(capacity);
  for (let part = 0; part < 8; part++) {
    const bits = new Uint32Array(everywhere.buffer);
    for (let i = 0; i < capacity; i++)
      bits[i] = Math.floor(((i + part / 8) / capacity) * 2 ** 32 + 1237 * part);
    yield everywhere;
    yield Float32Array.from({ length: capacity }, (_, i) => limit * ((2 * (i + part / 8)) / capacity - 1));
  }
}

const specials = Float32Array.from([
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  Number.NaN,
  2 ** -149,
  -(2 ** -149),
  2 ** -126,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  88.72283,
  88.72284,
  -87.33655,
  -103.97208,
  -104,
  0.5,
  2,
  3,
]);

interface Case {
  readonly name: string;
  readonly write: (scope: Scope, x: Term) => Term;
  readonly js: (x: number) => number;
  readonly bound: number;
  /** Arguments near which the function is looked at closely, and beyond which it need not be exact. */
  readonly limit: number;
  readonly domain?: number;
}

const cases: readonly Case[] = [
  { name: "exp", write: exp, js: Math.exp, bound: 2, limit: 105 },
  { name: "log", write: log, js: Math.log, bound: 2, limit: 4 },
  { name: "sin", write: sin, js: Math.sin, bound: 4, limit: 1000, domain: 4e8 },
  { name: "cos", write: cos, js: Math.cos, bound: 4, limit: 1000, domain: 4e8 },
  { name: "tanh", write: tanh, js: Math.tanh, bound: 4, limit: 10 },
  { name: "sigmoid", write: sigmoid, js: (x) => 1 / (1 + Math.exp(-x)), bound: 4, limit: 110 },
];

for (const { name, write, js, bound, limit, domain } of cases) {
  test(`${name}: at most ${bound} ulp`, (t) => {
    const apply = compile((scope, a) => write(scope, a));
    let worst = 0;
    let worstAt = 0;
    for (const x of [...samples(limit), specials]) {
      const y = apply(x);
      for (let i = 0; i < x.length; i++) {
        if (domain !== undefined && Number.isFinite(x[i]!) && Math.abs(x[i]!) > domain) {
          assert.ok(Math.abs(y[i]!) <= 1, `${name}(${x[i]}) = ${y[i]}`);
          continue;
        }
        const error = errorInUlp(y[i]!, js(x[i]!));
        if (error > worst) {
          worst = error;
          worstAt = x[i]!;
        }
      }
    }
    t.diagnostic(`${name}: worst ${worst.toFixed(3)} ulp at ${worstAt}`);
    assert.ok(
      worst <= bound,
      `${name}: ${worst} ulp at ${worstAt}: ${apply(Float32Array.of(worstAt, 0, 0, 0))[0]}`,
    );
  });
}

/** C's pow where it differs from JavaScript's: 1 to any power, and −1 to ±∞, are 1. */
function powAsInC(a: number, b: number): number {
  return a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b;
}

test("pow: at most 4 ulp, also where the logarithm is large", (t) => {
  const apply = compile(pow);
  let worst = 0;
  let worstAt = "";
  const check = (a: Float32Array, b: Float32Array) => {
    const y = apply(a, b);
    for (let i = 0; i < a.length; i++) {
      const expected = powAsInC(a[i]!, b[i]!);
      const error = errorInUlp(y[i]!, expected);
      if (error > worst) {
        worst = error;
        worstAt = `${a[i]} ** ${b[i]} = ${expected}, got ${y[i]}`;
      }
    }
  };
  const a = new Float32Array(capacity);
  const b = new Float32Array(capacity);
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < capacity; i++) {
      a[i] = 2 ** ((random() - 0.5) * (round % 2 ? 280 : 4));
      // Results spread over the whole range of float32 and a little beyond it.
      b[i] = ((random() - 0.5) * 300) / Math.log2(a[i]!);
      if (i % 3 === 0) b[i] = Math.round((random() - 0.5) * 20);
      if (i % 6 === 0) a[i] = -a[i]!;
    }
    check(a, b);
  }
  const exponents = Float32Array.from([...specials, 0.3333, -2, -3, 16777216, 16777215]);
  for (const x of [...specials, -0.5, -2, -3, 0.99999994, -0.99999994, 1.0000001]) {
    check(new Float32Array(exponents.length).fill(x), exponents);
  }
  t.diagnostic(`pow: worst ${worst.toFixed(3)} ulp: ${worstAt}`);
  assert.ok(worst <= 4, `pow: ${worst} ulp: ${worstAt}`);
});
