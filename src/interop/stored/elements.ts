// Element types of files of weights, by safetensors' names, and how their little-endian bytes become typed arrays.
import type { DType, TypedArray } from "../../base/dtype.ts";
import { floatTables } from "./floats.ts";

/** Name of a stored element type. */
export type ElementName = keyof typeof readers | (typeof rawNames)[number];

/** How elements of one stored type are read. */
export interface ElementType {
  readonly name: ElementName;
  readonly bits: number;
  /** The dtype that the elements get here; null where none can hold them, so that only their bytes can be had. */
  readonly dtype: DType | null;
}

/** Reports the first element that the dtype can't hold, by its place among the elements. */
export type Reject = (index: number, value: number | bigint) => never;

/** Takes over bytes that begin at a multiple of the element's size. */
type Reader = (bytes: Uint8Array, reject: Reject) => TypedArray;

const rawNames = ["C64", "C128", "F4", "F6_E2M3", "F6_E3M2"] as const;
const rawBits = { C64: 64, C128: 128, F4: 4, F6_E2M3: 6, F6_E3M2: 6 };

const readers = {
  F64: (bytes: Uint8Array) => over(Float64Array, bytes),
  F32: (bytes: Uint8Array) => over(Float32Array, bytes),
  F16: (bytes: Uint8Array) => lookUp(floatTables.F16(), over(Uint16Array, bytes)),
  BF16: (bytes: Uint8Array) => {
    const halves = over(Uint16Array, bytes);
    const words = new Uint32Array(halves.length);
    for (let i = 0; i < halves.length; i++) words[i] = halves[i]! << 16;
    return new Float32Array(words.buffer);
  },
  I32: (bytes: Uint8Array) => over(Int32Array, bytes),
  I16: (bytes: Uint8Array) => new Int32Array(over(Int16Array, bytes)),
  U16: (bytes: Uint8Array) => new Int32Array(over(Uint16Array, bytes)),
  I8: (bytes: Uint8Array) => new Int32Array(over(Int8Array, bytes)),
  U8: (bytes: Uint8Array) => bytes,
  BOOL: (bytes: Uint8Array, reject: Reject) => {
    const wrong = bytes.findIndex((byte) => byte > 1);
    return wrong < 0 ? bytes : reject(wrong, bytes[wrong]!);
  },
  U32: (bytes: Uint8Array, reject: Reject) => {
    const values = over(Int32Array, bytes);
    const wrong = values.findIndex((value) => value < 0);
    return wrong < 0 ? values : reject(wrong, values[wrong]! >>> 0);
  },
  I64: (bytes: Uint8Array, reject: Reject) =>
    narrow(bytes, (low, high, i) => {
      if (high !== low >> 31) reject(i, over(BigInt64Array, bytes)[i]!);
    }),
  U64: (bytes: Uint8Array, reject: Reject) =>
    narrow(bytes, (low, high, i) => {
      if (high !== 0 || low < 0) reject(i, over(BigUint64Array, bytes)[i]!);
    }),
  F8_E4M3: (bytes: Uint8Array) => lookUp(floatTables.F8_E4M3(), bytes),
  F8_E5M2: (bytes: Uint8Array) => lookUp(floatTables.F8_E5M2(), bytes),
  F8_E8M0: (bytes: Uint8Array) => lookUp(floatTables.F8_E8M0(), bytes),
  F8_E4M3FNUZ: (bytes: Uint8Array) => lookUp(floatTables.F8_E4M3FNUZ(), bytes),
  F8_E5M2FNUZ: (bytes: Uint8Array) => lookUp(floatTables.F8_E5M2FNUZ(), bytes),
} satisfies Record<string, Reader>;

const dtypeByLetter: Record<string, DType> = { F: "float32", I: "int32", U: "int32", B: "float32" };
const ownDtypes: Partial<Record<ElementName, DType>> = { F64: "float64", U8: "uint8", BOOL: "bool" };

/** Every stored type, by its name. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ...Object.keys(readers).map((key): [string, ElementType] => {
    const name = key as keyof typeof readers;
    const bits = name === "BOOL" ? 8 : Number(/\d+/.exec(name)![0]);
    return [name, { name, bits, dtype: ownDtypes[name] ?? dtypeByLetter[name[0]!]! }];
  }),
  ...rawNames.map((name): [string, ElementType] => [name, { name, bits: rawBits[name], dtype: null }]),
]);

/** Names of the types that become elements here. */
export const readableNames: readonly ElementName[] = Object.keys(readers) as ElementName[];

/** The type of a name that is known to exist. */
export function elementType(name: ElementName): ElementType {
  return elementTypes.get(name)!;
}

/**
 * The elements in `bytes`, which the caller hands over. Every value is exact: floats of fewer bits become float32, whole numbers int32, and
 * the first that int32 or bool can't hold is given to `reject`.
 */
export function readElements(name: keyof typeof readers, bytes: Uint8Array, reject: Reject): TypedArray {
  const size = Math.ceil(elementType(name).bits / 8);
  return readers[name](bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes), reject);
}

/** True for a type that `readElements` reads. */
export function isReadable(name: ElementName): name is keyof typeof readers {
  return name in readers;
}

function over<T>(
  view: { new (buffer: ArrayBufferLike, at: number, length: number): T; BYTES_PER_ELEMENT: number },
  bytes: Uint8Array,
): T {
  return new view(bytes.buffer, bytes.byteOffset, bytes.byteLength / view.BYTES_PER_ELEMENT);
}

function lookUp(table: Float32Array, codes: Uint8Array | Uint16Array): Float32Array {
  const values = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i++) values[i] = table[codes[i]!]!;
  return values;
}

/** The lower words of 64-bit numbers, once `check` has seen both words of each. */
function narrow(bytes: Uint8Array, check: (low: number, high: number, index: number) => void): Int32Array {
  const words = over(Int32Array, bytes);
  const count = words.length / 2;
  for (let i = 0; i < count; i++) check(words[2 * i]!, words[2 * i + 1]!, i);
  const values = new Int32Array(count);
  for (let i = 0; i < count; i++) values[i] = words[2 * i]!;
  return values;
}
