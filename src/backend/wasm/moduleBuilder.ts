// Modules of WebAssembly: one imported memory, imported functions, and functions that are written here. Knows the binary format's
// sections, nothing of instructions.
import { FunctionBuilder } from "./assembler.ts";
import { Bytes, typeCodes, type ValueType } from "./bytes.ts";

interface DefinedFunction {
  readonly type: number;
  readonly exportName: string | undefined;
  body: Uint8Array;
}

/** Limits of an imported memory, in pages of 64 KiB. */
export interface MemoryLimits {
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

/** A module with one imported memory (`env.memory`), imported functions, and functions of its own. */
export class ModuleBuilder {
  readonly #memory: MemoryLimits;
  readonly #types: string[] = [];
  readonly #typeBytes: Uint8Array[] = [];
  readonly #imports: { module: string; name: string; type: number }[] = [];
  readonly #functions: DefinedFunction[] = [];

  constructor(memoryLimits: MemoryLimits) {
    this.#memory = memoryLimits;
  }

  /** Declares an imported function; all imports come before the first own function. */
  importFunction(
    module: string,
    name: string,
    params: readonly ValueType[],
    results: readonly ValueType[],
  ): number {
    if (this.#functions.length > 0) throw new Error("module: imports must precede functions");
    this.#imports.push({ module, name, type: this.#type(params, results) });
    return this.#imports.length - 1;
  }

  /** Defines a function; `write` gets its builder (parameters are locals 0, 1, …). Returns its index for `call`. */
  func(
    params: readonly ValueType[],
    results: readonly ValueType[],
    write: (f: FunctionBuilder) => void,
    exportName?: string,
  ): number {
    const defined: DefinedFunction = {
      type: this.#type(params, results),
      exportName,
      body: new Uint8Array(),
    };
    this.#functions.push(defined);
    const index = this.#imports.length + this.#functions.length - 1;
    const builder = new FunctionBuilder(params);
    write(builder);
    defined.body = builder.encode();
    return index;
  }

  /** The module's bytes. */
  encode(): Uint8Array {
    const out = new Bytes();
    out.append(new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]));
    section(out, 1, (s) => {
      s.unsigned(this.#typeBytes.length);
      for (const type of this.#typeBytes) s.append(type);
    });
    section(out, 2, (s) => {
      s.unsigned(1 + this.#imports.length);
      s.name("env");
      s.name("memory");
      s.byte(0x02);
      s.byte(this.#memory.shared ? 0x03 : 0x01);
      s.unsigned(this.#memory.initial);
      s.unsigned(this.#memory.maximum);
      for (const entry of this.#imports) {
        s.name(entry.module);
        s.name(entry.name);
        s.byte(0x00);
        s.unsigned(entry.type);
      }
    });
    section(out, 3, (s) => {
      s.unsigned(this.#functions.length);
      for (const f of this.#functions) s.unsigned(f.type);
    });
    section(out, 7, (s) => {
      const exported = this.#functions.flatMap((f, i) =>
        f.exportName === undefined ? [] : [{ name: f.exportName, index: this.#imports.length + i }],
      );
      s.unsigned(exported.length);
      for (const { name, index } of exported) {
        s.name(name);
        s.byte(0x00);
        s.unsigned(index);
      }
    });
    section(out, 10, (s) => {
      s.unsigned(this.#functions.length);
      for (const f of this.#functions) {
        s.unsigned(f.body.length);
        s.append(f.body);
      }
    });
    return out.view().slice();
  }

  #type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`;
    const known = this.#types.indexOf(key);
    if (known >= 0) return known;
    const bytes = new Bytes();
    bytes.byte(0x60);
    for (const list of [params, results]) {
      bytes.unsigned(list.length);
      for (const type of list) bytes.byte(typeCodes[type]);
    }
    this.#types.push(key);
    this.#typeBytes.push(bytes.view());
    return this.#types.length - 1;
  }
}

function section(out: Bytes, id: number, write: (s: Bytes) => void): void {
  const content = new Bytes();
  write(content);
  out.byte(id);
  out.unsigned(content.length);
  out.append(content.view());
}
