// Writes pickles of protocol 2, with bytes as protocol 3 has them where the caller wants them.
import { FormatError, UnsupportedError } from "../../base/errors.ts";

const loneSurrogate = /\p{Surrogate}/u;

/** Builds a pickle opcode by opcode; each method gives the writer back. */
export class PickleWriter {
  readonly #parts: Uint8Array[] = [];
  readonly #globals = new Map<string, number>();

  constructor(protocol: number) {
    this.#add([0x80, protocol]);
  }

  /** A function or class; from the second time on, by the memo. */
  global(module: string, name: string): this {
    const key = `${module}\n${name}\n`;
    const known = this.#globals.get(key);
    if (known !== undefined) return this.#add([code("h"), known]);
    const index = this.#globals.size;
    this.#globals.set(key, index);
    return this.#add([code("c")])
      .#add(new TextEncoder().encode(key))
      .#add([code("q"), index]);
  }

  /** Throws FormatError for text that has no UTF-8 form. */
  text(text: string): this {
    if (loneSurrogate.test(text)) {
      throw new FormatError(`pickle: ${JSON.stringify(text)} has no UTF-8 form; use well-formed text`);
    }
    const bytes = new TextEncoder().encode(text);
    return this.#sized(code("X"), bytes.length).#add(bytes);
  }

  bytes(bytes: Uint8Array): this {
    return this.#sized(code("B"), bytes.length).#add(bytes);
  }

  /** A whole number from -2^31 to 2^53. */
  whole(value: number): this {
    if (value >= 0 && value < 256) return this.#add([code("K"), value]);
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, BigInt(value), true);
    const isInt = value === (value | 0);
    const head = isInt ? [code("J")] : [0x8a, 8];
    return this.#add(head).#add(new Uint8Array(view.buffer, 0, isInt ? 4 : 8));
  }

  bool(value: boolean): this {
    return this.#add([value ? 0x88 : 0x89]);
  }

  none(): this {
    return this.#add([code("N")]);
  }

  wholes(values: readonly number[]): this {
    this.mark();
    for (const value of values) this.whole(value);
    return this.tuple();
  }

  emptyTuple(): this {
    return this.#add([code(")")]);
  }

  emptyDictionary(): this {
    return this.#add([code("}")]);
  }

  mark(): this {
    return this.#add([code("(")]);
  }

  /** A tuple of everything since the mark. */
  tuple(): this {
    return this.#add([code("t")]);
  }

  /** Sets the keys and values since the mark on the dictionary before it. */
  setItems(): this {
    return this.#add([code("u")]);
  }

  /** Calls the function under a tuple of arguments. */
  reduce(): this {
    return this.#add([code("R")]);
  }

  /** Gives state to the object under it. */
  build(): this {
    return this.#add([code("b")]);
  }

  persistent(): this {
    return this.#add([code("Q")]);
  }

  /** The whole pickle, ended. */
  end(): Uint8Array {
    this.#add([code(".")]);
    const all = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  #sized(opcode: number, length: number): this {
    if (length > 0xffffffff) {
      throw new UnsupportedError(
        `pickle: ${length} bytes in one piece; at most 4 GiB are written. Write safetensors`,
      );
    }
    const head = new Uint8Array(5);
    head[0] = opcode;
    new DataView(head.buffer).setUint32(1, length, true);
    return this.#add(head);
  }

  #add(bytes: ArrayLike<number>): this {
    this.#parts.push(bytes instanceof Uint8Array ? bytes : Uint8Array.from(bytes));
    return this;
  }
}

function code(character: string): number {
  return character.charCodeAt(0);
}
