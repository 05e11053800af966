// What the graph asks of a backend. A backend knows kernels and memory; it knows nothing of ops' names or gradients.

import type { DType, TypedArray } from "../base/dtype.ts";
import type { Program } from "../kernel/kernel.ts";

/** Memory of a backend that outlives single runs: a parameter, a running statistic, an optimizer's state. */
export interface Variable {
  readonly dtype: DType;
  readonly size: number;
  /** A copy of the present elements. */
  read(): TypedArray;
  /** Overwrites all elements; `data.length` equals `size`. */
  write(data: TypedArray): void;
  /** Gives the memory back; the variable must not be used afterwards. Calling it twice does nothing. */
  free(): void;
}

/** What one run of a program gets; each list is in the order of the program's buffers of that role. */
export interface RunArguments {
  readonly inputs: readonly TypedArray[];
  readonly variables: readonly Variable[];
  readonly scalars: readonly number[];
}

/** When a thread worked on a kernel (numbered through the stages in order), in milliseconds since the run began. */
export interface KernelSpan {
  readonly kernel: number;
  readonly thread: number;
  readonly start: number;
  readonly end: number;
}

/** A run with what every thread did in it; spans of one thread are in order. */
export interface TracedRun {
  readonly outputs: readonly TypedArray[];
  readonly spans: readonly KernelSpan[];
}

/** A run that has begun. Threads may be at work on it while the caller goes on; whatever the backend is asked next waits for it. */
export interface StartedRun {
  /**
   * Waits for the run's end; gives fresh host arrays for the buffers of role `output`, in order. Each call gives the same
   * arrays, or throws the error with which the run failed.
   */
  finish(): readonly TypedArray[];
}

/** A program made ready to run. */
export interface Executable {
  /** Begins a run. Where it fails and nobody calls `finish`, the next thing that the backend is asked throws the error. */
  start(args: RunArguments): StartedRun;
  /** Runs once: `start` and `finish`. */
  run(args: RunArguments): readonly TypedArray[];
  /** Runs once like `run`, and notes which thread works on which kernel when. The first call prepares for it. */
  trace(args: RunArguments): TracedRun;
}

/** A place where programs run. */
export interface Backend {
  readonly name: string;
  /** Checks that the program can be run here (else UnsupportedError) and renders it. */
  compile(program: Program): Executable;
  createVariable(dtype: DType, size: number): Variable;
  /** Bytes of memory that a run of the program takes: its variables, its arena, and what its kernels keep beside that. Runs nothing. */
  bytesFor(program: Program): number;
  /** Bytes of variables now alive, for leak checks and reports. */
  readonly variableBytes: number;
}
