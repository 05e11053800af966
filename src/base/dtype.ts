// Element types: their sizes, their typed arrays, and how two of them combine.
import { DTypeError } from "./errors.ts";

/**
 * Element type of a tensor. `float64` exists for checks (gradients against finite differences) and is
 * computed by the reference backend alone; `bool` is stored as one byte, 0 or 1.
 */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** A typed array that can hold a tensor's elements. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const bytes: Record<DType, number> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };
const rank: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3, float64: 4 };

/** Every dtype, narrowest first. */
export const dtypes: readonly DType[] = ["bool", "uint8", "int32", "float32", "float64"];

/** Size of one element in bytes. */
export function byteSize(dtype: DType): number {
  return bytes[dtype];
}

/** True for the dtypes that can carry a gradient. */
export function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** The dtype in which two operands meet: the wider of bool < uint8 < int32 < float32 < float64. */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}

/** A new zeroed array of `length` elements. */
export function allocate(dtype: DType, length: number): TypedArray {
  return viewOf(dtype, new ArrayBuffer(length * bytes[dtype]), 0, length);
}

/** A typed array over part of a buffer; `byteOffset` must be a multiple of the element size. */
export function viewOf(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, length);
    case "float64":
      return new Float64Array(buffer, byteOffset, length);
    case "int32":
      return new Int32Array(buffer, byteOffset, length);
    case "uint8":
    case "bool":
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** The dtype that a typed array holds. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  if (array instanceof Uint8Array) return "uint8";
  throw new DTypeError(
    `tensor: ${(array as object).constructor.name} has no dtype here; use Float32Array, Float64Array, Int32Array or Uint8Array`,
  );
}
