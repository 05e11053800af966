// The WebAssembly backend: variables, one workspace for all programs, and runs on a team of threads. Kernels'
// code comes from a code generator that it is given; it knows none of them.

import { platform } from "#platform";
import { byteSize, type DType, type TypedArray } from "../../base/dtype.ts";
import { FoveaError, OptionError, UnsupportedError } from "../../base/errors.ts";
import type { Program } from "../../kernel/kernel.ts";
import type { Backend, Executable, RunArguments, StartedRun, TracedRun, Variable } from "../backend.ts";
import { wasmFeatures } from "./features.ts";
import { type RunFunction, runArgs } from "./layout.ts";
import { float64Unsupported, Memory } from "./memory.ts";
import { forgetTiles, probeTiles } from "./probe.ts";
import { type KernelCodegen, type RenderedProgram, type RenderTarget, renderProgram } from "./program.ts";
import { Running } from "./running.ts";
import { chooseThreads } from "./threadCount.ts";
import { Team } from "./threads.ts";
import type { TileFamilyName } from "./tiles.ts";
import { clockSince, readNotes, traceBytes } from "./trace.ts";
import { type VariableOwner, WasmVariable } from "./variable.ts";
import { bytesOf, workspaceOf } from "./workspace.ts";

/** Options of the WebAssembly backend. */
export interface WasmOptions {
  /** Threads to use, the calling one included; by default one for each core, at most 8. */
  readonly threads?: number;
  /**
   * Whether kernels may use relaxed SIMD (fused multiply-add) where the engine has it: faster, with last bits
   * that may differ between machines. False gives the same bits everywhere. Default true.
   */
  readonly relaxed?: boolean;
  /**
   * Whether the engine may compute pairs of vectors with 256-bit instructions, which doubles the speed of products where it
   * works. An experiment of the engine (V8 from 13 on, x86 with AVX2) and for the whole process, therefore false unless
   * asked for; the bits stay the same. Where the engine has no such thing nothing happens, and `info.simd` tells.
   */
  readonly revectorize?: boolean;
  /** How long a run waits for threads that show no sign of life before it fails with WorkerError. Default 30000. */
  readonly timeoutMs?: number;
}

/** What the backend found and uses, for reports. */
export interface WasmInfo {
  readonly threads: number;
  readonly simd: "simd128" | "simd128 + relaxed";
  /** Which register tiles suit the engine, found by timing them. */
  readonly tiles: TileFamilyName;
  readonly sharedMemory: boolean;
  readonly memoryBytes: number;
  readonly usedBytes: number;
  readonly maximumBytes: number;
  /** Why runs use fewer threads than asked for, or null. */
  readonly degraded: string | null;
}

/** Programs that gain less than this (nanoseconds) from more threads are run by the calling one alone. */
const worthwhileGain = 8000;
/** Teams that may fail in a row before the backend goes on with one thread. */
const mostFailures = 3;

/** What the backend keeps of a program besides the Executable, so that it can be cleared when that is collected. */
interface LoadedProgram {
  readonly id: number;
  readonly module: WebAssembly.Module;
  readonly run: RunFunction;
  readonly rendered: Omit<RenderedProgram, "bytes">;
  /** Address of the tables. */
  readonly tables: number;
  team: Team | null;
  /** Place of the program in the team's mail. */
  mail: number;
}

/** Backend that renders each program to one WebAssembly module and runs it on all cores. */
export class WasmBackend implements Backend {
  readonly name = "wasm";
  readonly #codegen: KernelCodegen;
  readonly #memory: Memory;
  readonly #threads: number;
  readonly #relaxed: boolean;
  readonly #timeoutMs: number;
  readonly #clock = clockSince(performance.timeOrigin);
  /** Block for the present run's arguments, arena and scratch. */
  #workspace = { address: 0, bytes: 0 };
  #team: Team | null = null;
  #failures = 0;
  #degraded: string | null = null;
  #closed = false;
  #variableBytes = 0;
  #programs = 0;
  /** The last run, until somebody has heard how it ended. */
  #running: Running | null = null;
  #isJoining = false;
  readonly #owner: VariableOwner;
  readonly #collected = new FinalizationRegistry<LoadedProgram>((program) => {
    if (program.rendered.tables.length > 0) this.#memory.free(program.tables);
    if (program.team !== null && program.team === this.#team) program.team.drop(program.id);
  });

  constructor(
    codegen: KernelCodegen,
    { threads, relaxed = true, revectorize = false, timeoutMs = 30_000 }: WasmOptions = {},
  ) {
    const features = wasmFeatures();
    if (!features.simd) {
      throw new UnsupportedError(
        "wasm: this engine lacks SIMD128. Use a newer one, or the reference backend",
      );
    }
    if (!(timeoutMs > 0)) throw new OptionError(`wasm: timeoutMs must be positive; got ${timeoutMs}`);
    if (revectorize && platform.enableRevectorization()) forgetTiles();
    this.#codegen = codegen;
    this.#threads = chooseThreads(threads, features);
    this.#relaxed = relaxed && features.relaxedSimd;
    this.#timeoutMs = timeoutMs;
    this.#memory = new Memory(this.#threads > 1);
    this.#owner = {
      memory: this.#memory,
      settle: () => this.#settle(),
      freed: (bytes) => {
        this.#variableBytes -= bytes;
      },
    };
  }

  get variableBytes(): number {
    return this.#variableBytes;
  }

  /** What was found and is used. */
  get info(): WasmInfo {
    return {
      threads: this.#threads,
      simd: this.#relaxed ? "simd128 + relaxed" : "simd128",
      tiles: probeTiles(this.#relaxed).family,
      sharedMemory: this.#memory.shared,
      memoryBytes: this.#memory.bytes,
      usedBytes: this.#memory.usedBytes,
      maximumBytes: this.#memory.maximumPages * 65536,
      degraded: this.#degraded,
    };
  }

  /** `info` in one line, such as `wasm: 2 threads, simd128 + relaxed, 1.0 of 4096 MiB of shared memory`. */
  describe(): string {
    const { threads, simd, sharedMemory, memoryBytes, maximumBytes, degraded } = this.info;
    const mebibytes = (bytes: number, digits: number) => (bytes / 2 ** 20).toFixed(digits);
    const memory = `${mebibytes(memoryBytes, 1)} of ${mebibytes(maximumBytes, 0)} MiB of ${sharedMemory ? "shared " : ""}memory`;
    const line = `wasm: ${threads} thread${threads === 1 ? "" : "s"}, ${simd}, ${memory}`;
    return degraded === null ? line : `${line}; threads failed: ${degraded}`;
  }

  createVariable(dtype: DType, size: number): Variable {
    if (dtype === "float64") throw float64Unsupported();
    this.#settle();
    const variable = new WasmVariable(this.#owner, dtype, size);
    this.#variableBytes += size * byteSize(dtype);
    return variable;
  }

  compile(program: Program): Executable {
    const loaded = this.#load(program, false);
    let traced: LoadedProgram | null = null;
    const executable: Executable = {
      start: (args) => this.#start(program, loaded, args),
      run: (args) => this.#start(program, loaded, args).finish(),
      trace: (args) => {
        if (!traced) {
          traced = this.#load(program, true);
          this.#collected.register(executable, traced);
        }
        return this.#trace(program, traced, args);
      },
    };
    this.#collected.register(executable, loaded);
    return executable;
  }

  bytesFor(program: Program): number {
    return bytesOf(program, renderProgram(program, this.#codegen, this.#target()), this.#threads);
  }

  #target(): RenderTarget {
    return {
      threads: this.#threads,
      tiles: probeTiles(this.#relaxed),
      maximumPages: this.#memory.maximumPages,
      shared: this.#memory.shared,
    };
  }

  #load(program: Program, traced: boolean): LoadedProgram {
    this.#settle();
    const { bytes, ...rendered } = renderProgram(program, this.#codegen, this.#target(), { traced });
    const module = new WebAssembly.Module(bytes as BufferSource);
    const env = { memory: this.#memory.memory, clock: this.#clock };
    const instance = new WebAssembly.Instance(module, { env });
    let tables = 0;
    if (rendered.tables.length > 0) {
      tables = this.#memory.allocate(rendered.tables.length, "a program's tables");
      this.#memory.write("uint8", tables, rendered.tables);
    }
    const loaded: LoadedProgram = {
      id: ++this.#programs,
      module,
      run: instance.exports.run as RunFunction,
      rendered,
      tables,
      team: null,
      mail: 0,
    };
    this.#offer(loaded);
    return loaded;
  }

  /** Starts the threads if need be, and resolves when they have all programs compiled so far, or failed. */
  async ready(): Promise<void> {
    this.#settle();
    const team = this.#livingTeam();
    const until = performance.now() + this.#timeoutMs;
    while (team && !team.settled && team.failure === null && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Stops the threads; the backend stays usable, on the calling thread alone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#running?.end();
    const team = this.#team;
    this.#team = null;
    await team?.close();
  }

  #trace(program: Program, loaded: LoadedProgram, args: RunArguments): TracedRun {
    this.#settle();
    const address = this.#memory.allocate(this.#threads * traceBytes, "notes for a trace");
    try {
      this.#memory.i32.fill(0, address / 4, (address + this.#threads * traceBytes) / 4);
      const origin = this.#clock();
      const outputs = this.#start(program, loaded, args, address).finish();
      return { outputs, spans: readNotes(this.#memory.i32, address, this.#threads, origin) };
    } finally {
      this.#memory.free(address);
    }
  }

  #start(
    program: Program,
    loaded: LoadedProgram,
    { inputs, variables, scalars }: RunArguments,
    trace = 0,
  ): StartedRun {
    this.#settle();
    const memory = this.#memory;
    const offered = this.#offer(loaded);
    const team = offered?.hasReceived(loaded.mail) ? offered : null;
    const { rendered } = loaded;
    const workspace = workspaceOf(program, rendered, this.#threads);
    this.#place(workspace.bytes);
    const args = this.#workspace.address;
    const arena = args + workspace.arena;

    const words = memory.i32;
    const first = args / 4;
    words[first + runArgs.arena / 4] = arena;
    words[first + runArgs.tables / 4] = loaded.tables;
    words[first + runArgs.scratch / 4] = args + workspace.scratch;
    words[first + runArgs.scratchStride / 4] = rendered.scratchBytes;
    words[first + runArgs.prepared / 4] = args + workspace.prepared;
    words[first + runArgs.control / 4] = team?.control ?? 0;
    words[first + runArgs.trace / 4] = trace;
    words[first + runArgs.traceStride / 4] = traceBytes;
    let word = first + runArgs.variables / 4;
    for (const variable of variables) {
      if (!(variable instanceof WasmVariable)) {
        throw new FoveaError("wasm: a variable of another backend was passed to run()");
      }
      words[word++] = variable.addressIn(memory);
    }
    program.scalars.forEach((dtype, slot) => {
      if (dtype === "float32") memory.f32[word++] = scalars[slot]!;
      else words[word++] = scalars[slot]!;
    });
    let input = 0;
    for (const { role, dtype, size, offset } of program.buffers) {
      if (role !== "input") continue;
      const data = inputs[input++];
      if (data?.length !== size) {
        throw new FoveaError(`wasm: input ${input - 1} has ${data?.length} elements; its buffer has ${size}`);
      }
      memory.write(dtype, arena + offset, data);
    }

    memory.i32.fill(0, (args + rendered.countersAt) / 4, (args + rendered.argumentBytes) / 4);
    const collect = (): TypedArray[] => {
      const outputs: TypedArray[] = [];
      for (const { role, dtype, size, offset } of program.buffers) {
        if (role === "output") outputs.push(memory.read(dtype, arena + offset, size));
      }
      return outputs;
    };
    if (!team) {
      loaded.run(0, 1, args);
      const outputs = collect();
      return { finish: () => outputs };
    }
    team.start(loaded.id, args);
    const running = new Running(
      () => {
        this.#finishTogether(team, loaded, args);
        return collect();
      },
      () => {
        if (this.#running === running) this.#running = null;
      },
    );
    this.#running = running;
    this.#joinSoon();
    return running;
  }

  #finishTogether(team: Team, loaded: LoadedProgram, args: number): void {
    try {
      team.finish(loaded.run, args);
      this.#failures = 0;
    } finally {
      if (team.failure !== null) this.#giveUp(team);
    }
  }

  /** Waits for the end of the run in progress, if there is one; throws the error of the last one that nobody has heard of. */
  #settle(): void {
    this.#running?.finish();
  }

  /** Has this thread take part in the run in progress before it would sleep. */
  #joinSoon(): void {
    if (this.#isJoining) return;
    this.#isJoining = true;
    platform.soon(() => {
      this.#isJoining = false;
      this.#running?.end();
    });
  }

  /** The team that may run the program, which is sent to it first; null where one thread is better. */
  #offer(loaded: LoadedProgram): Team | null {
    if (loaded.rendered.gain < worthwhileGain) return null;
    const team = this.#livingTeam();
    if (team !== null && loaded.team !== team) {
      loaded.team = team;
      loaded.mail = team.load(loaded.id, loaded.module);
    }
    return team;
  }

  /** The present team, or a new one in place of one that failed. */
  #livingTeam(): Team | null {
    if (this.#team !== null && this.#team.failure !== null) this.#giveUp(this.#team);
    if (this.#team === null && this.#threads > 1 && !this.#closed && this.#failures < mostFailures) {
      this.#team = new Team(this.#memory, this.#threads, this.#timeoutMs);
    }
    return this.#team;
  }

  /**
   * Ends a failed team. A thread of it that is late may still write to the workspace, so that is left to it
   * until it has ended.
   */
  #giveUp(team: Team): void {
    this.#degraded = team.failure;
    this.#failures++;
    this.#team = null;
    const { address } = this.#workspace;
    this.#workspace = { address: 0, bytes: 0 };
    const ended = team.close();
    if (address !== 0) void ended.then(() => this.#memory.free(address));
  }

  /** Makes the workspace at least `bytes` long; its content is lost. */
  #place(bytes: number): void {
    if (bytes <= this.#workspace.bytes) return;
    if (this.#workspace.address !== 0) this.#memory.free(this.#workspace.address);
    this.#workspace = { address: 0, bytes: 0 };
    this.#workspace = { address: this.#memory.allocate(bytes, "the arena of a program"), bytes };
  }
}
