// Measures the contraction and pooling kernels one by one on one thread, with the peak of a loop that touches
// registers only beside them. Run: node dist/bench/kernels.js [name] [--strict] [--revectorize]

import { convKernel, convWeightGradKernel } from "../src/backend/wasm/convolution.ts";
import { wasmFeatures } from "../src/backend/wasm/features.ts";
import { matmulKernel } from "../src/backend/wasm/matmul.ts";
import { ModuleBuilder } from "../src/backend/wasm/moduleBuilder.ts";
import { platform } from "../src/backend/wasm/platform.node.ts";
import { poolGradKernel, poolKernel } from "../src/backend/wasm/pool.ts";
import { probeTiles } from "../src/backend/wasm/probe.ts";
import { contiguousStrides, product } from "../src/backend/wasm/result.ts";
import type {
  Access,
  ConvGeometry,
  ConvKernel,
  ConvWeightGradKernel,
  MatmulKernel,
  PoolGradKernel,
  PoolKernel,
} from "../src/kernel/kernel.ts";
import { type LoadedKernel, loadKernel } from "../test/backend/kernel-harness.ts";

const relaxed = !process.argv.includes("--strict") && wasmFeatures().relaxedSimd;
if (process.argv.includes("--revectorize")) platform.enableRevectorization();
const tiles = probeTiles(relaxed);
console.log(`tiles: ${tiles.family}${relaxed ? ", relaxed" : ""}`);
const filter = process.argv.slice(2).find((a) => !a.startsWith("--")) ?? "";

interface Job {
  readonly name: string;
  readonly flops: number;
  readonly run: () => void;
  best: number;
}
const jobs: Job[] = [];

function addJob(name: string, flops: number, load: () => LoadedKernel): void {
  if (!name.includes(filter)) return;
  const kernel = load();
  jobs.push({
    name,
    flops,
    run: () => {
      kernel.prepare();
      kernel.run(0, kernel.code.units);
    },
    best: Number.POSITIVE_INFINITY,
  });
}

/** Twelve chains of `x = x · a + b` that stay in registers. */
function addPeak(): void {
  const chains = 12;
  const rounds = 20000;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  const builder = new ModuleBuilder({ initial: 1, maximum: 1, shared: true });
  const write = (f: Parameters<Parameters<ModuleBuilder["func"]>[2]>[0]) => {
    const acc = Array.from({ length: chains }, () => f.local("v128"));
    const [a, b, i] = [f.local("v128"), f.local("v128"), f.local("i32")];
    f.f32x4(0.999).set(a).f32x4(0.5).set(b);
    for (const x of acc) f.f32x4(1).set(x);
    f.for(i, 0, rounds, 1, () => {
      for (const x of acc) {
        f.get(x).get(a);
        if (relaxed) f.get(b).op("f32x4.relaxed_madd").set(x);
        else f.op("f32x4.mul").get(b).op("f32x4.add").set(x);
      }
    });
    acc.forEach((x, v) => {
      f.i32(0)
        .get(x)
        .mem("v128.store", v * 16);
    });
  };
  builder.func([], [], write, "peak");
  const module = new WebAssembly.Module(builder.encode() as BufferSource);
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports.peak as () => void;
  jobs.push({ name: "peak (registers)", flops: chains * rounds * 8, run, best: Number.POSITIVE_INFINITY });
}

export function randomFloats(count: number): Float32Array {
  return Float32Array.from({ length: count }, () => Math.random() - 0.5);
}

const resultOnly = (access: Access) => ({
  loads: [],
  outputs: [{ access, expr: { kind: "result", dtype: "float32" } as const }],
});

function addMatmul(m: number, n: number, k: number, layout: "nn" | "nt" | "tn"): void {
  addJob(`matmul ${layout} [${m},${k}]x[${k},${n}]`, 2 * m * n * k, () => {
    const kernel: MatmulKernel = {
      kind: "matmul",
      batch: [],
      m,
      n,
      k,
      a: { buffer: 0, offset: 0, strides: layout === "tn" ? [1, m] : [k, 1] },
      b: { buffer: 1, offset: 0, strides: layout === "nt" ? [1, k] : [n, 1] },
      epilogue: resultOnly({ buffer: 2, offset: 0, strides: [n, 1] }),
    };
    const buffers = [randomFloats(m * k), randomFloats(k * n), new Float32Array(m * n)];
    return loadKernel(matmulKernel, kernel, buffers, tiles);
  });
}

const scaleBytes = {
  kind: "apply",
  name: "mul",
  dtype: "float32",
  args: [
    { kind: "cast", dtype: "float32", arg: { kind: "load", load: 0, dtype: "uint8" } },
    { kind: "const", value: 1 / 255, dtype: "float32" },
  ],
} as const;

const dense = (buffer: number, dims: readonly number[]): Access => ({
  buffer,
  offset: 0,
  strides: contiguousStrides(dims),
});

/** A layer: `[batch, C, size, size]` convolved with `[O, C, kernel, kernel]`. */
interface Layer {
  readonly name: string;
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly size: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
  readonly bytes?: boolean;
}

function geometryOf(layer: Layer): ConvGeometry {
  const { batch, size, kernel, stride = 1, pad = 0, groups = 1 } = layer;
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  return {
    batch,
    groups,
    inChannels: layer.inChannels / groups,
    outChannels: layer.outChannels / groups,
    inH: size,
    inW: size,
    kernelH: kernel,
    kernelW: kernel,
    outH: out,
    outW: out,
    strideH: stride,
    strideW: stride,
    padTop: pad,
    padLeft: pad,
    dilationH: 1,
    dilationW: 1,
    inputDilationH: 1,
    inputDilationW: 1,
  };
}

/** Forward, input gradient and weight gradient of a layer; operations are those of the forward pass each time. */
function addConv(layer: Layer): void {
  const g = geometryOf(layer);
  const { groups, kernelH, kernelW } = g;
  const xDims = [g.batch, layer.inChannels, g.inH, g.inW];
  const yDims = [g.batch, layer.outChannels, g.outH, g.outW];
  const wDims = [groups, g.outChannels, g.inChannels, kernelH, kernelW];
  const flops = 2 * product(yDims) * g.inChannels * kernelH * kernelW;
  const x = layer.bytes
    ? Uint8Array.from({ length: product(xDims) }, () => Math.random() * 256)
    : randomFloats(product(xDims));
  const w = randomFloats(product(wDims));
  const dy = randomFloats(product(yDims));
  const input = {
    input: dense(0, xDims),
    inputDType: layer.bytes ? "uint8" : "float32",
    prologue: layer.bytes ? scaleBytes : null,
  } as const;
  addJob(`conv ${layer.name}`, flops, () => {
    const epilogue = resultOnly(dense(2, yDims));
    const kernel: ConvKernel = { kind: "conv2d", geometry: g, ...input, weight: dense(1, wDims), epilogue };
    return loadKernel(convKernel, kernel, [x, w, new Float32Array(product(yDims))], tiles);
  });
  addJob(`conv dw ${layer.name}`, flops, () => {
    const chunks = Math.min(8, g.batch);
    const outDims = [chunks, ...wDims];
    const epilogue = resultOnly(dense(2, outDims));
    const kernel: ConvWeightGradKernel = {
      kind: "conv2dWeightGrad",
      geometry: g,
      chunks,
      ...input,
      dy: dense(1, yDims),
      epilogue,
    };
    return loadKernel(convWeightGradKernel, kernel, [x, dy, new Float32Array(product(outDims))], tiles);
  });
  if (layer.bytes) return;
  addJob(`conv dx ${layer.name}`, flops, () => {
    const [sGroup, sOut, sIn, sRow, sColumn] = contiguousStrides(wDims) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const geometry: ConvGeometry = {
      ...g,
      inChannels: g.outChannels,
      outChannels: g.inChannels,
      inH: g.outH,
      inW: g.outW,
      outH: g.inH,
      outW: g.inW,
      strideH: 1,
      strideW: 1,
      padTop: kernelH - 1 - g.padTop,
      padLeft: kernelW - 1 - g.padLeft,
      inputDilationH: g.strideH,
      inputDilationW: g.strideW,
    };
    const kernel: ConvKernel = {
      kind: "conv2d",
      geometry,
      input: dense(0, yDims),
      inputDType: "float32",
      prologue: null,
      weight: { buffer: 1, offset: kernelH * kernelW - 1, strides: [sGroup, sIn, sOut, -sRow, -sColumn] },
      epilogue: resultOnly(dense(2, xDims)),
    };
    return loadKernel(convKernel, kernel, [dy, w, new Float32Array(product(xDims))], tiles);
  });
}

/** Pooling with 2 × 2 windows; a "flop" here is an input element. */
function addPool(planes: number, size: number): void {
  const out = size / 2;
  const geometry = {
    planes,
    inH: size,
    inW: size,
    outH: out,
    outW: out,
    kernelH: 2,
    kernelW: 2,
    strideH: 2,
    strideW: 2,
    padTop: 0,
    padLeft: 0,
    dilationH: 1,
    dilationW: 1,
  };
  const window = { geometry, countPadding: false, padBottom: 0, padRight: 0 };
  const [inDims, outDims] = [
    [planes, size, size],
    [planes, out, out],
  ] as const;
  const x = randomFloats(product(inDims));
  const y = randomFloats(product(outDims));
  addJob(`pool [${planes},${size},${size}]`, product(inDims), () => {
    const fields = { values: null, input: dense(0, inDims), epilogue: resultOnly(dense(1, outDims)) };
    const kernel: PoolKernel = { kind: "pool2d", mode: "max", ...window, ...fields };
    return loadKernel(poolKernel, kernel, [x, y], tiles);
  });
  addJob(`pool dx [${planes},${size},${size}]`, product(inDims), () => {
    const fields = { input: dense(0, inDims), dy: dense(1, outDims), epilogue: resultOnly(dense(2, inDims)) };
    const kernel: PoolGradKernel = { kind: "pool2dGrad", mode: "max", ...window, ...fields };
    return loadKernel(poolGradKernel, kernel, [x, y, new Float32Array(product(inDims))], tiles);
  });
}

addPeak();
for (const layout of ["nn", "nt", "tn"] as const) {
  addMatmul(64, 64, 64, layout);
  addMatmul(512, 512, 512, layout);
}
addMatmul(64, 120, 256, "nt");
addMatmul(64, 256, 120, "nn");
addMatmul(120, 256, 64, "tn");
addMatmul(64, 64, 120, "nt");
addMatmul(64, 120, 64, "nn");
addMatmul(64, 120, 64, "tn");
addMatmul(64, 10, 64, "nt");
addMatmul(64, 64, 10, "nn");
addMatmul(10, 64, 64, "tn");
addMatmul(1000, 1000, 1000, "nn");
addMatmul(1, 1000, 1000, "nn");
addMatmul(1, 1000, 1000, "nt");
addMatmul(1000, 1, 1000, "nn");
addConv({ name: "lenet 1", batch: 64, inChannels: 1, outChannels: 6, size: 28, kernel: 5, bytes: true });
addConv({ name: "lenet 2", batch: 64, inChannels: 6, outChannels: 16, size: 12, kernel: 5 });
addConv({ name: "64x56", batch: 1, inChannels: 64, outChannels: 64, size: 56, kernel: 3, pad: 1 });
addConv({ name: "128x28", batch: 1, inChannels: 128, outChannels: 128, size: 28, kernel: 3, pad: 1 });
addConv({ name: "256x14", batch: 1, inChannels: 256, outChannels: 256, size: 14, kernel: 3, pad: 1 });
addConv({ name: "16x32", batch: 8, inChannels: 16, outChannels: 16, size: 32, kernel: 3, pad: 1 });
addConv({ name: "32x16", batch: 8, inChannels: 32, outChannels: 32, size: 16, kernel: 3, pad: 1 });
addConv({ name: "64x8", batch: 8, inChannels: 64, outChannels: 64, size: 8, kernel: 3, pad: 1 });
addConv({
  name: "16x32/2",
  batch: 8,
  inChannels: 16,
  outChannels: 32,
  size: 32,
  kernel: 3,
  pad: 1,
  stride: 2,
});
addConv({ name: "stem", batch: 1, inChannels: 3, outChannels: 64, size: 224, kernel: 7, pad: 3, stride: 2 });
const depthwise = { inChannels: 64, outChannels: 64, groups: 64, kernel: 3, pad: 1 };
addConv({ name: "depthwise 64x56", batch: 1, size: 56, ...depthwise });
addPool(384, 24);
addPool(1024, 8);

// Rounds over all jobs, so that a slow spell of the machine does not fall on one of them alone.
const start = performance.now();
for (let round = 0; round < 60 && performance.now() - start < 20000; round++) {
  for (const job of jobs) {
    const repeat = Math.max(1, Math.min(50, Math.round(2e6 / job.flops)));
    for (let i = 0; i < 2; i++) {
      // Processor time where it is long enough to be told: other processes' turns do not count.
      const cpu = process.cpuUsage();
      const t = performance.now();
      for (let r = 0; r < repeat; r++) job.run();
      const wall = performance.now() - t;
      const { user, system } = process.cpuUsage(cpu);
      job.best = Math.min(job.best, (wall > 3 ? Math.min(wall, (user + system) / 1000) : wall) / repeat);
    }
  }
}
for (const job of jobs) {
  const micros = (job.best * 1000).toFixed(1).padStart(10);
  console.log(
    `${job.name.padEnd(44)}${micros} µs ${(job.flops / job.best / 1e6).toFixed(1).padStart(6)} GFLOP/s`,
  );
}
