// Register tiles: the blocks of vector accumulators that contractions are made of, and how sizes are cut into
// them. Knows instructions only, nothing of any kernel's geometry.
import type { FunctionBuilder, Local, ValueType } from "./assembler.ts";

/** Several fresh locals of one type. */
export function takeLocals(f: FunctionBuilder, type: ValueType, count: number): Local[] {
  return Array.from({ length: count }, () => f.local(type));
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
export function transpose4(f: FunctionBuilder, rows: readonly [Local, Local, Local, Local]): void {
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

/** A count cut into `full` tiles of `size` and one of `rest` (0 for none). */
export interface Split {
  readonly size: number;
  readonly full: number;
  readonly rest: number;
}

/**
 * The largest number of rows of a tile of so many vectors. Eight or nine sums keep the multipliers busy; with
 * more, V8 runs out of registers in all but the simplest loops.
 */
export function maxRows(vectors: number): number {
  if (vectors === 1) return 8;
  if (vectors === 2) return 4;
  if (vectors === 3) return 3;
  return vectors === 4 ? 2 : 1;
}

/** How many vectors suit a tile when only `rows` rows exist. */
export function vectorsForRows(rows: number): number {
  if (rows >= 4) return 2;
  return rows === 3 ? 3 : rows === 2 ? 4 : 6;
}

/**
 * Rough cycles that one step of a tile takes: the longest of a sum's latency, the multipliers' work, the loads
 * and the instructions in all.
 */
export function tileCost(rows: number, vectors: number, relaxed: boolean): number {
  const products = rows * vectors;
  const loads = rows + vectors + 1;
  const instructions = products * (relaxed ? 1 : 2) + loads + 5;
  return Math.max(4, products / (relaxed ? 2 : 1.5), loads / 2, instructions / 5.5) + 0.5;
}

/** The cheapest cut of `count` rows into tiles of at most `limit` rows. */
export function splitRows(count: number, vectors: number, relaxed: boolean): Split {
  let best: Split = { size: 1, full: count, rest: 0 };
  let bestCost = Number.POSITIVE_INFINITY;
  for (let size = Math.min(maxRows(vectors), Math.max(count, 1)); size >= 1; size--) {
    const full = Math.floor(count / size);
    const rest = count - full * size;
    const cost = full * tileCost(size, vectors, relaxed) + (rest ? tileCost(rest, vectors, relaxed) : 0);
    if (cost < bestCost * 0.999) {
      best = { size, full, rest };
      bestCost = cost;
    }
  }
  return best;
}
