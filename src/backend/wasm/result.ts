// Where a contraction or pooling puts its raw results before its epilogue sees them. Knows accesses and
// expressions, nothing of any kernel's arithmetic.
import type { Epilogue } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { emitNest } from "./nest.ts";
import { addScaled } from "./tile.ts";

/** How raw results are kept: straight in the first output's memory where that is possible, else in scratch. */
export interface RawTarget {
  /** True where raw results are written into the first output's own memory, in place of the final values. */
  readonly direct: boolean;
  /** True where the raw results are the final ones and nothing is left to do. */
  readonly final: boolean;
}

/** Row-major strides of `dims`. */
export function contiguousStrides(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let d = dims.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * dims[d + 1]!;
  return strides;
}

/** Number of elements of `dims`. */
export function product(dims: readonly number[]): number {
  return dims.reduce((a, b) => a * b, 1);
}

/**
 * Chooses the raw target. Direct writing needs a contiguous float32 first output that no load of the epilogue
 * reads, for the raw value would come before that read.
 */
export function rawTarget(env: CodegenEnv, epilogue: Epilogue, dims: readonly number[]): RawTarget {
  const first = epilogue.outputs[0];
  if (!first) return { direct: false, final: false };
  const strides = contiguousStrides(dims);
  const contiguous = dims.every((size, d) => size === 1 || first.access.strides[d] === strides[d]);
  const outputs = new Set(epilogue.outputs.map((o) => o.access.buffer));
  const direct =
    contiguous &&
    env.dtype(first.access.buffer) === "float32" &&
    !epilogue.loads.some((load) => outputs.has(load.buffer));
  return { direct, final: direct && epilogue.outputs.length === 1 && first.expr.kind === "result" };
}

/** Sets `pointer` to the first output's element at `base + Σ index · stride` elements. */
export function setOutputPointer(
  f: FunctionBuilder,
  env: CodegenEnv,
  epilogue: Epilogue,
  pointer: Local,
  terms: readonly (readonly [index: Local, stride: number])[],
): void {
  const { buffer, offset } = epilogue.outputs[0]!.access;
  env.pushAddress(f, buffer, offset);
  for (const [index, stride] of terms) addScaled(f, index, stride * 4);
  f.set(pointer);
}

/**
 * Applies the epilogue to raw results at `pointer`, contiguous over the dims that are walked: those after
 * `outer`, the first of them only over `span`.
 */
export function applyEpilogue(
  f: FunctionBuilder,
  env: CodegenEnv,
  epilogue: Epilogue,
  dims: readonly number[],
  pointer: Local,
  outer: readonly Local[],
  span?: { readonly from: Local; readonly to: Local },
): void {
  const { loads, outputs } = epilogue;
  emitNest(f, env, { dims, loads, outputs, result: { pointer }, outer, ...(span ? { span } : {}) });
}
