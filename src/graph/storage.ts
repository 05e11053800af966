// The elements behind a realised node: a host array that the garbage collector owns, or a backend's variable.
import type { Backend, Variable } from "../backend/backend.ts";
import type { DType, TypedArray } from "../base/dtype.ts";

/** Frees a variable when the storage that owned it is collected. */
const owners = new FinalizationRegistry<Variable>((variable) => variable.free());

/**
 * Elements of one tensor. A resident storage lives in a backend's memory from its first use on (parameters,
 * running statistics, optimizer state) and can be overwritten in place, which moves its version on; any other
 * storage is an immutable host array.
 */
export class Storage {
  readonly dtype: DType;
  readonly size: number;
  readonly resident: boolean;
  version = 0;
  /** Scratch of the plan's walk: which walk saw this storage, and its place among those it saw. */
  walk = 0;
  place = 0;
  /** The elements, or what gives them when the run that computes them has ended. */
  #host: TypedArray | (() => TypedArray) | null;
  #variable: Variable | null = null;
  #backend: Backend | null = null;

  constructor(dtype: DType, size: number, host: TypedArray | (() => TypedArray) | null, resident: boolean) {
    this.dtype = dtype;
    this.size = size;
    this.#host = host;
    this.resident = resident;
  }

  /** The elements on the host; for a resident storage a copy of its present value, to be read only. */
  read(): TypedArray {
    if (typeof this.#host === "function") this.#host = this.#host();
    this.#host ??= this.#variable!.read();
    return this.#host;
  }

  /** The backend's memory for this resident storage, made and filled on first use and when the backend changes. */
  variable(backend: Backend): Variable {
    if (this.#variable && this.#backend === backend) return this.#variable;
    const host = this.#variable || this.#host ? this.read() : null;
    this.#release();
    const variable = backend.createVariable(this.dtype, this.size);
    if (host) variable.write(host);
    this.#variable = variable;
    this.#backend = backend;
    owners.register(this, variable, this);
    return variable;
  }

  /** Tells that the backend has written the variable: the host's copy is old, and so is what was built on the value. */
  overwritten(): void {
    this.#host = null;
    this.version++;
  }

  #release(): void {
    if (!this.#variable) return;
    owners.unregister(this);
    this.#variable.free();
    this.#variable = null;
  }
}
