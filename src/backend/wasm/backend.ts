// The WebAssembly backend as the library uses it: the runtime with the code generators of all kernels.
import { kernelCode } from "./render.ts";
import { WasmBackend, type WasmOptions } from "./runtime.ts";

export type { WasmBackend, WasmInfo, WasmOptions } from "./runtime.ts";

/**
 * A backend that runs programs on all cores through WebAssembly.
 * Throws UnsupportedError where the engine lacks SIMD128, or lacks what more than one thread needs.
 */
export function createWasmBackend(options: WasmOptions = {}): WasmBackend {
  return new WasmBackend(kernelCode, options);
}
