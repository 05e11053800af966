// How each dtype lies in four lanes, and how lanes come from and go to strided memory.
// float32 is f32x4; int32 and uint8 are i32x4; bool is an i32x4 mask of 0 or −1. Knows nothing of expressions.
import { byteSize, type DType } from "../../base/dtype.ts";
import { UnsupportedError } from "../../base/errors.ts";
import type { FunctionBuilder, Local } from "./assembler.ts";
import { and, ine, ints, ne, type Term, toFloat, toInt } from "./terms.ts";

/** How many of the four lanes matter: memory is touched for these alone, except that contiguous loads may run over. */
export type Lanes = 1 | 2 | 3 | 4;

/** A dtype that this backend computes with. */
export type LaneDType = Exclude<DType, "float64">;

/** The dtype, if lanes can hold it; UnsupportedError for float64. */
export function laneDType(dtype: DType): LaneDType {
  if (dtype === "float64") {
    throw new UnsupportedError(
      "wasm: float64 is not computed here; use the reference backend, or convert to float32",
    );
  }
  return dtype;
}

/** Term with the lanes of `a` converted between dtypes. */
export function convert(a: Term, from: LaneDType, to: LaneDType): Term {
  if (from === to) return a;
  if (to === "bool") return from === "float32" ? ne(a, 0) : ine(a, ints(0));
  if (from === "bool") return to === "float32" ? and(a, 1) : and(a, ints(1));
  if (to === "float32") return toFloat(a);
  const int = from === "float32" ? toInt(a) : a;
  return to === "uint8" ? and(int, ints(255)) : int;
}

/** Pushes a constant in every lane. */
export function pushConstant(f: FunctionBuilder, value: number, dtype: LaneDType): void {
  if (dtype === "float32") f.f32x4(value);
  else if (dtype === "bool") f.i32x4(value !== 0 ? -1 : 0);
  else f.i32x4(dtype === "uint8" ? value & 255 : value);
}

/** A place in memory: a base address and a distance from it, in bytes. */
interface Place {
  readonly pointer: Local;
  readonly bytes: number;
}

/** Pushes an address that, with the returned unsigned immediate, names the place. */
function pushAddress(f: FunctionBuilder, { pointer, bytes }: Place): number {
  f.get(pointer);
  if (bytes >= 0) return bytes;
  f.i32(bytes).op("i32.add");
  return 0;
}

/** Pushes lanes of a dtype that lie `stride` bytes apart. */
export function loadLanes(
  f: FunctionBuilder,
  dtype: LaneDType,
  place: Place,
  stride: number,
  lanes: Lanes,
): void {
  if (byteSize(dtype) === 4) loadWords(f, place, stride, lanes);
  else loadBytes(f, place, stride, lanes);
  // Any byte other than 0 is true.
  if (dtype === "bool") f.i32x4(0).op("i32x4.ne");
}

function loadWords(f: FunctionBuilder, place: Place, stride: number, lanes: Lanes): void {
  if (stride === 0) {
    f.mem("v128.load32_splat", pushAddress(f, place));
  } else if (stride === 4 && lanes > 1) {
    f.mem("v128.load", pushAddress(f, place));
  } else {
    f.mem("v128.load32_zero", pushAddress(f, place));
    if (lanes === 1) return;
    const vector = f.local("v128");
    for (let k = 1; k < lanes; k++) {
      f.set(vector);
      const offset = pushAddress(f, { ...place, bytes: place.bytes + k * stride });
      f.get(vector).memLane("v128.load32_lane", k, offset);
    }
    f.release(vector);
  }
}

function loadBytes(f: FunctionBuilder, place: Place, stride: number, lanes: Lanes): void {
  if (stride === 1 && lanes > 1) {
    f.mem("v128.load32_zero", pushAddress(f, place));
    f.op("i16x8.extend_low_i8x16_u").op("i32x4.extend_low_i16x8_u");
    return;
  }
  f.mem("i32.load8_u", pushAddress(f, place)).op("i32x4.splat");
  if (stride === 0) return;
  for (let k = 1; k < lanes; k++) {
    const offset = pushAddress(f, { ...place, bytes: place.bytes + k * stride });
    f.mem("i32.load8_u", offset).lane("i32x4.replace_lane", k);
  }
}

/** Stores lanes of a local, `stride` bytes apart. */
export function storeLanes(
  f: FunctionBuilder,
  dtype: LaneDType,
  value: Local,
  place: Place,
  stride: number,
  lanes: Lanes,
): void {
  const size = byteSize(dtype);
  const pushValue = () => {
    f.get(value);
    if (dtype === "bool") f.i32x4(1).op("v128.and");
  };
  if (lanes === 4 && stride === size) {
    const offset = pushAddress(f, place);
    pushValue();
    if (size === 4) {
      f.mem("v128.store", offset);
    } else {
      // The narrowings take two vectors each; only the first's lanes are stored.
      f.get(value).op("i16x8.narrow_i32x4_s").get(value).op("i8x16.narrow_i16x8_u");
      f.memLane("v128.store32_lane", 0, offset);
    }
    return;
  }
  for (let k = 0; k < lanes; k++) {
    const offset = pushAddress(f, { ...place, bytes: place.bytes + k * stride });
    pushValue();
    if (size === 4) f.memLane("v128.store32_lane", k, offset);
    else f.lane("i32x4.extract_lane", k).mem("i32.store8", offset);
  }
}
