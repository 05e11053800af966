// Memory of the WebAssembly backend that outlives single runs.
import { byteSize, type DType, type TypedArray } from "../../base/dtype.ts";
import { FoveaError } from "../../base/errors.ts";
import type { Variable } from "../backend.ts";
import type { Memory } from "./memory.ts";

/** What a variable asks of its backend. */
export interface VariableOwner {
  readonly memory: Memory;
  /** Waits until no run is in progress. */
  settle(): void;
  freed(bytes: number): void;
}

/** A variable; made while no run is in progress. */
export class WasmVariable implements Variable {
  readonly dtype: DType;
  readonly size: number;
  readonly #owner: VariableOwner;
  #address: number;

  constructor(owner: VariableOwner, dtype: DType, size: number) {
    this.dtype = dtype;
    this.size = size;
    this.#owner = owner;
    const { memory } = owner;
    const bytes = size * byteSize(dtype);
    this.#address = memory.allocate(bytes, `a ${dtype} variable of ${size} elements`);
    memory.u8.fill(0, this.#address, this.#address + bytes);
  }

  read(): TypedArray {
    const { memory } = this.#owner;
    this.#owner.settle();
    return memory.read(this.dtype, this.addressIn(memory), this.size);
  }

  write(data: TypedArray): void {
    if (data.length !== this.size) {
      throw new FoveaError(`wasm: a variable of ${this.size} elements was given ${data.length}`);
    }
    const { memory } = this.#owner;
    this.#owner.settle();
    memory.write(this.dtype, this.addressIn(memory), data);
  }

  free(): void {
    if (this.#address === 0) return;
    // A run in progress may still use it: nothing is allocated before that has ended.
    this.#owner.memory.free(this.#address);
    this.#address = 0;
    this.#owner.freed(this.size * byteSize(this.dtype));
  }

  /** Where the elements are; the memory must be the one that the variable lives in. */
  addressIn(memory: Memory): number {
    if (this.#address === 0) throw new FoveaError("wasm: a variable was used after it was freed");
    if (memory !== this.#owner.memory)
      throw new FoveaError("wasm: a variable of another backend was passed to run()");
    return this.#address;
  }
}
