// A layered drawing of a graph without circles, after Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system
// structures", 1981: rows by the longest way from the inputs, few crossings within rows, and places near their neighbours'.

/** Something to be placed. */
export interface Box {
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

/** A line from one box to another, by their keys. */
export interface Line {
  readonly from: string;
  readonly to: string;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A drawing; x and y of a box are its middle, and everything lies in 0 … width and 0 … height. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  /** Row of each box, from 0. */
  readonly rows: ReadonlyMap<string, number>;
  /** For each line the points through which it goes, from the lower rim of its first box to the upper rim of its second. */
  readonly ways: readonly (readonly Point[])[];
}

/** Sweeps over all rows for their order, and for places in them. */
const sweeps = { order: 8, places: 10 };
/** Room of a line that goes through a row. */
const laneWidth = 14;

/** A box, or where a line goes through a row. */
interface Cell {
  readonly box: Box | null;
  readonly width: number;
  readonly above: Cell[];
  readonly below: Cell[];
  x: number;
  /** Place in its row. */
  at: number;
}

/** Draws boxes, each given behind those that it has lines from. */
export function layered(
  boxes: readonly Box[],
  lines: readonly Line[],
  gap: { readonly x: number; readonly y: number },
): Drawing {
  const rows = rowsOf(boxes, lines);
  const { grid, chains } = cellsOf(boxes, lines, rows);
  orderRows(grid);
  placeCells(grid, gap.x);

  const heights = grid.map((cells) => Math.max(0, ...cells.map(({ box }) => box?.height ?? 0)));
  const tops: number[] = [];
  heights.reduce((top, height, row) => {
    tops[row] = top;
    return top + height + gap.y;
  }, 0);
  const all = grid.flat();
  const left = Math.min(0, ...all.map(({ x, width }) => x - width / 2));
  const right = Math.max(0, ...all.map(({ x, width }) => x + width / 2));
  const places = new Map<string, Point>();
  for (const [row, cells] of grid.entries()) {
    for (const { box, x } of cells) {
      if (box) places.set(box.key, { x: x - left, y: tops[row]! + heights[row]! / 2 });
    }
  }
  const byKey = new Map(boxes.map((box) => [box.key, box]));
  const ways = lines.map(({ from, to }, i) => {
    const [start, end] = [places.get(from)!, places.get(to)!];
    const first = rows.get(from)!;
    const through = chains[i]!.flatMap(({ x }, n): Point[] => {
      const top = tops[first + 1 + n]!;
      return [
        { x: x - left, y: top },
        { x: x - left, y: top + heights[first + 1 + n]! },
      ];
    });
    return [
      { x: start.x, y: start.y + byKey.get(from)!.height / 2 },
      ...through,
      { x: end.x, y: end.y - byKey.get(to)!.height / 2 },
    ];
  });
  const height = heights.reduce((sum, one) => sum + one, 0) + gap.y * Math.max(0, heights.length - 1);
  return { width: right - left, height, places, rows, ways };
}

/** The longest way to each box. */
function rowsOf(boxes: readonly Box[], lines: readonly Line[]): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const { from, to } of lines) into.set(to, [...(into.get(to) ?? []), from]);
  const rows = new Map<string, number>();
  for (const { key } of boxes) {
    rows.set(key, Math.max(-1, ...(into.get(key) ?? []).map((from) => rows.get(from)!)) + 1);
  }
  return rows;
}

function cellsOf(boxes: readonly Box[], lines: readonly Line[], rows: ReadonlyMap<string, number>) {
  const grid: Cell[][] = [];
  const put = (row: number, box: Box | null): Cell => {
    while (grid.length <= row) grid.push([]);
    const cells = grid[row]!;
    const cell: Cell = { box, width: box?.width ?? laneWidth, above: [], below: [], x: 0, at: cells.length };
    cells.push(cell);
    return cell;
  };
  const own = new Map(boxes.map((box) => [box.key, put(rows.get(box.key)!, box)]));
  const join = (upper: Cell, lower: Cell) => {
    upper.below.push(lower);
    lower.above.push(upper);
  };
  const chains = lines.map(({ from, to }) => {
    const chain: Cell[] = [];
    let last = own.get(from)!;
    for (let row = rows.get(from)! + 1; row < rows.get(to)!; row++) {
      const lane = put(row, null);
      chain.push(lane);
      join(last, lane);
      last = lane;
    }
    join(last, own.get(to)!);
    return chain;
  });
  return { grid, chains };
}

/** Sorts rows by the mean place of what each cell is joined to, down and up again, and keeps the order with the fewest crossings. */
function orderRows(grid: Cell[][]): void {
  let best = grid.map((cells) => [...cells]);
  let fewest = crossings(grid);
  for (let sweep = 0; sweep < sweeps.order && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const cells of down ? grid : grid.toReversed()) {
      const wanted = new Map(
        cells.map((cell) => [cell, mean(down ? cell.above : cell.below, ({ at }) => at) ?? cell.at]),
      );
      cells.sort((a, b) => wanted.get(a)! - wanted.get(b)! || a.at - b.at);
      number(cells);
    }
    const found = crossings(grid);
    if (found >= fewest) continue;
    fewest = found;
    best = grid.map((cells) => [...cells]);
  }
  for (const [row, cells] of best.entries()) {
    grid[row] = cells;
    number(cells);
  }
}

function number(cells: readonly Cell[]): void {
  for (const [at, cell] of cells.entries()) cell.at = at;
}

function crossings(grid: readonly (readonly Cell[])[]): number {
  let count = 0;
  for (const cells of grid) {
    const pairs = cells.flatMap((cell) => cell.below.map((lower) => [cell.at, lower.at] as const));
    for (const [i, [a, b]] of pairs.entries()) {
      for (const [c, d] of pairs.slice(i + 1)) if ((a - c) * (b - d) < 0) count++;
    }
  }
  return count;
}

/** Moves cells to the mean of what they are joined to, as near as the room between neighbours allows. */
function placeCells(grid: readonly (readonly Cell[])[], gap: number): void {
  for (const cells of grid) settle(cells, gap, () => 0);
  for (let sweep = 0; sweep < sweeps.places; sweep++) {
    const down = sweep % 2 === 0;
    for (const cells of down ? grid : grid.toReversed()) {
      settle(cells, gap, (cell) => mean(down ? cell.above : cell.below, ({ x }) => x) ?? cell.x);
    }
  }
}

/** The places nearest to the wanted ones (least squares) in which cells keep their order and room: isotonic regression by pooling neighbours. */
function settle(cells: readonly Cell[], gap: number, wanted: (cell: Cell) => number): void {
  const offsets: number[] = [];
  const pools: { sum: number; count: number }[] = [];
  for (const [i, cell] of cells.entries()) {
    const before = cells[i - 1];
    offsets.push(before ? offsets[i - 1]! + (before.width + cell.width) / 2 + gap : 0);
    let pool = { sum: wanted(cell) - offsets[i]!, count: 1 };
    for (
      let last = pools.at(-1);
      last && last.sum / last.count > pool.sum / pool.count;
      last = pools.at(-1)
    ) {
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
      pools.pop();
    }
    pools.push(pool);
  }
  let i = 0;
  for (const { sum, count } of pools) {
    for (let n = 0; n < count; n++, i++) cells[i]!.x = sum / count + offsets[i]!;
  }
}

function mean(cells: readonly Cell[], value: (cell: Cell) => number): number | null {
  return cells.length === 0 ? null : cells.reduce((sum, cell) => sum + value(cell), 0) / cells.length;
}
