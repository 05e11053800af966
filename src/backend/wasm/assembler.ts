// A small WebAssembly assembler: functions are written with method calls and come out as bytes. Knows instructions and nothing of
// kernels; modules are put together in moduleBuilder.ts.
import { Bytes, typeCodes, type ValueType } from "./bytes.ts";
import { lane, memory, memoryLane, plain } from "./opcodes.ts";

export type { ValueType };

/** A mnemonic without immediates. */
export type PlainOp = keyof typeof plain;
/** A mnemonic with a memory operand. */
export type MemoryOp = keyof typeof memory;

/** Index of a local variable in its function. */
export type Local = number;

const emptyBlock = 0x40;

/**
 * The body of one function. Every emitting method returns the builder, so that instructions chain in stack
 * order: `f.get(a).get(b).op("f32.add").set(c)`.
 */
export class FunctionBuilder {
  #code = new Bytes();
  readonly #prologue = new Bytes();
  /** Vector constants that are kept in locals, by their bytes; null where each is written out in place. */
  #kept: Map<string, { readonly words: Int32Array; readonly local: Local }> | null = null;
  readonly #params: readonly ValueType[];
  readonly #locals: ValueType[] = [];
  readonly #spare: Record<ValueType, Local[]> = { i32: [], i64: [], f32: [], v128: [] };

  constructor(params: readonly ValueType[]) {
    this.#params = params;
  }

  /**
   * From here on vector constants are read from locals that `loadConstants` fills where the function begins. Engines build a
   * constant anew wherever it is used, in the middle of a loop too, but what was loaded they keep in a register.
   */
  keepConstants(): void {
    this.#kept = new Map();
  }

  /** Ends `keepConstants`; `table` stores the constants and gives what pushes their address. */
  loadConstants(table: (words: Int32Array) => (f: FunctionBuilder) => void): void {
    const kept = [...(this.#kept?.values() ?? [])];
    this.#kept = null;
    if (kept.length === 0) return;
    const body = this.#code;
    this.#code = this.#prologue;
    const address = this.local("i32");
    table(Int32Array.from(kept.flatMap(({ words }) => [...words])))(this);
    this.set(address);
    kept.forEach(({ local }, i) => {
      this.get(address)
        .mem("v128.load", i * 16)
        .set(local);
    });
    this.release(address);
    this.#code = body;
  }

  /** A local variable of a type; it may be one that `release` gave back, so its first value is undefined. */
  local(type: ValueType): Local {
    const spare = this.#spare[type].pop();
    if (spare !== undefined) return spare;
    this.#locals.push(type);
    return this.#params.length + this.#locals.length - 1;
  }

  /** Gives locals back for reuse by later `local` calls. */
  release(...locals: Local[]): void {
    for (const index of locals) this.#spare[this.#locals[index - this.#params.length]!].push(index);
  }

  /** An instruction without immediates. */
  op(name: PlainOp): this {
    this.#code.opcode(plain[name]);
    return this;
  }

  /** An instruction with a memory operand at `address + offset`; alignment is only a hint. */
  mem(name: MemoryOp, offset = 0, alignExponent?: number): this {
    const [code, natural] = memory[name];
    this.#code.opcode(code);
    // Atomics must state their natural alignment; for the others an understated one is always valid.
    this.#code.unsigned(alignExponent ?? natural);
    this.#code.unsigned(offset);
    return this;
  }

  /** An instruction that reads or writes one lane of a vector. */
  lane(name: keyof typeof lane, index: number): this {
    this.#code.opcode(lane[name]);
    this.#code.byte(index);
    return this;
  }

  /** An instruction that moves one lane between a vector and memory. */
  memLane(name: keyof typeof memoryLane, index: number, offset = 0): this {
    const [code, natural] = memoryLane[name];
    this.#code.opcode(code);
    this.#code.unsigned(natural);
    this.#code.unsigned(offset);
    this.#code.byte(index);
    return this;
  }

  /** Bytes picked from two vectors: 0–15 from the first, 16–31 from the second. */
  shuffle(bytes: readonly number[]): this {
    this.#code.opcode(0x100d);
    for (const b of bytes) this.#code.byte(b);
    return this;
  }

  /** `shuffle` by 32-bit lanes: 0–3 from the first vector, 4–7 from the second. */
  shuffle32(a: number, b: number, c: number, d: number): this {
    return this.shuffle([a, b, c, d].flatMap((l) => [l * 4, l * 4 + 1, l * 4 + 2, l * 4 + 3]));
  }

  i32(value: number): this {
    this.#code.byte(0x41);
    this.#code.signed32(value);
    return this;
  }

  i64(value: bigint): this {
    this.#code.byte(0x42);
    this.#code.signed(value);
    return this;
  }

  f32(value: number): this {
    this.#code.byte(0x43);
    this.#code.append(new Uint8Array(new Float32Array([value]).buffer));
    return this;
  }

  /** A vector constant of four floats, or one float in every lane. */
  f32x4(...values: readonly number[]): this {
    const lanes = values.length === 1 ? [values[0]!, values[0]!, values[0]!, values[0]!] : values;
    return this.#vector(new Uint8Array(new Float32Array(lanes).buffer));
  }

  /** A vector constant of four int32, or one in every lane. */
  i32x4(...values: readonly number[]): this {
    const lanes = values.length === 1 ? [values[0]!, values[0]!, values[0]!, values[0]!] : values;
    return this.#vector(new Uint8Array(new Int32Array(lanes).buffer));
  }

  get(local: Local): this {
    this.#code.byte(0x20);
    this.#code.unsigned(local);
    return this;
  }

  set(local: Local): this {
    this.#code.byte(0x21);
    this.#code.unsigned(local);
    return this;
  }

  tee(local: Local): this {
    this.#code.byte(0x22);
    this.#code.unsigned(local);
    return this;
  }

  /** Adds a constant to an i32 local. */
  increment(local: Local, by: number): this {
    return this.plus(local, by).set(local);
  }

  /** Pushes an i32 local plus a constant. */
  plus(local: Local, value: number): this {
    return this.get(local).i32(value).op("i32.add");
  }

  /** Pushes the lesser of an i32 local and a bound, signed. */
  lesser(local: Local, bound: number | { local: Local }): this {
    this.get(local);
    this.#operand(bound).get(local);
    return this.#operand(bound).op("i32.lt_s").op("select");
  }

  call(functionIndex: number): this {
    this.#code.byte(0x10);
    this.#code.unsigned(functionIndex);
    return this;
  }

  /** A block; `br(0)` directly inside it leaves it. */
  block(body: () => void, result?: ValueType): this {
    return this.#structured(0x02, body, result);
  }

  /** A loop; `br(0)` directly inside it starts it again. */
  loop(body: () => void): this {
    return this.#structured(0x03, body);
  }

  /** Takes an i32 condition from the stack. */
  if(then: () => void, otherwise?: () => void, result?: ValueType): this {
    this.#code.byte(0x04);
    this.#code.byte(result ? typeCodes[result] : emptyBlock);
    then();
    if (otherwise) {
      this.#code.byte(0x05);
      otherwise();
    }
    this.#code.byte(0x0b);
    return this;
  }

  br(depth: number): this {
    this.#code.byte(0x0c);
    this.#code.unsigned(depth);
    return this;
  }

  brIf(depth: number): this {
    this.#code.byte(0x0d);
    this.#code.unsigned(depth);
    return this;
  }

  /**
   * `for (counter = from; counter < to; counter += step) body()`, signed. `from` and `to` are constants or
   * i32 locals; the counter may be read in the body.
   */
  for(
    counter: Local,
    from: number | { local: Local },
    to: number | { local: Local },
    step: number,
    body: () => void,
  ): this {
    this.#operand(from).set(counter);
    const always = typeof from === "number" && typeof to === "number" && from < to;
    const loop = () => {
      this.loop(() => {
        body();
        this.get(counter).i32(step).op("i32.add").tee(counter);
        this.#operand(to).op("i32.lt_s").brIf(0);
      });
    };
    if (always) {
      loop();
    } else {
      this.get(counter);
      this.#operand(to).op("i32.lt_s");
      this.if(loop);
    }
    return this;
  }

  /** Body with its locals in front, as the code section wants it. */
  encode(): Uint8Array {
    const body = new Bytes();
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    body.unsigned(runs.length);
    for (const { type, count } of runs) {
      body.unsigned(count);
      body.byte(typeCodes[type]);
    }
    body.append(this.#prologue.view());
    body.append(this.#code.view());
    body.byte(0x0b);
    return body.view();
  }

  #operand(value: number | { local: Local }): this {
    return typeof value === "number" ? this.i32(value) : this.get(value.local);
  }

  #vector(bytes: Uint8Array): this {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, 4);
    // Zeros and ones in all bits cost one instruction anywhere.
    if (this.#kept && !words.every((word) => word === 0) && !words.every((word) => word === -1)) {
      const key = words.join();
      let known = this.#kept.get(key);
      if (!known) {
        this.#locals.push("v128");
        known = { words, local: this.#params.length + this.#locals.length - 1 };
        this.#kept.set(key, known);
      }
      return this.get(known.local);
    }
    this.#code.opcode(0x100c);
    this.#code.append(bytes);
    return this;
  }

  #structured(code: number, body: () => void, result?: ValueType): this {
    this.#code.byte(code);
    this.#code.byte(result ? typeCodes[result] : emptyBlock);
    body();
    this.#code.byte(0x0b);
    return this;
  }
}
