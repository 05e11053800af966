// A whole Program written as one WebAssembly module: a function for each kernel and `run`, which every thread
// enters. Knows the schedule and the argument block; what a kernel computes is its code generator's business.

import { byteSize, type DType } from "../../base/dtype.ts";
import type { BufferId, Kernel, Program } from "../../kernel/kernel.ts";
import { type FunctionBuilder, ModuleBuilder } from "./assembler.ts";
import { defineBarrier } from "./barrier.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { align } from "./heap.ts";
import { control, runArgs } from "./layout.ts";
import { float64Unsupported } from "./memory.ts";
import { schedule } from "./schedule.ts";

/** Gives the code of one kernel. */
export type KernelCodegen = (kernel: Kernel, env: CodegenEnv) => KernelCode;

/** What a program is rendered for. */
export interface RenderTarget {
  readonly threads: number;
  readonly relaxed: boolean;
  readonly maximumPages: number;
  readonly shared: boolean;
}

/** A rendered program. */
export interface RenderedProgram {
  readonly bytes: Uint8Array;
  /** Constant data that the kernels read, placed at `runArgs.tables`. */
  readonly tables: Uint8Array;
  readonly argumentBytes: number;
  readonly scratchBytes: number;
  /** Where in the argument block the counters of claimed units begin; 0 before each run. */
  readonly claimsAt: number;
  /** Nanoseconds by which all threads together should beat one. */
  readonly gain: number;
}

/** A kernel share that may last longer than this is cut, with a heartbeat after each part; in nanoseconds. */
const heartbeatInterval = 100_000_000;

/** Writes the module of a program; its export `run` is a `RunFunction`. */
export function renderProgram(
  program: Program,
  codegen: KernelCodegen,
  target: RenderTarget,
): RenderedProgram {
  const tables = new Tables();
  const env = makeEnv(program, tables, target.relaxed);
  const stages = program.stages.map((kernels) =>
    kernels.map((kernel) => codegen(kernel, env)).filter((code) => code.units > 0),
  );
  const plan = schedule(stages, target.threads);

  const module = new ModuleBuilder({ initial: 1, maximum: target.maximumPages, shared: target.shared });
  const barrier = target.threads > 1 ? defineBarrier(module) : null;
  const share = target.threads > 1 ? defineShare(module) : null;
  const functions = stages.map((codes) =>
    codes.map((code) => module.func(["i32", "i32", "i32", "i32"], [], (f) => code.write(f))),
  );
  const argumentBytes = runArgs.variables + 4 * (countVariables(program) + program.scalars.length);
  const claimsAt = align(argumentBytes);
  let claims = 0;
  module.func(
    ["i32", "i32", "i32"],
    ["i32"],
    (f) => {
      const [thread, threads, args] = [0, 1, 2];
      const scratch = f.local("i32");
      f.get(args).mem("i32.load", runArgs.scratch).get(thread);
      f.get(args).mem("i32.load", runArgs.scratchStride).op("i32.mul").op("i32.add").set(scratch);
      if (share === null || barrier === null) {
        stages.forEach((codes, s) => {
          codes.forEach((code, k) => {
            f.i32(0).i32(code.units).get(args).get(scratch).call(functions[s]![k]!);
          });
        });
        f.i32(0);
        return;
      }
      const writer = new SharedRun(f, { thread, threads, args, scratch, barrier, share });
      f.get(threads).i32(1).op("i32.eq");
      f.if(() => {
        stages.forEach((codes, s) => {
          codes.forEach((code, k) => {
            writer.whole(code, functions[s]![k]!);
          });
        });
        f.i32(0).op("return");
      });
      plan.stages.forEach(({ owners, barrier: needed }, s) => {
        owners.forEach((owner, k) => {
          const code = stages[s]![k]!;
          if (owner === "all") {
            const claim = claimSize(code, target.threads);
            if (claim === 0) writer.part(code, functions[s]![k]!);
            else
              writer.claimed(
                code,
                functions[s]![k]!,
                claim,
                claimsAt + claimLine * claims++ * target.threads,
              );
          } else {
            f.get(thread).i32(owner).op("i32.eq");
            f.if(() => writer.whole(code, functions[s]![k]!));
          }
        });
        if (needed) writer.barrier();
      });
      writer.join();
    },
    "run",
  );
  const scratchBytes = Math.max(0, ...stages.flat().map((code) => code.scratchBytes));
  return {
    bytes: module.encode(),
    tables: tables.bytes(),
    argumentBytes: claimsAt + claims * target.threads * claimLine,
    claimsAt,
    scratchBytes: align(scratchBytes),
    gain: plan.gain,
  };
}

/** Counters of claimed units have a cache line each. */
const claimLine = 64;
/** Claims of less than this (nanoseconds) would cost more than they balance. */
const smallestClaim = 15_000;
/** Into how many claims a thread's share of a long kernel is cut. */
const claimsPerShare = 4;

/** Units that a thread claims at once from a kernel, or 0 where the kernel is too short to be worth counting. */
function claimSize({ units, cost }: KernelCode, threads: number): number {
  if (cost < 2 * threads * smallestClaim) return 0;
  const smallest = Math.ceil((units * smallestClaim) / cost);
  const longest = Math.max(1, Math.floor((units * heartbeatInterval) / cost));
  return Math.min(longest, Math.max(smallest, Math.ceil(units / threads / claimsPerShare)));
}

function countVariables(program: Program): number {
  return program.buffers.filter((buffer) => buffer.role === "variable").length;
}

/** Defines `share(units, thread, threads) → ⌊units · thread / threads⌋`. */
function defineShare(module: ModuleBuilder): number {
  return module.func(["i32", "i32", "i32"], ["i32"], (f) => {
    f.get(0).op("i64.extend_i32_u").get(1).op("i64.extend_i32_u").op("i64.mul");
    f.get(2).op("i64.extend_i32_u").op("i64.div_u").op("i32.wrap_i64");
  });
}

interface SharedRunLocals {
  readonly thread: number;
  readonly threads: number;
  readonly args: number;
  readonly scratch: number;
  /** Indices of the helper functions. */
  readonly barrier: number;
  readonly share: number;
}

/** The pieces of `run` where several threads may run it. */
class SharedRun {
  readonly #f: FunctionBuilder;
  readonly #at: SharedRunLocals;
  readonly #lo: number;
  readonly #hi: number;
  readonly #end: number;

  constructor(f: FunctionBuilder, at: SharedRunLocals) {
    this.#f = f;
    this.#at = at;
    this.#lo = f.local("i32");
    this.#hi = f.local("i32");
    this.#end = f.local("i32");
  }

  /** All units of a kernel. */
  whole(code: KernelCode, index: number): void {
    this.#f.i32(0).set(this.#lo).i32(code.units).set(this.#end);
    this.#call(code, index);
  }

  /** This thread's units of a kernel. */
  part(code: KernelCode, index: number): void {
    const { thread, threads, share } = this.#at;
    this.#f.i32(code.units).get(thread).get(threads).call(share).set(this.#lo);
    this.#f.i32(code.units).get(thread).i32(1).op("i32.add").get(threads).call(share).set(this.#end);
    this.#call(code, index);
  }

  /**
   * Units of a long kernel in claims: a thread first works through its own share, whose data its core's caches may
   * still hold, then takes what is left of the others'. A thread that came late or was held up costs the rest little.
   */
  claimed(code: KernelCode, index: number, claim: number, counters: number): void {
    const f = this.#f;
    const { args, scratch, thread, threads, share } = this.#at;
    const [lo, hi, end] = [this.#lo, this.#hi, this.#end];
    const tried = f.local("i32");
    const owner = f.local("i32");
    const start = f.local("i32");
    f.get(thread).set(owner);
    f.for(tried, 0, { local: threads }, 1, () => {
      f.i32(code.units).get(owner).get(threads).call(share).set(start);
      f.i32(code.units).get(owner).i32(1).op("i32.add").get(threads).call(share).set(end);
      f.block(() => {
        f.loop(() => {
          f.get(args).get(owner).i32(claimLine).op("i32.mul").op("i32.add").i32(claim);
          f.mem("i32.atomic.rmw.add", counters).get(start).op("i32.add").tee(lo);
          f.get(end).op("i32.ge_s").brIf(1);
          f.get(lo).i32(claim).op("i32.add").tee(hi).get(end);
          f.get(hi).get(end).op("i32.lt_s").op("select").set(hi);
          f.get(lo).get(hi).get(args).get(scratch).call(index);
          if (code.cost > heartbeatInterval) this.#beat();
          f.br(0);
        });
      });
      f.get(owner).i32(1).op("i32.add").tee(owner).get(threads).op("i32.ge_s");
      f.if(() => f.i32(0).set(owner));
    });
    f.release(tried, owner, start);
  }

  /** Waits for the other threads; leaves `run` with the error word when that is set. */
  barrier(): void {
    const { args, thread, threads, barrier } = this.#at;
    this.#f.get(args).mem("i32.load", runArgs.control).get(threads).get(thread);
    this.#f.i32(1).call(barrier).tee(this.#lo);
    this.#f.if(() => this.#f.get(this.#lo).op("return"));
  }

  /** The end of the run: thread 0 waits for the others, the others only report. */
  join(): void {
    const { args, thread, threads, barrier } = this.#at;
    this.#f.get(args).mem("i32.load", runArgs.control).get(threads).get(thread);
    this.#f.get(thread).op("i32.eqz").call(barrier);
  }

  /** Calls the kernel for units `lo … end − 1`, in parts with heartbeats when that may last. */
  #call(code: KernelCode, index: number): void {
    const f = this.#f;
    const { args, scratch } = this.#at;
    const [lo, hi, end] = [this.#lo, this.#hi, this.#end];
    const longest = Math.max(1, Math.floor((code.units * heartbeatInterval) / Math.max(code.cost, 1)));
    f.get(lo).get(end).op("i32.lt_s");
    f.if(() => {
      if (longest >= code.units) {
        f.get(lo).get(end).get(args).get(scratch).call(index);
        return;
      }
      f.loop(() => {
        f.get(lo).i32(longest).op("i32.add").tee(hi).get(end);
        f.get(hi).get(end).op("i32.lt_s").op("select").set(hi);
        f.get(lo).get(hi).get(args).get(scratch).call(index);
        this.#beat();
        f.get(hi).tee(lo).get(end).op("i32.lt_s").brIf(0);
      });
    });
  }

  #beat(): void {
    const { args, thread } = this.#at;
    const f = this.#f;
    f.get(args).mem("i32.load", runArgs.control);
    f.get(thread).i32(control.threadStride).op("i32.mul").op("i32.add").i32(1);
    f.mem("i32.atomic.rmw.add", control.threads + control.heartbeat).op("drop");
  }
}

/** The constant data of a program, each piece 16-aligned. */
class Tables {
  readonly #parts: { readonly offset: number; readonly data: Uint8Array }[] = [];
  #size = 0;

  add(data: Int32Array | Float32Array): number {
    const offset = this.#size;
    this.#parts.push({ offset, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) });
    this.#size = Math.ceil((offset + data.byteLength) / 16) * 16;
    return offset;
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.#size);
    for (const { offset, data } of this.#parts) all.set(data, offset);
    return all;
  }
}

function makeEnv(program: Program, tables: Tables, relaxed: boolean): CodegenEnv {
  const { buffers, scalars } = program;
  const variableSlots = new Map<BufferId, number>();
  buffers.forEach((buffer, id) => {
    if (buffer.role === "variable") variableSlots.set(id, variableSlots.size);
  });
  const all: readonly DType[] = [...buffers.map((buffer) => buffer.dtype), ...scalars];
  if (all.includes("float64")) throw float64Unsupported();
  const addressAt = (f: FunctionBuilder, wordOffset: number, bytes: number) => {
    f.get(param.args).mem("i32.load", wordOffset);
    if (bytes !== 0) f.i32(bytes).op("i32.add");
  };
  return {
    relaxed,
    dtype: (buffer) => buffers[buffer]!.dtype,
    pushAddress(f, buffer, element = 0) {
      const { role, dtype, offset } = buffers[buffer]!;
      const bytes = element * byteSize(dtype);
      if (role === "variable") addressAt(f, runArgs.variables + 4 * variableSlots.get(buffer)!, bytes);
      else addressAt(f, runArgs.arena, offset + bytes);
    },
    pushScalar(f, slot) {
      const offset = runArgs.variables + 4 * (variableSlots.size + slot);
      f.get(param.args).mem(scalars[slot] === "float32" ? "f32.load" : "i32.load", offset);
    },
    scalarDType: (slot) => scalars[slot]!,
    table(data) {
      const offset = tables.add(data);
      return (f) => addressAt(f, runArgs.tables, offset);
    },
  };
}
