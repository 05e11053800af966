// A whole Program written as one WebAssembly module: a function for each kernel and `run`, which every thread
// enters. Knows the argument block; what a kernel computes is its code generator's business.

import { byteSize, type DType } from "../../base/dtype.ts";
import { writes } from "../../kernel/access.ts";
import type { BufferId, Kernel, Program } from "../../kernel/kernel.ts";
import type { FunctionBuilder } from "./assembler.ts";
import { type CodegenEnv, type KernelCode, param } from "./codegen.ts";
import { align } from "./heap.ts";
import { runArgs } from "./layout.ts";
import { float64Unsupported } from "./memory.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";
import { defineRun, type KernelFunction } from "./phases.ts";
import { schedule, type Work } from "./schedule.ts";
import type { Tiles } from "./tiles.ts";

/** Gives the code of one kernel. */
export type KernelCodegen = (kernel: Kernel, env: CodegenEnv) => KernelCode;

/** What a program is rendered for. */
export interface RenderTarget {
  readonly threads: number;
  readonly tiles: Tiles;
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
  /** Where in the argument block the counters of the phases begin; 0 before each run. */
  readonly countersAt: number;
  /** What kernels prepare for all threads. */
  readonly preparedBytes: number;
  /** Nanoseconds by which all threads together should beat one. */
  readonly gain: number;
}

/** Writes the module of a program; its export `run` is a `RunFunction`. With `traced` it notes what its threads do when. */
export function renderProgram(
  program: Program,
  codegen: KernelCodegen,
  target: RenderTarget,
  { traced = false } = {},
): RenderedProgram {
  const tables = new Tables();
  const env = makeEnv(program, tables, target.tiles);
  const { stages, preparedBytes } = layOut(program, codegen, env);
  const { phases, gain } = schedule(
    stages.map((stage) => stage.map(({ work }) => work)),
    target.threads,
  );

  const module = new ModuleBuilder({ initial: 1, maximum: target.maximumPages, shared: target.shared });
  const clock = traced ? module.importFunction("env", "clock", [], ["i32"]) : null;
  const kernels = stages.map((stage) =>
    stage.map(({ work, number, write }): KernelFunction => {
      const index = module.func(["i32", "i32", "i32", "i32"], [], (f) => {
        f.keepConstants();
        write(f);
        f.loadConstants(env.table);
      });
      return { work, index, number };
    }),
  );
  const argumentBytes = runArgs.variables + 4 * (countVariables(program) + program.scalars.length);
  const countersAt = align(argumentBytes);
  const counterBytes = defineRun(module, { kernels, phases, threads: target.threads, countersAt, clock });
  return {
    bytes: module.encode(),
    tables: tables.bytes(),
    argumentBytes: countersAt + counterBytes,
    countersAt,
    preparedBytes,
    scratchBytes: align(Math.max(0, ...stages.flat().map(({ scratchBytes }) => scratchBytes))),
    gain,
  };
}

/** Something that threads run: a kernel, or what it has prepared. */
interface Part {
  readonly work: Work;
  readonly scratchBytes: number;
  /** The kernel's number in the program. */
  readonly number: number;
  readonly write: (f: FunctionBuilder) => void;
}

/** The program's kernels with what they prepare in the stage before, or in one of its own. */
function layOut(
  program: Program,
  codegen: KernelCodegen,
  env: CodegenEnv,
): { stages: Part[][]; preparedBytes: number } {
  const stages: Part[][] = [];
  let number = 0;
  let preparedBytes = 0;
  program.stages.forEach((kernels, s) => {
    const written = new Set(program.stages[s - 1]?.flatMap(writes) ?? []);
    const before = stages.at(-1);
    const early: Part[] = [];
    const stage = kernels.map((kernel): Part => {
      const code = codegen(kernel, env);
      const own = number++;
      const at = preparedBytes;
      const pushPrepared = (f: FunctionBuilder) =>
        void f.get(param.args).mem("i32.load", runArgs.prepared).i32(at).op("i32.add");
      const { prepare } = code;
      if (prepare) {
        preparedBytes += align(prepare.bytes);
        const part = {
          work: prepare,
          scratchBytes: 0,
          number: own,
          write: (f: FunctionBuilder) => prepare.write(f, pushPrepared),
        };
        if (before && !prepare.reads.some((buffer) => written.has(buffer))) before.push(part);
        else early.push(part);
      }
      const write = (f: FunctionBuilder) => code.write(f, pushPrepared);
      return { work: code, scratchBytes: code.scratchBytes, number: own, write };
    });
    if (early.length > 0) stages.push(early);
    stages.push(stage);
  });
  return { stages, preparedBytes };
}

function countVariables(program: Program): number {
  return program.buffers.filter((buffer) => buffer.role === "variable").length;
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

function makeEnv(program: Program, tables: Tables, tiles: Tiles): CodegenEnv {
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
    relaxed: tiles.relaxed,
    tiles,
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
