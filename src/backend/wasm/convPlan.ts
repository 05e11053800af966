// Plans for convolutions: by which algorithm, which way vectors run, how tiles are cut, what is staged. Decided from shapes
// and strides alone; emits no code.
import type { ConvGeometry, ConvKernel } from "../../kernel/kernel.ts";
import {
  evenPart,
  filterFor,
  issueWidth,
  type PointLayout,
  packedBytesPerCycle,
  pointLayout,
  referenceTiles,
  transformCycles,
} from "./convCosts.ts";
import { dilatedHeight, type ImageLayout, type StageLayout, stageLayout, windowWidth } from "./stage.ts";
import { bestTiling, type Split, type Tiles } from "./tiles.ts";
import type { Winograd } from "./winograd.ts";

/**
 * How register tiles sweep over the products. With `pixels`, vectors run along a row of pixels and rows of the tile are
 * output channels; with `channels`, vectors run along output channels and rows are pixels.
 */
export interface Sweep {
  readonly form: "pixels" | "channels";
  /** First output column, and columns from one pixel to the next. */
  readonly first: number;
  readonly step: number;
  /** Pixels of a row. */
  readonly width: number;
  /** Kernel columns that meet the input at these pixels. */
  readonly columns: readonly number[];
  /** Vectors of a full tile, how many such tiles there are, and the vectors of a narrower last one (0: none). */
  readonly vectors: number;
  readonly fullTiles: number;
  readonly restVectors: number;
  /** Floats that count in the last tile along the vectors. */
  readonly lastLanes: number;
  readonly rows: Split;
  /** Steps of a sum: the taps of all input channels of a group that are taken one by one. */
  readonly steps: number;
  /** Distance in floats of each step's input from the tile's first, in the order of the packed weights. */
  readonly offsets: Int32Array;
  /**
   * First step and one past the last for each output row: rows that the window does not meet in the input are left
   * out. Null where all output rows use every step.
   */
  readonly clip: Int32Array | null;
  /** True where all tiles of one channel block come before the next block's: weights too big for the cache. */
  readonly channelsOutside: boolean;
}

/**
 * Winograd's algorithm along the columns of the picture: n input rows at a time are transformed, `n` convolutions of single
 * rows are made of them, and their results are transformed back to m output rows. Along the rows of the picture taps are taken
 * one by one.
 */
export interface RowTransform {
  readonly filter: Winograd;
  /** Runs of m rows in a unit. */
  readonly runs: number;
  /** Floats between rows, between channels and between points of the transformed input, and of the transformed results. */
  readonly input: PointLayout;
  readonly output: PointLayout;
}

/** Everything that follows from a convolution's shapes and strides. */
export interface ConvPlan {
  /** The kernel's geometry, or an equal one that is simpler. */
  readonly geometry: ConvGeometry;
  /** One sweep, or one for each class of output columns that meet the same kernel columns when the input is dilated. */
  readonly sweeps: readonly Sweep[];
  readonly transform: RowTransform | null;
  /** Null where the input is read in place. */
  readonly stage: StageLayout | null;
  /** What is staged: the geometry, but for the dilation and padding of columns that the sweeps do without. */
  readonly staged: ConvGeometry;
  readonly layout: ImageLayout;
  /** Output rows of a unit, and units of an image. */
  readonly rowBlock: number;
  readonly rowBlocks: number;
  /** Kernel rows in the order of the steps; where sweeps clip rows they stand outside of the channels. */
  readonly taps: readonly number[];
  /** Rough cycles for one image. */
  readonly cost: number;
}

/** Staged bytes that a unit may take, to stay in a small second-level cache. */
const stageBytes = 384 * 1024;
/** Bytes of transformed rows that a unit may take. */
const transformBytes = 192 * 1024;
/** Multiply-adds below which an image is not cut further. */
const unitWork = 1 << 17;
const weightBytes = 512 * 1024;
/** What comes from beyond the second-level cache in a cycle. */
const bytesPerCycle = 8;
/** Floats that tiles may read past a row's end. */
const slack = 12;

/** Plans a convolution with at least one output element. */
export function planConv(kernel: ConvKernel, tiles: Tiles): ConvPlan {
  const geometry = asOneRow(kernel) ?? kernel.geometry;
  const rival = planTransformed(geometry, referenceTiles);
  // What is transformed is less exact, so it has to be worth it.
  const isTransformed = rival && rival.cost < 0.92 * planDirect(kernel, geometry, referenceTiles).cost;
  return isTransformed ? planTransformed(geometry, tiles)! : planDirect(kernel, geometry, tiles);
}

/** A 1 × 1 convolution of whole pictures as one of pictures of a single row. */
function asOneRow({ geometry: g, input }: ConvKernel): ConvGeometry | null {
  const plain =
    g.kernelH === 1 &&
    g.kernelW === 1 &&
    g.strideH === 1 &&
    g.strideW === 1 &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1 &&
    g.padTop === 0 &&
    g.padLeft === 0 &&
    g.outH === g.inH &&
    g.outW === g.inW;
  const [, , row, column] = input.strides as [number, number, number, number];
  // Few pictures have to be cut by rows, so that there is work for all threads.
  if (!plain || g.batch < 8 || (g.inH > 1 && row !== g.inW * column)) return null;
  const pixels = g.inH * g.inW;
  return { ...g, inH: 1, outH: 1, inW: pixels, outW: pixels };
}

/** Every tap of every channel is a step. */
function planDirect(kernel: ConvKernel, g: ConvGeometry, tiles: Tiles): ConvPlan {
  const classes = columnClasses(g);
  const staged = classes ? withoutColumnDilation(g, classes) : g;
  const columns = classes ?? [{ first: 0, step: 1, width: g.outW, columns: range(g.kernelW) }];
  const widest = columns[0]!;
  const wholeSteps = g.inChannels * g.kernelH * widest.columns.length;
  const byPixels = bestTiling(tiles, widest.width, g.outChannels, wholeSteps, 1);
  const byChannels = bestTiling(tiles, g.outChannels, g.outW, wholeSteps, 3);
  const form =
    classes || byPixels.cost * (g.strideW > 1 ? 1.1 : 1) <= byChannels.cost ? "pixels" : "channels";
  const [, channelStride, rowStride, columnStride] = kernel.input.strides as [number, number, number, number];
  const inPlace =
    isReadable(kernel, g) && (form === "pixels" ? columnStride === 1 && g.strideW === 1 : columnStride >= 0);

  const phases = form === "pixels" ? g.strideW : 1;
  const rowsFor = (block: number) =>
    g.inputDilationH > 1
      ? g.inH * g.inputDilationH
      : Math.min(g.inH, (block - 1) * g.strideH + (g.kernelH - 1) * g.dilationH + 1);
  let rowBlock = g.outH;
  if (g.inputDilationH === 1) {
    rowBlock = Math.max(1, Math.ceil(g.outH / wantedBlocks(g, wholeSteps)));
    const bytes = (block: number) =>
      stageLayout(staged, rowsFor(block), phases, slack, g.inputDilationH).bytes;
    while (!inPlace && rowBlock > 4 && bytes(rowBlock) > stageBytes) rowBlock = Math.ceil(rowBlock / 2);
  }
  const stage = inPlace
    ? null
    : stageLayout(staged, Math.max(0, rowsFor(rowBlock)), phases, slack, g.inputDilationH);
  const layout = stage ?? {
    channel: channelStride,
    row: rowStride,
    column: (q: number) => (q - g.padLeft) * columnStride,
  };
  const taps = kernelRows(g, rowClassesOf(g));
  const weights = g.outChannels * g.inChannels * g.kernelH * g.kernelW * 4;
  const isLarge = weights > weightBytes;
  let cost = isLarge ? (Math.ceil(g.outH / rowBlock) * weights) / bytesPerCycle : 0;
  cost += weights / packedBytesPerCycle / g.batch;
  const sweeps = columns.map((part): Sweep => {
    const steps = g.inChannels * g.kernelH * part.columns.length;
    const tiling = form === "channels" ? byChannels : bestTiling(tiles, part.width, g.outChannels, steps, 1);
    const clip = clipTable(g, taps, part.columns.length);
    const used = clip ? clip.reduce((sum, at, k) => sum + (k % 2 === 1 ? at : -at), 0) / g.outH : steps;
    cost += (g.outH * tiling.cost * used) / Math.max(1, steps);
    return {
      ...sweepOf(form, tiling, part, g.outChannels),
      steps,
      offsets: stepOffsets(g, layout, taps, part, staged.padLeft, clip !== null),
      clip,
      channelsOutside: isLarge,
    };
  });
  const moved = stage ? (g.groups * g.inChannels * g.inH * Math.ceil(g.inW / 4) * 3) / issueWidth : 0;
  return {
    geometry: g,
    sweeps,
    transform: null,
    stage,
    staged,
    layout,
    rowBlock,
    rowBlocks: Math.ceil(g.outH / rowBlock),
    taps,
    cost: g.groups * cost + moved,
  };
}

/** Output columns `first + t · step`, t < width, and the kernel columns that they need. */
type Columns = Pick<Sweep, "first" | "step" | "width" | "columns">;

/** Classes of output columns between which the zeros of a dilated input need not be swept; null where there are none. */
function columnClasses(g: ConvGeometry): Columns[] | null {
  const step = g.inputDilationW;
  if (step === 1 || g.strideW !== 1 || g.outW < step) return null;
  const meets = (first: number, j: number) => (first + j * g.dilationW - g.padLeft) % step === 0;
  return range(step).map((first) => ({
    first,
    step,
    width: Math.ceil((g.outW - first) / step),
    columns: range(g.kernelW).filter((j) => meets(first, j)),
  }));
}

/** The geometry whose windows hold just the input columns that the classes read, without zeros between them. */
function withoutColumnDilation(g: ConvGeometry, classes: readonly Columns[]): ConvGeometry {
  const firsts = classes.flatMap(({ first, step, columns }) =>
    columns.map((j) => (first + j * g.dilationW - g.padLeft) / step),
  );
  const from = Math.min(0, ...firsts);
  const to = Math.max(0, ...firsts) + classes[0]!.width;
  return { ...g, inputDilationW: 1, padLeft: -from, kernelW: 1, outW: to - from };
}

/** Where each step's input lies: channels outside of kernel rows, or inside of them where rows are clipped. */
function stepOffsets(
  g: ConvGeometry,
  layout: ImageLayout,
  taps: readonly number[],
  { first, step, columns }: Columns,
  padLeft: number,
  isClipped: boolean,
): Int32Array {
  const offsets: number[] = [];
  // Columns of a class are counted in input columns, those of a plain convolution in window columns.
  const column = (j: number) =>
    step > 1
      ? layout.column((first + j * g.dilationW - g.padLeft) / step + padLeft)
      : layout.column(j * g.dilationW);
  for (let outer = 0; outer < (isClipped ? g.kernelH : g.inChannels); outer++) {
    for (let inner = 0; inner < (isClipped ? g.inChannels : g.kernelH); inner++) {
      const [c, i] = isClipped ? [inner, taps[outer]!] : [outer, taps[inner]!];
      for (const j of columns) {
        offsets.push(c * layout.channel + i * g.dilationH * layout.row + column(j));
      }
    }
  }
  return Int32Array.from(offsets);
}

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** True where rows can be read from the input itself. */
function isReadable({ inputDType, prologue }: ConvKernel, g: ConvGeometry): boolean {
  return (
    inputDType === "float32" &&
    prologue === null &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1 &&
    g.padLeft <= 0 &&
    windowWidth(g) - g.padLeft <= g.inW
  );
}

/** How many units an image should be cut into, so that there are enough for the threads; fewer where each has to fetch large weights. */
function wantedBlocks(g: ConvGeometry, steps: number): number {
  const work = steps * g.outChannels * g.groups * g.outW * g.outH;
  const most = g.outChannels * steps * 4 > weightBytes ? 4 : 8;
  return Math.max(1, Math.min(Math.ceil(most / g.batch), Math.ceil(work / unitWork)));
}

function sweepOf(
  form: Sweep["form"],
  { vectors, rows }: { vectors: number; rows: Split },
  columns: Columns,
  channels: number,
): Omit<Sweep, "steps" | "offsets" | "clip" | "channelsOutside"> {
  const lanes = form === "pixels" ? columns.width : channels;
  return {
    form,
    ...columns,
    vectors,
    fullTiles: Math.floor(lanes / (vectors * 4)),
    restVectors: Math.ceil((lanes % (vectors * 4)) / 4),
    lastLanes: lanes % (vectors * 4),
    rows,
  };
}

/** Runs of m output rows from n input rows each; null where there is no transform, or rows are left over. */
function planTransformed(g: ConvGeometry, tiles: Tiles): ConvPlan | null {
  const filter = filterFor(g);
  if (!filter || g.outH % filter.m > 0) return null;
  const { m, n, r } = filter;
  const allRuns = g.outH / m;
  const weights = n * g.inChannels * g.kernelW * g.outChannels * 4;
  // What is transformed should stay in the cache. Large weights come from afar once for each unit, which is worth more room.
  const room = weights > weightBytes ? 3 * transformBytes : transformBytes;
  const runBytes = n * 4 * (g.inChannels * (windowWidth(g) + slack) + g.outChannels * (g.outW + 3));
  const wanted = Math.ceil(allRuns / wantedBlocks(g, g.inChannels * g.kernelW * n));
  const runs = evenPart(allRuns, Math.min(wanted, room / runBytes));
  const stage = stageLayout(g, runs * m + r - 1, 1, slack);
  const rowBlocks = allRuns / runs;
  const steps = g.inChannels * g.kernelW;
  const tiling = bestTiling(tiles, g.outW, g.outChannels, steps, 1);
  const columns = { first: 0, step: 1, width: g.outW, columns: range(g.kernelW) };
  const inputRow = Math.ceil((windowWidth(g) + slack) / 4) * 4;
  const input = pointLayout(inputRow, runs, g.inChannels);
  const output = pointLayout(Math.ceil(g.outW / 4) * 4, runs, g.outChannels);
  const offsets = Int32Array.from({ length: steps }, (_, step) => {
    const c = Math.floor(step / g.kernelW);
    return c * input.channel + (step % g.kernelW) * g.dilationW;
  });
  const inputVectors = Math.ceil(windowWidth(g) / 4);
  const staged = (g.inH * inputVectors * 3) / issueWidth;
  const perChannel = allRuns * inputVectors * transformCycles(n, n, filter) + staged;
  const perOutput = allRuns * Math.ceil(g.outW / 4) * transformCycles(n, m, filter);
  const streamed = weights > weightBytes ? (rowBlocks * weights) / bytesPerCycle : 0;
  const packed = weights / packedBytesPerCycle / g.batch;
  return {
    geometry: g,
    sweeps: [
      {
        ...sweepOf("pixels", tiling, columns, g.outChannels),
        steps,
        offsets,
        clip: null,
        channelsOutside: true,
      },
    ],
    transform: { filter, runs, input, output },
    stage,
    staged: g,
    layout: stage,
    rowBlock: runs * m,
    rowBlocks,
    taps: range(g.kernelH),
    cost:
      g.groups *
      (n * allRuns * tiling.cost + g.inChannels * perChannel + g.outChannels * perOutput + streamed + packed),
  };
}

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
function clipTable(g: ConvGeometry, rows: readonly number[], columns: number): Int32Array | null {
  const height = dilatedHeight(g);
  const perRow = g.inChannels * columns;
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
