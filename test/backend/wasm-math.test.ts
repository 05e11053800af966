// The inline vector functions against their meaning in float64: the largest error in units of the last place, special
// values, and the same bits on every machine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmFeatures } from "../../src/backend/wasm/features.ts";
import { cos, erf, exp, log, pow, sigmoid, sin, tanh } from "../../src/backend/wasm/math.ts";
import { ModuleBuilder } from "../../src/backend/wasm/moduleBuilder.ts";
import { Scope, type Term } from "../../src/backend/wasm/terms.ts";
import { scalarFunctions } from "../../src/kernel/scalar.ts";

const capacity = 1 << 16;

type Apply = (a: Float32Array, b?: Float32Array) => Float32Array;

/** Builds a module that applies a function of two vectors to arrays of any length up to `capacity`. */
function compile(write: (scope: Scope, a: Term, b: Term) => Term, relaxed: boolean): Apply {
  const pages = (3 * capacity * 4) / 65536 + 1;
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: false });
  module.func(
    ["i32"],
    [],
    (f) => {
      const at = f.local("i32");
      f.for(at, 0, { local: 0 }, 16, () => {
        f.get(at);
        const scope = new Scope(f, relaxed);
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
  if (got === 0 && rounded === 0) return Infinity; // a zero of the wrong sign
  // Overflow and largest finite number are neighbours.
  if (!Number.isFinite(rounded)) return got === Math.sign(rounded) * 3.4028234663852886e38 ? 1 : Infinity;
  if (!Number.isFinite(got)) return Math.abs(rounded) > 3.4028233e38 ? 1 : Infinity;
  return Math.abs(got - expected) / unitInLastPlace(expected === 0 ? 0 : expected);
}

/** Float32 numbers spread evenly over their bit patterns, and evenly over each [−limit, limit]. */
function* samples(limits: readonly number[]): Generator<Float32Array> {
  const everywhere = new Float32Array(capacity);
  const parts = 8;
  for (let part = 0; part < parts; part++) {
    const bits = new Uint32Array(everywhere.buffer);
    for (let i = 0; i < capacity; i++)
      bits[i] = Math.floor(((i + part / parts) / capacity) * 2 ** 32 + 1237 * part);
    yield everywhere;
    for (const limit of limits) {
      const spread = (i: number) => limit * ((2 * (i + part / parts)) / capacity - 1);
      yield Float32Array.from({ length: capacity }, (_, i) => spread(i));
    }
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
  readonly name: "exp" | "log" | "sin" | "cos" | "tanh" | "sigmoid" | "erf";
  readonly write: (scope: Scope, x: Term) => Term;
  readonly bound: number;
  /** Halves of the intervals around 0 in which the function is looked at closely. */
  readonly limits: readonly number[];
  /** Size of an argument beyond which the function need not be exact. */
  readonly domain?: number;
}

const cases: readonly Case[] = [
  { name: "exp", write: exp, bound: 1.25, limits: [105, 4] },
  { name: "log", write: log, bound: 1, limits: [1000, 4, 1.5] },
  { name: "sin", write: sin, bound: 2, limits: [1000, 4], domain: 4e8 },
  { name: "cos", write: cos, bound: 2, limits: [1000, 4], domain: 4e8 },
  { name: "tanh", write: tanh, bound: 3, limits: [10, 1] },
  { name: "sigmoid", write: sigmoid, bound: 2.5, limits: [110, 20, 3] },
  { name: "erf", write: erf, bound: 3, limits: [5, 1] },
];

const flavours = wasmFeatures().relaxedSimd ? [false, true] : [false];
for (const relaxed of flavours) {
  const flavour = relaxed ? "with relaxed SIMD" : "without relaxed SIMD";
  for (const { name, write, bound, limits, domain = Infinity } of cases) {
    test(`${name} ${flavour}: at most ${bound} ulp`, (t) => {
      const js = (x: number) => scalarFunctions[name].js(x, 0, 0);
      const apply = compile(write, relaxed);
      let worst = 0;
      let worstAt = 0;
      for (const x of [...samples(limits), specials]) {
        const y = apply(x);
        for (let i = 0; i < x.length; i++) {
          if (Number.isFinite(x[i]!) && Math.abs(x[i]!) > domain) {
            if (!(Math.abs(y[i]!) <= 1)) assert.fail(`${name}(${x[i]}) = ${y[i]}`);
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
      const got = apply(Float32Array.of(worstAt, 0, 0, 0))[0];
      assert.ok(worst <= bound, `${name}: ${worst} ulp at ${worstAt}: ${got}`);
    });
  }

  test(`tanh and erf ${flavour} are odd and stay within ±1, sigmoid within 0 and 1`, () => {
    for (const { name, write, limits } of cases) {
      if (name !== "tanh" && name !== "erf" && name !== "sigmoid") continue;
      const apply = compile(write, relaxed);
      const lowest = name === "sigmoid" ? 0 : -1;
      for (const x of samples(limits)) {
        const y = apply(x);
        const mirrored = name === "sigmoid" ? null : apply(x.map((value) => -value));
        for (let i = 0; i < x.length; i++) {
          if (Number.isNaN(x[i]!)) continue;
          const odd = mirrored === null || Object.is(mirrored[i], -y[i]!);
          if (!odd || y[i]! < lowest || y[i]! > 1) assert.fail(`${name}(${x[i]}) = ${y[i]}`);
        }
      }
    }
  });

  test(`pow ${flavour}: at most 1.25 ulp, also where the logarithm is large`, (t) => {
    const { worst, where } = worstPower(compile(pow, relaxed));
    t.diagnostic(`pow: worst ${worst.toFixed(3)} ulp: ${where}`);
    assert.ok(worst <= 1.25, `pow: ${worst} ulp: ${where}`);
  });
}

/** The largest error of pow, and where. */
function worstPower(apply: Apply): { worst: number; where: string } {
  let worst = 0;
  let where = "";
  const check = (a: Float32Array, b: Float32Array) => {
    const y = apply(a, b);
    for (let i = 0; i < a.length; i++) {
      const expected = scalarFunctions.pow.js(a[i]!, b[i]!, 0);
      const error = errorInUlp(y[i]!, expected);
      if (error > worst) {
        worst = error;
        where = `${a[i]} ** ${b[i]} = ${expected}, got ${y[i]}`;
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
  return { worst, where };
}

// FNV-1a by words of the results' bits, NaN aside. A change to a function changes its number; another machine must not.
const digests: readonly (readonly [Case["name"], number])[] = [
  ["exp", 3183437820],
  ["log", 861512087],
  ["sin", 1071798463],
  ["cos", 4194549866],
  ["tanh", 3657884968],
  ["sigmoid", 175852915],
  ["erf", 3565720339],
];

for (const [name, expected] of digests) {
  test(`${name} without relaxed SIMD has the same bits on every machine`, () => {
    const { write, limits } = cases.find((c) => c.name === name)!;
    const apply = compile(write, false);
    let digest = 0x811c9dc5;
    for (const x of samples(limits)) {
      const y = apply(x);
      const bits = new Uint32Array(y.buffer);
      for (let i = 0; i < y.length; i++) {
        if (!Number.isNaN(y[i]!)) digest = Math.imul(digest ^ bits[i]!, 0x01000193);
      }
    }
    assert.equal(digest >>> 0, expected);
  });
}
