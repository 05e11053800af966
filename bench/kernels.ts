// Measures the contraction and pooling kernels one by one on one thread, with the peak of a loop that touches
// registers only beside them. Run: node dist/bench/kernels.js [name] [--relaxed]
import { setFlagsFromString } from "node:v8";
import { ModuleBuilder } from "../src/backend/wasm/assembler.ts";
import { matmulKernel } from "../src/backend/wasm/matmul.ts";
import type { Access, MatmulKernel } from "../src/kernel/kernel.ts";
import { type LoadedKernel, loadKernel } from "../test/backend/kernel-harness.ts";

const relaxed = process.argv.includes("--relaxed");
if (relaxed) setFlagsFromString("--experimental-wasm-relaxed-simd");
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
  jobs.push({ name, flops, run: () => kernel.run(0, kernel.code.units), best: Number.POSITIVE_INFINITY });
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
  const run = new WebAssembly.Instance(module, { env: { memory } }).exports["peak"] as () => void;
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
    return loadKernel(matmulKernel, kernel, buffers, relaxed);
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

// Rounds over all jobs, so that a slow spell of the machine does not fall on one of them alone.
const start = performance.now();
for (let round = 0; round < 60 && performance.now() - start < 20000; round++) {
  for (const job of jobs) {
    const repeat = Math.max(1, Math.min(50, Math.round(2e6 / job.flops)));
    for (let i = 0; i < 2; i++) {
      const t = performance.now();
      for (let r = 0; r < repeat; r++) job.run();
      job.best = Math.min(job.best, (performance.now() - t) / repeat);
    }
  }
}
for (const job of jobs) {
  const micros = (job.best * 1000).toFixed(1).padStart(10);
  console.log(
    `${job.name.padEnd(44)}${micros} µs ${(job.flops / job.best / 1e6).toFixed(1).padStart(6)} GFLOP/s`,
  );
}
