// What the elements of a tensor are like, in a few numbers.
import type { TypedArray } from "../base/dtype.ts";

/** Statistics of some elements; the first four are of the finite ones, and null where there is none. */
export interface TensorStatistics {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Standard deviation, of the population. */
  readonly std: number | null;
  readonly zeros: number;
  readonly nan: number;
  /** Elements that are +∞ or −∞. */
  readonly infinite: number;
}

/** Statistics of elements, summed in float64. */
export function tensorStatistics(data: TypedArray): TensorStatistics {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  let [zeros, nan, infinite] = [0, 0, 0];
  for (const value of data) {
    if (!Number.isFinite(value)) {
      if (Number.isNaN(value)) nan++;
      else infinite++;
      continue;
    }
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const finite = data.length - nan - infinite;
  if (finite === 0) return { min: null, max: null, mean: null, std: null, zeros, nan, infinite };
  const mean = sum / finite;
  let squares = 0;
  for (const value of data) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  return { min, max, mean, std: Math.sqrt(squares / finite), zeros, nan, infinite };
}
