// Bytes as WebAssembly's binary format writes them: numbers, names, opcodes and types.

/** A value type of WebAssembly. */
export type ValueType = "i32" | "i64" | "f32" | "v128";

/** How each value type is written. */
export const typeCodes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, v128: 0x7b };

/** Growing array of bytes with WebAssembly's number encodings. */
export class Bytes {
  #data = new Uint8Array(256);
  length = 0;

  byte(value: number): void {
    if (this.length === this.#data.length) this.#grow(1);
    this.#data[this.length++] = value;
  }

  append(other: Uint8Array): void {
    if (this.length + other.length > this.#data.length) this.#grow(other.length);
    this.#data.set(other, this.length);
    this.length += other.length;
  }

  unsigned(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  signed(value: number | bigint): void {
    let rest = BigInt(value);
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  signed32(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  name(text: string): void {
    const utf8 = new TextEncoder().encode(text);
    this.unsigned(utf8.length);
    this.append(utf8);
  }

  opcode(code: number): void {
    if (code > 0xff) {
      this.byte(0xfc + (code >> 12));
      this.unsigned(code & 0xfff);
    } else {
      this.byte(code);
    }
  }

  view(): Uint8Array {
    return this.#data.subarray(0, this.length);
  }

  #grow(extra: number): void {
    const bigger = new Uint8Array(Math.max(this.#data.length * 2, this.length + extra));
    bigger.set(this.#data.subarray(0, this.length));
    this.#data = bigger;
  }
}
