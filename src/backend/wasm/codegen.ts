// The contract between the program builder and the kernels' code generators.

import type { DType } from "../../base/dtype.ts";
import type { BufferId } from "../../kernel/kernel.ts";
import type { FunctionBuilder } from "./assembler.ts";
import type { Tiles } from "./tiles.ts";

/**
 * Parameters of every kernel function, by local index: the kernel computes its units `lo … hi − 1`; `args`
 * points at the run's argument block; `scratch` at memory that belongs to this thread alone (64-byte aligned).
 */
export const param = { lo: 0, hi: 1, args: 2, scratch: 3 } as const;

/** What a code generator may ask of the program that its kernel is part of. */
export interface CodegenEnv {
  /** True where the engine has relaxed SIMD and the program may use it (fused multiply-add). */
  readonly relaxed: boolean;
  /** Which register tiles the engine runs well. */
  readonly tiles: Tiles;
  /** Dtype of a buffer. */
  dtype(buffer: BufferId): DType;
  /** Pushes the byte address (i32) of the element `element` of a buffer. */
  pushAddress(f: FunctionBuilder, buffer: BufferId, element?: number): void;
  /** Pushes a run-time scalar: f32 for float32, i32 for the other dtypes. */
  pushScalar(f: FunctionBuilder, slot: number): void;
  /** Dtype of a run-time scalar. */
  scalarDType(slot: number): DType;
  /** Stores constant data with the program and gives a function that pushes its byte address (16-aligned). */
  table(data: Int32Array | Float32Array): (f: FunctionBuilder) => void;
}

/** Work that is done once before a kernel's units begin, and whose result all threads read. */
export interface Prepare {
  readonly units: number;
  readonly cost: number;
  /** Bytes of the result, 64-byte aligned. */
  readonly bytes: number;
  /** Buffers that it reads. */
  readonly reads: readonly BufferId[];
  /** `pushTarget` pushes the address of the result. */
  write(f: FunctionBuilder, pushTarget: (f: FunctionBuilder) => void): void;
}

/**
 * A kernel ready to be written: `units` is how finely it can be cut (results never depend on the cut),
 * `cost` a rough count of nanoseconds for the whole, `scratchBytes` what one thread needs.
 */
export interface KernelCode {
  readonly units: number;
  readonly cost: number;
  readonly scratchBytes: number;
  readonly prepare?: Prepare;
  /** `pushPrepared` pushes the address of what `prepare` has made. */
  write(f: FunctionBuilder, pushPrepared: (f: FunctionBuilder) => void): void;
}
