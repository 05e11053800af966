// Contraction and pooling code generators against plain loops: random geometry, any strides, any cut of units.
import assert from "node:assert/strict";
import { test } from "node:test";
import { convKernel } from "../../src/backend/wasm/conv.ts";
import { matmulKernel } from "../../src/backend/wasm/matmul.ts";
import { contiguousStrides, product } from "../../src/backend/wasm/result.ts";
import type { Access, ConvGeometry, ConvKernel, Epilogue, MatmulKernel } from "../../src/kernel/kernel.ts";
import { convReference, matmulReference, outSize } from "./contract-reference.ts";
import { type HostArray, type LoadedKernel, loadKernel } from "./kernel-harness.ts";

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

function plainEpilogue(buffer: number, dims: readonly number[]): Epilogue {
  const access = { buffer, offset: 0, strides: contiguousStrides(dims) };
  return { loads: [], outputs: [{ access, expr: { kind: "result", dtype: "float32" } }] };
}

/** Runs all units at once, and again one by one from the last to the first: same bits. Returns the result. */
function runBothWays(loaded: LoadedKernel, output: number): HostArray {
  const view = loaded.view(output);
  const { units } = loaded.code;
  view.fill(Number.NaN);
  loaded.run(0, units);
  const first = view.slice();
  view.fill(Number.NaN);
  for (let u = units - 1; u >= 0; u--) loaded.run(u, u + 1);
  const bits = (a: HostArray) => Buffer.from(a.buffer, a.byteOffset, a.byteLength);
  assert.ok(bits(first).equals(bits(view.slice())), "results depend on the cut of units");
  loaded.run(0, 0);
  return first;
}

function close(actual: HostArray, expected: Float64Array, terms: number, name: string): void {
  assert.equal(actual.length, expected.length, name);
  const tolerance = 1e-6 * Math.sqrt(terms + 1) * 4;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= tolerance * (1 + Math.abs(expected[i]!)))) {
      assert.fail(`${name}: element ${i} is ${actual[i]}, expected ${expected[i]}`);
    }
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
  const broadcast = (access: Access): Access =>
    pick.int(0, 3) === 0
      ? { ...access, strides: access.strides.map((s, d) => (d < batch.length ? 0 : s)) }
      : access;
  const dims = [...batch, m, n];
  const kernel: MatmulKernel = {
    kind: "matmul",
    batch,
    m,
    n,
    k,
    a: broadcast({ ...a.access }),
    b: broadcast({ ...b.access }),
    epilogue: plainEpilogue(2, dims),
  };
  const inputs = [pick.floats(a.size), pick.floats(b.size)] as const;
  const loaded = loadKernel(matmulKernel, kernel, [...inputs, new Float32Array(product(dims))]);
  const name = `matmul ${seed} ${JSON.stringify(kernel)}`;
  close(runBothWays(loaded, 2), matmulReference(kernel, ...inputs), k, name);
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

function checkConv(seed: number, fixed?: Partial<ConvGeometry>): void {
  const pick = new Choice(seed);
  const g = { ...randomGeometry(pick), ...fixed };
  const bytes = pick.int(0, 3) === 0;
  const input = pick.access(0, [g.batch, g.groups * g.inChannels, g.inH, g.inW]);
  const weight = pick.access(1, [g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW]);
  const dims = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
  const kernel: ConvKernel = {
    kind: "conv2d",
    geometry: g,
    input: input.access,
    inputDType: bytes ? "uint8" : "float32",
    prologue: bytes ? scaleBytes : null,
    weight: weight.access,
    epilogue: plainEpilogue(2, dims),
  };
  const x = bytes ? pick.bytes(input.size) : pick.floats(input.size);
  const w = pick.floats(weight.size);
  const loaded = loadKernel(convKernel, kernel, [x, w, new Float32Array(product(dims))]);
  const expected = convReference(kernel, x, w, (v) => (bytes ? v / 128 : v));
  const terms = g.inChannels * g.kernelH * g.kernelW;
  close(runBothWays(loaded, 2), expected, terms, `conv ${seed} ${JSON.stringify(kernel)}`);
}

test("conv: random geometry", () => {
  for (let seed = 0; seed < 600; seed++) checkConv(seed);
});

test("conv: zero batch, and images cut into blocks of rows", () => {
  checkConv(1, { batch: 0 });
  const plain = { groups: 1, strideH: 1, strideW: 1, dilationH: 1, dilationW: 1, padTop: 1, padLeft: 1 };
  const square = { kernelH: 3, kernelW: 3, inputDilationH: 1, inputDilationW: 1 };
  for (let seed = 0; seed < 6; seed++) {
    const size = { batch: 1, inChannels: 24, outChannels: 20, inH: 40, inW: 33, outH: 40, outW: 33 };
    checkConv(seed, { ...plain, ...square, ...size });
    const big = { batch: 1, inChannels: 100, outChannels: 150, inH: 9, inW: 9, outH: 9, outW: 9 };
    checkConv(seed, { ...plain, ...square, ...big });
  }
});
