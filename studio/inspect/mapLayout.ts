// Where the maps of a step stand on a canvas, and which number lies under a point. Pure arithmetic.

/** A sheet of equal maps in rows. */
export interface MapLayout {
  readonly maps: number;
  /** Of one map. */
  readonly rows: number;
  readonly columns: number;
  /** Pixels for each number, and between maps. */
  readonly scale: number;
  readonly gap: number;
  /** Maps beside each other. */
  readonly across: number;
  /** Of the whole sheet, in pixels. */
  readonly width: number;
  readonly height: number;
}

/** Sides that maps are drawn with, as far as whole pixels for each number allow: the more maps there are, the smaller. */
const sides: readonly (readonly [maps: number, side: number])[] = [
  [64, 64],
  [256, 40],
  [Number.POSITIVE_INFINITY, 24],
];
const largestScale = 16;

/** A shape without its batch axis as a sheet that is at most `room` pixels wide: `[channels, rows, columns]` as maps, `[features]` as single numbers. */
export function mapLayout(shape: readonly number[], room: number): MapLayout {
  const [maps, rows, columns] = mapsOf(shape);
  const [, side] = sides.find(([most]) => maps <= most)!;
  const scale = Math.max(1, Math.min(largestScale, Math.round(side / Math.max(rows, columns))));
  const gap = rows * columns === 1 ? 2 : 6;
  const [w, h] = [columns * scale + gap, rows * scale + gap];
  const across = Math.max(1, Math.min(maps, Math.floor((room + gap) / w)));
  return {
    ...{ maps, rows, columns, scale, gap, across },
    width: across * w - gap,
    height: Math.ceil(maps / across) * h - gap,
  };
}

/** Maps, rows and columns of a shape without its batch axis. */
export function mapsOf(shape: readonly number[]): [maps: number, rows: number, columns: number] {
  if (shape.length === 3) return [shape[0]!, shape[1]!, shape[2]!];
  if (shape.length === 2) return [1, shape[0]!, shape[1]!];
  return [shape.reduce((a, b) => a * b, 1), 1, 1];
}

/** Upper left corner of a map. */
export function cornerOf(
  { across, columns, rows, scale, gap }: MapLayout,
  map: number,
): [x: number, y: number] {
  return [(map % across) * (columns * scale + gap), Math.floor(map / across) * (rows * scale + gap)];
}

/** The number under a point, as map, row and column; null between maps. */
export function numberAt(
  layout: MapLayout,
  x: number,
  y: number,
): [map: number, row: number, column: number] | null {
  const { across, columns, rows, scale, gap, maps } = layout;
  const [w, h] = [columns * scale + gap, rows * scale + gap];
  const [i, j] = [Math.floor(x / w), Math.floor(y / h)];
  const [column, row] = [Math.floor((x - i * w) / scale), Math.floor((y - j * h) / scale)];
  const map = j * across + i;
  const isInside = x >= 0 && y >= 0 && i < across && map < maps && column < columns && row < rows;
  return isInside ? [map, row, column] : null;
}

/** Map, row and column as an index into a shape without its batch axis. */
export function cellOf(shape: readonly number[], map: number, row: number, column: number): number[] {
  if (shape.length === 3) return [map, row, column];
  if (shape.length === 2) return [row, column];
  return [map];
}

/** The other way round. */
export function placeOf(
  shape: readonly number[],
  cell: readonly number[],
): [map: number, row: number, column: number] {
  if (shape.length === 3) return [cell[0]!, cell[1]!, cell[2]!];
  if (shape.length === 2) return [0, cell[0]!, cell[1]!];
  return [cell[0]!, 0, 0];
}
