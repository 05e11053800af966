// Products of squares: at each point a matrix of the one side is multiplied by a matrix of the other, in register tiles. Knows
// where numbers lie, not what they are.
import type { FunctionBuilder, Local } from "./assembler.ts";
import type { Products } from "./squarePlan.ts";
import { closeTile, openTile, outerProductStep, takeLocals } from "./tile.ts";

/** `results[point][row][column] = Σ left[point][row, step] · right[point][step, column]`; distances in bytes. */
export interface PointProducts {
  readonly points: number;
  readonly products: Products;
  /** Terms of each sum; a local where they are counted at run time. */
  readonly steps: number | { local: Local };
  readonly left: { readonly row: number; readonly step: number; readonly point: number };
  /** Columns lie in panels. */
  readonly right: { readonly step: number; readonly panel: number; readonly point: number };
  readonly result: { readonly row: number; readonly point: number };
  /** True where the products are added to the results. */
  readonly adds: boolean;
}

/** Emits the products of what lies at the addresses `left`, `right` and `result`, which end behind the last point. */
export function emitPointProducts(
  f: FunctionBuilder,
  relaxed: boolean,
  spec: PointProducts,
  left: Local,
  right: Local,
  result: Local,
): void {
  const { products, points } = spec;
  const { rows } = products;
  const [point, index, panel, x, y, to, goal] = takeLocals(f, "i32", 7);
  const onePanel = (vectors: number) => {
    f.get(left).set(x).get(goal).set(to);
    const tile = (count: number) => {
      emitTile(f, relaxed, spec, count, vectors, x, y, to);
      f.increment(x, count * spec.left.row).increment(to, count * spec.result.row);
    };
    if (rows.full > 0) f.for(index, 0, rows.full, 1, () => tile(rows.size));
    if (rows.rest > 0) tile(rows.rest);
    f.increment(y, spec.right.panel).increment(goal, vectors * 16);
  };
  f.for(point, 0, points, 1, () => {
    f.get(right).set(y).get(result).set(goal);
    if (products.panels > 0) f.for(panel, 0, products.panels, 1, () => onePanel(products.vectors));
    if (products.restVectors > 0) onePanel(products.restVectors);
    f.increment(left, spec.left.point)
      .increment(right, spec.right.point)
      .increment(result, spec.result.point);
  });
  f.release(point, index, panel, x, y, to, goal);
}

function emitTile(
  f: FunctionBuilder,
  relaxed: boolean,
  { steps, left, right, result, adds }: PointProducts,
  rows: number,
  vectors: number,
  source: Local,
  panel: Local,
  target: Local,
): void {
  const place = (row: number, v: number) => row * result.row + v * 16;
  const load = (row: number, v: number) => f.get(target).mem("v128.load", place(row, v));
  const tile = openTile(f, rows, vectors, adds ? load : undefined);
  const [x, y, counter] = takeLocals(f, "i32", 3);
  const together = typeof steps === "number" ? stepsTogether(steps) : 1;
  const several = () => {
    for (let k = 0; k < together; k++) {
      outerProductStep(
        f,
        relaxed,
        tile,
        (row) => f.get(x).mem("v128.load32_splat", row * left.row + k * left.step),
        (v) => f.get(y).mem("v128.load", k * right.step + v * 16),
      );
    }
  };
  f.get(source).set(x).get(panel).set(y);
  if (together === steps) {
    several();
  } else {
    f.for(counter, 0, steps, together, () => {
      several();
      f.increment(x, together * left.step).increment(y, together * right.step);
    });
  }
  tile.acc.forEach((acc, i) => {
    f.get(target)
      .get(acc)
      .mem("v128.store", place(Math.floor(i / vectors), i % vectors));
  });
  closeTile(f, tile);
  f.release(x, y, counter);
}

/** How many steps of a product are written out one after the other. */
function stepsTogether(steps: number): number {
  if (steps <= 8) return steps;
  return [8, 6, 5, 4, 3, 2].find((count) => steps % count === 0) ?? 1;
}
