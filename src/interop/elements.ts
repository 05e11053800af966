// Element types of the safetensors format: their sizes, and how their little-endian bytes become typed arrays.
import { allocate, type DType, type TypedArray, viewOf } from "../base/dtype.ts";

/** How elements of one stored type are read. */
export interface ElementType {
  readonly bytes: number;
  /** The dtype that the elements get here. */
  readonly dtype: DType;
  /** The value of the element at a place, for types whose bytes are not simply copied. */
  readonly convert?: (view: DataView, position: number) => number;
  /** True for a value that `dtype` can't hold. */
  readonly rejects?: (value: number) => boolean;
}

const beyondInt32 = (value: number) => value > 2147483647 || value < -2147483648;

/** Every stored type that can be read, by its name in the format. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ["F64", { bytes: 8, dtype: "float64" }],
  ["F32", { bytes: 4, dtype: "float32" }],
  ["F16", { bytes: 2, dtype: "float32", convert: (view, p) => halfToNumber(view.getUint16(p, true)) }],
  ["BF16", { bytes: 2, dtype: "float32", convert: (view, p) => bfloatToNumber(view.getUint16(p, true)) }],
  ["I32", { bytes: 4, dtype: "int32" }],
  ["I16", { bytes: 2, dtype: "int32", convert: (view, p) => view.getInt16(p, true) }],
  ["U16", { bytes: 2, dtype: "int32", convert: (view, p) => view.getUint16(p, true) }],
  ["I8", { bytes: 1, dtype: "int32", convert: (view, p) => view.getInt8(p) }],
  ["U8", { bytes: 1, dtype: "uint8" }],
  [
    "BOOL",
    { bytes: 1, dtype: "bool", convert: (view, p) => view.getUint8(p), rejects: (value) => value > 1 },
  ],
  ["U32", { bytes: 4, dtype: "int32", convert: (view, p) => view.getUint32(p, true), rejects: beyondInt32 }],
  [
    "I64",
    {
      bytes: 8,
      dtype: "int32",
      convert: (view, p) => Number(view.getBigInt64(p, true)),
      rejects: beyondInt32,
    },
  ],
  [
    "U64",
    {
      bytes: 8,
      dtype: "int32",
      convert: (view, p) => Number(view.getBigUint64(p, true)),
      rejects: beyondInt32,
    },
  ],
]);

/** Types that the format knows and that have no counterpart among the dtypes here. */
export const unreadableTypes: ReadonlySet<string> = new Set([
  "F4",
  "F6_E2M3",
  "F6_E3M2",
  "F8_E5M2",
  "F8_E4M3",
  "F8_E8M0",
  "F8_E4M3FNUZ",
  "F8_E5M2FNUZ",
  "C64",
]);

/** Value of an IEEE 754 binary16 bit pattern. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** Value of a bfloat16 bit pattern: the upper half of a float32. */
export function bfloatToNumber(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}

/**
 * The elements in `bytes` as a fresh typed array. The first element that the dtype can't hold is handed to
 * `reject` with its place in `bytes`, before the array is allocated.
 */
export function readElements(
  type: ElementType,
  bytes: Uint8Array,
  reject: (position: number, value: number) => never,
): TypedArray {
  const count = bytes.length / type.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { convert, rejects } = type;
  // Not bytes.slice(): that of a Node Buffer would share its memory.
  if (!convert) return viewOf(type.dtype, new Uint8Array(bytes).buffer, 0, count);
  if (rejects) {
    for (let i = 0; i < count; i++) {
      const value = convert(view, i * type.bytes);
      if (rejects(value)) reject(i * type.bytes, value);
    }
  }
  const elements = allocate(type.dtype, count);
  for (let i = 0; i < count; i++) elements[i] = convert(view, i * type.bytes);
  return elements;
}
