// What lowering makes of a graph: kernels in a valid order, the buffers they use, and what becomes of the roots.
import type { DType } from "../base/dtype.ts";
import type { BufferId, Kernel } from "../kernel/kernel.ts";
import type { Node } from "./node.ts";
import type { Storage } from "./storage.ts";

/** A value that must be there after the run: handed out, or written into a resident storage. */
export interface Root {
  readonly node: Node;
  readonly into: Storage | null;
}

/** A buffer of the program before it has a place. */
export interface LoweredBuffer {
  role: "input" | "variable" | "output" | "temp";
  readonly dtype: DType;
  readonly size: number;
  /** The leaf that fills an input, or whose storage is the variable. */
  readonly leaf: Node | null;
  readonly storage: Storage | null;
}

/** One kernel with the name of the op that it computes. */
export interface LoweredKernel {
  kernel: Kernel;
  readonly label: string;
}

/** A graph as kernels in an order in which they may run. */
export interface Lowered {
  readonly kernels: LoweredKernel[];
  readonly buffers: LoweredBuffer[];
  readonly scalars: readonly Node[];
  /** For each root that is handed out: its buffer; −1 for an update. */
  readonly rootBuffers: readonly BufferId[];
  /** Values that have to reach a variable once nothing needs its old one. */
  readonly updates: readonly VariableUpdate[];
}

/** A temporary buffer whose elements are to become a variable's. */
export interface VariableUpdate {
  readonly value: BufferId;
  readonly target: BufferId;
}
