// How alike rows are: t-SNE's probabilities among nearest neighbours.
import type { Matrix } from "./matrix.ts";

/** A symmetric matrix of few numbers: row i has those of `values` from `starts[i]` up to `starts[i + 1]`, in the columns that `columns` says. */
export interface Affinities {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** Each row's nearest others, nearest first, with their squared distances: `count` for each row. */
interface Neighbours {
  readonly count: number;
  readonly indices: Int32Array;
  readonly squares: Float64Array;
}

/** Halvings in the search for a width, at most, and how near the entropy has to come. */
const mostHalvings = 100;
const entropyTolerance = 1e-5;

/**
 * `p_ij = (p_j|i + p_i|j) / 2n` with `p_j|i ∝ exp(−β_i |x_i − x_j|²)` over the ⌊3 · perplexity⌋ nearest neighbours j of i (all others where there are
 * no more), and β_i such that the entropy of p_·|i is `log perplexity`.
 */
export function affinitiesOf(matrix: Matrix, perplexity: number): Affinities {
  const n = matrix.rows;
  const neighbours = nearestRows(matrix, Math.min(n - 1, Math.floor(3 * perplexity)));
  return symmetric(neighbours, conditional(neighbours, n, Math.log(perplexity)), n);
}

/** The nearest rows by all distances. Columns of much variance come first, if they do, so most sums end early. */
function nearestRows({ data, rows, columns }: Matrix, count: number): Neighbours {
  const indices = new Int32Array(rows * count);
  const squares = new Float64Array(rows * count).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rows; i++) {
    const own = i * columns;
    const first = i * count;
    const last = first + count - 1;
    for (let j = 0; j < rows; j++) {
      if (j === i) continue;
      const farthest = squares[last]!;
      const other = j * columns;
      let square = 0;
      for (let c = 0; c < columns && square < farthest; c++) {
        const way = data[own + c]! - data[other + c]!;
        square += way * way;
      }
      if (square >= farthest) continue;
      let at = last;
      for (; at > first && squares[at - 1]! > square; at--) {
        squares[at] = squares[at - 1]!;
        indices[at] = indices[at - 1]!;
      }
      squares[at] = square;
      indices[at] = j;
    }
  }
  return { count, indices, squares };
}

/** p_j|i, by bisection of β. */
function conditional({ count, squares }: Neighbours, n: number, entropy: number): Float64Array {
  const result = new Float64Array(n * count);
  for (let i = 0; i < n; i++) {
    const own = squares.subarray(i * count, (i + 1) * count);
    const p = result.subarray(i * count, (i + 1) * count);
    const nearest = own[0]!;
    let [beta, low, high] = [1, 0, Number.POSITIVE_INFINITY];
    for (let round = 0; round < mostHalvings; round++) {
      let [sum, weighted] = [0, 0];
      for (let j = 0; j < count; j++) {
        const away = own[j]! - nearest;
        p[j] = Math.exp(-beta * away);
        sum += p[j]!;
        weighted += p[j]! * away;
      }
      for (let j = 0; j < count; j++) p[j]! /= sum;
      const above = Math.log(sum) + (beta * weighted) / sum - entropy;
      if (Math.abs(above) < entropyTolerance) break;
      if (above > 0) {
        low = beta;
        beta = high === Number.POSITIVE_INFINITY ? 2 * beta : (beta + high) / 2;
      } else {
        high = beta;
        beta = (beta + low) / 2;
      }
    }
  }
  return result;
}

/** Both directions of each pair, added; the numbers of all rows sum to 1. */
function symmetric({ count, indices }: Neighbours, p: Float64Array, n: number): Affinities {
  const rows: Map<number, number>[] = Array.from({ length: n }, () => new Map());
  for (let i = 0; i < n; i++) {
    for (let k = i * count; k < (i + 1) * count; k++) {
      const j = indices[k]!;
      const share = p[k]! / (2 * n);
      rows[i]!.set(j, (rows[i]!.get(j) ?? 0) + share);
      rows[j]!.set(i, (rows[j]!.get(i) ?? 0) + share);
    }
  }
  const starts = new Int32Array(n + 1);
  for (let i = 0; i < n; i++) starts[i + 1] = starts[i]! + rows[i]!.size;
  const columns = new Int32Array(starts[n]!);
  const values = new Float64Array(starts[n]!);
  for (const [i, row] of rows.entries()) {
    let at = starts[i]!;
    for (const [j, value] of row) {
      columns[at] = j;
      values[at++] = value;
    }
  }
  return { starts, columns, values };
}
