// Weights whose rows or columns stand at right angles.

import { ShapeError } from "../../base/errors.ts";
import { formatShape, sizeOf } from "../../base/shape.ts";
import { defaultRandom } from "../../tensor/random.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Initializer } from "../module/init.ts";

/**
 * A random orthogonal matrix times `gain`: of a weight `[out, in, …]` seen as a matrix `[out, rest]` the rows are orthonormal, or the
 * columns where there are fewer of them. Keeps the length of what passes, for deep and for recurrent networks.
 * Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.
 */
export function orthogonal({ gain = 1 }: { gain?: number } = {}): Initializer {
  return (shape) => {
    if (shape.length < 2) {
      throw new ShapeError(
        `orthogonal: needs a weight [out, in, …] of rank 2 or more; got ${formatShape(shape)}`,
      );
    }
    const rows = shape[0]!;
    const columns = sizeOf(shape.slice(1));
    const wide = rows <= columns;
    const vectors = orthonormal(Math.min(rows, columns), Math.max(rows, columns));
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        data[i * columns + j] = gain * (wide ? vectors[i]![j]! : vectors[j]![i]!);
      }
    }
    return Tensor.fromArray(data, shape);
  };
}

/**
 * `count` orthonormal vectors of a length of at least that, none of whose directions is more likely than another: normal ones, from each of
 * which its parts along those before are taken away, in float64 and twice, since the first time leaves what rounding makes of it.
 */
function orthonormal(count: number, length: number): Float64Array[] {
  const random = defaultRandom();
  const found: Float64Array[] = [];
  while (found.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) {
      for (const other of found) {
        const along = dot(vector, other);
        for (let i = 0; i < length; i++) vector[i]! -= along * other[i]!;
      }
    }
    const size = Math.sqrt(dot(vector, vector));
    if (size < 1e-9) continue;
    for (let i = 0; i < length; i++) vector[i]! /= size;
    found.push(vector);
  }
  return found;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
