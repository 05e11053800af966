// Which WebAssembly features the engine has; tried by validating small modules, knows nothing of kernels.
import { platform } from "#platform";
import type { FunctionBuilder } from "./assembler.ts";
import { ModuleBuilder } from "./moduleBuilder.ts";

/** What was found. */
export interface WasmFeatures {
  readonly simd: boolean;
  /** Fused multiply-add and friends, whose last bit depends on the machine. */
  readonly relaxedSimd: boolean;
  /** Shared memory and the right to sleep on it in this thread. */
  readonly threads: boolean;
  /** Threads that the machine can run at once. */
  readonly parallelism: number;
}

function validates(write: (f: FunctionBuilder) => void): boolean {
  const module = new ModuleBuilder({ initial: 1, maximum: 1, shared: false });
  module.func([], [], write);
  return WebAssembly.validate(module.encode() as BufferSource);
}

function hasRelaxedSimd(): boolean {
  return validates((f) => f.f32x4(0).f32x4(0).f32x4(0).op("f32x4.relaxed_madd").op("drop"));
}

let found: WasmFeatures | undefined;

/** Detects the features once; turns relaxed SIMD on first where the engine keeps it behind a flag. */
export function wasmFeatures(): WasmFeatures {
  if (found) return found;
  let relaxedSimd = hasRelaxedSimd();
  if (!relaxedSimd) {
    platform.enableRelaxedSimd();
    relaxedSimd = hasRelaxedSimd();
  }
  found = {
    simd: validates((f) => f.f32x4(0).op("drop")),
    relaxedSimd,
    threads: platform.sharedMemory && platform.canBlock,
    parallelism: platform.parallelism,
  };
  return found;
}
