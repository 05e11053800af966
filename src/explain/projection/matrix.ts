// Rows of numbers as users give them, as one matrix in float64.
import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** One row for each sample: a tensor `[n, d]`, or n arrays of d numbers. */
export type Rows = Tensor | readonly ArrayLike<number>[];

/** Row after row. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Throws ShapeError where rows differ in length or are fewer than 2, OptionError for numbers that are not finite. */
export function matrixOf(op: string, rows: Rows): Matrix {
  const matrix = rows instanceof Tensor ? fromTensor(op, rows) : fromArrays(op, rows);
  if (matrix.rows < 2 || matrix.columns < 1) {
    throw new ShapeError(
      `${op}: needs at least 2 rows of at least 1 number; got ${matrix.rows} × ${matrix.columns}`,
    );
  }
  const bad = matrix.data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return matrix;
  const place = `row ${Math.floor(bad / matrix.columns)}, column ${bad % matrix.columns}`;
  throw new OptionError(`${op}: all numbers must be finite; ${place} is ${matrix.data[bad]}`);
}

function fromTensor(op: string, x: Tensor): Matrix {
  if (x.rank !== 2) {
    throw new ShapeError(
      `${op}: rows are a tensor [n, d]; got ${formatShape(x.shape)}. x.flatten(1) makes one`,
    );
  }
  const [rows, columns] = x.shape as [number, number];
  return { data: Float64Array.from(x.detach().dataSync()), rows, columns };
}

function fromArrays(op: string, rows: readonly ArrayLike<number>[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float64Array(rows.length * columns);
  for (const [i, row] of rows.entries()) {
    if (row.length !== columns) {
      throw new ShapeError(
        `${op}: rows must be of one length; row 0 has ${columns} numbers, row ${i} has ${row.length}`,
      );
    }
    data.set(row, i * columns);
  }
  return { data, rows: rows.length, columns };
}
