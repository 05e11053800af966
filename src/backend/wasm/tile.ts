// Register tiles: the blocks of vector accumulators that contractions are made of. Knows instructions only, nothing of
// any kernel's geometry.
import type { FunctionBuilder, Local, ValueType } from "./assembler.ts";

/** So many locals; an array where their number is not known beforehand. */
type Locals<N extends number, Taken extends Local[] = []> = number extends N
  ? Local[]
  : Taken["length"] extends N
    ? Taken
    : Locals<N, [...Taken, Local]>;

/** Several fresh locals of one type. */
export function takeLocals<N extends number>(f: FunctionBuilder, type: ValueType, count: N): Locals<N> {
  return Array.from({ length: count }, () => f.local(type)) as Locals<N>;
}

/** Pushes `local · factor` (i32, wrapping). */
export function pushScaled(f: FunctionBuilder, local: Local, factor: number): void {
  if (factor === 0) f.i32(0);
  else if (factor === 1) f.get(local);
  else f.get(local).i32(factor).op("i32.mul");
}

/** Adds `index · factor` to the i32 on the stack. */
export function addScaled(f: FunctionBuilder, index: Local, factor: number): void {
  if (factor === 0) return;
  pushScaled(f, index, factor);
  f.op("i32.add");
}

/** `acc[row · vectors + v]` accumulators of a tile of `rows × (4 · vectors)` floats. */
export interface Tile {
  readonly rows: number;
  readonly vectors: number;
  readonly acc: readonly Local[];
}

/** Takes the accumulators of a tile, set to zero or to what `initial` pushes. */
export function openTile(
  f: FunctionBuilder,
  rows: number,
  vectors: number,
  initial?: (row: number, v: number) => void,
): Tile {
  const acc = takeLocals(f, "v128", rows * vectors);
  acc.forEach((local, i) => {
    if (initial) initial(Math.floor(i / vectors), i % vectors);
    else f.f32x4(0);
    f.set(local);
  });
  return { rows, vectors, acc };
}

/** Gives the accumulators back. */
export function closeTile(f: FunctionBuilder, tile: Tile): void {
  f.release(...tile.acc);
}

/** Bytes that `settleTile` may write. */
export const settleBytes = 512;

/**
 * Takes the sums through memory at `pointer`, side by side. An engine that computes vectors in pairs looks for the pairs where
 * they are stored; call this before they are stored in any other way.
 */
export function settleTile(f: FunctionBuilder, tile: Tile, pointer: Local): void {
  tile.acc.forEach((acc, i) => {
    f.get(pointer)
      .get(acc)
      .mem("v128.store", i * 16);
  });
  tile.acc.forEach((acc, i) => {
    f.get(pointer)
      .mem("v128.load", i * 16)
      .set(acc);
  });
}

/**
 * One step of an outer product: `acc[r][v] += splat(r) · vector(v)`. The vectors are held, the splats come one at
 * a time: that order keeps the registers within the sixteen that the machine has.
 */
export function outerProductStep(
  f: FunctionBuilder,
  relaxed: boolean,
  tile: Tile,
  pushSplat: (row: number) => void,
  pushVector: (v: number) => void,
): void {
  const vectors = takeLocals(f, "v128", tile.vectors);
  const splat = f.local("v128");
  vectors.forEach((local, v) => {
    pushVector(v);
    f.set(local);
  });
  for (let row = 0; row < tile.rows; row++) {
    pushSplat(row);
    f.set(splat);
    vectors.forEach((vector, v) => {
      const acc = tile.acc[row * tile.vectors + v]!;
      if (relaxed) f.get(splat).get(vector).get(acc).op("f32x4.relaxed_madd").set(acc);
      else f.get(acc).get(splat).get(vector).op("f32x4.mul").op("f32x4.add").set(acc);
    });
  }
  f.release(splat, ...vectors);
}

/** Stores the first `lanes` (1–4) floats of `vector` at `address + offset`; nothing after them is touched. */
export function storeLanes(
  f: FunctionBuilder,
  address: Local,
  vector: Local,
  lanes: number,
  offset: number,
): void {
  if (lanes >= 4) {
    f.get(address).get(vector).mem("v128.store", offset, 2);
    return;
  }
  if (lanes >= 2) f.get(address).get(vector).memLane("v128.store64_lane", 0, offset);
  if (lanes === 1) f.get(address).get(vector).memLane("v128.store32_lane", 0, offset);
  if (lanes === 3)
    f.get(address)
      .get(vector)
      .memLane("v128.store32_lane", 2, offset + 8);
}

/** Transposes a 4 × 4 block held in four locals, in place. */
export function transpose4(f: FunctionBuilder, rows: Locals<4>): void {
  const [a, b, c, d] = rows;
  const low = f.local("v128");
  const high = f.local("v128");
  f.get(a).get(b).shuffle32(0, 4, 1, 5).set(low);
  f.get(a).get(b).shuffle32(2, 6, 3, 7).set(high);
  f.get(c).get(d).shuffle32(0, 4, 1, 5).set(a);
  f.get(c).get(d).shuffle32(2, 6, 3, 7).set(c);
  f.get(high).get(c).shuffle32(2, 3, 6, 7).set(d);
  f.get(high).get(c).shuffle32(0, 1, 4, 5).set(c);
  f.get(low).get(a).shuffle32(2, 3, 6, 7).set(b);
  f.get(low).get(a).shuffle32(0, 1, 4, 5).set(a);
  f.release(low, high);
}
