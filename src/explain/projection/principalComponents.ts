// The directions along which rows of numbers differ most.
import { checkNumber } from "../../base/options.ts";
import { symmetricEigen } from "./eigen.ts";
import { type Matrix, matrixOf, type Rows } from "./matrix.ts";

/** What `principalComponents` found; matrices are row after row. */
export interface PrincipalComponents {
  /** Rows by components, `[n, k]`: where each row lies along each component. */
  readonly coordinates: Float64Array;
  /** `[k, d]`: directions of length 1, the one of most variance first. */
  readonly components: Float64Array;
  /** Mean of the rows, `[d]`. */
  readonly mean: Float64Array;
  /** Variance of the coordinates along each component, `[k]` (divided by n − 1). */
  readonly variance: Float64Array;
  /** Share of the whole variance, `[k]`. */
  readonly ratio: Float64Array;
}

/**
 * Principal component analysis: the k orthogonal directions along which the rows vary most, `x ≈ mean + Σ coordinates_i · components_i`. They are the
 * eigenvectors of the covariance `XᵀX / (n − 1)` of the centred rows X `[n, d]`, or, where d > n, follow from those of `XXᵀ`, so that the cost is about
 * `n · d · min(n, d) + 4 min(n, d)³`. The sign of each component is such that its number of largest size is positive, so the same rows give the
 * same picture. All in float64. A component without variance, where d > n, is 0.
 * Throws OptionError for a k outside 1 … min(n, d) and numbers that are not finite, ShapeError for what are no rows of one length.
 * Source: Jolliffe, "Principal component analysis", 2002.
 */
export function principalComponents(rows: Rows, k = 2): PrincipalComponents {
  const op = "principalComponents";
  const matrix = matrixOf(op, rows);
  const most = Math.min(matrix.rows, matrix.columns);
  const rule = `a whole number from 1 to ${most}, the lesser of rows and columns`;
  checkNumber(op, "k", k, rule, (value) => Number.isInteger(value) && value >= 1 && value <= most);
  return componentsOf(matrix, k);
}

/** `principalComponents` of a matrix that is known to be one. */
export function componentsOf({ data, rows, columns }: Matrix, k: number): PrincipalComponents {
  const mean = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns]! += data[i]! / rows;
  const centred = data.map((value, i) => value - mean[i % columns]!);
  const total = centred.reduce((sum, value) => sum + value * value, 0) / (rows - 1);
  const tall = columns <= rows;
  const x = tall ? transposed(centred, rows, columns) : centred;
  const [size, along] = tall ? [columns, rows] : [rows, columns];
  const { values, vectors } = symmetricEigen(products(x, size, along, rows - 1), size);
  const variance = values.slice(0, k).map((value) => Math.max(0, value));
  const components = tall ? vectors.slice(0, k * columns) : throughRows(centred, vectors, rows, columns, k);
  fixSigns(components, columns);
  const coordinates = new Float64Array(rows * k);
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < k; c++)
      coordinates[i * k + c] = dot(centred, i * columns, components, c * columns, columns);
  }
  const ratio = variance.map((value) => (total > 0 ? value / total : 0));
  return { coordinates, components, mean, variance, ratio };
}

/** `xxᵀ / divisor` for x of `size` rows. */
function products(x: Float64Array, size: number, length: number, divisor: number): Float64Array {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(x, i * length, x, j * length, length) / divisor;
      result[i * size + j] = value;
      result[j * size + i] = value;
    }
  }
  return result;
}

/** Directions among the columns from eigenvectors u among the rows: `Xᵀu`, brought to length 1. */
function throughRows(
  x: Float64Array,
  u: Float64Array,
  rows: number,
  columns: number,
  k: number,
): Float64Array {
  const result = new Float64Array(k * columns);
  let longest = 0;
  for (let c = 0; c < k; c++) {
    const own = result.subarray(c * columns, (c + 1) * columns);
    for (let i = 0; i < rows; i++) {
      const share = u[c * rows + i]!;
      for (let j = 0; j < columns; j++) own[j]! += share * x[i * columns + j]!;
    }
    const length = Math.sqrt(dot(own, 0, own, 0, columns));
    longest = Math.max(longest, length);
    // What is left of nothing is rounding, and points anywhere.
    const isNothing = length <= 1e-7 * longest || length === 0;
    for (let j = 0; j < columns; j++) own[j] = isNothing ? 0 : own[j]! / length;
  }
  return result;
}

function fixSigns(components: Float64Array, columns: number): void {
  for (let start = 0; start < components.length; start += columns) {
    const own = components.subarray(start, start + columns);
    let largest = 0;
    for (let j = 1; j < columns; j++) if (Math.abs(own[j]!) > Math.abs(own[largest]!)) largest = j;
    if (own[largest]! < 0) for (let j = 0; j < columns; j++) own[j] = -own[j]!;
  }
}

function transposed(x: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(x.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = x[i * columns + j]!;
  return result;
}

function dot(a: Float64Array, from: number, b: Float64Array, start: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[from + i]! * b[start + i]!;
  return sum;
}
