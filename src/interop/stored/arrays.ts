// Arrays as files hold them: what is checked before they are written, and the bytes that they become.
import { type DType, dtypeOf, type TypedArray } from "../../base/dtype.ts";
import { DTypeError, ShapeError } from "../../base/errors.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../../base/shape.ts";
import type { ElementName } from "./elements.ts";
import { toBfloat16, toFloat16 } from "./floats.ts";

/** One array of a file: its dtype, its sizes and its elements in row-major order. */
export interface ArrayData {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** An array to be written, with the element type that it gets in the file; by default the one that holds its dtype as it is. */
export interface ArrayToStore extends ArrayData {
  /**
   * float32 may be stored as F32, F16, BF16 or F64, float64 as F64 or F32, each rounded to the nearest value, ties to even; int32 and
   * uint8 as one of the I and U types, if it holds every value; bool as BOOL.
   */
  readonly storedAs?: ElementName | undefined;
}

/** How arrays are written. */
export interface StoreOptions {
  /** What float32 arrays are stored as, unless they say so themselves. Default "F32". */
  readonly floats?: "F32" | "F16" | "BF16" | undefined;
}

/** The element type that holds a dtype as it is. */
export const ownTypes: Readonly<Record<DType, ElementName>> = {
  float64: "F64",
  float32: "F32",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};

type Writer = (data: TypedArray, fail: (index: number) => never) => ArrayBufferView;

const floatWriters: Partial<Record<ElementName, Writer>> = {
  F64: (data) => Float64Array.from(data),
  F32: (data) => (data instanceof Float32Array ? data : Float32Array.from(data)),
  F16: (data, fail) => {
    const overflow = data.findIndex((value) => Math.abs(value) >= 65520 && Number.isFinite(value));
    if (overflow >= 0) fail(overflow);
    return Uint16Array.from(data, toFloat16);
  },
  BF16: (data) => Uint16Array.from(data, toBfloat16),
};

const wholeWriter = (
  lowest: number,
  highest: number,
  make: (data: TypedArray) => ArrayBufferView,
): Writer => {
  return (data, fail) => {
    const wrong = data.findIndex((value) => value < lowest || value > highest);
    if (wrong >= 0) fail(wrong);
    return make(data);
  };
};

const int32 = [-(2 ** 31), 2 ** 31 - 1] as const;
const wholeWriters: Partial<Record<ElementName, Writer>> = {
  I8: wholeWriter(-128, 127, (data) => Int8Array.from(data)),
  U8: wholeWriter(0, 255, (data) => Uint8Array.from(data)),
  I16: wholeWriter(-32768, 32767, (data) => Int16Array.from(data)),
  U16: wholeWriter(0, 65535, (data) => Uint16Array.from(data)),
  I32: wholeWriter(...int32, (data) => Int32Array.from(data)),
  U32: wholeWriter(0, int32[1], (data) => Uint32Array.from(data)),
  I64: wholeWriter(...int32, (data) => wide(data)),
  U64: wholeWriter(0, int32[1], (data) => wide(data)),
};

/** float64 is not stored in 16 bits: it would be rounded twice. */
const { F64, F32 } = floatWriters;
const writers: Readonly<Record<DType, Partial<Record<ElementName, Writer>>>> = {
  float64: { F64: F64!, F32: F32! },
  float32: floatWriters,
  int32: wholeWriters,
  uint8: wholeWriters,
  bool: { BOOL: (data) => data },
};

/** An array with its element type decided and everything about it checked. */
export interface CheckedArray {
  readonly shape: Shape;
  readonly storedAs: ElementName;
  /** Its elements, little-endian and in row-major order. Not a copy where they are stored as they are. */
  readonly bytes: Uint8Array;
}

/**
 * The bytes of an array. Throws ShapeError or DTypeError where it contradicts itself, where its element type can't be stored
 * from its dtype, and where a value does not fit.
 */
export function storeArray(
  what: string,
  array: ArrayToStore,
  { floats = "F32" }: StoreOptions,
): CheckedArray {
  const { dtype, shape, data } = array;
  checkShape(what, shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `${what}: shape ${formatShape(shape)} has ${sizeOf(shape)} elements; got ${data.length}`,
    );
  }
  const held = dtypeOf(data);
  if (held !== (dtype === "bool" ? "uint8" : dtype)) {
    throw new DTypeError(`${what}: dtype ${dtype} is not held by a ${data.constructor.name}`);
  }
  const wrong = dtype === "bool" ? data.findIndex((x) => x > 1) : -1;
  if (wrong >= 0) throw new DTypeError(`${what}: a bool is 0 or 1; got ${data[wrong]}`);
  const storedAs = array.storedAs ?? (dtype === "float32" ? floats : ownTypes[dtype]);
  if (storedAs === ownTypes[dtype]) return { shape, storedAs, bytes: bytesOf(data) };
  const write = writers[dtype][storedAs];
  if (!write) {
    const known = Object.keys(writers[dtype]).join(", ");
    throw new DTypeError(`${what}: ${dtype} can't be stored as ${storedAs}; choose one of ${known}`);
  }
  const stored = write(data, (index) => {
    throw new DTypeError(
      `${what}: element ${index} is ${data[index]}, which ${storedAs} can't hold; store it as ${ownTypes[dtype]}`,
    );
  });
  return { shape, storedAs, bytes: bytesOf(stored) };
}

/** The bytes behind a view. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Whole numbers as 64-bit ones. */
function wide(data: TypedArray): Int32Array {
  const words = new Int32Array(2 * data.length);
  for (let i = 0; i < data.length; i++) {
    words[2 * i] = data[i]!;
    words[2 * i + 1] = data[i]! < 0 ? -1 : 0;
  }
  return words;
}
