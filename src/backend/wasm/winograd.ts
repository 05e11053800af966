// Minimal filtering after Winograd and Toom-Cook: m outputs of a filter with r taps from n = m + r − 1 products. Gives the
// three transforms as matrices and emits their code; knows nothing of images.
import type { FunctionBuilder, Local } from "./assembler.ts";

/** A matrix, row by row. */
export type Matrix = readonly (readonly number[])[];

/**
 * `y = A [(G g) ∘ (Bᵀ d)]` gives y[q] = Σ_i g[i] d[q + i]: A is m × n, G is n × r, Bᵀ is n × n. The gradients follow by
 * transposition: `dd = B [(G g) ∘ (Aᵀ dy)]` and `dg = Gᵀ [(Bᵀ d) ∘ (Aᵀ dy)]`.
 */
export interface Winograd {
  readonly m: number;
  readonly r: number;
  readonly n: number;
  readonly a: Matrix;
  readonly g: Matrix;
  readonly bt: Matrix;
}

/**
 * Finite points of evaluation, beside the one at infinity. Those with small powers, and no two too near to each other, keep
 * the rounding errors small: see Barabasz et al., "Error analysis and improving the accuracy of Winograd convolution", 2018.
 */
const points: Readonly<Record<number, readonly number[]>> = {
  4: [0, 1, -1],
  6: [0, 1, -1, 2, -0.5],
  8: [0, 1, -1, 2, -2, 0.5, -0.5],
};

/** The transforms for m outputs of r taps. */
export function winograd(m: number, r: number): Winograd {
  const n = m + r - 1;
  const finite = points[n];
  if (!finite) throw new Error(`winograd: no points for ${m} outputs of ${r} taps`);
  const powers = (x: number, count: number) => Array.from({ length: count }, (_, k) => x ** k);
  const a = Array.from({ length: m }, (_, q) => [...finite.map((x) => x ** q), q === m - 1 ? 1 : 0]);
  const g: number[][] = [];
  const bt: number[][] = [];
  finite.forEach((x, i) => {
    const others = finite.filter((_, k) => k !== i);
    const polynomial = [...expand(others), 0];
    const scale = wholeScale(polynomial);
    const divisor = others.reduce((product, other) => product * (x - other), scale);
    bt.push(polynomial.map((c) => c * scale));
    g.push(powers(x, r).map((p) => p / divisor));
  });
  const last = expand(finite);
  const scale = wholeScale(last);
  bt.push(last.map((c) => c * scale));
  g.push(Array.from({ length: r }, (_, k) => (k === r - 1 ? 1 / scale : 0)));
  return { m, r, n, a, g, bt };
}

/** Coefficients of `Π (x − root)`, lowest power first. */
function expand(roots: readonly number[]): number[] {
  let polynomial = [1];
  for (const root of roots) {
    const before = polynomial;
    polynomial = [0, ...before].map((c, k) => c - root * (before[k] ?? 0));
  }
  return polynomial;
}

/** The least power of two that makes all numbers whole. */
function wholeScale(values: readonly number[]): number {
  let scale = 1;
  while (!values.every((v) => Number.isInteger(v * scale))) scale *= 2;
  return scale;
}

/** The matrix with rows and columns exchanged. */
export function transposed(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

/**
 * Emits `out = matrix · in` on vectors and hands over each of the results in a fresh local, in order. Two neighbouring rows that
 * differ in the signs of some terms alone, as those of points x and −x do, share their sums.
 */
export function emitTransform(
  f: FunctionBuilder,
  relaxed: boolean,
  matrix: Matrix,
  inputs: readonly Local[],
): Local[] {
  const results: Local[] = [];
  for (let row = 0; row < matrix.length; row++) {
    const here = matrix[row]!;
    const next = matrix[row + 1];
    const same = next && here.map((c, k) => (c + next[k]!) / 2);
    const opposite = next && here.map((c, k) => (c - next[k]!) / 2);
    const terms = (list: readonly number[]) => list.filter((c) => c !== 0).length;
    if (same && opposite && terms(same) + terms(opposite) + 2 < terms(here) + terms(next)) {
      const sum = emitSum(f, relaxed, same, inputs);
      const difference = emitSum(f, relaxed, opposite, inputs);
      const second = f.local("v128");
      f.get(sum).get(difference).op("f32x4.sub").set(second);
      f.get(sum).get(difference).op("f32x4.add").set(sum);
      f.release(difference);
      results.push(sum, second);
      row++;
    } else {
      results.push(emitSum(f, relaxed, here, inputs));
    }
  }
  return results;
}

/** `Σ coefficients[k] · inputs[k]` in a fresh local; terms of one unit go first, since they need no product. */
function emitSum(
  f: FunctionBuilder,
  relaxed: boolean,
  coefficients: readonly number[],
  inputs: readonly Local[],
): Local {
  const terms = coefficients.map((c, k) => ({ c, input: inputs[k]! })).filter(({ c }) => c !== 0);
  const rank = ({ c }: { c: number }) => (c === 1 ? 0 : c === -1 ? 1 : 2);
  terms.sort((x, y) => rank(x) - rank(y));
  const sum = f.local("v128");
  const [first, ...rest] = terms;
  if (!first) {
    f.f32x4(0).set(sum);
    return sum;
  }
  f.get(first.input);
  if (first.c !== 1) f.f32x4(first.c).op("f32x4.mul");
  f.set(sum);
  for (const { c, input } of rest) {
    if (c === 1) f.get(sum).get(input).op("f32x4.add");
    else if (c === -1) f.get(sum).get(input).op("f32x4.sub");
    else if (relaxed) f.get(input).f32x4(c).get(sum).op("f32x4.relaxed_madd");
    else f.get(sum).get(input).f32x4(c).op("f32x4.mul").op("f32x4.add");
    f.set(sum);
  }
  return sum;
}
