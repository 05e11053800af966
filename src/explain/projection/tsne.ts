// Rows of numbers as points of the plane, those that are alike side by side, step by step.
import { OptionError } from "../../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../../base/options.ts";
import { Random } from "../../tensor/random.ts";
import { Turns, type WorkOptions } from "../work/turns.ts";
import { type Affinities, affinitiesOf } from "./affinities.ts";
import { type Matrix, matrixOf, type Rows } from "./matrix.ts";
import { componentsOf } from "./principalComponents.ts";
import { QuadTree, type Repulsion } from "./quadTree.ts";

/** Options of `Tsne`. */
export interface TsneOptions {
  /** About how many neighbours count for each point; at most a third of the others, which is what larger values are lowered to. Default 30. */
  perplexity?: number;
  /** Steps in all. Default 1000. */
  steps?: number;
  /** How coarsely far points are taken together (Barnes and Hut), up to 1: 0 is exact and takes n² work a step. Default 0.5. */
  theta?: number;
  /** Learning rate. Default: n / exaggeration / 4, and at least 50. */
  rate?: number;
  /** What the attraction is multiplied by in the first quarter of the steps, 250 at most. Default 12. */
  exaggeration?: number;
  /** Rows of more numbers are first brought to so many principal components. Default 50; null leaves them as they are. */
  reduce?: number | null;
  /** Where points begin: at the first two principal components, or at random. Default "pca". */
  init?: "pca" | "random";
  /** Default 0. */
  seed?: number;
}

const names = ["perplexity", "steps", "theta", "rate", "exaggeration", "reduce", "init", "seed"];
/** Deviation of the points at the beginning, and of the noise that tells equal rows apart. */
const startSize = 1e-4;
const startNoise = 1e-6;

/**
 * t-SNE, one step at a time, so that a page can show it: `for (const map = new Tsne(rows); map.step(); ) draw(map.points)`. With p the affinities of
 * the rows and `q_ij ∝ 1 / (1 + |y_i − y_j|²)` those of the points, gradient descent on `KL(p‖q)`: `∂KL/∂y_i = 4 Σ_j (p_ij − q_ij) q_ij Z (y_i − y_j)`, with
 * momentum 0.5 and then 0.8, a gain for each coordinate, and p exaggerated at first. Affinities are kept for ⌊3 · perplexity⌋ nearest neighbours, and far
 * points push together through a tree, so that a step takes about n log n; finding the neighbours takes n² once. The same rows, options and engine give the same bits.
 *
 * Which points are neighbours is to be trusted; distances between groups, their sizes and densities are not. Throws OptionError for
 * options outside their rules, ShapeError for rows that are none.
 * Sources: van der Maaten and Hinton, "Visualizing data using t-SNE", JMLR 2008; van der Maaten, "Accelerating t-SNE using tree-based algorithms", JMLR 2014.
 */
export class Tsne {
  /** The points, `x, y, x, y …`: the same array at all times, changed by each step. */
  readonly points: Float64Array;
  /** Steps in all. */
  readonly total: number;
  /** Steps done. */
  done = 0;
  /** What is used, after it was lowered where there are few rows. */
  readonly perplexity: number;
  readonly #affinities: Affinities;
  readonly #theta: number;
  readonly #rate: number;
  readonly #exaggeration: number;
  /** Steps with exaggeration. */
  readonly #early: number;
  readonly #velocity: Float64Array;
  readonly #gains: Float64Array;

  constructor(rows: Rows, options: TsneOptions = {}) {
    const op = "tsne";
    checkOptions(op, options, names);
    const { perplexity = 30, steps = 1000, theta = 0.5, exaggeration = 12, init = "pca", seed = 0 } = options;
    const { reduce = 50 } = options;
    checkNumber(op, "perplexity", perplexity, "a number of at least 1", (value) => value >= 1);
    checkNumber(op, "steps", steps, "a whole number of at least 1", isCount);
    checkNumber(op, "theta", theta, "a number from 0 to 1", (value) => value >= 0 && value <= 1);
    checkNumber(op, "exaggeration", exaggeration, "a number of at least 1", (value) => value >= 1);
    checkNumber(op, "seed", seed, "a whole number", Number.isInteger);
    if (reduce !== null) checkNumber(op, "reduce", reduce, "a whole number of at least 1, or null", isCount);
    if (init !== "pca" && init !== "random") {
      throw new OptionError(`${op}: init must be "pca" or "random"; got ${JSON.stringify(init)}`);
    }
    const matrix = reduced(matrixOf(op, rows), reduce);
    const n = matrix.rows;
    this.#rate = options.rate ?? Math.max(50, n / exaggeration / 4);
    checkPositive(op, "rate", this.#rate);
    this.perplexity = Math.max(1, Math.min(perplexity, (n - 1) / 3));
    this.total = steps;
    this.#theta = theta;
    this.#exaggeration = exaggeration;
    this.#early = Math.min(250, Math.floor(steps / 4));
    this.#affinities = affinitiesOf(matrix, this.perplexity);
    this.points = startOf(matrix, init, new Random(seed));
    this.#velocity = new Float64Array(2 * n);
    this.#gains = new Float64Array(2 * n).fill(1);
  }

  /** Moves all points once; false where all steps are done already. */
  step(): boolean {
    if (this.done >= this.total) return false;
    const isEarly = this.done < this.#early;
    const momentum = isEarly ? 0.5 : 0.8;
    const gradient = this.gradient(isEarly ? this.#exaggeration : 1);
    const { points } = this;
    const [velocity, gains] = [this.#velocity, this.#gains];
    for (let i = 0; i < points.length; i++) {
      const isTurning = velocity[i]! * gradient[i]! < 0;
      gains[i] = Math.max(0.01, isTurning ? gains[i]! + 0.2 : gains[i]! * 0.8);
      velocity[i] = momentum * velocity[i]! - this.#rate * gains[i]! * gradient[i]!;
      points[i]! += velocity[i]!;
    }
    this.done++;
    return true;
  }

  /** The gradient at the present points, with the affinities times `exaggeration`. */
  gradient(exaggeration = 1): Float64Array {
    const { points } = this;
    const n = points.length / 2;
    const { pushes, sum } = this.#pushes();
    const gradient = new Float64Array(2 * n);
    const { starts, columns, values } = this.#affinities;
    for (let i = 0; i < n; i++) {
      let [pullX, pullY] = [0, 0];
      for (let k = starts[i]!; k < starts[i + 1]!; k++) {
        const j = columns[k]!;
        const wayX = points[2 * i]! - points[2 * j]!;
        const wayY = points[2 * i + 1]! - points[2 * j + 1]!;
        const pull = values[k]! / (1 + wayX * wayX + wayY * wayY);
        pullX += pull * wayX;
        pullY += pull * wayY;
      }
      gradient[2 * i] = 4 * (exaggeration * pullX - pushes[2 * i]! / sum);
      gradient[2 * i + 1] = 4 * (exaggeration * pullY - pushes[2 * i + 1]! / sum);
    }
    return gradient;
  }

  /** `KL(p‖q) = Σ p log (p / q)` at the present points; as exact as theta lets it be. */
  divergence(): number {
    const { points } = this;
    const { sum } = this.#pushes();
    const { starts, columns, values } = this.#affinities;
    let result = 0;
    for (let i = 0; i < starts.length - 1; i++) {
      for (let k = starts[i]!; k < starts[i + 1]!; k++) {
        const [p, j] = [values[k]!, columns[k]!];
        const wayX = points[2 * i]! - points[2 * j]!;
        const wayY = points[2 * i + 1]! - points[2 * j + 1]!;
        if (p > 0) result += p * Math.log(p * sum * (1 + wayX * wayX + wayY * wayY));
      }
    }
    return result;
  }

  /** What all points do to each, and `Z = Σ 1 / (1 + d²)` over all pairs. */
  #pushes(): { pushes: Float64Array; sum: number } {
    const tree = new QuadTree(this.points);
    const pushes = new Float64Array(this.points.length);
    const one: Repulsion = { sum: 0, x: 0, y: 0 };
    let sum = 0;
    for (let i = 0; i < pushes.length / 2; i++) {
      tree.repulsion(i, this.#theta, one);
      sum += one.sum;
      pushes[2 * i] = one.x;
      pushes[2 * i + 1] = one.y;
    }
    return { pushes, sum };
  }
}

/** What `tsne` found. */
export interface TsneMap {
  /** `x, y, x, y …`, in the order of the rows. */
  readonly points: Float64Array;
  /** `KL(p‖q)` at the end. */
  readonly divergence: number;
}

/** All steps of `Tsne` in one call, which lets other work run between them; `signal` ends it with the signal's reason. */
export async function tsne(rows: Rows, options: TsneOptions & WorkOptions = {}): Promise<TsneMap> {
  const { onProgress, signal, ...own } = options;
  const map = new Tsne(rows, own);
  const turns = new Turns({ onProgress, signal }, map.total);
  do await turns.next(map.done);
  while (map.step());
  return { points: map.points, divergence: map.divergence() };
}

/** The matrix, or its first principal components where it has more columns. They come in the order of their variance. */
function reduced(matrix: Matrix, most: number | null): Matrix {
  if (most === null || matrix.columns <= most) return matrix;
  const columns = Math.min(most, matrix.rows);
  return { data: componentsOf(matrix, columns).coordinates, rows: matrix.rows, columns };
}

function startOf(matrix: Matrix, init: "pca" | "random", random: Random): Float64Array {
  const n = matrix.rows;
  const points = Float64Array.from(
    { length: 2 * n },
    () => random.normal() * (init === "pca" ? startNoise : startSize),
  );
  if (init === "random") return points;
  const k = Math.min(2, matrix.columns, n);
  const { coordinates, variance } = componentsOf(matrix, k);
  const scale = variance[0]! > 0 ? startSize / Math.sqrt(variance[0]!) : 0;
  for (let i = 0; i < n; i++)
    for (let c = 0; c < k; c++) points[2 * i + c]! += scale * coordinates[i * k + c]!;
  return points;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
