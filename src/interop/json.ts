// A strict JSON reader that keeps what JSON.parse loses: where each value stands, repeated keys and number literals.

/** A JSON value with the place, in UTF-16 units, where it begins. */
export type JsonNode = { readonly at: number } & (
  | { readonly kind: "object"; readonly entries: ReadonlyMap<string, JsonNode> }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly literal: string }
  | { readonly kind: "literal"; readonly value: boolean | null }
);

/** Reports a broken rule at a place of the text; never returns. */
export type Fail = (message: string, at: number) => never;

const literals = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const whitespace = /[ \t\n\r]*/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /[a-z]+/y;
const loneSurrogate = /\p{Surrogate}/u;

/** True for text that has no UTF-8 form, because half of a surrogate pair stands alone in it. */
export function hasLoneSurrogate(text: string): boolean {
  return loneSurrogate.test(text);
}

/** How large a value may be, so that a small text can't ask for much memory. */
export interface JsonLimits {
  /** Objects and arrays inside each other. */
  readonly depth: number;
  /** Items of one array. */
  readonly items: number;
}

/**
 * Reads the JSON value at the beginning of `text`; gives it and the place where it ends, which the caller checks.
 * Calls `fail` for text that is not JSON, for a key that an object has twice and for what is over the limits.
 */
export function readJson(text: string, fail: Fail, limits: JsonLimits): { value: JsonNode; end: number } {
  const reader = new Reader(text, fail, limits);
  const value = reader.value(0);
  return { value, end: reader.at };
}

class Reader {
  at = 0;
  readonly #text: string;
  readonly #fail: Fail;
  readonly #limits: JsonLimits;

  constructor(text: string, fail: Fail, limits: JsonLimits) {
    this.#text = text;
    this.#fail = fail;
    this.#limits = limits;
  }

  value(depth: number): JsonNode {
    const { at } = this;
    switch (this.#text[at]) {
      case "{":
        return { kind: "object", entries: this.#object(this.#deeper(depth)), at };
      case "[":
        return { kind: "array", items: this.#array(this.#deeper(depth)), at };
      case '"':
        return { kind: "string", value: this.#string(), at };
    }
    const literal = this.#match(number);
    if (literal !== null) return { kind: "number", literal, at };
    const name = this.#match(word) ?? "";
    if (literals.has(name)) return { kind: "literal", value: literals.get(name)!, at };
    this.at = at;
    return this.#expected("a JSON value");
  }

  #deeper(depth: number): number {
    if (depth >= this.#limits.depth)
      this.#fail(`JSON nested deeper than ${this.#limits.depth} levels`, this.at);
    return depth + 1;
  }

  #object(depth: number): Map<string, JsonNode> {
    const entries = new Map<string, JsonNode>();
    this.at++;
    this.#match(whitespace);
    if (this.#skip("}")) return entries;
    do {
      this.#match(whitespace);
      const keyAt = this.at;
      const key = this.#string();
      if (entries.has(key)) this.#fail(`key ${JSON.stringify(key)} appears twice`, keyAt);
      this.#match(whitespace);
      if (!this.#skip(":")) this.#expected('":"');
      this.#match(whitespace);
      entries.set(key, this.value(depth));
      this.#match(whitespace);
    } while (this.#skip(","));
    if (!this.#skip("}")) this.#expected('"," or "}"');
    return entries;
  }

  #array(depth: number): JsonNode[] {
    const items: JsonNode[] = [];
    this.at++;
    this.#match(whitespace);
    if (this.#skip("]")) return items;
    do {
      this.#match(whitespace);
      if (items.length >= this.#limits.items) {
        this.#fail(`list of more than ${this.#limits.items} items`, this.at);
      }
      items.push(this.value(depth));
      this.#match(whitespace);
    } while (this.#skip(","));
    if (!this.#skip("]")) this.#expected('"," or "]"');
    return items;
  }

  #string(): string {
    const { at } = this;
    if (!this.#skip('"')) return this.#expected("a string in double quotes");
    const end = this.#closingQuote();
    this.at = end + 1;
    let value: string;
    try {
      value = JSON.parse(this.#text.slice(at, this.at)) as string;
    } catch {
      return this.#fail("string with a control character or an unknown escape", at);
    }
    if (hasLoneSurrogate(value)) this.#fail("string with half of a surrogate pair", at);
    return value;
  }

  /** The place of the quote that ends the string whose text begins here. */
  #closingQuote(): number {
    for (let end = this.#text.indexOf('"', this.at); end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let backslashes = 0;
      while (this.#text[end - 1 - backslashes] === "\\") backslashes++;
      if (backslashes % 2 === 0) return end;
    }
    return this.#fail("string without a closing quote", this.at - 1);
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text);
    if (!found) return null;
    this.at += found[0].length;
    return found[0];
  }

  #skip(character: string): boolean {
    if (this.#text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  #expected(what: string): never {
    const found = this.#text.slice(this.at, this.at + 12);
    return this.#fail(`expected ${what}, found ${found ? JSON.stringify(found) : "the end"}`, this.at);
  }
}
