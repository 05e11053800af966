// Compiles one kernel into a module of its own and runs it over plain memory, for tests and measurements of code
// generators.

import type { FunctionBuilder } from "../../src/backend/wasm/assembler.ts";
import type { CodegenEnv, KernelCode } from "../../src/backend/wasm/codegen.ts";
import { ModuleBuilder } from "../../src/backend/wasm/moduleBuilder.ts";
import type { Tiles } from "../../src/backend/wasm/tiles.ts";
import type { DType } from "../../src/base/dtype.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";

/** A buffer's data in plain JavaScript. */
export type HostArray = Float32Array | Int32Array | Uint8Array;

/** One kernel, compiled, with its buffers in memory. */
export interface LoadedKernel {
  readonly code: KernelCode;
  readonly bytes: Uint8Array;
  /** Makes what the units need; call it whenever the buffers have changed. */
  prepare(): void;
  /** Computes units `lo … hi − 1`. */
  run(lo: number, hi: number): void;
  /** The live memory of a buffer. */
  view(buffer: number): HostArray;
}

const dtypeOf = (data: HostArray): DType =>
  data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "uint8";

/** Compiles `kernel`, whose buffer ids index `buffers`. Every buffer is followed by 64 bytes of NaN pattern. */
export function loadKernel<K extends Kernel>(
  generate: (kernel: K, env: CodegenEnv) => KernelCode,
  kernel: K,
  buffers: readonly HostArray[],
  tiles: Tiles = { family: "narrow", relaxed: false },
): LoadedKernel {
  const align = (n: number) => Math.ceil(n / 64) * 64;
  let end = 1024;
  const offsets = buffers.map((data) => {
    const at = end + 64;
    end = align(at + data.byteLength + 64);
    return at;
  });
  const tables: { at: number; data: Int32Array | Float32Array }[] = [];
  const env: CodegenEnv = {
    relaxed: tiles.relaxed,
    tiles,
    dtype: (buffer) => dtypeOf(buffers[buffer]!),
    pushAddress(f, buffer, element = 0) {
      f.i32(offsets[buffer]! + element * buffers[buffer]!.BYTES_PER_ELEMENT);
    },
    pushScalar(f) {
      f.f32(0);
    },
    scalarDType: () => "float32",
    table(data) {
      const at = end;
      end = align(end + data.byteLength);
      tables.push({ at, data });
      return (f) => {
        f.i32(at);
      };
    },
  };
  const code = generate(kernel, env);
  const prepared = align(end);
  end = prepared + align(code.prepare?.bytes ?? 0);
  const pushPrepared = (f: FunctionBuilder) => void f.i32(prepared);
  // Behind the buffers and tables there is room for the kernel's constants.
  const pages = Math.ceil((end + code.scratchBytes + 131072) / 65536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const builder = new ModuleBuilder({ initial: pages, maximum: pages, shared: true });
  builder.func(
    ["i32", "i32", "i32", "i32"],
    [],
    (f) => {
      f.keepConstants();
      code.write(f, pushPrepared);
      f.loadConstants(env.table);
    },
    "kernel",
  );
  builder.func(
    ["i32", "i32", "i32", "i32"],
    [],
    (f) => {
      f.keepConstants();
      code.prepare?.write(f, pushPrepared);
      f.loadConstants(env.table);
    },
    "prepare",
  );
  const bytes = builder.encode();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), {
    env: { memory },
  });
  const scratch = align(end);
  const scratchView = new Uint8Array(memory.buffer, scratch, code.scratchBytes + 64);
  scratchView.fill(0xff);
  for (const { at, data } of tables) {
    new Uint8Array(memory.buffer, at, data.byteLength).set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    );
  }
  const views = buffers.map((data, i) => {
    new Uint8Array(memory.buffer, offsets[i]! - 64, 64).fill(0xff);
    new Uint8Array(memory.buffer, offsets[i]! + data.byteLength, 64).fill(0xff);
    const Type = data.constructor as new (b: ArrayBufferLike, o: number, n: number) => HostArray;
    const view = new Type(memory.buffer, offsets[i]!, data.length);
    view.set(data);
    return view;
  });
  const kernelFunction = instance.exports.kernel as (...args: number[]) => void;
  const prepareFunction = instance.exports.prepare as (...args: number[]) => void;
  return {
    code,
    bytes,
    prepare() {
      const { units = 0 } = code.prepare ?? {};
      prepareFunction(0, units, 0, scratch);
    },
    run(lo, hi) {
      kernelFunction(lo, hi, 0, scratch);
      const guard = scratchView.subarray(code.scratchBytes);
      if (guard.some((b) => b !== 0xff)) throw new Error("harness: kernel wrote past its scratch");
    },
    view: (buffer) => views[buffer]!,
  };
}
