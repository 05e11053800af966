// WebAssembly functions of one thread with the memory that they work in: assembled when first needed, let go when a large picture has blown it
// up. Knows no function.
import { ModuleBuilder } from "../../backend/wasm/moduleBuilder.ts";

/** Functions, and a view of their memory. */
export interface Workspace<Kernels> {
  readonly kernels: Kernels;
  readonly bytes: Uint8Array;
}

const pageBytes = 65536;
const mostPages = 65536;
/** What is kept from picture to picture. */
const keptBytes = 64 * 2 ** 20;

/**
 * Gives what hands out workspaces of at least so many bytes, each good until the next is asked for; `write` assembles the functions. That throws
 * RangeError where there is no memory left.
 */
export function workspaces<Kernels>(
  write: (builder: ModuleBuilder) => void,
): (bytes: number) => Workspace<Kernels> {
  let module: WebAssembly.Module | null = null;
  let current: { kernels: Kernels; memory: WebAssembly.Memory } | null = null;
  return (bytes) => {
    if (!module) {
      const builder = new ModuleBuilder({ initial: 1, maximum: mostPages, shared: false });
      write(builder);
      module = new WebAssembly.Module(builder.encode() as BufferSource);
    }
    if (!current) {
      const memory = new WebAssembly.Memory({ initial: 1, maximum: mostPages });
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      current = { kernels: exports as Kernels, memory };
    }
    const { kernels, memory } = current;
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    // Memory never shrinks: what a large picture needed goes with it.
    if (bytes > keptBytes) current = null;
    return { kernels, bytes: new Uint8Array(memory.buffer) };
  };
}
