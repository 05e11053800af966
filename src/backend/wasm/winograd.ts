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
 * Finite points of evaluation, beside the one at infinity: zero and pairs of opposite ones. What amplifies rounding errors are large
 * and small powers, and points that lie near to each other. Those for 8 are the usual ones and the best among multiples of 1/8. Those
 * for 6 were searched for among multiples of 1/16: squares of 4 × 4 outputs of 64 channels have 1.4 times smaller errors with them
 * than with 0, ±1, 2, −1/2 and 2.2 times smaller ones than with 0, ±1, ±2. See Barabasz et al., "Error analysis and improving the
 * accuracy of Winograd convolution", 2018.
 */
const points: Readonly<Record<number, readonly number[]>> = {
  4: [0, 1, -1],
  6: [0, 0.625, -0.625, 1.5, -1.5],
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
    const divisor = others.reduce((product, other) => product * (x - other), 1);
    bt.push([...expand(others), 0]);
    g.push(powers(x, r).map((p) => p / divisor));
  });
  bt.push(expand(finite));
  g.push(Array.from({ length: r }, (_, k) => (k === r - 1 ? 1 : 0)));
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

/** The matrix with rows and columns exchanged. */
export function transposed(matrix: Matrix): Matrix {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

/**
 * Emits `out = matrix · in` on vectors and hands over each of the results in a fresh local, in order. Points x and −x make
 * neighbouring rows, or neighbouring columns, that differ in the signs of some terms alone; these share their sums.
 */
export function emitTransform(
  f: FunctionBuilder,
  relaxed: boolean,
  matrix: Matrix,
  inputs: readonly Local[],
): Local[] {
  const results: Local[] = [];
  const { columns, values } = pairColumns(f, matrix, inputs);
  for (let row = 0; row < matrix.length; row++) {
    const here = columns.map((column) => column[row]!);
    const next = columns.map((column) => column[row + 1] ?? 0);
    const same = here.map((c, k) => (c + next[k]!) / 2);
    const opposite = here.map((c, k) => (c - next[k]!) / 2);
    const terms = (list: readonly number[]) => list.filter((c) => c !== 0).length;
    if (terms(same) + terms(opposite) + 2 < terms(here) + terms(next)) {
      const sum = emitSum(f, relaxed, same, values);
      const difference = emitSum(f, relaxed, opposite, values);
      results.push(...emitPair(f, sum, difference));
      f.release(sum, difference);
      row++;
    } else {
      results.push(emitSum(f, relaxed, here, values));
    }
  }
  f.release(...values.filter((value) => !inputs.includes(value)));
  return results;
}

/** The matrix's columns and what they are multiplied with; sums and differences stand for neighbours that differ in signs alone. */
function pairColumns(f: FunctionBuilder, matrix: Matrix, inputs: readonly Local[]) {
  const columns: number[][] = [];
  const values: Local[] = [];
  for (let k = 0; k < inputs.length; k++) {
    const here = matrix.map((row) => row[k]!);
    const next = matrix.map((row) => row[k + 1] ?? 0);
    const terms = here.filter((c) => c !== 0).length;
    if (terms > 2 && here.every((c, row) => Math.abs(c) === Math.abs(next[row]!))) {
      columns.push(
        here.map((c, row) => (c + next[row]!) / 2),
        here.map((c, row) => (c - next[row]!) / 2),
      );
      values.push(...emitPair(f, inputs[k]!, inputs[k + 1]!));
      k++;
    } else {
      columns.push(here);
      values.push(inputs[k]!);
    }
  }
  return { columns, values };
}

/** `a + b` and `a − b` in fresh locals. */
function emitPair(f: FunctionBuilder, a: Local, b: Local): [Local, Local] {
  const sum = f.local("v128");
  const difference = f.local("v128");
  f.get(a).get(b).op("f32x4.add").set(sum);
  f.get(a).get(b).op("f32x4.sub").set(difference);
  return [sum, difference];
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

/** Transforms the vectors that lie `sourceStep` bytes apart to points `targetStep` bytes apart. */
export function transformVectors(
  f: FunctionBuilder,
  relaxed: boolean,
  matrix: Matrix,
  source: Local,
  sourceStep: number,
  target: Local,
  targetStep: number,
  bytes = 0,
): void {
  const values = loadVectors(f, source, matrix[0]!.length, sourceStep, bytes);
  const results = emitTransform(f, relaxed, matrix, values);
  results.forEach((value, p) => {
    f.get(target)
      .get(value)
      .mem("v128.store", p * targetStep + bytes, 2);
  });
  f.release(...values, ...results);
}

/** Vectors that lie `step` bytes apart, in fresh locals. */
export function loadVectors(
  f: FunctionBuilder,
  pointer: Local,
  count: number,
  step: number,
  bytes = 0,
): Local[] {
  return Array.from({ length: count }, (_, k) => {
    const value = f.local("v128");
    f.get(pointer)
      .mem("v128.load", k * step + bytes, 2)
      .set(value);
    return value;
  });
}
