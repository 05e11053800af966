import assert from "node:assert/strict";
import { test } from "node:test";
import { plain, programOf, type Role, result, run, whole } from "../../../test/support/program.ts";
import type { DType, TypedArray } from "../../base/dtype.ts";
import { sizeOf } from "../../base/shape.ts";
import { apply, type Expr, load } from "../../kernel/expr.ts";
import type { ConvGeometry, Kernel, PoolGeometry } from "../../kernel/kernel.ts";

/** Numbers that differ from each other without being random. */
function numbers(count: number, salt = 1): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 * salt));
}

function close(got: ArrayLike<number>, want: ArrayLike<number>): void {
  assert.equal(got.length, want.length);
  for (let i = 0; i < got.length; i++) {
    assert.ok(Math.abs(got[i]! - want[i]!) <= 1e-12, `element ${i}: ${got[i]} instead of ${want[i]}`);
  }
}

test("matmul: batches, transposed and expanded operands, epilogue", () => {
  const [m, n, k] = [3, 2, 4];
  const a = numbers(2 * m * k);
  const b = numbers(n * k, 2);
  const bias = numbers(n, 3);
  const kernel: Kernel = {
    kind: "matmul",
    batch: [2],
    m,
    n,
    k,
    a: whole(0, [2, m, k]),
    b: { buffer: 1, offset: 0, strides: [0, 1, k] }, // bᵀ, the same for every batch.
    epilogue: {
      loads: [{ buffer: 2, offset: 0, strides: [0, 0, 1] }],
      outputs: [
        {
          access: whole(3, [2, m, n]),
          expr: apply("max", apply("add", result("float64"), load(0, "float64")), 0),
        },
      ],
    },
  };
  const program = programOf(
    [
      ["input", "float64", a.length],
      ["input", "float64", b.length],
      ["input", "float64", n],
      ["output", "float64", 2 * m * n],
    ],
    [kernel],
  );
  const want: number[] = [];
  for (let s = 0; s < 2; s++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const terms = Array.from({ length: k }, (_, l) => a[s * m * k + i * k + l]! * b[j * k + l]!);
        want.push(Math.max(0, bias[j]! + terms.reduce((x, y) => x + y)));
      }
    }
  }
  close(run(program, [a, b, bias])[0]!, want);
});

const geometry: ConvGeometry = {
  batch: 3,
  groups: 2,
  inChannels: 2,
  outChannels: 3,
  inH: 5,
  inW: 6,
  kernelH: 3,
  kernelW: 2,
  outH: 3,
  outW: 4,
  strideH: 2,
  strideW: 1,
  padTop: 1,
  padLeft: 1,
  dilationH: 1,
  dilationW: 3,
  inputDilationH: 1,
  inputDilationW: 1,
};
const inDims = [3, 4, 5, 6];
const weightDims = [2, 3, 2, 3, 2];
const outDims = [3, 6, 3, 4];

/** Convolution of an input that has been padded and dilated explicitly, indexed by nested arrays' arithmetic. */
function convolve(g: ConvGeometry, input: Float64Array, weight: Float64Array): Float64Array {
  const at = (n: number, c: number, y: number, x: number) => {
    if (y < 0 || x < 0 || y % g.inputDilationH !== 0 || x % g.inputDilationW !== 0) return 0;
    const [row, column] = [y / g.inputDilationH, x / g.inputDilationW];
    if (row >= g.inH || column >= g.inW) return 0;
    return input[((n * g.groups * g.inChannels + c) * g.inH + row) * g.inW + column]!;
  };
  const out: number[] = [];
  for (let n = 0; n < g.batch; n++)
    for (let o = 0; o < g.groups * g.outChannels; o++)
      for (let y = 0; y < g.outH; y++)
        for (let x = 0; x < g.outW; x++) {
          let sum = 0;
          for (let c = 0; c < g.inChannels; c++)
            for (let i = 0; i < g.kernelH; i++)
              for (let j = 0; j < g.kernelW; j++) {
                const channel = Math.floor(o / g.outChannels) * g.inChannels + c;
                const [row, column] = [y * g.strideH + i * g.dilationH, x * g.strideW + j * g.dilationW];
                const w = weight[((o * g.inChannels + c) * g.kernelH + i) * g.kernelW + j]!;
                sum += w * at(n, channel, row - g.padTop, column - g.padLeft);
              }
          out.push(sum);
        }
  return Float64Array.from(out);
}

function conv(
  g: ConvGeometry,
  input: Float64Array,
  weight: Float64Array,
  prologue: Expr | null = null,
): TypedArray {
  const channels = g.groups * g.inChannels;
  const out = [g.batch, g.groups * g.outChannels, g.outH, g.outW];
  const kernel: Kernel = {
    kind: "conv2d",
    geometry: g,
    input: whole(0, [g.batch, channels, g.inH, g.inW]),
    inputDType: "float64",
    prologue,
    weight: whole(1, [g.groups, g.outChannels, g.inChannels, g.kernelH, g.kernelW]),
    epilogue: plain(2, out, "float64"),
  };
  const specs: [Role, DType, number][] = [
    ["input", "float64", input.length],
    ["input", "float64", weight.length],
    ["output", "float64", sizeOf(out)],
  ];
  return run(programOf(specs, [kernel]), [input, weight])[0]!;
}

test("convolution: groups, stride, padding, dilation, input dilation, prologue", () => {
  const input = numbers(sizeOf(inDims));
  const weight = numbers(sizeOf(weightDims), 2);
  close(conv(geometry, input, weight), convolve(geometry, input, weight));
  const dilated = {
    ...geometry,
    inputDilationH: 2,
    inputDilationW: 3,
    outH: 5,
    outW: 9,
    padTop: 2,
    padLeft: -1,
  };
  close(conv(dilated, input, weight), convolve(dilated, input, weight));
  // The prologue is evaluated on the input alone: the padding stays zero although f(0) = 1.
  const shifted = apply("add", apply("mul", load(0, "float64"), 2), 1);
  const image = input.map((x) => 2 * x + 1);
  close(conv(geometry, input, weight, shifted), convolve(geometry, image, weight));
  // A 1×1 convolution written out by hand.
  const one: ConvGeometry = {
    ...geometry,
    batch: 1,
    groups: 1,
    inChannels: 2,
    outChannels: 1,
    inH: 1,
    inW: 2,
  };
  const small = { ...one, kernelH: 1, kernelW: 1, outH: 1, outW: 2, padTop: 0, padLeft: 0, strideH: 1 };
  close(conv(small, Float64Array.of(1, 2, 3, 4), Float64Array.of(10, 100)), [310, 420]);
});

test("the weight gradient is the transpose of the convolution, in chunks of the batch", () => {
  const input = numbers(sizeOf(inDims));
  const dy = numbers(sizeOf(outDims), 5);
  const chunks = 2;
  const dims = [chunks, ...weightDims];
  const kernel: Kernel = {
    kind: "conv2dWeightGrad",
    geometry,
    chunks,
    input: whole(0, inDims),
    inputDType: "float64",
    prologue: null,
    dy: whole(1, outDims),
    epilogue: plain(2, dims, "float64"),
  };
  const program = programOf(
    [
      ["input", "float64", input.length],
      ["input", "float64", dy.length],
      ["output", "float64", sizeOf(dims)],
    ],
    [kernel],
  );
  const got = run(program, [input, dy])[0]!;
  const perSample = sizeOf(outDims) / geometry.batch;
  const size = sizeOf(weightDims);
  for (let w = 0; w < size; w++) {
    // The convolution is linear in the weight: its value at a unit vector is the derivative.
    const unit = new Float64Array(size);
    unit[w] = 1;
    const y = convolve(geometry, input, unit);
    const want = [0, 0];
    for (let i = 0; i < y.length; i++) want[Math.floor(i / perSample) < 1 ? 0 : 1]! += y[i]! * dy[i]!;
    close([got[w]!, got[size + w]!], want);
  }
});

const pool: PoolGeometry = {
  planes: 1,
  inH: 3,
  inW: 3,
  outH: 2,
  outW: 2,
  kernelH: 2,
  kernelW: 2,
  strideH: 2,
  strideW: 2,
  padTop: 1,
  padLeft: 1,
  dilationH: 1,
  dilationW: 1,
};

function runPoolKernel(
  mode: "max" | "maxPick" | "avg",
  input: number[],
  options: Partial<Kernel> = {},
): number[] {
  const kernel = {
    kind: "pool2d",
    mode,
    geometry: pool,
    countPadding: true,
    padBottom: 1,
    padRight: 1,
    input: whole(0, [1, 3, 3]),
    values: mode === "maxPick" ? whole(1, [1, 3, 3]) : null,
    epilogue: plain(2, [1, 2, 2]),
    ...options,
  } as Kernel;
  const program = programOf(
    [
      ["input", "float32", 9],
      ["input", "float32", 9],
      ["output", "float32", 4],
    ],
    [kernel],
  );
  return Array.from(
    run(program, [Float32Array.from(input), Float32Array.of(10, 11, 12, 13, 14, 15, 16, 17, 18)])[0]!,
  );
}

test("pooling: maximum, pick, average with and without padding", () => {
  const x = [1, 5, 5, 2, 0, 0, 7, -1, 7];
  assert.deepEqual(runPoolKernel("max", x), [1, 5, 7, 7]);
  assert.deepEqual(runPoolKernel("maxPick", x), [10, 11, 16, 18]);
  assert.deepEqual(runPoolKernel("avg", x), [0.25, 2.5, 2.25, 1.5]);
  assert.deepEqual(runPoolKernel("avg", x, { countPadding: false }), [1, 5, 4.5, 1.5]);
  assert.deepEqual(runPoolKernel("max", [Number.NaN, 5, 5, 2, 0, 0, 7, -1, 7]), [Number.NaN, 5, 7, 7]);
  // With a ceil-mode window that hangs over the padded edge, its overhang is not counted.
  const wide = { ...pool, kernelH: 3, kernelW: 3 };
  assert.deepEqual(
    runPoolKernel("avg", [1, 1, 1, 1, 1, 1, 1, 1, 1], { geometry: wide, padBottom: 0, padRight: 0 }),
    [4 / 9, 4 / 6, 4 / 6, 1].map(Math.fround),
  );
});

test("pooling gradients go to the first maximum or spread evenly", () => {
  const gradient = (mode: "max" | "avg") => {
    const kernel: Kernel = {
      kind: "pool2dGrad",
      mode,
      geometry: { ...pool, strideH: 1, strideW: 1, padTop: 0, padLeft: 0 },
      countPadding: true,
      padBottom: 0,
      padRight: 0,
      input: mode === "max" ? whole(0, [1, 3, 3]) : null,
      dy: whole(1, [1, 2, 2]),
      epilogue: plain(2, [1, 3, 3]),
    };
    const program = programOf(
      [
        ["input", "float32", 9],
        ["input", "float32", 4],
        ["output", "float32", 9],
      ],
      [kernel],
    );
    const x = Float32Array.of(1, 5, 5, 2, 9, 0, 7, -1, 7);
    return Array.from(run(program, [x, Float32Array.of(1, 2, 4, 8)])[0]!);
  };
  assert.deepEqual(gradient("max"), [0, 0, 0, 0, 15, 0, 0, 0, 0]);
  assert.deepEqual(gradient("avg"), [0.25, 0.75, 0.5, 1.25, 3.75, 2.5, 1, 3, 2]);
});

test("gather and scatterAdd, with indices outside", () => {
  const sizes = { outer: 2, size: 3, count: 4, inner: 2 };
  const gather: Kernel = {
    kind: "gather",
    ...sizes,
    source: whole(0, [2, 3, 2]),
    index: whole(1, [4]),
    output: whole(2, [2, 4, 2]),
    dtype: "float32",
  };
  const scatter: Kernel = {
    kind: "scatterAdd",
    ...sizes,
    source: whole(2, [2, 4, 2]),
    index: whole(1, [4]),
    output: whole(3, [2, 3, 2]),
    dtype: "float32",
  };
  const program = programOf(
    [
      ["input", "float32", 12],
      ["input", "int32", 4],
      ["output", "float32", 16],
      ["output", "float32", 12],
    ],
    [gather, scatter],
  );
  const source = Float32Array.from({ length: 12 }, (_, i) => i);
  const [picked, added] = run(program, [source, Int32Array.of(2, 0, 3, 2)]);
  const nan = Number.NaN;
  assert.deepEqual(Array.from(picked!), [4, 5, 0, 1, nan, nan, 4, 5, 10, 11, 6, 7, nan, nan, 10, 11]);
  assert.deepEqual(Array.from(added!), [0, 1, 0, 0, 8, 10, 6, 7, 0, 0, 20, 22]);
});
