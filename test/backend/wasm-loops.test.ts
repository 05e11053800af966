// Loop kernels in WebAssembly against plain JavaScript: chosen cases and random kernels.
import assert from "node:assert/strict";
import { test } from "node:test";
import { loopKernel } from "../../src/backend/wasm/loops.ts";
import { emitNest } from "../../src/backend/wasm/nest.ts";
import type { DType } from "../../src/base/dtype.ts";
import { UnsupportedError } from "../../src/base/errors.ts";
import { apply, cast, constant, type Expr, load } from "../../src/kernel/expr.ts";
import type { Access, LoopKernel, Reduction } from "../../src/kernel/kernel.ts";
import type { ScalarName } from "../../src/kernel/scalar.ts";
import { compileKernel, interpretKernel, type TestBuffer } from "./wasm-harness.ts";

/** Deterministic numbers for the random cases. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  }

  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  shuffle<T>(list: readonly T[]): T[] {
    const result = [...list];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [result[i], result[j]] = [result[j]!, result[i]!];
    }
    return result;
  }
}

function randomData(random: Random, dtype: DType, length: number): number[] {
  return Array.from({ length }, () => {
    switch (dtype) {
      case "bool":
        return random.below(2);
      case "uint8":
        return random.below(256);
      case "int32":
        return random.below(41) - 20;
      default:
        return Math.fround(random.uniform() * 8 - 4);
    }
  });
}

function contiguous(dims: readonly number[]): number[] {
  return dims.map((_, d) => dims.slice(d + 1).reduce((n, s) => n * s, 1));
}

function size(dims: readonly number[]): number {
  return dims.reduce((n, s) => n * s, 1);
}

interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

const exact: Tolerance = { relative: 0, absolute: 0 };

/** Runs a kernel whole and by shuffled single units, and compares both with the interpreter. */
function check(
  kernel: LoopKernel,
  buffers: readonly TestBuffer[],
  tolerance: Tolerance,
  random: Random,
  scalars: readonly { dtype: DType; value: number }[] = [],
): void {
  const expected = interpretKernel(
    kernel,
    buffers,
    scalars.map((s) => s.value),
  );
  const whole = compileKernel((env) => loopKernel(kernel, env), buffers, scalars);
  whole.run(0, whole.code.units);
  const text = () => JSON.stringify({ kernel, dtypes: buffers.map((b) => b.dtype) });
  expected.forEach((values, b) => {
    values.forEach((value, i) => {
      const got = whole.views[b]![i]!;
      const close =
        Object.is(got, value) ||
        got === value ||
        Math.abs(got - value) <= tolerance.absolute + tolerance.relative * Math.abs(value);
      if (!close) assert.fail(`buffer ${b} element ${i}: got ${got}, expected ${value}\n${text()}`);
    });
  });
  for (const gap of whole.gaps)
    assert.ok(
      gap.every((byte) => byte === 0xab),
      `memory beside a buffer\n${text()}`,
    );
  const cut = compileKernel((env) => loopKernel(kernel, env), buffers, scalars);
  const units = Array.from({ length: cut.code.units }, (_, u) => u);
  for (const u of random.shuffle(units)) cut.run(u, u + 1);
  cut.views.forEach((view, b) => {
    assert.deepEqual(bits(view), bits(whole.views[b]!), `bits depend on the cut\n${text()}`);
  });
}

function bits(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** A window over a fresh buffer: some dims broadcast, reversed, permuted or with gaps. */
function randomWindow(
  random: Random,
  dims: readonly number[],
  plain: boolean,
): { access: Omit<Access, "buffer">; length: number } {
  const order =
    plain || random.uniform() < 0.5 ? dims.map((_, d) => d) : random.shuffle(dims.map((_, d) => d));
  const strides = dims.map(() => 0);
  let step = random.uniform() < 0.15 ? 2 : 1;
  let offset = random.below(3);
  for (const d of [...order].reverse()) {
    if (!plain && random.uniform() < 0.2) continue;
    strides[d] = step;
    step *= Math.max(1, dims[d]!) + (random.uniform() < 0.15 ? 1 : 0);
    if (random.uniform() < 0.1) {
      offset += strides[d]! * (Math.max(1, dims[d]!) - 1);
      strides[d] = -strides[d]!;
    }
  }
  return { access: { offset, strides }, length: step + offset + 3 };
}

const exactFloat: readonly ScalarName[] = [
  "neg",
  "abs",
  "sign",
  "floor",
  "ceil",
  "round",
  "sqrt",
  "reciprocal",
  "add",
  "sub",
  "mul",
  "div",
  "max",
  "min",
  "isFinite",
  "not",
  "eq",
  "ne",
  "lt",
  "le",
  "and",
  "or",
  "select",
];
const exactInt: readonly ScalarName[] = [
  "neg",
  "abs",
  "sign",
  "floor",
  "round",
  "reciprocal",
  "add",
  "sub",
  "mul",
  "div",
  "max",
  "min",
  "isFinite",
  "not",
  "eq",
  "ne",
  "lt",
  "le",
  "and",
  "or",
  "select",
  "shiftRight",
  "threefry",
];
const arity: Partial<Record<ScalarName, number>> = {
  neg: 1,
  abs: 1,
  sign: 1,
  floor: 1,
  ceil: 1,
  round: 1,
  sqrt: 1,
  reciprocal: 1,
  isFinite: 1,
  not: 1,
  select: 3,
  threefry: 3,
};

/** Conversion to int of a float that may be huge is left open, so float values are bounded first. */
function safeCast(expr: Expr, dtype: DType): Expr {
  if (expr.dtype !== "float32" || dtype === "float32" || dtype === "bool") return cast(expr, dtype);
  const bounded = apply("max", apply("min", expr, 1e6), -1e6);
  return cast(apply("select", apply("eq", expr, expr), bounded, 0), dtype);
}

/** An expression of functions whose results are exact, so that bits can be compared. */
function randomExpr(random: Random, leaves: readonly Expr[], depth: number): Expr {
  if (depth === 0 || random.uniform() < 0.1) return random.pick(leaves);
  if (random.uniform() < 0.2) {
    return safeCast(
      randomExpr(random, leaves, depth - 1),
      random.pick(["float32", "int32", "uint8", "bool"] as const),
    );
  }
  const first = randomExpr(random, leaves, depth - 1);
  let name = random.pick(first.dtype === "float32" ? exactFloat : exactInt);
  // A bool quotient has no meaning of its own; JavaScript's 1 / 0 would count as true.
  if (first.dtype === "bool" && (name === "div" || name === "reciprocal")) name = "not";
  const others = Array.from({ length: (arity[name] ?? 2) - 1 }, () =>
    random.uniform() < 0.2 ? first : randomExpr(random, leaves, depth - 1),
  );
  if (name === "shiftRight" || name === "threefry") {
    return apply(name, ...[first, ...others].map((e) => safeCast(e, "int32")));
  }
  return apply(name, first, ...others);
}

const small = [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 33];

function randomKernel(
  random: Random,
  reduce: Reduction | null,
): { kernel: LoopKernel; buffers: TestBuffer[] } {
  const dims = Array.from({ length: random.below(4) }, () => random.pick(small));
  const reduced = reduce ? Array.from({ length: random.below(3) }, () => random.pick([0, ...small])) : [];
  while (size(dims) * Math.max(1, size(reduced)) > 4000) dims.splice(random.below(dims.length), 1);
  const buffers: TestBuffer[] = [];
  const dtypes = ["float32", "float32", "int32", "uint8", "bool"] as const;
  const loads = Array.from({ length: 1 + random.below(3) }, (_, i) => {
    const epilogueOnly = reduce !== null && i > 0;
    const window = randomWindow(random, epilogueOnly ? dims : [...dims, ...reduced], false);
    const strides = epilogueOnly
      ? [...window.access.strides, ...reduced.map(() => 0)]
      : window.access.strides;
    const dtype = random.pick(dtypes);
    buffers.push({ dtype, data: randomData(random, dtype, window.length) });
    return { buffer: buffers.length - 1, offset: window.access.offset, strides };
  });
  const leafOf = (i: number) => load(i, buffers[i]!.dtype);
  const indexLeaf = (axes: number): Expr[] =>
    axes > 0 && random.uniform() < 0.3 ? [{ kind: "index", axis: random.below(axes), dtype: "int32" }] : [];
  const fixed: Expr[] = [
    constant(random.below(5) - 2, random.pick(dtypes)),
    { kind: "scalar", slot: 0, dtype: "float32" },
  ];
  let body: Expr | null = null;
  if (reduce) {
    body = randomExpr(
      random,
      [leafOf(0), ...indexLeaf(dims.length + reduced.length), ...fixed],
      random.below(3),
    );
  }
  const leaves = [
    ...loads.map((_, i) => leafOf(i)).slice(reduce ? 1 : 0),
    ...indexLeaf(dims.length),
    ...fixed,
  ];
  if (body) {
    const picks = reduce === "argmax" || reduce === "argmin";
    leaves.push({ kind: "result", dtype: picks ? "int32" : body.dtype });
  }
  const rounding = reduce === "sum" || reduce === "prod";
  const outputs = Array.from({ length: 1 + random.below(2) }, () => {
    // Rounding differs between orders of summation, so what follows it must not magnify that.
    const expr = rounding ? leaves.at(-1)! : randomExpr(random, leaves, random.below(4));
    const window = randomWindow(random, dims, true);
    buffers.push({ dtype: expr.dtype, data: randomData(random, expr.dtype, window.length) });
    return { access: { buffer: buffers.length - 1, ...window.access }, expr };
  });
  const reduction = reduce && body ? { kind: reduce, dims: reduced, body } : null;
  return { kernel: { kind: "loop", dims, loads, reduction, outputs }, buffers };
}

test("random elementwise kernels are bit-exact", () => {
  for (let seed = 0; seed < 400; seed++) {
    const random = new Random(seed);
    const { kernel, buffers } = randomKernel(random, null);
    check(kernel, buffers, exact, random, [{ dtype: "float32", value: 1.5 }]);
  }
});

for (const kind of ["max", "min", "argmax", "argmin"] as const) {
  test(`random ${kind} reductions are exact`, () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(1000 + seed);
      const { kernel, buffers } = randomKernel(random, kind);
      if (kernel.reduction!.dims.includes(0)) continue;
      check(kernel, buffers, exact, random, [{ dtype: "float32", value: 1.5 }]);
    }
  });
}

for (const kind of ["sum", "prod"] as const) {
  test(`random ${kind} reductions`, () => {
    for (let seed = 0; seed < 150; seed++) {
      const random = new Random(2000 + seed);
      const { kernel, buffers } = randomKernel(random, kind);
      const terms = size(kernel.reduction!.dims);
      const tolerance = { relative: 1e-6 + 2e-7 * terms, absolute: kind === "sum" ? 1e-4 : 1e-30 };
      check(kernel, buffers, tolerance, random, [{ dtype: "float32", value: 1.5 }]);
    }
  });
}

const result: Expr = { kind: "result", dtype: "float32" };
const at = (buffer: number, strides: readonly number[], offset = 0): Access => ({ buffer, offset, strides });
const floats = (
  length: number,
  value: (i: number) => number = (i) => Math.fround(Math.sin(i) * 3),
): TestBuffer => ({
  dtype: "float32",
  data: Array.from({ length }, (_, i) => value(i)),
});
const few: Tolerance = { relative: 1e-6, absolute: 1e-37 };

/** `y = expr(x0, x1, …)` over contiguous buffers of one shape. */
function pointwise(dims: readonly number[], inputs: number, expr: Expr): LoopKernel {
  const strides = contiguous(dims);
  return {
    kind: "loop",
    dims,
    loads: Array.from({ length: inputs }, (_, i) => at(i, strides)),
    reduction: null,
    outputs: [{ access: at(inputs, strides), expr }],
  };
}

for (const name of ["exp", "log", "sin", "cos", "tanh", "sigmoid", "erf"] as const) {
  test(`${name} gives the same bits in vectors and in the rest`, () => {
    const random = new Random(7);
    for (const length of [1, 3, 4, 6, 31, 5001]) {
      check(
        pointwise([length], 1, apply(name, load(0, "float32"))),
        [floats(length), floats(length)],
        few,
        random,
      );
    }
    const one = compileKernel(
      (env) => loopKernel(pointwise([7], 1, apply(name, load(0, "float32"))), env),
      [floats(7, () => 0.3), floats(7)],
    );
    one.run(0, one.code.units);
    assert.equal(new Set(one.views[1]).size, 1);
  });
}

test("pow of floats and of integers", () => {
  const random = new Random(11);
  const exponents = [2, 3, 1, -1, 0.5, 0, 2.5, -2, 7];
  for (const exponent of exponents) {
    const kernel = pointwise([50], 1, apply("pow", load(0, "float32"), exponent));
    check(kernel, [floats(50, (i) => Math.fround(i / 7)), floats(50)], few, random);
  }
  const buffers: TestBuffer[] = [
    { dtype: "int32", data: Array.from({ length: 60 }, (_, i) => (i % 12) - 6) },
    { dtype: "int32", data: Array.from({ length: 60 }, (_, i) => Math.floor(i / 12) * 2 - 3) },
    { dtype: "int32", data: new Array<number>(60).fill(0) },
  ];
  check(pointwise([60], 2, apply("pow", load(0, "int32"), load(1, "int32"))), buffers, exact, random);
});

test("max and min with a constant, with zeros of either sign and NaN", () => {
  const values = [-0, 0, 1, -1, Number.NaN, Infinity, -Infinity, 0.5];
  for (const name of ["max", "min"] as const) {
    for (const limit of [0, -0, 1, Infinity, Number.NaN]) {
      const kernel = pointwise([8], 1, apply("reciprocal", apply(name, load(0, "float32"), limit)));
      check(kernel, [floats(8, (i) => values[i]!), floats(8)], exact, new Random(1));
    }
  }
});

test("random bits by index, over shapes whose lanes wrap around", () => {
  const random = new Random(3);
  for (const dims of [[100], [3, 7], [4, 5, 6]]) {
    const strides = contiguous(dims);
    const axes = dims.map<Expr>((_, axis) => ({ kind: "index", axis, dtype: "int32" }));
    const counter = axes.reduce<Expr>(
      (sum, axis, d) => apply("add", sum, apply("mul", axis, strides[d]!)),
      constant(0, "int32"),
    );
    const bits = apply("threefry", counter, constant(-77, "int32"), constant(123456789, "int32"));
    const uniform = apply("mul", cast(apply("shiftRight", bits, 8), "float32"), 2 ** -24);
    check(pointwise(dims, 0, uniform), [floats(size(dims))], exact, random);
  }
});

test("two outputs that overwrite each other's inputs", () => {
  const [x, y] = [load(0, "float32"), load(1, "float32")];
  const kernel: LoopKernel = {
    kind: "loop",
    dims: [1003],
    loads: [at(0, [1]), at(1, [1])],
    reduction: null,
    outputs: [
      { access: at(0, [1]), expr: apply("add", x, y) },
      { access: at(1, [1]), expr: apply("sub", x, y) },
    ],
  };
  check(kernel, [floats(1003), floats(1003, (i) => i)], exact, new Random(1));
});

test("transpositions, tiled and not", () => {
  for (const [rows, columns] of [
    [128, 96],
    [70, 100],
    [64, 67],
    [5, 1000],
  ] as const) {
    const kernel: LoopKernel = {
      kind: "loop",
      dims: [columns, rows],
      loads: [at(0, [1, columns])],
      reduction: null,
      outputs: [{ access: at(1, [rows, 1]), expr: apply("mul", load(0, "float32"), 2) }],
    };
    check(kernel, [floats(rows * columns), floats(rows * columns)], exact, new Random(1));
  }
});

function reduction(
  kind: Reduction,
  dims: number[],
  reduced: number[],
  strides: number[],
  body: Expr,
  expr: Expr,
): LoopKernel {
  return {
    kind: "loop",
    dims,
    loads: [at(0, strides)],
    reduction: { kind, dims: reduced, body },
    outputs: [{ access: at(1, contiguous(dims)), expr }],
  };
}

test("sums over many terms keep float32's accuracy", () => {
  const x = load(0, "float32");
  const length = 300_007;
  const data = floats(length, (i) => Math.fround(0.1 + (i % 7) * 1e-3));
  const tight: Tolerance = { relative: 1.3e-6, absolute: 0 };
  check(reduction("sum", [], [length], [1], x, result), [data, floats(1)], tight, new Random(1));
  const rows = 3001;
  check(
    reduction("sum", [50], [rows], [1, 50], x, result),
    [floats(50 * rows, (i) => (i % 9) / 9), floats(50)],
    tight,
    new Random(1),
  );
  const body = apply("mul", x, cast({ kind: "index", axis: 0, dtype: "int32" }, "float32"));
  check(
    reduction("sum", [], [5000], [1], body, result),
    [floats(5000, () => 1), floats(1)],
    { relative: 1e-5, absolute: 0 },
    new Random(1),
  );
});

test("reductions with an epilogue, and empty ones", () => {
  const x = load(0, "float32");
  const logSumExp = reduction("sum", [64], [10], [10, 1], apply("exp", x), apply("log", result));
  check(logSumExp, [floats(640), floats(64)], { relative: 2e-6, absolute: 1e-6 }, new Random(1));
  for (const [kind, value] of [
    ["sum", 0],
    ["prod", 1],
  ] as const) {
    check(reduction(kind, [5], [0], [0, 1], x, result), [floats(1), floats(5)], exact, new Random(1));
    const compiled = compileKernel(
      (env) => loopKernel(reduction(kind, [5], [3, 0], [0, 0, 1], x, result), env),
      [floats(1), floats(5)],
    );
    compiled.run(0, compiled.code.units);
    assert.deepEqual([...compiled.views[1]!], [value, value, value, value, value]);
  }
});

test("NaN wins maxima, minima and their indices, and the first of equals is found", () => {
  const x = load(0, "float32");
  const values = [1, 5, Number.NaN, 5, Number.NaN, -Infinity];
  const data = floats(6, (i) => values[i]!);
  for (const kind of ["max", "min"] as const) {
    check(reduction(kind, [], [6], [1], x, result), [data, floats(1)], exact, new Random(1));
  }
  const index: Expr = { kind: "result", dtype: "int32" };
  for (const kind of ["argmax", "argmin"] as const) {
    for (const list of [
      values,
      [3, 7, 7, 3, 3, 7],
      [-Infinity, -Infinity, -Infinity, -Infinity, -Infinity, -Infinity],
    ]) {
      const buffers = [floats(6, (i) => list[i]!), { dtype: "int32", data: [9] } as const];
      check(reduction(kind, [], [6], [1], x, index), buffers, exact, new Random(1));
      check(reduction(kind, [], [2, 3], [1, 2], x, index), buffers, exact, new Random(1));
    }
  }
});

test("a kernel over nothing does nothing", () => {
  const compiled = compileKernel(
    (env) => loopKernel(pointwise([0, 3], 1, load(0, "float32")), env),
    [floats(1), floats(1)],
  );
  compiled.run(0, compiled.code.units);
});

test("float64 is refused by name", () => {
  const make = () =>
    compileKernel(
      (env) => {
        const code = loopKernel(pointwise([4], 1, load(0, "float64")), env);
        return code;
      },
      [
        { dtype: "float64", data: [1, 2, 3, 4] },
        { dtype: "float64", data: [0, 0, 0, 0] },
      ],
    );
  assert.throws(
    make,
    (error: unknown) => error instanceof UnsupportedError && /wasm.*float64/.test(error.message),
  );
});

test("a nest adds a bias to raw results in place, for one outer index and a span of the next", () => {
  const [batch, channels, height, width] = [3, 5, 4, 7];
  const dims = [batch, channels, height, width];
  const plane = height * width;
  const expr = apply("sigmoid", apply("add", result, load(0, "float32")));
  for (const inPlace of [true, false]) {
    const buffers = [floats(channels), floats(size(dims)), floats(size(dims), (i) => i % 5)];
    const target = inPlace ? 2 : 1;
    const compiled = compileKernel(
      (env) => ({
        units: 1,
        cost: 1,
        scratchBytes: 0,
        write: (f) => {
          const [n, from, to, pointer] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
          f.i32(1).set(n).i32(2).set(from).i32(5).set(to);
          env.pushAddress(f, 2, (channels + 2) * plane);
          f.set(pointer);
          emitNest(f, env, {
            dims,
            loads: [at(0, [0, 1, 0, 0])],
            outputs: [{ access: at(target, contiguous(dims)), expr }],
            result: { pointer },
            outer: [n],
            span: { from, to },
          });
        },
      }),
      buffers,
    );
    compiled.run(0, 1);
    const got = compiled.views[target]!;
    got.forEach((value, i) => {
      const channel = Math.floor(i / plane) % channels;
      const touched = i >= (channels + 2) * plane && i < 2 * channels * plane;
      const raw = buffers[2]!.data[i]! + buffers[0]!.data[channel]!;
      const expected = touched ? 1 / (1 + Math.exp(-raw)) : buffers[target]!.data[i]!;
      assert.ok(Math.abs(value - expected) <= 1e-6, `${i}: ${value} for ${expected}`);
    });
  }
});
