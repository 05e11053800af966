// Contraction and pooling code generators against the reference backend's loops: random geometry, any strides,
// prologues and epilogues, and any cut of units.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runConv, runConvWeightGrad, runMatmul } from "../../src/backend/reference/contraction.ts";
import { runGather, runScatterAdd } from "../../src/backend/reference/gather.ts";
import type { Memory } from "../../src/backend/reference/loop.ts";
import { runPool, runPoolGrad } from "../../src/backend/reference/pool.ts";
import type { CodegenEnv, KernelCode } from "../../src/backend/wasm/codegen.ts";
import { sweptKernel } from "../../src/backend/wasm/conv.ts";
import { convKernel, convWeightGradKernel } from "../../src/backend/wasm/convolution.ts";
import { planConv } from "../../src/backend/wasm/convPlan.ts";
import { sweptWeightGradKernel } from "../../src/backend/wasm/convWeightGrad.ts";
import { planWeightGrad } from "../../src/backend/wasm/convWeightGradPlan.ts";
import { wasmFeatures } from "../../src/backend/wasm/features.ts";
import { gatherKernel, scatterAddKernel } from "../../src/backend/wasm/gather.ts";
import { matmulKernel } from "../../src/backend/wasm/matmul.ts";
import { poolGradKernel, poolKernel } from "../../src/backend/wasm/pool.ts";
import { contiguousStrides, product } from "../../src/backend/wasm/result.ts";
import { squareKernel } from "../../src/backend/wasm/squareConv.ts";
import { planSquare, planSquareGrad } from "../../src/backend/wasm/squarePlan.ts";
import { squareWeightGradKernel } from "../../src/backend/wasm/squareWeightGrad.ts";
import { apply, type Expr, load } from "../../src/kernel/expr.ts";
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  Epilogue,
  GatherKernel,
  Kernel,
  MatmulKernel,
  PoolGeometry,
  PoolGradKernel,
  PoolKernel,
  ScatterAddKernel,
} from "../../src/kernel/kernel.ts";
import { type HostArray, loadKernel } from "./kernel-harness.ts";

/** A small generator (mulberry32), so that a failing case can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Choice {
  readonly #next: () => number;
  constructor(seed: number) {
    this.#next = random(seed);
  }
  int(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }
  of<T>(...values: T[]): T {
    return values[this.int(0, values.length - 1)]!;
  }
  floats(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => this.#next() * 2 - 1);
  }
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.int(0, 255));
  }
  /** An access to a dense array of `dims` in a random order of axes, some of them reversed, and its size. */
  access(buffer: number, dims: readonly number[], reverse = true): { access: Access; size: number } {
    const order = dims.map((_, d) => d);
    if (this.int(0, 1)) order.sort(() => this.#next() - 0.5);
    const strides = dims.map(() => 0);
    let size = 1;
    let offset = this.int(0, 3);
    for (const d of order.reverse()) {
      strides[d] = size;
      size *= dims[d]!;
    }
    const start = offset;
    for (let d = 0; d < dims.length; d++) {
      if (!reverse || this.int(0, 5) > 0 || dims[d] === 0) continue;
      offset += strides[d]! * (dims[d]! - 1);
      strides[d] = -strides[d]!;
    }
    return { access: { buffer, offset, strides }, size: size + start };
  }
}

/** An epilogue over `dims` with the buffers that it needs, numbered from `first`. */
function randomEpilogue(pick: Choice, dims: readonly number[], first: number): [Epilogue, HostArray[]] {
  const result: Expr = { kind: "result", dtype: "float32" };
  const size = product(dims);
  const strides = contiguousStrides(dims);
  const whole = (buffer: number): Access => ({ buffer, offset: 0, strides });
  switch (pick.int(0, 4)) {
    case 0: {
      // A bias along one axis, then a costly function.
      const axis = pick.int(0, dims.length - 1);
      const bias = { buffer: first + 1, offset: 1, strides: dims.map((_, d) => (d === axis ? 1 : 0)) };
      const expr = apply("tanh", apply("add", result, load(0, "float32")));
      const buffers = [new Float32Array(size), pick.floats(dims[axis]! + 1)];
      return [{ loads: [bias], outputs: [{ access: whole(first), expr }] }, buffers];
    }
    case 1: {
      // Two outputs, the second in another order of axes.
      const other = pick.access(first + 1, dims, false);
      const outputs = [
        { access: whole(first), expr: apply("max", result, 0) },
        { access: other.access, expr: apply("mul", result, load(0, "float32")) },
      ];
      const buffers = [new Float32Array(size), new Float32Array(other.size), pick.floats(size)];
      return [{ loads: [whole(first + 2)], outputs }, buffers];
    }
    case 2: {
      // Added to what the output holds already.
      const outputs = [{ access: whole(first), expr: apply("add", load(0, "float32"), result) }];
      return [{ loads: [whole(first)], outputs }, [pick.floats(size)]];
    }
    default:
      return [{ loads: [], outputs: [{ access: whole(first), expr: result }] }, [new Float32Array(size)]];
  }
}

/** Plain SIMD, and relaxed SIMD where this engine has it. */
const levels = wasmFeatures().relaxedSimd ? [false, true] : [false];
const families = ["narrow", "medium", "wide"] as const;

/**
 * Runs all units at once, and again one by one from the last to the first, which must give the same bits; then
 * compares every buffer with what the reference makes of it. `terms` is how many products a sum has, `amplified` how many times
 * more an algorithm may be off than sums of products are.
 */
function check<K extends Kernel>(
  generate: (kernel: K, env: CodegenEnv) => KernelCode,
  reference: (kernel: K, memory: Memory) => void,
  kernel: K,
  buffers: readonly HostArray[],
  terms: number,
  amplified = 1,
): void {
  const name = `${kernel.kind} ${JSON.stringify(kernel)}`;
  const bits = (a: HostArray) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);
  const expected = buffers.map((data) =>
    data instanceof Float32Array ? Float64Array.from(data) : data.slice(),
  );
  reference(kernel, { buffers: expected, scalars: [] });
  const tolerance = 5e-6 * Math.sqrt(terms + 1) * amplified;
  let narrow: HostArray[] = [];
  for (const [relaxed, family] of levels.flatMap((level) => families.map((f) => [level, f] as const))) {
    const loaded = loadKernel(generate, kernel, buffers, { family, relaxed });
    const { units } = loaded.code;
    const runInto = (run: () => void) => {
      buffers.forEach((data, i) => {
        loaded.view(i).set(data);
      });
      loaded.prepare();
      run();
      return buffers.map((_, i) => loaded.view(i).slice());
    };
    const results = runInto(() => loaded.run(0, units));
    const oneByOne = runInto(() => {
      for (let u = units - 1; u >= 0; u--) loaded.run(u, u + 1);
    });
    loaded.run(0, 0);
    if (family === families[0]) narrow = results;
    results.forEach((actual, i) => {
      assert.ok(bits(actual).equals(bits(narrow[i]!)), `results depend on the tiles: ${family}, ${name}`);
      assert.ok(bits(actual).equals(bits(oneByOne[i]!)), `results depend on the cut of units: ${name}`);
      for (let e = 0; e < actual.length; e++) {
        const [got, want] = [actual[e]!, expected[i]![e]!];
        if (Object.is(got, want) || Math.abs(got - want) <= tolerance * (1 + Math.abs(want))) continue;
        assert.fail(`${name}: buffer ${i}, element ${e} is ${got}, expected ${want}`);
      }
    });
  }
}

function checkMatmul(seed: number, sizes?: { batch: number[]; m: number; n: number; k: number }): void {
  const pick = new Choice(seed);
  const size = () => pick.of(pick.int(1, 9), pick.int(1, 40), pick.of(1, 4, 8, 16, 33, 64, 70));
  const { batch, m, n, k } = sizes ?? {
    batch: pick.of<number[]>([], [], [3], [2, 3], [1]),
    m: size(),
    n: size(),
    k: pick.of(size(), size(), 0),
  };
  const a = pick.access(0, [...batch, m, k]);
  const b = pick.access(1, [...batch, k, n]);
  const broadcast = (access: Access): Access => {
    const free = pick.int(0, 5);
    const flat = (d: number) => (free === 0 ? d < batch.length : free === 1 && d === batch.length + 1);
    return { ...access, strides: access.strides.map((s, d) => (flat(d) ? 0 : s)) };
  };
  const [epilogue, outputs] = randomEpilogue(pick, [...batch, m, n], 2);
  const kernel: MatmulKernel = {
    kind: "matmul",
    batch,
    m,
    n,
    k,
    a: broadcast(a.access),
    b: broadcast(b.access),
    epilogue,
  };
  check(matmulKernel, runMatmul, kernel, [pick.floats(a.size), pick.floats(b.size), ...outputs], k);
}

test("matmul: random shapes and strides", () => {
  for (let seed = 0; seed < 300; seed++) checkMatmul(seed);
});

test("matmul: several blocks of rows, columns and k", () => {
  checkMatmul(1, { batch: [], m: 150, n: 300, k: 100 });
  checkMatmul(2, { batch: [2], m: 37, n: 41, k: 1700 });
  checkMatmul(3, { batch: [], m: 5, n: 9, k: 2000 });
  checkMatmul(4, { batch: [], m: 64, n: 512, k: 512 });
  checkMatmul(5, { batch: [], m: 1, n: 500, k: 300 });
  checkMatmul(6, { batch: [], m: 500, n: 1, k: 300 });
  for (const [m, n, k] of [
    [0, 3, 4],
    [3, 0, 4],
    [3, 4, 0],
  ] as const) {
    checkMatmul(7, { batch: [], m, n, k });
  }
  checkMatmul(8, { batch: [0], m: 2, n: 2, k: 2 });
});

/** Output size along one axis. */
function outSize(size: number, kernel: number, stride: number, dilation: number, pad: number): number {
  return Math.floor((size + 2 * pad - dilation * (kernel - 1) - 1) / stride) + 1;
}

function randomGeometry(pick: Choice): ConvGeometry {
  for (;;) {
    const depthwise = pick.int(0, 4) === 0;
    const groups = depthwise ? pick.int(2, 9) : pick.of(1, 1, 1, 2, 3);
    const [kernelH, kernelW] = [pick.int(1, 5), pick.int(1, 5)];
    const [strideH, strideW] = [pick.of(1, 1, 2, 3), pick.of(1, 1, 2, 3)];
    const [dilationH, dilationW] = [pick.of(1, 1, 2), pick.of(1, 1, 3)];
    const [inputDilationH, inputDilationW] = [pick.of(1, 1, 1, 2, 3), pick.of(1, 1, 1, 2, 3)];
    const [padTop, padLeft] = [pick.of(0, 0, 1, 2, -1, 6), pick.of(0, 0, 1, 2, -1, 6)];
    const [inH, inW] = [pick.int(1, 14), pick.int(1, 20)];
    const extraH = pick.of(0, 0, 0, 1, 2, -1);
    const extraW = pick.of(0, 0, 0, 1, 2, -1);
    const dilated = (size: number, d: number) => (size - 1) * d + 1;
    const outH = outSize(dilated(inH, inputDilationH), kernelH, strideH, dilationH, padTop) + extraH;
    const outW = outSize(dilated(inW, inputDilationW), kernelW, strideW, dilationW, padLeft) + extraW;
    if (outH < 1 || outW < 1) continue;
    return {
      batch: pick.of(1, 2, 3, 9),
      groups,
      inChannels: depthwise ? 1 : pick.int(1, 7),
      outChannels: depthwise ? pick.of(1, 1, 2) : pick.int(1, 18),
      inH,
      inW,
      kernelH,
      kernelW,
      outH,
      outW,
      strideH,
      strideW,
      padTop,
      padLeft,
      dilationH,
      dilationW,
      inputDilationH,
      inputDilationW,
    };
  }
}

const scaleBytes = {
  kind: "apply",
  name: "mul",
  dtype: "float32",
  args: [
    { kind: "cast", dtype: "float32", arg: { kind: "load", load: 0, dtype: "uint8" } },
    { kind: "const", value: 1 / 128, dtype: "float32" },
  ],
} as const;

function randomInput(pick: Choice, g: ConvGeometry) {
  const bytes = pick.int(0, 3) === 0;
  const { access, size } = pick.access(0, [g.batch, g.groups * g.inChannels, g.inH, g.inW]);
  return {
    data: bytes ? pick.bytes(size) : pick.floats(size),
    fields: {
      input: access,
      inputDType: bytes ? "uint8" : "float32",
      prologue: bytes ? scaleBytes : null,
    } as const,
  };
}

/** Checks one convolution and gives its kernel. */
function checkConv(
  seed: number,
  fixed?: Partial<ConvGeometry>,
  generate: (kernel: ConvKernel, env: CodegenEnv) => KernelCode = convKernel,
  amplified = 1,
): ConvKernel {
  const pick = new Choice(seed);
  const geometry = { ...randomGeometry(pick), ...fixed };
  const g = geometry;
  const input = randomInput(pick, g);
  const weight = pick.access(1, [g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW]);
  const [epilogue, outputs] = randomEpilogue(pick, [g.batch, g.groups * g.outChannels, g.outH, g.outW], 2);
  const kernel: ConvKernel = {
    kind: "conv2d",
    geometry,
    ...input.fields,
    weight: weight.access,
    epilogue,
  };
  const terms = g.inChannels * g.kernelH * g.kernelW;
  check(generate, runConv, kernel, [input.data, pick.floats(weight.size), ...outputs], terms, amplified);
  return kernel;
}

test("conv: random geometry", () => {
  for (let seed = 0; seed < 400; seed++) checkConv(seed);
});

test("conv: zero batch, images cut into blocks of rows, weights too big for the cache", () => {
  checkConv(1, { batch: 0 });
  const plain = { groups: 1, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 1, padLeft: 1 };
  const square = { kernelH: 3, kernelW: 3, inputDilationH: 1, inputDilationW: 1 };
  for (let seed = 0; seed < 4; seed++) {
    const size = { batch: 1, inChannels: 12, outChannels: 10, inH: 40, inW: 33, outH: 40, outW: 33 };
    checkConv(seed, { ...plain, ...square, ...size });
    const big = { batch: 1, inChannels: 100, outChannels: 150, inH: 5, inW: 5, outH: 5, outW: 5 };
    checkConv(seed, { ...plain, ...square, ...big });
  }
});

/** Geometries whose rows are worth transforming: blocks of one run and of several, widths that cut unevenly, pads that differ. */
function tallGeometries(): Partial<ConvGeometry>[] {
  const unit = { groups: 1, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1 };
  const undilated = { inputDilationH: 1, inputDilationW: 1 };
  const sizes = [
    { kernelH: 3, kernelW: 3, inChannels: 8, outChannels: 12, inH: 16, inW: 9, padTop: 1, padLeft: 1 },
    { kernelH: 5, kernelW: 5, inChannels: 6, outChannels: 16, inH: 16, inW: 14, padTop: 0, padLeft: 0 },
    { kernelH: 5, kernelW: 1, inChannels: 9, outChannels: 5, inH: 24, inW: 7, padTop: 4, padLeft: 0 },
    { kernelH: 3, kernelW: 2, inChannels: 40, outChannels: 24, inH: 46, inW: 50, padTop: 0, padLeft: 1 },
    { kernelH: 3, kernelW: 3, inChannels: 16, outChannels: 8, inH: 8, inW: 5, padTop: 1, padLeft: 1 },
    { kernelH: 5, kernelW: 5, inChannels: 1, outChannels: 6, inH: 28, inW: 27, padTop: 2, padLeft: 2 },
  ];
  return sizes.map((size) => ({
    ...unit,
    ...undilated,
    ...size,
    batch: 5,
    outH: size.inH + 2 * size.padTop - size.kernelH + 1,
    outW: size.inW + 2 * size.padLeft - size.kernelW + 1,
  }));
}

const tiles = { family: "medium", relaxed: true } as const;

test("conv: rows by way of points", () => {
  let transformed = 0;
  const swept = (kernel: ConvKernel, env: CodegenEnv) =>
    sweptKernel(kernel, planConv(kernel, env.tiles), env);
  for (const geometry of tallGeometries()) {
    for (let seed = 0; seed < 6; seed++) {
      if (planConv(checkConv(seed, geometry, swept), tiles).transform) transformed++;
    }
  }
  assert.ok(transformed >= 10, `${transformed} of 36 by way of points`);
});

test("conv weight gradient: rows by way of points", () => {
  const swept = (kernel: ConvWeightGradKernel, env: CodegenEnv) =>
    sweptWeightGradKernel(kernel, planWeightGrad(kernel, env.tiles), env);
  for (const geometry of tallGeometries()) {
    for (let seed = 0; seed < 6; seed++) {
      assert.ok(planWeightGrad(checkWeightGrad(seed, geometry, swept), tiles).transform);
    }
  }
});

/** Geometries for squares of points: channels and sizes that cut unevenly, blocks of pictures and of rows, groups. */
function squareGeometries(): Partial<ConvGeometry>[] {
  const unit = { strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, inputDilationH: 1, inputDilationW: 1 };
  const sizes = [
    { batch: 19, groups: 1, kernel: 5, inChannels: 6, outChannels: 16, inH: 12, inW: 12, pad: 0 },
    { batch: 10, groups: 1, kernel: 5, inChannels: 16, outChannels: 6, inH: 8, inW: 7, pad: 4 },
    { batch: 9, groups: 1, kernel: 3, inChannels: 13, outChannels: 21, inH: 9, inW: 6, pad: 1 },
    { batch: 2, groups: 2, kernel: 3, inChannels: 5, outChannels: 4, inH: 18, inW: 31, pad: 1 },
    { batch: 1, groups: 1, kernel: 3, inChannels: 40, outChannels: 33, inH: 37, inW: 42, pad: 2 },
    { batch: 17, groups: 1, kernel: 3, inChannels: 8, outChannels: 8, inH: 3, inW: 2, pad: 1 },
  ];
  return sizes.map(({ kernel, pad, ...size }) => ({
    ...unit,
    ...size,
    kernelH: kernel,
    kernelW: kernel,
    padTop: pad,
    padLeft: pad,
    outH: size.inH + 2 * pad - kernel + 1,
    outW: size.inW + 2 * pad - kernel + 1,
  }));
}

test("conv and its weight gradient: by squares of points", () => {
  const used = new Map<string, number>();
  const count = (kind: string) => used.set(kind, (used.get(kind) ?? 0) + 1);
  const convSquare = (kernel: ConvKernel, env: CodegenEnv) => {
    const plan = planSquare(kernel, env.tiles, Number.POSITIVE_INFINITY);
    if (!plan) return convKernel(kernel, env);
    count(plan.kind);
    return squareKernel(kernel, plan, env);
  };
  const gradSquare = (kernel: ConvWeightGradKernel, env: CodegenEnv) => {
    const plan = planSquareGrad(kernel, env.tiles, Number.POSITIVE_INFINITY);
    if (!plan) return convWeightGradKernel(kernel, env);
    count("weights");
    return squareWeightGradKernel(kernel, plan, env);
  };
  for (const geometry of squareGeometries()) {
    for (let seed = 0; seed < 8; seed++) {
      // test/backend/wasm-accuracy.test.ts holds the errors of both to bounds.
      checkConv(seed, geometry, convSquare, geometry.kernelH === 5 ? 2 : 1);
      checkWeightGrad(seed, geometry, gradSquare);
    }
  }
  for (const kind of ["gather", "scatter", "weights"]) assert.ok((used.get(kind) ?? 0) > 20, kind);
});

test("conv and its weight gradient: depthwise", () => {
  const channel = { inChannels: 1, outChannels: 1, inputDilationH: 1, inputDilationW: 1 };
  for (let seed = 0; seed < 120; seed++) {
    const geometry = randomGeometry(new Choice(seed));
    const height = geometry.inH + 2 * geometry.padTop - (geometry.kernelH - 1) * geometry.dilationH;
    const width = geometry.inW + 2 * geometry.padLeft - (geometry.kernelW - 1) * geometry.dilationW;
    if (height < 1 || width < 1) continue;
    const outH = Math.ceil(height / geometry.strideH);
    const outW = Math.ceil(width / geometry.strideW);
    const fixed = { ...geometry, ...channel, groups: 2 + (seed % 5), outH, outW };
    checkConv(seed, fixed);
    checkWeightGrad(seed, fixed);
  }
});

/** Checks one weight gradient and gives its kernel. */
function checkWeightGrad(
  seed: number,
  fixed?: Partial<ConvGeometry>,
  generate: (kernel: ConvWeightGradKernel, env: CodegenEnv) => KernelCode = convWeightGradKernel,
): ConvWeightGradKernel {
  const pick = new Choice(seed);
  const geometry = { ...randomGeometry(pick), ...fixed };
  const g = geometry;
  const chunks = pick.int(1, Math.max(1, g.batch));
  const input = randomInput(pick, g);
  const dy = pick.access(1, [g.batch, g.groups * g.outChannels, g.outH, g.outW]);
  const dims = [chunks, g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW];
  const [epilogue, outputs] = randomEpilogue(pick, dims, 2);
  const kernel: ConvWeightGradKernel = {
    kind: "conv2dWeightGrad",
    geometry,
    chunks,
    ...input.fields,
    dy: dy.access,
    epilogue,
  };
  const terms = g.batch * g.outH * g.outW;
  check(generate, runConvWeightGrad, kernel, [input.data, pick.floats(dy.size), ...outputs], terms);
  return kernel;
}

test("conv weight gradient: random geometry", () => {
  for (let seed = 0; seed < 400; seed++) checkWeightGrad(seed);
  checkWeightGrad(3, { batch: 0 });
});

function randomPooling(pick: Choice) {
  for (;;) {
    const halving = pick.int(0, 2) === 0;
    const odd = <T>(value: T, other: T) => (halving ? value : other);
    const g = {
      planes: pick.int(1, 5),
      inH: pick.int(1, 13),
      inW: pick.int(1, 20),
      kernelH: odd(2, pick.int(1, 4)),
      kernelW: odd(2, pick.int(1, 4)),
      strideH: odd(2, pick.int(1, 3)),
      strideW: odd(2, pick.int(1, 3)),
      padTop: 0,
      padLeft: 0,
      dilationH: odd(1, pick.of(1, 1, 2)),
      dilationW: odd(1, pick.of(1, 1, 2)),
    };
    if (!halving) {
      g.padTop = pick.int(0, Math.floor(g.kernelH / 2));
      g.padLeft = pick.int(0, Math.floor(g.kernelW / 2));
    }
    const outH = outSize(g.inH, g.kernelH, g.strideH, g.dilationH, g.padTop);
    const outW = outSize(g.inW, g.kernelW, g.strideW, g.dilationW, g.padLeft);
    if (outH < 1 || outW < 1) continue;
    const geometry: PoolGeometry = { ...g, outH, outW };
    const countPadding = pick.int(0, 1) === 1;
    return { geometry, countPadding, padBottom: g.padTop, padRight: g.padLeft };
  }
}

/** Few different values, so that windows have several equal maxima, and now and then a NaN or infinity. */
function poolInput(pick: Choice, count: number, special: boolean): Float32Array {
  return Float32Array.from({ length: count }, () => {
    const choice = special ? pick.int(0, 30) : 0;
    if (choice === 1) return Number.NaN;
    if (choice === 2) return Number.NEGATIVE_INFINITY;
    return pick.int(-3, 3);
  });
}

test("pooling and its gradient: random geometry, ties, NaN", () => {
  for (let seed = 0; seed < 500; seed++) {
    const pick = new Choice(seed);
    const window = randomPooling(pick);
    const { planes, inH, inW, outH, outW } = window.geometry;
    const offset = pick.int(0, 3);
    const inSize = planes * inH * inW;
    const flat = (buffer: number): Access => ({ buffer, offset, strides: [inH * inW, inW, 1] });
    const mode = pick.of<PoolKernel["mode"]>("max", "maxPick", "avg");
    const input = poolInput(pick, inSize + offset, mode !== "avg");
    const [epilogue, outputs] = randomEpilogue(pick, [planes, outH, outW], 2);
    const values = mode === "maxPick" ? flat(1) : null;
    const kernel: PoolKernel = { kind: "pool2d", mode, ...window, input: flat(0), values, epilogue };
    check(poolKernel, runPool, kernel, [input, pick.floats(inSize + offset), ...outputs], 16);

    const [gradEpilogue, gradOutputs] = randomEpilogue(pick, [planes, inH, inW], 2);
    const gradKernel: PoolGradKernel = {
      kind: "pool2dGrad",
      mode: mode === "avg" ? "avg" : "max",
      ...window,
      input: mode === "avg" ? null : flat(0),
      dy: { buffer: 1, offset, strides: [outH * outW, outW, 1] },
      epilogue: gradEpilogue,
    };
    const dy = pick.floats(planes * outH * outW + offset);
    check(poolGradKernel, runPoolGrad, gradKernel, [input, dy, ...gradOutputs], 16);
  }
});

test("gather and scatterAdd: every dtype, indices outside", () => {
  for (let seed = 0; seed < 150; seed++) {
    const pick = new Choice(seed);
    const dtype = pick.of<"float32" | "int32" | "uint8">("float32", "int32", "uint8");
    const make = (count: number): HostArray => {
      if (dtype === "float32") return pick.floats(count);
      const bytes = pick.bytes(count);
      return dtype === "uint8" ? bytes : Int32Array.from(bytes);
    };
    const outer = pick.of(1, 1, 2, 3);
    const size = pick.int(1, 6);
    const count = pick.of(0, 1, pick.int(1, 9));
    const inner = pick.of(1, 3, pick.int(1, 40), 2500);
    const index = Int32Array.from({ length: count + 1 }, () => pick.int(-1, size));
    const at = (buffer: number, offset: number, strides: number[]): Access => ({ buffer, offset, strides });
    const shape = { outer, size, count, inner, dtype };
    const gather: GatherKernel = {
      kind: "gather",
      ...shape,
      source: at(0, 2, [size * inner, inner, 1]),
      index: at(1, 1, [1]),
      output: at(2, 0, [count * inner, inner, 1]),
    };
    const sizes = [outer * size * inner, outer * count * inner] as const;
    check(gatherKernel, runGather, gather, [make(sizes[0] + 2), index, make(sizes[1])], 1);
    const scatter: ScatterAddKernel = {
      ...gather,
      kind: "scatterAdd",
      source: at(0, 1, [count * inner, inner, 1]),
      output: at(2, 0, [size * inner, inner, 1]),
    };
    check(scatterAddKernel, runScatterAdd, scatter, [make(sizes[1] + 1), index, make(sizes[0])], count);
  }
});
