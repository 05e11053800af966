// Benchmark "matmul": square float32 products end to end (build the graph, run it, keep the result) on one and two
// threads, beside the SIMD128 peak of one thread that is measured before and after them.
import { availableParallelism } from "node:os";
import { setImmediate as breathe } from "node:timers/promises";
import { createWasmBackend, randn, setBackend } from "../src/index.ts";
import { measureRoof, type Roof } from "../src/profile/roof.ts";
import { type Machine, machine, machineLine } from "./machine.ts";
import { tolerated, watching } from "./quiet.ts";
import { round, summarise } from "./statistics.ts";

const sizes = [64, 128, 256, 512, 1024];
/** Milliseconds of products that are timed together, between two turns of the event loop. */
const sliceMs = 10;
const slices = 100;

/** One size on one number of threads. */
export interface MatmulRow {
  readonly size: number;
  readonly threads: number;
  /** Of the fastest slice. */
  readonly gflops: number;
  /** gflops ÷ (threads · peak). */
  readonly percentOfPeak: number;
  /** Time of one product, of the fastest slice and the median one. */
  readonly microseconds: number;
  readonly medianMicroseconds: number;
}

/** GFLOP/s count a multiply and an add as two. */
export interface MatmulResult {
  readonly peak: Roof;
  readonly rows: readonly MatmulRow[];
  /** Largest share of the cores that other programs used meanwhile. */
  readonly others: number;
  readonly machine: Machine;
}

/** Runs the benchmark. */
export async function matmul(): Promise<MatmulResult> {
  const before = machine();
  const first = measureRoof();
  const measured: Omit<MatmulRow, "percentOfPeak">[] = [];
  let most = 0;
  for (const threads of availableParallelism() > 1 ? [1, 2] : [1]) {
    setBackend(createWasmBackend({ threads }));
    for (const size of sizes) {
      const { value, others } = await watching(process.pid, () => measure(size, threads));
      measured.push(value);
      most = Math.max(most, others);
    }
  }
  const second = measureRoof();
  const peak = second.gflops > first.gflops ? second : first;
  const rows = measured.map((row) => ({
    ...row,
    percentOfPeak: round((100 * row.gflops) / (row.threads * peak.gflops), 3),
  }));
  return { peak, rows, others: round(most, 2), machine: before };
}

async function measure(size: number, threads: number): Promise<Omit<MatmulRow, "percentOfPeak">> {
  const a = randn([size, size]).makeResident();
  const b = randn([size, size]).makeResident();
  const flops = 2 * size ** 3;
  const timed = (count: number) => {
    const begin = performance.now();
    for (let i = 0; i < count; i++) a.matmul(b).realize();
    return ((performance.now() - begin) * 1000) / count;
  };
  // Warm: the plan is cached, V8's optimised code and the threads are there.
  let guess = timed(1);
  for (const end = performance.now() + 500; performance.now() < end; ) {
    guess = timed(1);
    await breathe();
  }
  const count = Math.max(1, Math.round((sliceMs * 1000) / guess));
  const times: number[] = [];
  for (let i = 0; i < slices; i++) {
    times.push(timed(count));
    await breathe();
  }
  const { min, median } = summarise(times);
  return {
    size,
    threads,
    gflops: round(flops / (min * 1000)),
    microseconds: round(min),
    medianMicroseconds: round(median),
  };
}

/** The result for people. */
export function matmulTable({ peak, rows, others, machine }: MatmulResult): string {
  const each = Object.entries(peak.each).map(([flavour, gflops]) => `${flavour} ${gflops.toFixed(1)}`);
  return [
    machineLine(machine),
    `SIMD128 peak of one thread: ${peak.gflops.toFixed(1)} GFLOP/s (registers only: ${each.join(", ")})`,
    "threads    size   GFLOP/s   of peak          µs    median µs",
    ...rows.map((r) =>
      [
        String(r.threads).padStart(7),
        String(r.size).padStart(8),
        r.gflops.toFixed(1).padStart(10),
        `${r.percentOfPeak.toFixed(0)}%`.padStart(10),
        r.microseconds.toFixed(1).padStart(12),
        r.medianMicroseconds.toFixed(1).padStart(13),
      ].join(""),
    ),
    ...(others > tolerated
      ? [
          `other programs used up to ${(100 * others).toFixed(0)}% of the processor: repeat on a quiet machine`,
        ]
      : []),
  ].join("\n");
}
