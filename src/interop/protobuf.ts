// Messages in the wire format of Protocol Buffers, field by field: as much as event files need. Knows no schema.

/** A message in the making; fields are written in the order of the calls. */
export class Message {
  readonly #bytes: number[] = [];

  /** An int64 or enum of at least 0. */
  integer(field: number, value: number): this {
    this.#key(field, 0);
    this.#varint(value);
    return this;
  }

  double(field: number, value: number): this {
    this.#key(field, 1);
    this.#push(new Uint8Array(Float64Array.of(value).buffer));
    return this;
  }

  float(field: number, value: number): this {
    this.#key(field, 5);
    this.#push(new Uint8Array(Float32Array.of(value).buffer));
    return this;
  }

  string(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  message(field: number, message: Message): this {
    return this.bytes(field, message.encode());
  }

  /** A packed list of doubles. */
  doubles(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, new Uint8Array(Float64Array.from(values).buffer));
  }

  bytes(field: number, bytes: Uint8Array): this {
    this.#key(field, 2);
    this.#varint(bytes.length);
    this.#push(bytes);
    return this;
  }

  encode(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #key(field: number, wireType: number): void {
    this.#varint(field * 8 + wireType);
  }

  /** Seven bits a byte, the lowest first. */
  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128);
    this.#bytes.push(rest);
  }

  #push(bytes: Uint8Array): void {
    for (const byte of bytes) this.#bytes.push(byte);
  }
}
