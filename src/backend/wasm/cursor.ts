// Byte pointers that walk over buffers along the loops of a kernel: one per distinct access, moved by constants.
// Knows addresses and strides, not what is read or computed.

import { byteSize } from "../../base/dtype.ts";
import type { Access } from "../../kernel/kernel.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { CodegenEnv } from "./codegen.ts";
import { type LaneDType, type Lanes, laneDType, loadLanes, storeLanes } from "./lanes.ts";

/** One pointer: where it starts, and how far it moves along each dim, in bytes. */
interface Pointer {
  readonly local: Local;
  readonly pushBase: (f: FunctionBuilder) => void;
  readonly strides: readonly number[];
  /** Movement that the code has yet to carry out. */
  owed: number;
}

/** One access through a pointer that it may share with others. */
export interface Stream {
  readonly pointer: Pointer;
  readonly dtype: LaneDType;
}

/** A start position along one dim: the value of a local times a factor. */
export interface Start {
  readonly dim: number;
  readonly local: Local;
  readonly factor: number;
}

/** The pointers of one nest of loops. */
export class Cursor {
  readonly #f: FunctionBuilder;
  readonly #env: CodegenEnv;
  readonly #pointers = new Map<string, Pointer>();

  constructor(f: FunctionBuilder, env: CodegenEnv) {
    this.#f = f;
    this.#env = env;
  }

  /** Adds an access; equal accesses share a pointer. */
  add(access: Access): Stream {
    const dtype = laneDType(this.#env.dtype(access.buffer));
    const key = `${access.buffer} ${access.offset} ${access.strides.join()}`;
    const strides = access.strides.map((s) => s * byteSize(dtype));
    const pushBase = (f: FunctionBuilder) => this.#env.pushAddress(f, access.buffer, access.offset);
    return { pointer: this.#pointer(key, pushBase, strides), dtype };
  }

  /** Adds float32 memory that begins at an address in a local. */
  addRaw(address: Local, strides: readonly number[]): Stream {
    const bytes = strides.map((s) => s * 4);
    return { pointer: this.#pointer(`raw ${address}`, (f) => f.get(address), bytes), dtype: "float32" };
  }

  /** Sets every pointer to its first element, moved by the starts (the raw ones by `rawStarts` alone). */
  start(starts: readonly Start[], rawStarts: readonly Start[] = starts): void {
    const f = this.#f;
    for (const [key, { local, pushBase, strides }] of this.#pointers) {
      pushBase(f);
      for (const { dim, local: at, factor } of key.startsWith("raw") ? rawStarts : starts) {
        const bytes = strides[dim]! * factor;
        if (bytes !== 0) f.get(at).i32(bytes).op("i32.mul").op("i32.add");
      }
      f.set(local);
    }
  }

  /** Moves along a dim by a number of elements; carried out by the next `flush`. */
  move(dim: number, count: number): void {
    for (const pointer of this.#pointers.values()) pointer.owed += pointer.strides[dim]! * count;
  }

  /** Carries out the moves. Call it before a loop begins and where its body ends. */
  flush(): void {
    for (const pointer of this.#pointers.values()) {
      if (pointer.owed !== 0) this.#f.increment(pointer.local, pointer.owed);
      pointer.owed = 0;
    }
  }

  /** Forgets what is owed, where the code that follows sets the pointers afresh. */
  drop(): void {
    for (const pointer of this.#pointers.values()) pointer.owed = 0;
  }

  /** Pushes lanes along `dim`, from `element` elements further along it. */
  load({ pointer, dtype }: Stream, dim: number, element: number, lanes: Lanes): void {
    const stride = pointer.strides[dim]!;
    const place = { pointer: pointer.local, bytes: pointer.owed + element * stride };
    loadLanes(this.#f, dtype, place, stride, lanes);
  }

  /** Stores lanes of a local along `dim`, from `element` elements further along it. */
  store({ pointer, dtype }: Stream, value: Local, dim: number, element: number, lanes: Lanes): void {
    const stride = pointer.strides[dim]!;
    const place = { pointer: pointer.local, bytes: pointer.owed + element * stride };
    storeLanes(this.#f, dtype, value, place, stride, lanes);
  }

  /** Gives the pointers' locals back. */
  release(): void {
    for (const { local } of this.#pointers.values()) this.#f.release(local);
  }

  #pointer(key: string, pushBase: (f: FunctionBuilder) => void, strides: readonly number[]): Pointer {
    const known = this.#pointers.get(key);
    if (known) return known;
    const pointer = { local: this.#f.local("i32"), pushBase, strides, owed: 0 };
    this.#pointers.set(key, pointer);
    return pointer;
  }
}
