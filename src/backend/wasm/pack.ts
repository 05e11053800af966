// Packing: copies a strided matrix into the contiguous panels that register tiles read. Knows nothing of what
// the matrix means.
import type { FunctionBuilder, Local } from "./assembler.ts";
import { takeLocals, transpose4 } from "./tile.ts";

/** A strided matrix of floats: element (k, c) lies at `pointer + 4 · (k · along + c · across)`. */
export interface PanelSource {
  readonly pointer: Local;
  /** Stride, in elements, from one step k to the next. */
  readonly along: number;
  /** Stride, in elements, from one column of the panel to the next. */
  readonly across: number;
}

/** Shape of a panel: `width` floats a step, of which `valid` exist (the others get any value). */
export interface PanelShape {
  readonly width: number;
  readonly valid: number;
}

/** Bytes that packing writes at most for `count` steps: whole groups of four steps, and a vector more. */
export function panelBytes(width: number, count: number): number {
  return Math.ceil(count / 4) * 4 * width * 4 + 16;
}

/**
 * Copies `count` steps into `[count][width]` at `target`. Reads up to 12 bytes past the matrix; may write up
 * to `panelBytes`, so panels that follow each other are packed in ascending order.
 */
export function packPanel(
  f: FunctionBuilder,
  source: PanelSource,
  target: Local,
  shape: PanelShape,
  count: number | { local: Local },
): void {
  const { width, valid } = shape;
  // With a negative stride across, offsets are counted from the last column, so that none is negative.
  const lowest = source.across < 0 ? (valid - 1) * source.across : 0;
  const offset = (column: number) => (Math.min(column, valid - 1) * source.across - lowest) * 4;
  const transposing = source.along === 1 && source.across !== 1;
  const steps = transposing ? 4 : 1;
  const from = f.local("i32");
  const to = f.local("i32");
  const k = f.local("i32");
  f.plus(source.pointer, lowest * 4).set(from);
  f.get(target).set(to);
  // Groups of four columns go from the last to the first: what a partial group writes too far into the next
  // step is written again by that step.
  const groups = Array.from({ length: Math.ceil(width / 4) }, (_, i) => i).reverse();
  f.for(k, 0, count, steps, () => {
    for (const group of groups) {
      const column = group * 4;
      const at = column * 4;
      if (transposing) {
        const rows = takeLocals(f, "v128", 4);
        rows.forEach((row, i) => {
          f.get(from)
            .mem("v128.load", offset(column + i), 2)
            .set(row);
        });
        transpose4(f, rows);
        rows.forEach((row, i) => {
          f.get(to)
            .get(row)
            .mem("v128.store", at + i * width * 4, 2);
        });
        f.release(...rows);
      } else if (source.across === 1) {
        f.get(to).get(from).mem("v128.load", at, 2).mem("v128.store", at, 2);
      } else {
        const vector = f.local("v128");
        f.get(from).mem("v128.load32_splat", offset(column)).set(vector);
        for (let i = 1; i < 4 && column + i < valid; i++) {
          f.get(from)
            .get(vector)
            .memLane("v128.load32_lane", i, offset(column + i))
            .set(vector);
        }
        f.get(to).get(vector).mem("v128.store", at, 2);
        f.release(vector);
      }
    }
    f.increment(from, steps * source.along * 4).increment(to, steps * width * 4);
  });
  f.release(from, to, k);
}

/**
 * Copies `rows` rows of `width` steps each, which lie `row` elements apart, into `[row][step][shape.width]` at `target`, as
 * `packPanel` does. Moves the source's pointer.
 */
export function packRows(
  f: FunctionBuilder,
  source: PanelSource & { readonly row: number },
  target: Local,
  shape: PanelShape,
  rows: Local,
  width: number,
): void {
  const count = f.local("i32");
  if (source.row === width * source.along) {
    f.get(rows).i32(width).op("i32.mul").set(count);
    packPanel(f, source, target, shape, { local: count });
  } else {
    f.for(count, 0, { local: rows }, 1, () => {
      packPanel(f, source, target, shape, width);
      f.increment(source.pointer, source.row * 4).increment(target, width * shape.width * 4);
    });
  }
  f.release(count);
}
