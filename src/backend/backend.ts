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
  readonly outputs: TypedArray[];
  readonly spans: readonly KernelSpan[];
}

/** A program made ready to run. */
export interface Executable {
  /** Runs once; gives fresh host arrays for the buffers of role `output`, in order. */
  run(args: RunArguments): TypedArray[];
  /** Runs once like `run`, and notes which thread works on which kernel when. The first call prepares for it. */
  trace(args: RunArguments): TracedRun;
}

/** A place where programs run. */
export interface Backend {
  readonly name: string;
  /** Checks that the program can be run here (else UnsupportedError) and renders it. */
  compile(program: Program): Executable;
  createVariable(dtype: DType, size: number): Variable;
  /** Bytes of variables now alive, for leak checks and reports. */
  readonly variableBytes: number;
}
