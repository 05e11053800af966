// What the plans of convolutions have in common: the transforms there are, the layout of points, and the figures by which algorithms
// are compared. Cycles are rough ones, of a processor that starts two multiply-adds of vectors at a time.
import type { ConvGeometry } from "../../kernel/kernel.ts";
import type { Tiles } from "./tiles.ts";
import { type Winograd, winograd } from "./winograd.ts";

/** Instructions in a cycle of code that moves and adds vectors. */
export const issueWidth = 3.5;
/** Packed bytes of weights that are made in a cycle. */
export const packedBytesPerCycle = 4;
/**
 * The tiles by which algorithms are chosen: results depend on the algorithm, and must not depend on what was found out about the
 * engine at hand.
 */
export const referenceTiles: Tiles = { family: "medium", relaxed: true };

/** The transform for kernels of so many rows, where there is one. */
export function filterFor(g: ConvGeometry): Winograd | null {
  const plain =
    g.strideH === 1 &&
    g.strideW === 1 &&
    g.dilationH === 1 &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1;
  return plain && (g.kernelH === 3 || g.kernelH === 5) ? winograd(4, g.kernelH) : null;
}

/** The largest number, at most `most`, that divides `count`. */
export function evenPart(count: number, most: number): number {
  let part = Math.max(1, Math.min(count, Math.floor(most)));
  while (count % part > 0) part--;
  return part;
}

/** Cycles for the loads, sums and stores of a transform from `from` rows to `to` rows, for one vector. */
export function transformCycles(from: number, to: number, { m, n }: Winograd): number {
  return (from + 0.7 * n * m + to + 4) / issueWidth;
}

/** Where `[point][channel][run][row]` lie, in floats. */
export interface PointLayout {
  readonly row: number;
  readonly channel: number;
  readonly point: number;
}

/** The layout of `[point][channel][run][row]` for rows of so many floats. */
export function pointLayout(row: number, runs: number, channels: number): PointLayout {
  const point = row * runs * channels;
  // Points whose distance is a multiple of 4 KiB would share their cache sets.
  return { row, channel: row * runs, point: point % 256 === 0 ? point + 16 : point };
}
