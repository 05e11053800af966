// Which register tiles an engine runs well, and what they cost: the knowledge behind every choice of a tile's size. Knows
// no instructions and no kernels.

/**
 * What suits an engine's register allocator:
 * - `narrow`: eight or nine accumulators, beyond which registers are spilled (V8 before 13);
 * - `medium`: twelve of them in tiles two vectors wide (V8 from 13 on);
 * - `wide`: up to 24, where the engine computes pairs of neighbouring vectors with one 256-bit instruction, or has 32 registers.
 */
export type TileFamilyName = "narrow" | "medium" | "wide";

/** All families, in the order in which their tiles grow. */
export const tileFamilies: readonly TileFamilyName[] = ["narrow", "medium", "wide"];

/** The tiles of an engine. */
export interface Tiles {
  readonly family: TileFamilyName;
  /** Whether multiply-add is one instruction. */
  readonly relaxed: boolean;
}

/** Most rows of a tile by its vectors, from 1 vector on; 0 where a tile of that width does not pay. Measured: see bench/tiles.ts. */
const mostRows: Record<TileFamilyName, readonly number[]> = {
  narrow: [7, 4, 3, 2, 1, 1],
  medium: [10, 6, 3, 2, 1, 1],
  wide: [8, 12, 4, 6, 2, 3, 0, 2],
};

/** The most rows of a tile of so many vectors. */
export function maxRows({ family }: Tiles, vectors: number): number {
  return mostRows[family][vectors - 1] ?? 0;
}

/** The widths of tiles, in vectors, that an engine runs well. */
export function tileWidths({ family }: Tiles): number[] {
  return mostRows[family].flatMap((rows, i) => (rows > 0 ? [i + 1] : []));
}

/** True where neighbouring vectors are computed in pairs, which the engine finds only where they are also stored side by side. */
export function isPaired({ family }: Tiles): boolean {
  return family === "wide";
}

/**
 * Rough cycles that one step of a tile takes: the longest of a sum's latency, the multipliers' work, the loads
 * and the instructions in all.
 */
export function tileCost(tiles: Tiles, rows: number, vectors: number): number {
  const width = isPaired(tiles) ? Math.ceil(vectors / 2) : vectors;
  const products = rows * width;
  const loads = rows + width + 1;
  const instructions = products * (tiles.relaxed ? 1 : 2) + loads + 5;
  return Math.max(4, products / (tiles.relaxed ? 2 : 1.75), loads / 2.2, instructions / 5.5) + 0.5;
}

/** A count cut into `full` tiles of `size` and one of `rest` (0 for none). */
export interface Split {
  readonly size: number;
  readonly full: number;
  readonly rest: number;
}

/** The cheapest cut of `count` rows into tiles of so many vectors. */
export function splitRows(tiles: Tiles, count: number, vectors: number): Split {
  let best: Split = { size: 1, full: count, rest: 0 };
  let bestCost = Number.POSITIVE_INFINITY;
  for (let size = Math.min(Math.max(maxRows(tiles, vectors), 1), Math.max(count, 1)); size >= 1; size--) {
    const full = Math.floor(count / size);
    const rest = count - full * size;
    const cost = full * tileCost(tiles, size, vectors) + (rest ? tileCost(tiles, rest, vectors) : 0);
    if (cost < bestCost * 0.999) {
      best = { size, full, rest };
      bestCost = cost;
    }
  }
  return best;
}

/** How an area of lanes by rows is covered by tiles. */
export interface Tiling {
  readonly vectors: number;
  readonly rows: Split;
  readonly cost: number;
}

/** The cheapest tiling of `lanes × count`; `overhead` is the cost per tile vector of opening and storing it. */
export function bestTiling(
  tiles: Tiles,
  lanes: number,
  count: number,
  steps: number,
  overhead: number,
): Tiling {
  const total = Math.ceil(lanes / 4);
  let best: Tiling | undefined;
  for (const vectors of tileWidths(tiles)) {
    if (vectors > total) continue;
    const rows = splitRows(tiles, count, vectors);
    const column = (v: number) => {
      const tile = (r: number) => steps * tileCost(tiles, r, v) + r * v * overhead + 12;
      return rows.full * tile(rows.size) + (rows.rest ? tile(rows.rest) : 0);
    };
    const rest = total % vectors;
    const cost = Math.floor(total / vectors) * column(vectors) + (rest ? column(rest) : 0);
    if (!best || cost < best.cost * 0.99) best = { vectors, rows, cost };
  }
  return best ?? { vectors: 1, rows: { size: 1, full: 0, rest: 0 }, cost: 0 };
}
