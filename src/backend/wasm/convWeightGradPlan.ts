// Plans for weight gradients of convolutions: by which algorithm, how tiles are cut, what is staged, how much is taken at once.
// Decided from shapes and strides alone; emits no code.
import type { ConvWeightGradKernel } from "../../kernel/kernel.ts";
import {
  evenPart,
  filterFor,
  issueWidth,
  type PointLayout,
  pointLayout,
  referenceTiles,
  transformCycles,
} from "./convCosts.ts";
import { type ImageLayout, type StageLayout, stageLayout, windowWidth } from "./stage.ts";
import { bestTiling, type Split, type Tiles, type Tiling } from "./tiles.ts";
import type { Winograd } from "./winograd.ts";

/**
 * Winograd's algorithm along the columns of the picture: m rows of gradients and n rows of the input become n points each;
 * the weight gradients of rows at each point, summed over everything, become those of the r kernel rows at the end.
 */
export interface WeightGradTransform {
  readonly filter: Winograd;
  /** Runs of m output rows in a block. */
  readonly runs: number;
  /** Where the transformed input lies: `[point][channel][run][row]`. */
  readonly input: PointLayout;
  /** Floats from point to point of the transformed gradients `[point][pixel][channel]`, and of the sums. */
  readonly gradientPoint: number;
  readonly sumPoint: number;
}

/** Everything that follows from a weight gradient's shapes and strides. */
export interface WeightGradPlan {
  /** Vectors of a full panel of output channels, number of those, width and channels of a narrower last one. */
  readonly vectors: number;
  readonly panels: number;
  readonly restWidth: number;
  readonly rest: number;
  /** Input channels taken together, so that few taps still fill a tile, and how their taps are cut. */
  readonly together: number;
  readonly taps: Split;
  /** Kernel rows whose taps are summed one by one: all, or one where the others come by transform. */
  readonly tapRows: number;
  readonly transform: WeightGradTransform | null;
  /** Null where the input is read in place. */
  readonly stage: StageLayout | null;
  readonly layout: ImageLayout;
  /** Output rows whose gradients are packed at once. */
  readonly rowBlock: number;
  /** Pixels of a block, and floats from the first pixel's window to each pixel's. */
  readonly offsets: Int32Array;
  /** Taps of all channels that are summed one by one. */
  readonly depth: number;
  /** Rough cycles for one image of one group. */
  readonly cost: number;
}

/** Output pixels whose packed gradients stay in a first-level cache beside the image rows they meet. */
const blockPixels = 384;
/** Bytes of a block's transformed rows. */
const transformBytes = 192 * 1024;

/** Plans a weight gradient with at least one tap. */
export function planWeightGrad(kernel: ConvWeightGradKernel, tiles: Tiles): WeightGradPlan {
  const direct = planDirect(kernel, referenceTiles);
  const transformed = planTransformed(kernel, referenceTiles);
  const isTransformed = transformed && transformed.cost < 0.92 * direct.cost;
  return isTransformed ? planTransformed(kernel, tiles)! : planDirect(kernel, tiles);
}

/** True where windows may be read from the input itself, but for the rows above and below it. */
function isReadable({ geometry: g, input, inputDType, prologue }: ConvWeightGradKernel): boolean {
  const [, channel, row, column] = input.strides as [number, number, number, number];
  return (
    inputDType === "float32" &&
    prologue === null &&
    g.inputDilationH === 1 &&
    g.inputDilationW === 1 &&
    g.padTop === 0 &&
    g.padLeft === 0 &&
    windowWidth(g) <= g.inW &&
    Math.min(channel, row, column) >= 0
  );
}

/** Every tap of every channel is summed on its own. */
function planDirect(kernel: ConvWeightGradKernel, tiles: Tiles): WeightGradPlan {
  const { geometry: g, input } = kernel;
  const [, channel, row, column] = input.strides as [number, number, number, number];
  const windowH = (g.outH - 1) * g.strideH + (g.kernelH - 1) * g.dilationH + 1;
  const inPlace = isReadable(kernel) && windowH <= g.inH;
  const stage = inPlace ? null : stageLayout(g, windowH, 1, 0);
  const layout = stage ?? { channel, row, column: (q: number) => q * column };
  const rowBlock = Math.max(1, Math.min(g.outH, Math.floor(blockPixels / Math.max(1, g.outW))));
  const step = layout.column(g.strideW) - layout.column(0);
  const offsets = Int32Array.from({ length: g.outH * g.outW }, (_, p) => {
    return Math.floor(p / g.outW) * g.strideH * layout.row + (p % g.outW) * step;
  });
  const tiling = cutTaps(kernel, tiles, g.kernelH, rowBlock * g.outW);
  const pixels = g.outH * g.outW;
  return {
    ...tiling.cut,
    tapRows: g.kernelH,
    transform: null,
    stage,
    layout,
    rowBlock,
    offsets,
    depth: g.inChannels * g.kernelH * g.kernelW,
    cost: (pixels / Math.max(1, rowBlock * g.outW)) * tiling.cost + movedCycles(kernel, stage),
  };
}

/** The taps of each kernel column are summed by way of points; null where there is no transform, or rows are left over. */
function planTransformed(kernel: ConvWeightGradKernel, tiles: Tiles): WeightGradPlan | null {
  const { geometry: g } = kernel;
  const filter = filterFor(g);
  if (!filter || g.outH % filter.m > 0 || g.outH === 0 || g.outW === 0 || g.batch === 0) return null;
  const { m, n, r } = filter;
  const allRuns = g.outH / m;
  const inputVectors = Math.ceil(windowWidth(g) / 4);
  const row = inputVectors * 4;
  const runs = evenPart(allRuns, transformBytes / (n * g.inChannels * row * 4));
  const stage = stageLayout(g, runs * m + r - 1, 1, 4);
  const pixels = runs * g.outW;
  const tiling = cutTaps(kernel, tiles, 1, pixels);
  const channels = Math.ceil(g.outChannels / 4) * 4;
  const depth = g.inChannels * g.kernelW;
  const perInput = allRuns * inputVectors * transformCycles(n, n, filter);
  const perOutput = allRuns * g.outW * transformCycles(m, n, filter);
  return {
    ...tiling.cut,
    tapRows: 1,
    transform: {
      filter,
      runs,
      input: pointLayout(row, runs, g.inChannels),
      gradientPoint: pixels * tiling.cut.vectors * 4,
      sumPoint: depth * channels,
    },
    stage,
    layout: stage,
    rowBlock: runs * m,
    offsets: Int32Array.from({ length: pixels }, (_, p) => Math.floor(p / g.outW) * row + (p % g.outW)),
    depth,
    cost:
      (allRuns / runs) * n * tiling.cost +
      g.inChannels * perInput +
      (channels / 4) * perOutput +
      movedCycles(kernel, stage),
  };
}

type Cut = Pick<WeightGradPlan, "vectors" | "panels" | "restWidth" | "rest" | "together" | "taps">;

/** How output channels and taps are cut into tiles, and the cycles of a sweep of all of them over so many pixels. */
function cutTaps(
  { geometry: g }: ConvWeightGradKernel,
  tiles: Tiles,
  tapRows: number,
  pixels: number,
): { readonly cut: Cut; readonly cost: number } {
  const taps = tapRows * g.kernelW;
  let best: { tiling: Tiling; together: number; cost: number } | null = null;
  // Several channels together, where their taps cut into tiles with less waste.
  for (let together = 1; together <= Math.min(g.inChannels, 4); together++) {
    const tiling = bestTiling(tiles, g.outChannels, together * taps, pixels, 2);
    const cost = (tiling.cost * g.inChannels) / together;
    if (!best || cost < 0.97 * best.cost) best = { tiling, together, cost };
  }
  const { tiling, together, cost } = best!;
  const width = tiling.vectors * 4;
  return {
    cut: {
      vectors: tiling.vectors,
      panels: Math.floor(g.outChannels / width),
      restWidth: Math.ceil((g.outChannels % width) / 4) * 4,
      rest: g.outChannels % width,
      together,
      taps: tiling.rows,
    },
    cost,
  };
}

/** Cycles for copying an image and its gradients. */
function movedCycles({ geometry: g }: ConvWeightGradKernel, stage: StageLayout | null): number {
  const staged = stage ? g.inChannels * g.inH * Math.ceil(g.inW / 4) * 3 : 0;
  return (staged + g.outH * g.outW * Math.ceil(g.outChannels / 4) * 4) / issueWidth;
}
