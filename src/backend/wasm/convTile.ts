// One register tile of a convolution by sweeps: its steps, and the way of its sums to memory. Knows where numbers lie, nothing of
// images and their edges.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { type CodegenEnv, param } from "./codegen.ts";
import type { Sweep } from "./convPlan.ts";
import type { PanelShape } from "./convWeights.ts";
import { type Lanes, storeLanes as storeSpread } from "./lanes.ts";
import {
  addScaled,
  closeTile,
  openTile,
  outerProductStep,
  settleTile,
  storeLanes,
  type Tile,
  takeLocals,
  transpose4,
} from "./tile.ts";
import { isPaired } from "./tiles.ts";

/** The constant tables of a sweep: bytes of each step's input, and where rows are clipped their first and last step. */
export interface SweepTables {
  readonly steps: (f: FunctionBuilder) => void;
  readonly clip: ((f: FunctionBuilder) => void) | null;
}

/** What all tiles of a sweep have in common. */
export interface ConvTile extends SweepTables {
  readonly sweep: Sweep;
  /** Floats from one pixel's window to the next. */
  readonly pixelFloats: number;
  /** True where rows of results have room for whole vectors. */
  readonly wholeVectors: boolean;
  /** Floats from one channel of the results to the next. */
  readonly channelFloats: number;
  /** Place in scratch memory of `settleBytes`. */
  readonly settle: number;
}

/** A row of pixels in locals: its window, where its results go, and the bytes of its first step and one past the last. */
export interface Row {
  readonly window: Local;
  readonly target: Local;
  readonly stepLo: Local;
  readonly stepHi: Local;
}

/** Pixels of a tile: the first one, and how many. */
export interface TileColumns {
  readonly at: Local;
  readonly count: number;
}

/** Emits one tile, for the output channels from `at.channel` on, whose weights begin at `at.panel`. */
export function emitConvTile(
  f: FunctionBuilder,
  env: CodegenEnv,
  spec: ConvTile,
  row: Row,
  block: PanelShape,
  columns: TileColumns,
  at: { readonly channel: Local; readonly panel: Local },
): void {
  const { sweep, steps: table, clip } = spec;
  const byPixels = sweep.form === "pixels";
  const tile = byPixels
    ? openTile(f, block.width, Math.ceil(columns.count / 4))
    : openTile(f, columns.count, block.width / 4);
  const pixelBytes = spec.pixelFloats * 4;
  const [base, weights, entry, end, x] = takeLocals(f, "i32", 5);
  f.get(row.window);
  addScaled(f, columns.at, byPixels ? 4 : pixelBytes);
  f.set(base);
  f.get(at.panel).get(row.stepLo).i32(block.width).op("i32.mul").op("i32.add").set(weights);
  table(f);
  f.get(row.stepLo).op("i32.add").set(entry);
  table(f);
  f.get(row.stepHi).op("i32.add").set(end);
  const loop = () =>
    f.loop(() => {
      f.get(entry).mem("i32.load").get(base).op("i32.add").set(x);
      outerProductStep(
        f,
        env.relaxed,
        tile,
        (r) =>
          byPixels
            ? f.get(weights).mem("v128.load32_splat", r * 4)
            : f.get(x).mem("v128.load32_splat", r * pixelBytes),
        (v) => (byPixels ? f.get(x).mem("v128.load", v * 16, 2) : f.get(weights).mem("v128.load", v * 16, 2)),
      );
      f.increment(weights, block.width * 4).increment(entry, 4);
      f.get(entry).get(end).op("i32.lt_u").brIf(0);
    });
  if (clip) {
    f.get(entry).get(end).op("i32.lt_u");
    f.if(loop);
  } else if (sweep.steps > 0) {
    loop();
  }
  const target = x;
  f.get(row.target);
  addScaled(f, at.channel, spec.channelFloats * 4);
  addScaled(f, columns.at, sweep.step * 4);
  f.set(target).increment(target, sweep.first * 4);
  // Transformed results are stored by whole vectors: their rows have room for that.
  const count = spec.wholeVectors ? Math.ceil(columns.count / 4) * 4 : columns.count;
  if (isPaired(env.tiles) && !(byPixels && sweep.step === 1 && count % 8 === 0)) {
    f.plus(param.scratch, spec.settle).set(entry);
    settleTile(f, tile, entry);
  }
  if (byPixels) storePixels(f, tile, target, count, sweep.step, spec.channelFloats);
  else storeChannels(f, tile, target, block.valid, spec.channelFloats);
  closeTile(f, tile);
  f.release(base, weights, entry, end, x);
}

function storePixels(
  f: FunctionBuilder,
  tile: Tile,
  target: Local,
  count: number,
  step: number,
  channelFloats: number,
): void {
  tile.acc.forEach((acc, i) => {
    const row = Math.floor(i / tile.vectors);
    const column = (i % tile.vectors) * 4;
    const lanes = Math.min(4, count - column);
    const bytes = (row * channelFloats + column * step) * 4;
    if (step === 1) storeLanes(f, target, acc, lanes, bytes);
    else storeSpread(f, "float32", acc, { pointer: target, bytes }, step * 4, lanes as Lanes);
  });
}

/** Accumulators hold channels of one pixel each; four pixels together give vectors along the row. */
function storeChannels(
  f: FunctionBuilder,
  tile: Tile,
  target: Local,
  valid: number,
  channelFloats: number,
): void {
  for (let pixel = 0; pixel < tile.rows; pixel += 4) {
    const lanes = Math.min(4, tile.rows - pixel);
    for (let v = 0; v < tile.vectors; v++) {
      const held = Array.from({ length: lanes }, (_, p) => tile.acc[(pixel + p) * tile.vectors + v]!);
      const extra = takeLocals(f, "v128", 4 - lanes);
      for (const local of extra) f.get(held[0]!).set(local);
      const rows = [...held, ...extra] as Parameters<typeof transpose4>[1];
      transpose4(f, rows);
      rows.forEach((row, lane) => {
        const channel = v * 4 + lane;
        if (channel >= valid) return;
        storeLanes(f, target, row, lanes, (channel * channelFloats + pixel) * 4);
      });
      f.release(...extra);
    }
  }
}
