// The few literals of Python that headers are made of: strings, True and False, tuples of whole numbers, and a dictionary of them.
// Nothing else is read, so that nothing can be meant by it.
import type { Fail } from "./json.ts";

/** NumPy's own limit of axes. */
const mostItems = 64;

/** Reads a text from its beginning to its end. `fail` is told where in the text something else was found. */
export class LiteralReader {
  #at = 0;
  readonly #text: string;
  readonly #fail: Fail;

  constructor(text: string, fail: Fail) {
    this.#text = text;
    this.#fail = fail;
  }

  /** A string in single or double quotes, without escapes. */
  string(what: string): string {
    return this.#expect(what, /'[^'\\]*'|"[^"\\]*"/y).slice(1, -1);
  }

  bool(): boolean {
    return this.#expect("True or False", /True|False/y) === "True";
  }

  /** A tuple of whole numbers from 0 to 2^53 - 1; Python 2 wrote long ones with an L. */
  wholes(what: string): number[] {
    const items: number[] = [];
    this.#list(/\(/y, /\)/y, () => {
      if (items.length >= mostItems) this.#fail(`${what} has more than ${mostItems} axes`, this.#at);
      const item = Number(this.#expect("a whole number", /\d+L?/y).replace("L", ""));
      if (!Number.isSafeInteger(item))
        this.#fail(`${what} has a size of ${item}; expected less than 2^53`, this.#at);
      items.push(item);
    });
    return items;
  }

  /** A dictionary that has each key of `readers` once, and no other. */
  dictionary<T extends object>(readers: { readonly [K in keyof T]: () => T[K] }): T {
    const known = Object.keys(readers);
    const fields = new Map<string, unknown>();
    this.#list(/\{/y, /\}/y, () => {
      const key = this.string("a key in quotes");
      if (!known.includes(key)) {
        this.#fail(`unknown key ${JSON.stringify(key)}; expected ${known.join(", ")}`, this.#at);
      }
      if (fields.has(key)) this.#fail(`key ${JSON.stringify(key)} appears twice`, this.#at);
      this.#expect('":"', /:/y);
      fields.set(key, readers[key as keyof T]());
    });
    for (const key of known) if (!fields.has(key)) this.#fail(`key ${key} is missing`, this.#at);
    return Object.fromEntries(fields) as T;
  }

  /** Fails where anything but white space is left. */
  end(): void {
    this.#match(/\s+/y);
    if (this.#at < this.#text.length) this.#fail(`it goes on after its end: ${this.#next()}`, this.#at);
  }

  /** True where the next thing is a list. */
  get isAtList(): boolean {
    return /^\s*\[/.test(this.#text.slice(this.#at));
  }

  /** Items with commas between them, and perhaps one at the end. */
  #list(open: RegExp, close: RegExp, item: () => void): void {
    this.#expect(`"${open.source.slice(1)}"`, open);
    for (let isLast = false; this.#skip(close) === null; ) {
      if (isLast) this.#expect(`"," or "${close.source.slice(1)}"`, close);
      item();
      isLast = this.#skip(/,/y) === null;
    }
  }

  #expect(what: string, pattern: RegExp): string {
    return this.#skip(pattern) ?? this.#fail(`expected ${what}; found ${this.#next()}`, this.#at);
  }

  /** What matches after white space, which is passed over. */
  #skip(pattern: RegExp): string | null {
    this.#match(/\s+/y);
    return this.#match(pattern);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #next(): string {
    return JSON.stringify(this.#text.slice(this.#at, this.#at + 16));
  }
}
