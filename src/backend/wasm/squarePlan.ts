// Plans for convolutions by squares of points: Winograd's algorithm along rows and columns. Channels lie side by side, so that
// every transform is made of whole vectors. Decided from shapes and strides alone; emits no code.
import type { Access, ConvGeometry, ConvKernel, ConvWeightGradKernel } from "../../kernel/kernel.ts";
import {
  evenPart,
  filterFor,
  issueWidth,
  packedBytesPerCycle,
  referenceTiles,
  transformCycles,
} from "./convCosts.ts";
import { bestTiling, type Split, type Tiles, type Tiling } from "./tiles.ts";
import type { Winograd } from "./winograd.ts";

/** Channels in blocks of one or two vectors. */
export interface Blocks {
  readonly channels: number;
  readonly vectors: number;
  /** Floats of all blocks: those of a pixel or tile. */
  readonly floats: number;
}

/** How pictures are cut into squares of m × m, which units take so many of. */
export interface Squares {
  readonly filter: Winograd;
  readonly rows: number;
  readonly columns: number;
  /** Rows of squares in a block, blocks of a picture, and pictures in a block; more than one of these only with whole pictures. */
  readonly rowBlock: number;
  readonly rowBlocks: number;
  readonly images: number;
  /** Squares of a block. */
  readonly count: number;
}

/** How register tiles cover the products: vectors run along output channels. */
export interface Products {
  readonly vectors: number;
  readonly panels: number;
  /** Vectors of a narrower last panel; 0 for none. */
  readonly restVectors: number;
  readonly rows: Split;
}

/** What follows from the shapes of a convolution and of a weight gradient alike. */
interface Plan {
  readonly squares: Squares;
  readonly inputs: Blocks;
  readonly outputs: Blocks;
  readonly products: Products;
  /** Floats from point to point, of `[point][square][channel]` on either side. */
  readonly inputPoint: number;
  readonly outputPoint: number;
  /** Rough cycles for one image. */
  readonly cost: number;
}

/** Everything that follows from a convolution's shapes. */
export interface SquarePlan extends Plan {
  /** Windows of n × n give m × m results each; or m × m give n × n results, which overlap and are added up. */
  readonly kind: "gather" | "scatter";
}

/** Everything that follows from a weight gradient's shapes; rows of its products are input channels. */
export interface SquareGradPlan extends Plan {
  /** Floats from point to point of the sums `[point][input channel][output channel]`. */
  readonly sumPoint: number;
}

/** Bytes of a block's points; with large weights or sums, which come from afar for each block, more room is worth it. */
const pointBytes = 320 * 1024;
const farWeightBytes = 512 * 1024;
const farSumBytes = 768 * 1024;
/** Squares that make good use of the weights that are fetched for them. */
const wantedSquares = 24;
/** What comes from beyond the second-level cache in a cycle, beside the products. */
const bytesPerCycle = 5;
/** Bytes of a thread's own sums that are loaded or stored in a cycle, where they are far. */
const sumBytesPerCycle = 16;
/** Units that keep all threads busy; fewer where each has to fetch large weights, the fewest where images are cut for it. */
const wantedUnits = 8;
const fewerUnits = 4;
const fewestUnits = 2;
/** What is transformed twice is less exact, so it has to be worth it. */
const margin = 0.95;

/** Blocks that waste no more vectors than they must; two vectors side by side where their number is even. */
function blocksOf(channels: number): Blocks {
  const all = Math.ceil(channels / 4);
  const vectors = all % 2 === 0 ? 2 : 1;
  return { channels, vectors, floats: all * 4 };
}

/** True where pictures can be read row by row in whole vectors. */
function isReadable({ strides }: Access): boolean {
  return strides[3] === 1 && strides[1]! >= 0;
}

/** The transform for a square kernel; null where there is none, or channels are too few to lie side by side. */
function squareFilter(g: ConvGeometry): Winograd | null {
  if (g.kernelH !== g.kernelW || g.dilationW !== 1 || g.inChannels < 4 || g.outChannels < 4) return null;
  if (g.padTop < 0 || g.padLeft < 0 || g.batch === 0 || g.outH === 0 || g.outW === 0) return null;
  return filterFor(g);
}

/** Cuts images of height × width into blocks of squares: as many of one image as have room, or several images. */
function cutSquares(
  filter: Winograd,
  height: number,
  width: number,
  /** Squares that have room. */
  room: number,
  fewestRowBlocks: number,
  mostImages: number,
): Squares {
  const rows = Math.ceil(height / filter.m);
  const columns = Math.ceil(width / filter.m);
  const fitting = Math.max(1, Math.floor(room / columns));
  const rowBlock = Math.ceil(rows / Math.max(Math.ceil(rows / fitting), Math.min(rows, fewestRowBlocks)));
  const rowBlocks = Math.ceil(rows / rowBlock);
  const wanted = Math.min(Math.ceil(wantedSquares / (rows * columns)), room / (rows * columns));
  const images = rowBlocks > 1 ? 1 : evenPart(mostImages, wanted);
  return { filter, rows, columns, rowBlock, rowBlocks, images, count: images * rowBlock * columns };
}

/** The matrices that are multiplied at each point. */
function matricesOf(
  squares: Squares,
  inputs: Blocks,
  outputs: Blocks,
  { vectors, rows }: Tiling,
): Omit<Plan, "cost"> {
  const all = outputs.floats / 4;
  return {
    squares,
    inputs,
    outputs,
    products: { vectors, panels: Math.floor(all / vectors), restVectors: all % vectors, rows },
    inputPoint: spaced(squares.count * inputs.floats),
    outputPoint: spaced(squares.count * outputs.floats),
  };
}

/** Points whose distance is a multiple of 4 KiB would share their cache sets. */
export function spaced(floats: number): number {
  return floats % 256 === 0 ? floats + 16 : floats;
}

/** Cycles for the transforms of one image on one side, and for putting its channels side by side or apart again. */
function sideCycles(
  { filter, rows, columns }: Squares,
  blocks: Blocks,
  size: number,
  pixels: number,
): number {
  const { m, n } = filter;
  const transforms = (m + n) * transformCycles(size, n, filter) * rows * columns;
  return (blocks.floats / 4) * (transforms + (pixels * 4.5) / issueWidth);
}

/**
 * Plans a convolution by squares; null where it can't be done that way, or another way takes less than `rival` cycles for an
 * image (with the reference tiles).
 */
export function planSquare(kernel: ConvKernel, tiles: Tiles, rival: number): SquarePlan | null {
  const { geometry: g, prologue, inputDType, input } = kernel;
  const filter = squareFilter(g);
  if (!filter || prologue || inputDType !== "float32" || !isReadable(input)) return null;
  const plans = (["gather", "scatter"] as const).map((kind) => planKind(kind, g, filter, referenceTiles));
  const [gather, scatter] = plans.map((plan) => plan?.cost ?? Number.POSITIVE_INFINITY) as [number, number];
  if (Math.min(gather, scatter) > margin * rival) return null;
  return planKind(scatter < gather ? "scatter" : "gather", g, filter, tiles);
}

function planKind(
  kind: SquarePlan["kind"],
  g: ConvGeometry,
  filter: Winograd,
  tiles: Tiles,
): SquarePlan | null {
  const { m, n, r } = filter;
  const isGather = kind === "gather";
  const inputs = blocksOf(g.inChannels);
  const outputs = blocksOf(g.outChannels);
  const weights = n * n * g.inChannels * outputs.floats * 4;
  const isFar = weights > farWeightBytes;
  const room = ((isFar ? 3 : 1) * pointBytes) / (n * n * (inputs.floats + outputs.floats) * 4);
  const units = isFar ? fewerUnits : wantedUnits;
  const squares = cutSquares(
    filter,
    isGather ? g.outH : g.inH,
    isGather ? g.outW : g.inW,
    room,
    isGather ? Math.ceil((isFar ? fewestUnits : wantedUnits) / g.batch) : 1,
    Math.max(1, Math.floor(g.batch / units)),
  );
  const { rows, columns, rowBlocks } = squares;
  // Every result that is scattered has to lie in the reach of some square.
  const reached =
    g.padTop < r &&
    g.padLeft < r &&
    rowBlocks === 1 &&
    g.outH <= rows * m + g.padTop &&
    g.outW <= columns * m + g.padLeft;
  if (!isGather && !reached) return null;
  const tiling = bestTiling(tiles, outputs.floats, squares.count, g.inChannels, 0.5);
  const blocks = rowBlocks / squares.images;
  const streamed = isFar ? (blocks * weights) / bytesPerCycle : 0;
  const [from, to] = isGather ? [n, m] : [m, n];
  return {
    kind,
    ...matricesOf(squares, inputs, outputs, tiling),
    cost:
      g.groups *
      (blocks * n * n * tiling.cost +
        sideCycles(squares, inputs, from, g.inH * g.inW) +
        sideCycles(squares, outputs, to, g.outH * g.outW) +
        streamed +
        weights / packedBytesPerCycle / g.batch),
  };
}

/** Plans a weight gradient by squares; null as for `planSquare`, for an image of one group. */
export function planSquareGrad(
  kernel: ConvWeightGradKernel,
  tiles: Tiles,
  rival: number,
): SquareGradPlan | null {
  const { geometry: g, prologue, inputDType, input, dy } = kernel;
  const filter = squareFilter(g);
  if (!filter || prologue || inputDType !== "float32" || !isReadable(input) || !isReadable(dy)) return null;
  // The sums over all pixels of what five taps make of eight points would be less exact than float32's own by a digit.
  if (filter.r > 3) return null;
  if (planGrad(kernel, filter, referenceTiles).cost > margin * rival) return null;
  return planGrad(kernel, filter, tiles);
}

function planGrad(
  { geometry: g, chunks }: ConvWeightGradKernel,
  filter: Winograd,
  tiles: Tiles,
): SquareGradPlan {
  const { m, n } = filter;
  const inputs = blocksOf(g.inChannels);
  const outputs = blocksOf(g.outChannels);
  const sumPoint = spaced(g.inChannels * outputs.floats);
  const sumBytes = n * n * sumPoint * 4;
  const isFar = sumBytes > farSumBytes;
  const room = ((isFar ? 3 : 1) * pointBytes) / (n * n * (inputs.floats + outputs.floats) * 4);
  const squares = cutSquares(filter, g.outH, g.outW, room, 1, Math.max(1, Math.floor(g.batch / chunks)));
  const tiling = bestTiling(tiles, outputs.floats, g.inChannels, squares.count, 1.5);
  const blocks = squares.rowBlocks / squares.images;
  return {
    ...matricesOf(squares, inputs, outputs, tiling),
    sumPoint,
    cost:
      blocks * n * n * tiling.cost +
      sideCycles(squares, inputs, n, g.inH * g.inW) +
      sideCycles(squares, outputs, m, g.outH * g.outW) +
      (isFar ? (2 * blocks * sumBytes) / sumBytesPerCycle : 0),
  };
}
