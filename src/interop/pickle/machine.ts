// The machine that runs a pickle: bytes, a stack with marks, and a memo. It makes data alone; whatever else a pickle asks for has to be in the
// allow-list that the caller gives. Source: CPython, Lib/pickletools.py, which documents every opcode.
import { PickleFunction, type PickleValue, type Refuse, Tuple } from "./values.ts";

/** Thrown where the bytes at hand end before the pickle does; there may be more of them in the file. */
export class PickleCut extends Error {}

/** What a pickle may use beside plain data. */
export interface PickleRules {
  /** Allowed globals, by module and name with a space between: functions that make data, and objects that stand for types. */
  readonly globals: ReadonlyMap<string, PickleValue>;
  /** What a persistent id stands for; absent where the format has none. */
  readonly persistent?: ((id: PickleValue, fail: Refuse) => PickleValue) | undefined;
}

/** What a pickle may make, for 100,000 tensors: each takes about 22 values, 8 objects and 11 places of the memo. */
const most = { values: 5_000_000, objects: 1_000_000, memo: 2_000_000 };
/** Bytes that functions may make beside those of the pickle itself: the same string can be encoded again and again. */
const spareBytes = 2 ** 20;
/** Bytes of one whole number: larger ones take quadratic time. */
const mostNumberBytes = 64;

const strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One run of a pickle. */
export class PickleMachine {
  readonly rules: PickleRules;
  at: number;
  #opcodeAt = 0;
  #values = 0;
  #objects = 0;
  #madeBytes = 0;
  readonly #memo = new Map<number, PickleValue>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #failAt: (message: string, at: number) => never;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];

  constructor(
    bytes: Uint8Array,
    at: number,
    rules: PickleRules,
    failAt: (message: string, at: number) => never,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.rules = rules;
    this.#failAt = failAt;
  }

  /** Fails at the opcode that is being run. */
  readonly fail: Refuse = (message) => this.#failAt(message, this.#opcodeAt);

  opcode(): number {
    this.#opcodeAt = this.at;
    return this.byte();
  }

  byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#skip(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#skip(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  uint64(): number {
    const value = Number(this.#view.getBigUint64(this.#skip(8), true));
    return Number.isSafeInteger(value) ? value : this.fail(`a length of ${value} is beyond 2^53`);
  }

  float64(): number {
    return this.#view.getFloat64(this.#skip(8), false);
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(length: number): string {
    try {
      return strictText.decode(this.take(length));
    } catch (error) {
      if (error instanceof PickleCut) throw error;
      return this.fail(`a string of ${length} bytes is not UTF-8`);
    }
  }

  /** Text up to the end of the line. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.at);
    if (end < 0) throw new PickleCut();
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** A whole number in little-endian two's complement. */
  long(length: number): PickleValue {
    if (length > mostNumberBytes)
      this.fail(`a whole number of ${length} bytes; at most ${mostNumberBytes} are read`);
    const digits = Array.from(this.take(length), (byte) => byte.toString(16).padStart(2, "0"));
    const value = BigInt.asIntN(8 * length, BigInt(`0x0${digits.reverse().join("")}`));
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  push(value: PickleValue): void {
    this.#countValue();
    if (typeof value === "object" && value !== null) this.#countObjects(1);
    this.#stack.push(value);
  }

  pop(): PickleValue {
    this.top();
    return this.#stack.pop()!;
  }

  /** The value on top, which stays there. */
  top(): PickleValue {
    const bottom = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= bottom) this.fail("the stack is empty; expected a value");
    return this.#stack.at(-1)!;
  }

  mark(): void {
    this.#countValue();
    this.#marks.push(this.#stack.length);
  }

  /** True where nothing stands above the last mark. */
  get isAtMark(): boolean {
    return this.#marks.at(-1) === this.#stack.length;
  }

  /** Everything above the last mark, which is taken away with it. */
  popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.fail("there is no mark on the stack");
    return this.#stack.splice(mark);
  }

  /** Keeps the value on top in the memo; without an index, at the next. */
  memoize(index = this.#memo.size): void {
    if (this.#memo.size >= most.memo) this.fail(`its memo has more than ${most.memo} values`);
    this.#memo.set(index, this.top());
  }

  recall(index: number): PickleValue {
    const value = this.#memo.get(index);
    return value === undefined ? this.fail(`the memo has no value ${index}`) : value;
  }

  global(module: string, name: string): PickleValue {
    const found = this.rules.globals.get(`${module} ${name}`);
    if (found !== undefined) return found;
    return this.fail(
      `it asks for ${`${module}.${name}`.slice(0, 200)}, which is not among the ${this.rules.globals.size} names that weights may use; save the state dictionary alone`,
    );
  }

  call(callable: PickleValue, args: readonly PickleValue[]): PickleValue {
    if (!(callable instanceof PickleFunction)) return this.fail("it calls something that is no function");
    const made = callable.call(args, (message) => this.fail(`${callable.name}: ${message}`));
    if (made instanceof Map || made instanceof Set) this.#countObjects(made.size);
    if (made instanceof Tuple) this.#countObjects(made.items.length);
    if (made instanceof Uint8Array) this.#madeBytes += made.length;
    if (this.#madeBytes > this.#bytes.length + spareBytes) this.fail("it makes more bytes than it has");
    return made;
  }

  #countValue(): void {
    if (++this.#values > most.values) this.fail(`it makes more than ${most.values} values`);
  }

  #countObjects(objects: number): void {
    this.#objects += objects;
    if (this.#objects > most.objects) this.fail(`it makes more than ${most.objects} objects`);
  }

  #skip(length: number): number {
    const start = this.at;
    if (start + length > this.#bytes.length) throw new PickleCut();
    this.at += length;
    return start;
  }
}
