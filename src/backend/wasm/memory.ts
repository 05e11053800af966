// The backend's one WebAssembly memory: made, grown and looked at through typed arrays. Knows nothing of programs.
import type { DType, TypedArray } from "../../base/dtype.ts";
import { FoveaError, UnsupportedError } from "../../base/errors.ts";
import { align, Heap } from "./heap.ts";

const pageBytes = 65536;
const initialPages = 16;
/** The first bytes stay unused, so that 0 is no one's address. */
const firstAddress = 1024;
/** Buffers may be touched this far past their end. */
const slack = 64;

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 3 : 1)} MiB`;
}

/** Bytes that a block of so many takes. */
export function blockBytes(bytes: number): number {
  return align(bytes + slack);
}

/** A growing memory of at most 4 GiB with an allocator; addresses are numbers in [0, 2³²). */
export class Memory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly maximumPages: number;
  readonly #heap = new Heap(firstAddress);
  // Views end where the memory ended when they were made: growth replaces them.
  #f32!: Float32Array;
  #i32!: Int32Array;
  #u8!: Uint8Array;

  constructor(shared: boolean) {
    this.shared = shared;
    [this.memory, this.maximumPages] = reserve(shared);
    this.#grown(initialPages);
  }

  get f32(): Float32Array {
    return this.#f32;
  }

  get i32(): Int32Array {
    return this.#i32;
  }

  get u8(): Uint8Array {
    return this.#u8;
  }

  /** Bytes of the memory as it is now. */
  get bytes(): number {
    return this.#u8.length;
  }

  /** Bytes in blocks now allocated. */
  get usedBytes(): number {
    return this.#heap.usedBytes;
  }

  /** Address of a new block, 64-aligned, that may be touched up to 64 bytes past its end. `what` is for the error. */
  allocate(bytes: number, what: string): number {
    const wanted = bytes + slack;
    let address = this.#heap.allocate(wanted);
    if (address === null) {
      this.#grow(wanted, what);
      address = this.#heap.allocate(wanted)!;
    }
    return address;
  }

  /** Gives a block back. */
  free(address: number): void {
    this.#heap.free(address);
  }

  /** A copy of elements. */
  read(dtype: DType, address: number, size: number): TypedArray {
    switch (dtype) {
      case "float32":
        return this.#f32.slice(address / 4, address / 4 + size);
      case "int32":
        return this.#i32.slice(address / 4, address / 4 + size);
      case "uint8":
      case "bool":
        return this.#u8.slice(address, address + size);
      case "float64":
        throw float64Unsupported();
    }
  }

  /** Copies elements in. */
  write(dtype: DType, address: number, data: TypedArray): void {
    switch (dtype) {
      case "float32":
        this.#f32.set(data, address / 4);
        return;
      case "int32":
        this.#i32.set(data, address / 4);
        return;
      case "uint8":
      case "bool":
        this.#u8.set(data, address);
        return;
      case "float64":
        throw float64Unsupported();
    }
  }

  #grow(bytes: number, what: string): void {
    const pages = this.bytes / pageBytes;
    const missing = Math.ceil((bytes + slack - this.#heap.tailBytes) / pageBytes);
    // Larger steps than needed, so that many small requests do not each grow the memory.
    const generous = Math.max(missing, Math.min(Math.ceil(pages / 2), 1024));
    for (const step of [generous, missing]) {
      if (pages + step > this.maximumPages) continue;
      try {
        this.memory.grow(step);
      } catch (error) {
        // The engine refuses growth with a RangeError; a smaller step may still pass.
        if (error instanceof RangeError) continue;
        throw error;
      }
      this.#grown(pages + step);
      return;
    }
    throw new FoveaError(
      `wasm: out of memory: ${what} needs ${mebibytes(bytes)}; ${mebibytes(this.usedBytes)} are in use and ` +
        `the limit is ${mebibytes(this.maximumPages * pageBytes)}. Use a smaller batch, or keep fewer tensors alive`,
    );
  }

  #grown(pages: number): void {
    const { buffer } = this.memory;
    this.#f32 = new Float32Array(buffer);
    this.#i32 = new Int32Array(buffer);
    this.#u8 = new Uint8Array(buffer);
    this.#heap.extend(pages * pageBytes);
  }
}

/** The error for a dtype that no WebAssembly kernel computes. */
export function float64Unsupported(): UnsupportedError {
  return new UnsupportedError(
    "wasm: float64 is computed by the reference backend alone. Use float32, or run checks on the reference backend",
  );
}

/** A new memory with the largest maximum that the host grants, with that maximum in pages. */
function reserve(shared: boolean): [WebAssembly.Memory, number] {
  let refusal: unknown;
  for (let maximum = 65536; maximum >= 1024; maximum /= 2) {
    try {
      return [new WebAssembly.Memory({ initial: initialPages, maximum, shared }), maximum];
    } catch (error) {
      refusal = error;
    }
  }
  throw new FoveaError(`wasm: the host grants no memory, not even 64 MiB: ${refusal}`);
}
