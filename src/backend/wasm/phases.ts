// The function `run` of a program, which every thread enters: phase by phase the threads take up tasks until none is
// left. A phase ends when its tasks are done, not when all threads have come, so one that is late or held up costs
// the rest little. Knows schedules and counters; what a kernel computes is its code generator's business.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { defineWaitFor, wakeSleepers } from "./barrier.ts";
import { control, runArgs } from "./layout.ts";
import type { ModuleBuilder } from "./moduleBuilder.ts";
import type { KernelPlace, Phase, Task, Work } from "./schedule.ts";
import { writeNote } from "./trace.ts";

/** A kernel, or what it prepares, as a function of its module. */
export interface KernelFunction {
  readonly work: Work;
  readonly index: number;
  /** Its number in the program, for traces. */
  readonly number: number;
}

/** What `run` is made of. */
export interface RunParts {
  readonly kernels: readonly (readonly KernelFunction[])[];
  readonly phases: readonly Phase[];
  /** Most threads that may run it. */
  readonly threads: number;
  /** Where the counters begin in the argument block. */
  readonly countersAt: number;
  /** Index of the imported clock in a program that notes what its threads do, or null. */
  readonly clock: number | null;
}

/** Counters that several threads write have a cache line each. */
const line = 64;
/** A kernel share that may last longer than this is cut, with a heartbeat after each part; in nanoseconds. */
const heartbeatInterval = 100_000_000;
/** Claims of less than this (nanoseconds) would cost more than they balance. */
const smallestClaim = 10_000;
/** Into how many claims a thread's share of a long kernel is cut. */
const claimsPerShare = 4;

/** Units that a thread claims at once. */
function claimSize({ units, cost }: Work, threads: number): number {
  const smallest = Math.ceil((units * smallestClaim) / Math.max(cost, 1));
  const longest = Math.max(1, Math.floor((units * heartbeatInterval) / Math.max(cost, 1)));
  const share = Math.ceil(units / threads);
  return Math.min(longest, share, Math.max(smallest, Math.ceil(share / claimsPerShare)));
}

/** Defines and exports `run(thread, threads, arguments) → error word`; gives the bytes of its counters, 0 before each run. */
export function defineRun(module: ModuleBuilder, parts: RunParts): number {
  const helpers = parts.threads > 1 ? { waitFor: defineWaitFor(module), share: defineShare(module) } : null;
  let bytes = 0;
  module.func(
    ["i32", "i32", "i32"],
    ["i32"],
    (f) => {
      const writer = new RunWriter(f, parts, helpers);
      if (helpers) bytes = writer.shared();
      else writer.alone();
    },
    "run",
  );
  return bytes;
}

/** Defines `share(units, thread, threads) → ⌊units · thread / threads⌋`. */
function defineShare(module: ModuleBuilder): number {
  return module.func(["i32", "i32", "i32"], ["i32"], (f) => {
    f.get(0).op("i64.extend_i32_u").get(1).op("i64.extend_i32_u").op("i64.mul");
    f.get(2).op("i64.extend_i32_u").op("i64.div_u").op("i32.wrap_i64");
  });
}

class RunWriter {
  readonly #f: FunctionBuilder;
  readonly #parts: RunParts;
  readonly #helpers: { readonly waitFor: number; readonly share: number } | null;
  readonly #thread: Local = 0;
  readonly #threads: Local = 1;
  readonly #args: Local = 2;
  readonly #scratch: Local;
  readonly #block: Local;
  /** Units of the present phase that this thread has done. */
  readonly #done: Local;
  readonly #lo: Local;
  readonly #hi: Local;
  #counters: number;

  constructor(f: FunctionBuilder, parts: RunParts, helpers: { waitFor: number; share: number } | null) {
    this.#f = f;
    this.#parts = parts;
    this.#helpers = helpers;
    this.#counters = parts.countersAt;
    this.#scratch = f.local("i32");
    this.#block = f.local("i32");
    this.#done = f.local("i32");
    this.#lo = f.local("i32");
    this.#hi = f.local("i32");
    f.get(this.#args).mem("i32.load", runArgs.scratch).get(this.#thread);
    f.get(this.#args).mem("i32.load", runArgs.scratchStride).op("i32.mul").op("i32.add").set(this.#scratch);
    f.get(this.#args).mem("i32.load", runArgs.control).set(this.#block);
  }

  /** The body for one thread: all kernels in order. */
  alone(): void {
    for (const stage of this.#parts.kernels) for (const kernel of stage) this.#whole(kernel);
    this.#f.i32(0);
  }

  /** The body for several threads; gives the bytes of the counters. */
  shared(): number {
    const f = this.#f;
    f.get(this.#threads).i32(1).op("i32.eq");
    f.if(() => {
      this.alone();
      f.op("return");
    });
    this.#parts.phases.forEach((phase, p) => {
      this.#phase(phase, p % 2 === 1, p === this.#parts.phases.length - 1);
    });
    f.get(this.#block).mem("i32.atomic.load", control.error);
    return this.#counters - this.#parts.countersAt;
  }

  #kernel({ stage, index }: KernelPlace): KernelFunction {
    return this.#parts.kernels[stage]![index]!;
  }

  #unitsOf(task: Task): number {
    return task.kind === "whole" ? 1 : this.#kernel(task.kernel).work.units;
  }

  #counter(count = 1): number {
    const at = this.#counters;
    this.#counters += count * line;
    return at;
  }

  #phase({ tasks }: Phase, backwards: boolean, last: boolean): void {
    const f = this.#f;
    const total = tasks.reduce((sum, task) => sum + this.#unitsOf(task), 0);
    if (total === 0) return;
    const counter = this.#counter();
    const address = f.local("i32");
    f.plus(this.#args, counter).set(address);
    f.get(address).mem("i32.atomic.load").i32(total).op("i32.ne");
    f.if(() => {
      f.i32(0).set(this.#done);
      for (const task of tasks) {
        if (task.kind === "whole") this.#takeWhole(task.kernels);
        else this.#takeUnits(this.#kernel(task.kernel), backwards);
      }
      f.get(this.#done);
      f.if(() => {
        f.get(address).get(this.#done).mem("i32.atomic.rmw.add").get(this.#done).op("i32.add");
        f.i32(total).op("i32.eq");
        f.if(() => wakeSleepers(f, this.#block, address));
      });
      this.#meet(address, total, last);
    });
    f.release(address);
  }

  /** Waits for the end of the phase, and leaves `run` with the error word when that is set. After the last phase only thread 0 waits. */
  #meet(address: Local, total: number, last: boolean): void {
    const f = this.#f;
    const wait = () => {
      f.get(this.#block).get(this.#threads).get(this.#thread).get(address).i32(total);
      f.call(this.#helpers!.waitFor).tee(this.#lo);
      f.if(() => f.get(this.#lo).op("return"));
    };
    if (!last) {
      wait();
      return;
    }
    f.get(this.#thread).op("i32.eqz");
    f.if(wait);
  }

  /** Kernels that the first thread to come runs whole. */
  #takeWhole(kernels: readonly KernelPlace[]): void {
    const f = this.#f;
    const counter = this.#counter();
    f.get(this.#args).i32(1).mem("i32.atomic.rmw.add", counter).op("i32.eqz");
    f.if(() => {
      for (const place of kernels) this.#whole(this.#kernel(place));
      f.increment(this.#done, 1);
    });
  }

  /**
   * Units in claims: a thread first works through its own share, whose data its core's caches may still hold, then takes
   * what is left of the others'. Every other phase goes through the shares backwards, since what the phase before made last is
   * what the caches still hold.
   */
  #takeUnits(kernel: KernelFunction, backwards: boolean): void {
    const f = this.#f;
    const { work } = kernel;
    const claim = claimSize(work, this.#parts.threads);
    const counters = this.#counter(this.#parts.threads);
    const { share } = this.#helpers!;
    const [lo, hi] = [this.#lo, this.#hi];
    const tried = f.local("i32");
    const owner = f.local("i32");
    const start = f.local("i32");
    const end = f.local("i32");
    f.get(this.#thread).set(owner);
    f.for(tried, 0, { local: this.#threads }, 1, () => {
      f.i32(work.units).get(owner).get(this.#threads).call(share).set(start);
      f.i32(work.units).plus(owner, 1).get(this.#threads).call(share).set(end);
      f.block(() => {
        f.loop(() => {
          f.get(this.#args).get(owner).i32(line).op("i32.mul").op("i32.add").i32(claim);
          f.mem("i32.atomic.rmw.add", counters).get(start).op("i32.add").tee(lo);
          f.get(end).op("i32.ge_s").brIf(1);
          f.plus(lo, claim).set(hi);
          f.lesser(hi, { local: end }).set(hi);
          this.#call(kernel, () => {
            if (!backwards) f.get(lo).get(hi);
            else for (const bound of [hi, lo]) f.get(start).get(end).op("i32.add").get(bound).op("i32.sub");
          });
          f.get(this.#done).get(hi).op("i32.add").get(lo).op("i32.sub").set(this.#done);
          if (work.cost > heartbeatInterval) this.#beat();
          f.br(0);
        });
      });
      f.plus(owner, 1).tee(owner).get(this.#threads).op("i32.ge_s");
      f.if(() => f.i32(0).set(owner));
    });
    f.release(tried, owner, start, end);
  }

  /** All units of a kernel, in parts with heartbeats where that may last. */
  #whole(kernel: KernelFunction): void {
    const f = this.#f;
    const { units, cost } = kernel.work;
    if (units === 0) return;
    const longest = Math.max(1, Math.floor((units * heartbeatInterval) / Math.max(cost, 1)));
    if (longest >= units || !this.#helpers) {
      this.#call(kernel, () => f.i32(0).i32(units));
      return;
    }
    const [lo, hi] = [this.#lo, this.#hi];
    f.for(lo, 0, units, longest, () => {
      f.plus(lo, longest).set(hi);
      f.lesser(hi, units).set(hi);
      this.#call(kernel, () => f.get(lo).get(hi));
      this.#beat();
    });
  }

  #call({ index, number }: KernelFunction, pushRange: () => void): void {
    const f = this.#f;
    const call = () => {
      pushRange();
      f.get(this.#args).get(this.#scratch).call(index);
    };
    if (this.#parts.clock === null) call();
    else writeNote(f, { clock: this.#parts.clock, thread: this.#thread, args: this.#args, number }, call);
  }

  /** A sign of life; alone there is no one to see it. */
  #beat(): void {
    const f = this.#f;
    f.get(this.#threads).i32(1).op("i32.gt_s");
    f.if(() => {
      f.get(this.#block).get(this.#thread).i32(control.threadStride).op("i32.mul").op("i32.add").i32(1);
      f.mem("i32.atomic.rmw.add", control.threads + control.heartbeat).op("drop");
    });
  }
}
