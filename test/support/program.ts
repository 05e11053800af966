// Small programs for tests of backends: buffers one after another, one kernel a stage, run on the reference backend.

import { createReferenceBackend } from "../../src/backend/reference/reference.ts";
import { byteSize, type DType, type TypedArray } from "../../src/base/dtype.ts";
import { contiguousStrides } from "../../src/base/shape.ts";
import type { Expr } from "../../src/kernel/expr.ts";
import type { Access, BufferSpec, Epilogue, Kernel, Program } from "../../src/kernel/kernel.ts";

/** What a buffer is for. */
export type Role = BufferSpec["role"];

/** A program over buffers that are laid out one after another, one kernel a stage. */
export function programOf(
  specs: readonly [Role, DType, number][],
  kernels: readonly Kernel[],
  scalars: DType[] = [],
): Program {
  let end = 0;
  const buffers = specs.map(([role, dtype, size]): BufferSpec => {
    const offset = role === "variable" ? 0 : end;
    if (role !== "variable") end += Math.ceil((size * byteSize(dtype)) / 64) * 64 + 64;
    return { role, dtype, size, offset };
  });
  return {
    buffers,
    stages: kernels.map((kernel) => [kernel]),
    scalars,
    arenaBytes: end,
    labels: kernels.map((kernel) => [kernel.kind]),
  };
}

export function run(
  program: Program,
  inputs: readonly TypedArray[],
  scalars: number[] = [],
): readonly TypedArray[] {
  return createReferenceBackend().compile(program).run({ inputs, variables: [], scalars });
}

export function whole(buffer: number, dims: readonly number[]): Access {
  return { buffer, offset: 0, strides: contiguousStrides(dims) };
}

export function result(dtype: DType): Expr {
  return { kind: "result", dtype };
}

/** Stores the result as it is. */
export function plain(buffer: number, dims: readonly number[], dtype: DType = "float32"): Epilogue {
  return { loads: [], outputs: [{ access: whole(buffer, dims), expr: result(dtype) }] };
}
