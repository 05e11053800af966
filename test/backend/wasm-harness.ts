// Runs single loop kernels as WebAssembly and, element by element, as plain JavaScript, for the tests beside it.

import type { CodegenEnv, KernelCode } from "../../src/backend/wasm/codegen.ts";
import { ModuleBuilder } from "../../src/backend/wasm/moduleBuilder.ts";
import { byteSize, type DType, type TypedArray, viewOf } from "../../src/base/dtype.ts";
import type { Expr } from "../../src/kernel/expr.ts";
import type { Access, LoopKernel } from "../../src/kernel/kernel.ts";
import { scalarFunctions } from "../../src/kernel/scalar.ts";

/** A buffer of a test program. */
export interface TestBuffer {
  readonly dtype: DType;
  readonly data: readonly number[];
}

/** A compiled kernel with its memory. */
export interface CompiledKernel {
  readonly code: KernelCode;
  /** Each buffer's elements. */
  readonly views: readonly TypedArray[];
  /** The bytes between and behind the buffers. */
  readonly gaps: readonly Uint8Array[];
  readonly run: (lo: number, hi: number) => void;
}

/** Compiles what `make` gives for an environment that holds the buffers and run-time scalars. */
export function compileKernel(
  make: (env: CodegenEnv) => KernelCode,
  buffers: readonly TestBuffer[],
  scalars: readonly { readonly dtype: DType; readonly value: number }[] = [],
): CompiledKernel {
  const slack = 64;
  let top = 4096;
  const offsets = buffers.map(({ dtype, data }) => {
    const at = top;
    top = Math.ceil((at + data.length * byteSize(dtype) + slack) / 64) * 64;
    return at;
  });
  const pages = Math.ceil(top / 65536) + 1;
  const env: CodegenEnv = {
    relaxed: false,
    tiles: { family: "narrow", relaxed: false },
    dtype: (buffer) => buffers[buffer]!.dtype,
    pushAddress: (f, buffer, element = 0) =>
      void f.i32(offsets[buffer]! + element * byteSize(buffers[buffer]!.dtype)),
    pushScalar: (f, slot) => {
      const { dtype, value } = scalars[slot]!;
      if (dtype === "float32") f.f32(value);
      else f.i32(value);
    },
    scalarDType: (slot) => scalars[slot]!.dtype,
    table: () => {
      throw new Error("no tables here");
    },
  };
  const code = make(env);
  const module = new ModuleBuilder({ initial: pages, maximum: pages, shared: false });
  module.func(["i32", "i32", "i32", "i32"], [], (f) => code.write(f, () => {}), "kernel");
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = module.encode() as Uint8Array<ArrayBuffer>;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const kernel = instance.exports.kernel as (lo: number, hi: number, args: number, scratch: number) => void;
  const views = buffers.map(({ dtype, data }, i) => viewOf(dtype, memory.buffer, offsets[i]!, data.length));
  const ends = [4096, ...buffers.map(({ dtype, data }, i) => offsets[i]! + data.length * byteSize(dtype))];
  const gaps = ends.map((end, i) => new Uint8Array(memory.buffer, end, (offsets[i] ?? top) - end));
  for (const gap of gaps) gap.fill(0xab);
  buffers.forEach(({ data }, i) => {
    views[i]!.set(data);
  });
  return { code, views, gaps, run: (lo, hi) => kernel(lo, hi, 0, 1024) };
}

/** What an expression's leaves are at one index. */
interface Point {
  readonly index: readonly number[];
  readonly load: (load: number) => number;
  readonly scalars: readonly number[];
  readonly result: number;
}

/** Rounds or wraps a number to a dtype. */
export function toDType(value: number, dtype: DType): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "int32":
      return value | 0;
    case "uint8":
      return value & 255;
    case "bool":
      return value ? 1 : 0;
  }
}

/** The value of an expression, every step rounded to its dtype. */
export function interpret(expr: Expr, point: Point): number {
  switch (expr.kind) {
    case "load":
      return point.load(expr.load);
    case "scalar":
      return toDType(point.scalars[expr.slot]!, expr.dtype);
    case "const":
      return toDType(expr.value, expr.dtype);
    case "index":
      return point.index[expr.axis]!;
    case "result":
      return point.result;
    case "cast": {
      const value = interpret(expr.arg, point);
      return expr.dtype === "bool" ? (value !== 0 ? 1 : 0) : toDType(value, expr.dtype);
    }
    case "apply": {
      const [a, b, c] = expr.args.map((arg) => interpret(arg, point));
      if (expr.name === "mul" && expr.dtype === "int32") return Math.imul(a!, b!);
      return toDType(scalarFunctions[expr.name].js(a!, b!, c!), expr.dtype);
    }
  }
}

/** Every index of a shape, in order. */
export function* indices(dims: readonly number[]): Generator<number[]> {
  if (dims.length === 0) {
    yield [];
    return;
  }
  for (let i = 0; i < dims[0]!; i++) for (const rest of indices(dims.slice(1))) yield [i, ...rest];
}

/** The element of a buffer that an access names at an index. */
export function elementAt(access: Access, index: readonly number[]): number {
  return index.reduce((at, i, d) => at + i * access.strides[d]!, access.offset);
}

/** Runs a loop kernel in plain JavaScript over copies of the buffers. */
export function interpretKernel(
  kernel: LoopKernel,
  buffers: readonly TestBuffer[],
  scalars: readonly number[] = [],
): number[][] {
  const memory = buffers.map((b) => b.data.map((v) => toDType(v, b.dtype)));
  const read = (index: readonly number[]) => (load: number) => {
    const access = kernel.loads[load]!;
    return memory[access.buffer]![elementAt(access, index)]!;
  };
  const { reduction } = kernel;
  const zeros = reduction ? reduction.dims.map(() => 0) : [];
  for (const index of indices(kernel.dims)) {
    let result = 0;
    if (reduction) {
      const values = [...indices(reduction.dims)].map((inner) => {
        const full = [...index, ...inner];
        return interpret(reduction.body, { index: full, load: read(full), scalars, result: 0 });
      });
      result = reduce(reduction.kind, values, reduction.body.dtype);
    }
    const values = kernel.outputs.map((o) =>
      interpret(o.expr, { index, load: read([...index, ...zeros]), scalars, result }),
    );
    kernel.outputs.forEach(({ access }, i) => {
      memory[access.buffer]![elementAt(access, index)] = toDType(values[i]!, buffers[access.buffer]!.dtype);
    });
  }
  return memory;
}

function reduce(kind: string, values: readonly number[], dtype: DType): number {
  const wrap = (v: number) => (dtype === "float32" ? v : toDType(v, dtype));
  const better = (a: number, b: number) =>
    Number.isNaN(a) ? !Number.isNaN(b) : kind === "argmax" ? a > b : a < b;
  switch (kind) {
    case "sum":
      return toDType(
        values.reduce((a, b) => wrap(a + b), 0),
        dtype,
      );
    case "prod":
      return toDType(
        values.reduce((a, b) => (dtype === "int32" ? Math.imul(a, b) : wrap(a * b)), 1),
        dtype,
      );
    case "max":
      return Math.max(...values);
    case "min":
      return Math.min(...values);
    default:
      return values.reduce((best, v, i) => (better(v, values[best]!) ? i : best), 0);
  }
}
