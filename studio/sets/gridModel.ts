// How a grid of pictures is laid out and what keys and clicks do to it, in numbers alone. Knows no page.

/** Sizes in pixels. */
export interface GridSizes {
  /** Width of the place, and side of a tile without its gap. */
  readonly width: number;
  readonly tile: number;
  readonly gap: number;
  /** Height of the text below each tile. */
  readonly caption: number;
}

/** Where tiles stand. */
export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly rowHeight: number;
  readonly height: number;
}

/** Rows above and below what is seen that are there already. */
export const spareRows = 2;

/** The layout of `count` tiles. */
export function layoutOf(count: number, { width, tile, gap, caption }: GridSizes): GridLayout {
  const columns = Math.max(1, Math.floor((width + gap) / (tile + gap)));
  const rows = Math.ceil(count / columns);
  const rowHeight = tile + caption + gap;
  return { columns, rows, rowHeight, height: rows * rowHeight };
}

/** The rows to draw where `height` pixels are seen from `top` on: from the first up to the end. */
export function rowsInSight(
  { rows, rowHeight }: GridLayout,
  top: number,
  height: number,
): { readonly from: number; readonly to: number } {
  const first = Math.floor(top / rowHeight);
  const from = Math.max(0, Math.min(first, rows) - spareRows);
  const to = Math.min(rows, first + Math.ceil(height / rowHeight) + 1 + spareRows);
  return { from, to: Math.max(from, to) };
}

/** The place that a key leads to from another one; null for keys that lead nowhere. `page`: rows in sight. */
export function placeAfter(
  key: string,
  place: number,
  count: number,
  { columns, page }: { readonly columns: number; readonly page: number },
): number | null {
  const last = count - 1;
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns,
    ArrowDown: place + columns,
    PageUp: place - columns * page,
    PageDown: place + columns * page,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  if (to === undefined || count === 0) return null;
  // Up and down keep their column as far as there is a row.
  if (to < 0) return key === "ArrowUp" ? place : Math.max(0, key === "PageUp" ? place % columns : 0);
  if (to <= last) return to;
  const isInLastRow = Math.floor(place / columns) === Math.floor(last / columns);
  return key === "ArrowDown" && isInLastRow ? place : last;
}

/** The pictures from one place to another, both included, in whichever order. */
export function between(indices: ArrayLike<number>, a: number, b: number): number[] {
  const [first, last] = [Math.min(a, b), Math.max(a, b)];
  return Array.from({ length: last - first + 1 }, (_, i) => indices[first + i]!);
}

/** Whether pictures stand so far apart by number that each is better loaded alone. */
export function areScattered(indices: ArrayLike<number>): boolean {
  let runs = 0;
  for (let i = 0; i < indices.length; i++) if (i === 0 || indices[i] !== indices[i - 1]! + 1) runs++;
  return indices.length / Math.max(1, runs) < 4;
}
