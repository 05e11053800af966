// What a pickle can become here: plain data, and the objects that an allowed function makes.

/** Something that is no plain data: a tensor, an array, a type. Only functions of the allow-list make them. */
export abstract class PickleObject {
  /** Takes what the pickle says of the object after it was made; absent where it has no such state. */
  setState?(state: PickleValue, fail: Refuse): void;
}

/** A tuple, where a list is an array. */
export class Tuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** A function of the allow-list. */
export class PickleFunction extends PickleObject {
  readonly name: string;
  readonly call: (args: readonly PickleValue[], fail: Refuse) => PickleValue;

  constructor(name: string, call: (args: readonly PickleValue[], fail: Refuse) => PickleValue) {
    super();
    this.name = name;
    this.call = call;
  }
}

/** A value: whole numbers beyond 2^53 are bigint, bytes are Uint8Array, dictionaries are Map. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Tuple
  | Map<PickleValue, PickleValue>
  | Set<PickleValue>
  | PickleObject;

/** Throws the error for what is wrong at the present place of the pickle. */
export type Refuse = (message: string) => never;

/** What a value is, for messages. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "None";
  if (Array.isArray(value)) return "a list";
  if (value instanceof Tuple) return "a tuple";
  if (value instanceof Map) return "a dictionary";
  if (value instanceof Set) return "a set";
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value instanceof PickleFunction) return `the function ${value.name}`;
  if (typeof value === "string") return `the string ${JSON.stringify(value.slice(0, 40))}`;
  return typeof value === "object" ? `a ${value.constructor.name}` : `the ${typeof value} ${value}`;
}

/** The items of a list or tuple. */
export function itemsOf(value: PickleValue | undefined, what: string, fail: Refuse): readonly PickleValue[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  return fail(`${what} must be a tuple; found ${kindOf(value)}`);
}

/** A whole number from 0 to 2^53 - 1. */
export function wholeOf(value: PickleValue | undefined, what: string, fail: Refuse): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  return fail(`${what} must be a whole number from 0 to 2^53 - 1; found ${kindOf(value)}`);
}

/** NumPy's own limit of axes. */
const mostAxes = 64;

/** A tuple of whole numbers from 0 to 2^53 - 1, one for each axis. */
export function wholesOf(value: PickleValue | undefined, what: string, fail: Refuse): number[] {
  const items = itemsOf(value, what, fail);
  if (items.length > mostAxes) fail(`${what} has ${items.length} axes; at most ${mostAxes} are read`);
  return items.map((item) => wholeOf(item, `each number of ${what}`, fail));
}

/** A string. */
export function stringOf(value: PickleValue | undefined, what: string, fail: Refuse): string {
  return typeof value === "string" ? value : fail(`${what} must be a string; found ${kindOf(value)}`);
}
