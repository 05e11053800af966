// Measures the transcendental functions one by one on one thread, in elementwise loops over data that stays in the
// first-level cache; `copy` is what the loop and the calls cost.
// Run: node dist/bench/math.js [name] [--strict] [--revectorize]
import { wasmFeatures } from "../src/backend/wasm/features.ts";
import { loopKernel } from "../src/backend/wasm/loops.ts";
import { platform } from "../src/backend/wasm/platform.node.ts";
import { probeTiles } from "../src/backend/wasm/probe.ts";
import { apply, type Expr, load } from "../src/kernel/expr.ts";
import type { Access, LoopKernel } from "../src/kernel/kernel.ts";
import { loadKernel } from "../test/backend/kernel-harness.ts";

const relaxed = !process.argv.includes("--strict") && wasmFeatures().relaxedSimd;
if (process.argv.includes("--revectorize")) platform.enableRevectorization();
const tiles = probeTiles(relaxed);
const filter = process.argv.slice(2).find((a) => !a.startsWith("--")) ?? "";

const length = 4096;
const repeat = 25;
const x = load(0, "float32");
const expressions: Record<string, Expr> = {
  copy: x,
  sigmoid: apply("sigmoid", x),
  tanh: apply("tanh", x),
  erf: apply("erf", x),
  exp: apply("exp", x),
  log: apply("log", x),
  sin: apply("sin", x),
  cos: apply("cos", x),
  pow: apply("pow", x, load(1, "float32")),
};

interface Job {
  readonly name: string;
  readonly run: () => void;
  best: number;
}

function job(name: string, expr: Expr): Job {
  const access = (buffer: number): Access => ({ buffer, offset: 0, strides: [1] });
  const kernel: LoopKernel = {
    kind: "loop",
    dims: [length],
    loads: [access(0), access(1)],
    reduction: null,
    outputs: [{ access: access(2), expr }],
  };
  const positive = name === "log" || name === "pow";
  const floats = () => Float32Array.from({ length }, () => 8 * Math.random() - (positive ? 0 : 4));
  const { code, run } = loadKernel(loopKernel, kernel, [floats(), floats(), floats()], tiles);
  return { name, run: () => run(0, code.units), best: Number.POSITIVE_INFINITY };
}

const jobs = Object.entries(expressions)
  .filter(([name]) => name.includes(filter))
  .map(([name, expr]) => job(name, expr));
// Rounds over all jobs, so that a slow spell of the machine does not fall on one of them alone.
for (let round = 0; round < 200; round++) {
  for (const job of jobs) {
    const begin = performance.now();
    for (let r = 0; r < repeat; r++) job.run();
    job.best = Math.min(job.best, performance.now() - begin);
  }
}
for (const { name, best } of jobs) {
  console.log(
    `${name.padEnd(10)}${((best * 1e6) / (repeat * length)).toFixed(3).padStart(7)} ns per element`,
  );
}
