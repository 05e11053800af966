// Rows of features as points of the plane: their principal components at once, or t-SNE step by step.
import { principalComponents, Tsne } from "../../../src/entry/explain.ts";
import type { Projected, ProjectionAsk } from "./protocol.ts";

/** Multiply-adds that finding the principal directions may take; with more, they are found from evenly drawn rows. */
const mostWork = 2e8;
/** Components that rows are brought to before neighbours are looked for. */
const reduced = 50;

const golden = (Math.sqrt(5) - 1) / 2;

/** The first directions of variance, and where each row lies along them. */
export function alongComponents(
  rows: Float32Array,
  width: number,
  count: number,
): { coordinates: Float32Array; variance: number } {
  const n = rows.length / width;
  let drawn = n;
  while (drawn > 2 && workOf(drawn, width) > mostWork) drawn = Math.floor(drawn / 1.2);
  const k = Math.min(count, drawn, width);
  const sample = Array.from({ length: drawn }, (_, i) => {
    // By the golden ratio: evenly, and not in step with an order that the rows may have.
    const row = drawn === n ? i : Math.floor(((i * golden) % 1) * n);
    return rows.subarray(row * width, (row + 1) * width);
  });
  const { components, mean, ratio } = principalComponents(sample, k);
  const coordinates = new Float32Array(n * count);
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < k; c++) {
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (rows[i * width + j]! - mean[j]!) * components[c * width + j]!;
      coordinates[i * count + c] = sum;
    }
  }
  return { coordinates, variance: ratio.reduce((sum, share) => sum + share, 0) };
}

function workOf(n: number, width: number): number {
  const least = Math.min(n, width);
  return n * width * least + 4 * least ** 3;
}

/** The points as they move; each is given with a copy of its own. */
export function* project({ method, rows, width }: ProjectionAsk): Generator<Projected> {
  if (method === "pca") {
    const { coordinates, variance } = alongComponents(rows, width, 2);
    yield { points: coordinates, done: 1, total: 1, variance };
    return;
  }
  const n = rows.length / width;
  const isWide = width > reduced;
  const { coordinates } = isWide ? alongComponents(rows, width, reduced) : { coordinates: rows };
  const columns = isWide ? reduced : width;
  const list = Array.from({ length: n }, (_, i) => coordinates.subarray(i * columns, (i + 1) * columns));
  const map = new Tsne(list, { reduce: null });
  do {
    yield { points: Float32Array.from(map.points), done: map.done, total: map.total, variance: null };
  } while (map.step());
}
