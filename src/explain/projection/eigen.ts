// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reflections to three diagonals, then the QL algorithm with implicit shifts.

/** Largest eigenvalue first; vector i is row i of `vectors`, of length 1. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Sweeps that one eigenvalue may take; a few are usual. */
const mostSweeps = 60;

/**
 * All eigenvalues and eigenvectors of a symmetric n × n matrix, row after row, which is overwritten. About 4 n³ multiply-adds.
 * Source: Golub and Van Loan, "Matrix computations", § 8.3.
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const { diagonal, beside } = tridiagonal(matrix, vectors, n);
  implicitQl(diagonal, beside, vectors, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => diagonal[b]! - diagonal[a]! || a - b);
  const sorted = new Float64Array(n * n);
  for (const [to, from] of order.entries()) sorted.set(vectors.subarray(from * n, (from + 1) * n), to * n);
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors: sorted };
}

/** Reflections `H = I − 2vvᵀ` from both sides, until only the diagonal and its neighbours are left; `vectors` becomes the product of them. */
function tridiagonal(
  a: Float64Array,
  vectors: Float64Array,
  n: number,
): { diagonal: Float64Array; beside: Float64Array } {
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  const beside = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = a[i * n + k]!;
      square += v[i]! * v[i]!;
    }
    const first = v[k + 1]!;
    const alpha = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    beside[k] = alpha;
    const size = Math.sqrt(2 * (square - alpha * first)); // |x − αe₁|
    if (size === 0) continue;
    v[k + 1] = first - alpha;
    for (let i = k + 1; i < n; i++) v[i]! /= size;
    // w = Av − (vᵀAv) v, so that HAH = A − 2vwᵀ − 2wvᵀ.
    let along = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j]! * v[j]!;
      w[i] = sum;
      along += sum * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= along * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const [vi, wi] = [2 * v[i]!, 2 * w[i]!];
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= vi * w[j]! + wi * v[j]!;
    }
    reflect(vectors, v, w, k + 1, n);
  }
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2]!;
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), beside };
}

/** `V ← HV`; only rows from `first` on change. `sums` is scratch. */
function reflect(vectors: Float64Array, v: Float64Array, sums: Float64Array, first: number, n: number): void {
  sums.fill(0);
  for (let i = first; i < n; i++) {
    const share = 2 * v[i]!;
    for (let j = 0; j < n; j++) sums[j]! += share * vectors[i * n + j]!;
  }
  for (let i = first; i < n; i++) {
    const share = v[i]!;
    for (let j = 0; j < n; j++) vectors[i * n + j]! -= share * sums[j]!;
  }
}

/** Rotates the numbers beside the diagonal away; rows of `vectors` are rotated along. */
function implicitQl(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; sweep < mostSweeps; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      // Wilkinson's shift, from the upper 2 × 2.
      const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      const root = length(half, 1);
      let g = d[m]! - d[l]! + e[l]! / (half + (half < 0 ? -root : root));
      let [sine, cosine, shift] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = sine * e[i]!;
        const b = cosine * e[i]!;
        const r = length(f, g);
        e[i + 1] = r;
        if (r === 0) break;
        [sine, cosine] = [f / r, g / r];
        const before = d[i + 1]! - shift;
        const s = (d[i]! - before) * sine + 2 * cosine * b;
        shift = sine * s;
        d[i + 1] = before + shift;
        g = cosine * s - b;
        rotate(vectors, i * n, (i + 1) * n, n, cosine, sine);
      }
      if (i >= l) {
        d[i + 1]! -= shift;
      } else {
        d[l]! -= shift;
        e[l] = g;
      }
      e[m] = 0;
    }
  }
}

function rotate(x: Float64Array, a: number, b: number, count: number, cosine: number, sine: number): void {
  for (let j = 0; j < count; j++) {
    const [first, second] = [x[a + j]!, x[b + j]!];
    x[a + j] = cosine * first - sine * second;
    x[b + j] = sine * first + cosine * second;
  }
}

/** `√(a² + b²)`; Math.hypot gives other bits on other engines. */
function length(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
