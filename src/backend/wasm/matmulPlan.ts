// Plans for matrix products: how they are cut into units, panels and tiles, and what is packed. Decided from
// shapes and strides alone; emits no code.
import type { MatmulKernel } from "../../kernel/kernel.ts";
import { product } from "./result.ts";
import { bestTiling, type Split, type Tiles } from "./tiles.ts";

/** Longest run of k kept in one panel: 8 columns of it are 24 KiB, within a first-level cache. */
const maxDepth = 768;
/** Bytes of packed columns that one unit may hold, half of a small second-level cache. */
const blockBytes = 256 * 1024;
/** Multiply-adds below which cutting a product further costs more than it brings. */
const unitWork = 16384;
/** Units of a product whose rows are packed: fewer, since each packs its own. */
const unitsOfPackedRows = 16;

/** Everything that follows from the shape alone. */
export interface MatmulPlan {
  readonly batches: number;
  /** Panel width in vectors and floats; the last panel may be narrower. */
  readonly vectors: number;
  readonly width: number;
  readonly tailWidth: number;
  readonly rows: Split;
  /** Rows and columns of a unit, and how many units lie along each. */
  readonly rowBlock: number;
  readonly rowBlocks: number;
  readonly columnBlock: number;
  readonly columnBlocks: number;
  /** Steps of k in a panel, and how many such runs there are. */
  readonly depth: number;
  readonly depths: number;
  readonly packA: boolean;
  readonly packB: boolean;
}

/**
 * True where walking `steps` strides of `stride` elements, touching `lines` cache lines each, stays in a
 * first-level cache of 64 sets: power-of-two strides use few of the sets.
 */
function staysCached(steps: number, stride: number, lines: number): boolean {
  let common = 4096;
  while ((stride * 4) % common !== 0) common /= 2;
  const sets = Math.min(64, 4096 / Math.max(common, 64));
  return steps * lines <= sets * 6;
}

/** Plans a matrix product. */
export function planMatmul(kernel: MatmulKernel, tiles: Tiles): MatmulPlan {
  const { m, n, k } = kernel;
  const batches = product(kernel.batch);
  const [aRow, aStep] = kernel.a.strides.slice(-2) as [number, number];
  const [bStep, bColumn] = kernel.b.strides.slice(-2) as [number, number];
  const { vectors, rows } = bestTiling(tiles, n, m, k, 1);
  const width = vectors * 4;
  const tailWidth = Math.ceil((n % width) / 4) * 4;
  const depths = Math.max(1, Math.ceil(k / maxDepth));
  const depth = Math.ceil(k / depths);
  const panels = Math.max(1, Math.ceil(n / width));
  const packB =
    depths > 1 ||
    bColumn !== 1 ||
    (rows.full + (rows.rest ? 1 : 0) > 1 && !staysCached(k, bStep, width > 8 ? 2 : 1.25));
  const packA =
    aRow < 0 || (aStep !== 1 && n > width && !staysCached(k, aStep, aRow === 1 ? 1.25 : rows.size));
  const wanted = Math.max(1, Math.min(64, Math.ceil((m * n * k) / unitWork)));
  const panelLimit = Math.max(1, Math.floor(blockBytes / Math.max(1, depth * width * 4)));
  const rowTiles = rows.full + (rows.rest ? 1 : 0);
  const tilesLimit = Math.max(1, Math.floor(128 / rows.size));
  /** Blocks when the columns are cut into about so many parts and the whole into about so many units. */
  const cutInto = (parts: number, units: number) => {
    const panelBlock = Math.min(panelLimit, Math.ceil(panels / parts));
    const columnBlocks = Math.ceil(panels / panelBlock);
    const rowCuts = Math.min(rowTiles, Math.max(1, Math.ceil(units / columnBlocks)));
    const tileBlock = Math.min(tilesLimit, Math.max(1, Math.ceil(rowTiles / rowCuts)));
    const rowBlocks = Math.ceil(rowTiles / tileBlock);
    return { panelBlock, columnBlocks, tileBlock, rowBlocks };
  };
  const mostParts = Math.min(panels, Math.ceil(Math.sqrt(wanted)));
  // Columns are cut first: packed columns are then never packed twice. Where rows are packed too, every block of columns packs
  // them again, so the cut is the one with the least to pack.
  let cut = cutInto(mostParts, wanted);
  if (packA) {
    const packing = ({ columnBlocks, rowBlocks }: typeof cut) =>
      m * columnBlocks + (packB ? n * rowBlocks : 0);
    for (let parts = mostParts; parts >= 1; parts--) {
      const other = cutInto(parts, Math.min(wanted, unitsOfPackedRows));
      if (packing(other) < packing(cut)) cut = other;
    }
  }
  const { panelBlock, columnBlocks, tileBlock, rowBlocks } = cut;
  return {
    batches,
    vectors,
    width,
    tailWidth,
    rows,
    rowBlock: tileBlock * rows.size,
    rowBlocks,
    columnBlock: panelBlock * width,
    columnBlocks,
    depth,
    depths,
    packA,
    packB,
  };
}
