// Mean and deviation of a data set's values, as networks' inputs are normalised with them.
import { ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import type { ArrayDataset } from "./dataset.ts";

/** Mean and standard deviation of each channel. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * Statistics of all values of each channel, over samples `[C, H, W]`: `mean = Σv / n`, `std = √(Σ(v − mean)² / n)`. Bytes count
 * as v / 255. A channel that never changes has deviation 1, so that it can be divided by. Throws ShapeError for samples of another rank and for an empty set.
 */
export function channelStatistics(dataset: ArrayDataset): ChannelStatistics {
  const { data, sampleShape, dtype, length } = dataset;
  if (sampleShape.length !== 3 || data.length === 0) {
    throw new ShapeError(
      `channelStatistics: expected samples [C, H, W], at least one; got ${length} samples ${formatShape(sampleShape)}`,
    );
  }
  const [channels, height, width] = sampleShape as [number, number, number];
  const plane = height * width;
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    const place = { first: c * plane, plane, step: channels * plane };
    const [m, deviation] = data instanceof Uint8Array ? ofBytes(data, place) : ofNumbers(data, place);
    const scale = dtype === "uint8" ? 255 : 1;
    mean.push(m / scale);
    std.push(deviation > 0 ? deviation / scale : 1);
  }
  return { mean, std };
}

/** The values of a channel: `plane` of them from `first` on, and again after every `step`. */
interface Place {
  readonly first: number;
  readonly plane: number;
  readonly step: number;
}

/** Mean and deviation by counting how often each byte occurs: one pass, and exact. */
function ofBytes(data: Uint8Array, { first, plane, step }: Place): [mean: number, deviation: number] {
  const counts = new Float64Array(256);
  for (let start = first; start < data.length; start += step) {
    for (let i = start; i < start + plane; i++) counts[data[i]!]!++;
  }
  const n = counts.reduce((a, b) => a + b);
  const mean = counts.reduce((sum, count, value) => sum + count * value, 0) / n;
  const squares = counts.reduce((sum, count, value) => sum + count * (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / n)];
}

/** Mean and deviation in two passes, so that a large mean does not swallow the deviation. */
function ofNumbers(
  data: ArrayLike<number>,
  { first, plane, step }: Place,
): [mean: number, deviation: number] {
  const average = (term: (value: number) => number): number => {
    let sum = 0;
    let n = 0;
    for (let start = first; start < data.length; start += step, n += plane) {
      for (let i = start; i < start + plane; i++) sum += term(data[i]!);
    }
    return sum / n;
  };
  const mean = average((value) => value);
  return [mean, Math.sqrt(average((value) => (value - mean) ** 2))];
}
