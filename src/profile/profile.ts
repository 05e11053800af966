// Where the time of a step goes: watches the programs that some code runs, first as they are, then traced. Knows
// programs and spans, nothing of networks.

import type { KernelSpan } from "../backend/backend.ts";
import { byteSize } from "../base/dtype.ts";
import { FoveaError, OptionError } from "../base/errors.ts";
import { median } from "../base/median.ts";
import { currentPlanner } from "../graph/engine.ts";
import type { ObservedRun } from "../graph/plan.ts";
import type { Kernel, Program } from "../kernel/kernel.ts";
import type { Roof } from "./roof.ts";
import { workOf } from "./work.ts";

/** One kernel of a step; times are sums over all threads. */
export interface KernelProfile {
  /** The ops that it computes, as `conv2d+add+sigmoid`. */
  readonly label: string;
  readonly kind: Kernel["kind"];
  /** Its stage: kernels of one stage do not depend on each other. */
  readonly stage: number;
  readonly microseconds: number;
  /** Of the time of all kernels, 0 … 1. */
  readonly share: number;
  readonly operations: number;
  readonly bytes: number;
  /** Of one thread. */
  readonly gflops: number;
  readonly gigabytesPerSecond: number;
  /** GFLOP/s of contractions, GB/s of all others, as a share of what one thread can do at most; null without a roof. */
  readonly ofRoof: number | null;
}

/** A span of a trace with the name of its kernel. */
export interface NamedSpan extends KernelSpan {
  readonly label: string;
  readonly stage: number;
}

/** What one step costs; times are medians over the steps, in milliseconds. */
export interface Profile {
  readonly backend: string;
  readonly threads: number;
  readonly steps: number;
  /** A whole step as it is, where JavaScript goes on while other threads compute. */
  readonly stepMs: number;
  /** Of a step that waits for each program's end: the time in which programs run, and the rest, which is JavaScript. */
  readonly runMs: number;
  readonly javascriptMs: number;
  /** Of a traced step: time of all threads in kernels, and time that they are there without one. */
  readonly busyMs: number;
  readonly waitingMs: number;
  /** Time that it took to make the step's plans, once. */
  readonly compileMs: number;
  /** In the order in which they run. */
  readonly kernels: readonly KernelProfile[];
  /** Bytes that a step's buffers take in the arena, and what they would take one beside the other. */
  readonly memory: { readonly arenaBytes: number; readonly sumBytes: number };
  readonly roof: Roof | null;
  /** The last traced step. */
  readonly spans: readonly NamedSpan[];
}

/** Options of `profile`. */
export interface ProfileOptions {
  /** Milliseconds of steps before each measurement, in which engines optimise what runs often. Default 1000. */
  readonly warmupMs?: number;
  /** Steps that are measured, each time: as they are, waiting for each program, and traced. Default 100. */
  readonly steps?: number;
  /** What the machine can do at most, from `measureRoof()`; kernels are compared with it. */
  readonly roof?: Roof | null;
}

/**
 * Calls `step` again and again and tells where its time goes. A step may be anything that computes: a training step, a
 * prediction. Throws FoveaError where it computes nothing.
 */
export async function profile(
  step: () => unknown,
  { warmupMs = 1000, steps = 100, roof = null }: ProfileOptions = {},
): Promise<Profile> {
  if (!(warmupMs >= 0)) throw new OptionError(`profile: warmupMs must be at least 0; got ${warmupMs}`);
  if (!Number.isInteger(steps) || steps < 1) {
    throw new OptionError(`profile: steps must be an integer of at least 1; got ${steps}`);
  }
  const measure = async (traces: boolean | null): Promise<Step[]> => {
    // Traced programs are programs of their own and have to get warm too.
    for (const end = performance.now() + warmupMs; performance.now() < end; ) {
      await observe(step, 1, traces);
    }
    return observe(step, steps, traces);
  };
  const free = await measure(null);
  const plain = await measure(false);
  const traced = await measure(true);
  if (traced.every(({ runs }) => runs.length === 0)) {
    throw new FoveaError("profile: the step ran no program; read a value in it, or step an optimizer");
  }
  const stepMs = median(free.map((s) => s.ms));
  const javascriptMs = median(plain.map((s) => s.ms - totalOf(s.runs, (run) => run.runMs)));
  const runMs = median(plain.map((s) => totalOf(s.runs, (run) => run.runMs)));
  const threads = 1 + maximum(traced.flatMap((s) => s.runs.flatMap((run) => run.spans.map((x) => x.thread))));
  const busy = (s: Step) => totalOf(s.runs, (run) => totalOf(run.spans, (x) => x.end - x.start));
  const programs = [...new Map(traced.flatMap((s) => s.runs.map((run) => [run.program, run] as const)))];
  return {
    backend: currentPlanner().backend.name,
    threads,
    steps,
    stepMs,
    runMs,
    javascriptMs,
    busyMs: median(traced.map(busy)),
    waitingMs: median(traced.map((s) => threads * totalOf(s.runs, (run) => run.runMs) - busy(s))),
    compileMs: totalOf(programs, ([, run]) => run.compileMs),
    kernels: kernelsOf(
      programs.map(([program]) => program),
      traced,
      roof,
    ),
    memory: {
      arenaBytes: maximum(programs.map(([program]) => program.arenaBytes)),
      sumBytes: maximum(programs.map(([program]) => sumBytes(program))),
    },
    roof,
    spans: named(traced.at(-1)!),
  };
}

/** One call of the step. */
interface Step {
  readonly ms: number;
  readonly runs: readonly ObservedRun[];
}

/** Calls the step; with `traces` null nobody watches its runs. */
async function observe(step: () => unknown, count: number, traces: boolean | null): Promise<Step[]> {
  const planner = currentPlanner();
  const before = planner.observer;
  const steps: Step[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const runs: ObservedRun[] = [];
      planner.observer = traces === null ? null : { traces, ran: (run) => void runs.push(run) };
      const begin = performance.now();
      await step();
      steps.push({ ms: performance.now() - begin, runs });
    }
  } finally {
    planner.observer = before;
  }
  return steps;
}

/** Kernels of a program in the order in which spans count them. */
function numbered(program: Program): { kernel: Kernel; label: string; stage: number }[] {
  return program.stages.flatMap((kernels, stage) =>
    kernels.map((kernel, i) => ({ kernel, label: program.labels[stage]?.[i] ?? kernel.kind, stage })),
  );
}

/** The kernels of all programs; shares are of the sum of their times. */
function kernelsOf(programs: readonly Program[], steps: readonly Step[], roof: Roof | null): KernelProfile[] {
  const timed = programs.flatMap((program) => {
    const list = numbered(program);
    const sums = steps.flatMap(({ runs }) => {
      const own = runs.filter((run) => run.program === program);
      if (own.length === 0) return [];
      const sum = new Float64Array(list.length);
      for (const { spans } of own) for (const span of spans) sum[span.kernel]! += span.end - span.start;
      return [sum];
    });
    return list.map((entry, i) => ({ ...entry, program, ms: median(sums.map((sum) => sum[i]!)) }));
  });
  const all = totalOf(timed, ({ ms }) => ms);
  return timed.map(({ kernel, label, stage, program, ms }) => {
    const { operations, bytes, isContraction } = workOf(kernel, program);
    const gflops = ms === 0 ? 0 : operations / (ms * 1e6);
    const gigabytesPerSecond = ms === 0 ? 0 : bytes / (ms * 1e6);
    const ofRoof =
      roof &&
      (isContraction ? gflops / roof.gflops : gigabytesPerSecond / roof.bandwidth(Math.max(bytes, 1)));
    return {
      label,
      kind: kernel.kind,
      stage,
      microseconds: ms * 1000,
      share: all === 0 ? 0 : ms / all,
      operations,
      bytes,
      gflops,
      gigabytesPerSecond,
      ofRoof,
    };
  });
}

function sumBytes(program: Program): number {
  return totalOf(program.buffers, ({ role, size, dtype }) =>
    role === "variable" ? 0 : size * byteSize(dtype),
  );
}

function named({ runs }: Step): NamedSpan[] {
  let since = 0;
  return runs.flatMap(({ program, spans, runMs }) => {
    const list = numbered(program);
    const moved = spans.map((span) => {
      const { label, stage } = list[span.kernel]!;
      return { ...span, start: span.start + since, end: span.end + since, label, stage };
    });
    since += runMs;
    return moved;
  });
}

function totalOf<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}

function maximum(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
