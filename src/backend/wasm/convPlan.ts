// Plans for convolutions: which way vectors run, how tiles are cut, what is staged. Decided from shapes and
// strides alone; emits no code.
import type { ConvGeometry, ConvKernel } from "../../kernel/kernel.ts";
import { dilatedHeight, type ImageLayout, type StageLayout, stageLayout, windowWidth } from "./stage.ts";
import { bestTiling, type Split, type Tiles } from "./tiles.ts";

/**
 * How a convolution's tiles lie. With `pixels`, vectors run along an output row and rows of the tile are
 * output channels; with `channels`, vectors run along output channels and rows are pixels of an output row.
 */
export interface ConvPlan {
  readonly form: "pixels" | "channels";
  /** Vectors of a full tile, how many such tiles there are, and the vectors of a narrower last one (0: none). */
  readonly vectors: number;
  readonly fullTiles: number;
  readonly restVectors: number;
  /** Floats that count in the last tile along the vectors. */
  readonly lastLanes: number;
  readonly rows: Split;
  /** Null where the input is read in place. */
  readonly stage: StageLayout | null;
  readonly layout: ImageLayout;
  /** Output rows of a unit, and units of an image. */
  readonly rowBlock: number;
  readonly rowBlocks: number;
  /**
   * First step and one past the last for each output row: rows that the window does not meet in the input are left
   * out. Null where all output rows use every step.
   */
  readonly clip: Int32Array | null;
  /** With `clip`: kernel rows i are ordered by i mod this, then by i. */
  readonly rowClasses: number;
  /** Distance in floats of each step's input from the tile's first, in the order of the packed weights. */
  readonly offsets: Int32Array;
  /** Taps of all input channels of a group, in the order i, c, j where there is a clip table, else c, i, j. */
  readonly steps: number;
  /** True where all tiles of one channel block come before the next block's: weights too big for the cache. */
  readonly channelsOutside: boolean;
}

/** Staged bytes that a unit may take, to stay in a small second-level cache. */
const stageBytes = 384 * 1024;
/** Multiply-adds below which an image is not cut further. */
const unitWork = 1 << 17;
const weightBytes = 512 * 1024;

/** Kernel rows whose distance is a multiple of this many meet the same output rows when the input is dilated. */
function rowClassesOf({ dilationH, inputDilationH }: ConvGeometry): number {
  let common = inputDilationH;
  while (dilationH % common !== 0 || inputDilationH % common !== 0) common--;
  return inputDilationH / common;
}

/** Kernel rows class by class, so that those which an output row meets in the input lie side by side. */
function kernelRows(g: ConvGeometry, classes: number): number[] {
  const rows = Array.from({ length: g.kernelH }, (_, i) => i);
  return rows.sort((a, b) => (a % classes) - (b % classes) || a - b);
}

/** First step and one past the last of each output row; null where every row uses all. */
function clipTable(g: ConvGeometry, rows: readonly number[]): Int32Array | null {
  const height = dilatedHeight(g);
  const perRow = g.inChannels * g.kernelW;
  const table = new Int32Array(g.outH * 2);
  let clipped = false;
  for (let y = 0; y < g.outH; y++) {
    const meets = rows.map((i) => {
      const row = y * g.strideH - g.padTop + i * g.dilationH;
      return row >= 0 && row < height && row % g.inputDilationH === 0;
    });
    const first = Math.max(0, meets.indexOf(true));
    const last = meets.lastIndexOf(true) + 1;
    table.set([first * perRow, last * perRow], y * 2);
    if (first > 0 || last < g.kernelH) clipped = true;
  }
  return clipped ? table : null;
}

/** Plans a convolution with at least one output element. */
export function planConv(kernel: ConvKernel, tiles: Tiles): ConvPlan {
  const g = kernel.geometry;
  const steps = g.inChannels * g.kernelH * g.kernelW;
  const byPixels = bestTiling(tiles, g.outW, g.outChannels, steps, 1);
  const byChannels = bestTiling(tiles, g.outChannels, g.outW, steps, 3);
  const form = byPixels.cost * (g.strideW > 1 ? 1.1 : 1) <= byChannels.cost ? "pixels" : "channels";
  const tiling = form === "pixels" ? byPixels : byChannels;
  const lanes = form === "pixels" ? g.outW : g.outChannels;
  const total = Math.ceil(lanes / 4);

  const [, channelStride, rowStride, columnStride] = kernel.input.strides as [number, number, number, number];
  const inPlace =
    kernel.inputDType === "float32" &&
    kernel.prologue === null &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1 &&
    g.padLeft <= 0 &&
    windowWidth(g) - g.padLeft <= g.inW &&
    (form === "pixels" ? columnStride === 1 && g.strideW === 1 : columnStride >= 0);

  const work = steps * g.outChannels * g.groups * g.outW;
  const phases = form === "pixels" ? g.strideW : 1;
  const rowsFor = (block: number) =>
    g.inputDilationH > 1
      ? g.inH * g.inputDilationH
      : Math.min(g.inH, (block - 1) * g.strideH + (g.kernelH - 1) * g.dilationH + 1);
  let rowBlock = g.outH;
  if (g.inputDilationH === 1) {
    const wanted = Math.min(Math.ceil(8 / g.batch), Math.ceil((work * g.outH) / unitWork));
    rowBlock = Math.max(1, Math.ceil(g.outH / Math.max(1, wanted)));
    const bytes = (block: number) => stageLayout(g, rowsFor(block), phases, 12, g.inputDilationH).bytes;
    while (!inPlace && rowBlock > 4 && bytes(rowBlock) > stageBytes) rowBlock = Math.ceil(rowBlock / 2);
  }
  const stage = inPlace ? null : stageLayout(g, Math.max(0, rowsFor(rowBlock)), phases, 12, g.inputDilationH);
  const layout = stage ?? {
    channel: channelStride,
    row: rowStride,
    column: (q: number) => (q - g.padLeft) * columnStride,
  };

  const rowClasses = rowClassesOf(g);
  const taps = kernelRows(g, rowClasses);
  const clip = clipTable(g, taps);
  const offsets = new Int32Array(steps);
  let step = 0;
  for (let outer = 0; outer < (clip ? g.kernelH : g.inChannels); outer++) {
    for (let inner = 0; inner < (clip ? g.inChannels : g.kernelH); inner++) {
      const [c, i] = clip ? [inner, taps[outer]!] : [outer, inner];
      for (let j = 0; j < g.kernelW; j++) {
        const column = layout.column(j * g.dilationW);
        offsets[step++] = c * layout.channel + i * g.dilationH * layout.row + column;
      }
    }
  }
  return {
    form,
    vectors: tiling.vectors,
    fullTiles: Math.floor(lanes / (tiling.vectors * 4)),
    restVectors: Math.ceil((lanes % (tiling.vectors * 4)) / 4),
    lastLanes: lanes % (tiling.vectors * 4),
    rows: tiling.rows,
    stage,
    layout,
    rowBlock,
    rowBlocks: Math.ceil(g.outH / rowBlock),
    clip,
    rowClasses,
    offsets,
    steps,
    channelsOutside: g.outChannels * steps * 4 > weightBytes && total > 0,
  };
}
