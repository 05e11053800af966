// Sequences and pictures made larger or smaller.

import { allocate } from "../../base/dtype.ts";
import { OptionError, ShapeError } from "../../base/errors.ts";
import { formatShape } from "../../base/shape.ts";
import { type OpRecord, requireFloat } from "../../ops/define.ts";
import { indexSelect } from "../../ops/indexing.ts";
import { Tensor } from "../../tensor/tensor.ts";

/** How elements between those of x are made: the nearest one, or drawn between neighbours along one axis or two. */
export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear";

/** Options of `interpolate`: either a size or a factor, PyTorch's names and defaults. */
export interface InterpolateOptions {
  /** Sizes of the result's axes behind the channels; one number stands for all. */
  size?: number | readonly number[] | null;
  /** Factors instead of sizes: an axis of size s becomes ⌊s · factor⌋. */
  scaleFactor?: number | readonly number[] | null;
  /** Default "nearest". */
  mode?: InterpolationMode;
  /** Whether first and last elements keep their places, rather than the edges of the elements as areas. For (bi)linear only; default false. */
  alignCorners?: boolean;
}

/**
 * A sequence or picture in another size. With s = old size / new size (1 / scaleFactor where that is given), element i is, along each axis,
 * - nearest: x at `⌊i · s⌋`; nearest-exact: x at `⌊(i + ½) · s⌋`;
 * - linear, bilinear: between the two neighbours of `max((i + ½) · s − ½, 0)`, in proportion;
 *   with `alignCorners` of `i · (old − 1) / (new − 1)`.
 *
 * An axis whose size stays the same stays as it is (but for nearest-exact), and nearest repeats each element of one whose size doubles,
 * whatever the factor that leads there.
 *
 * Shapes: x `[N, C, L]` (linear), `[N, C, H, W]` (bilinear), `[N, C, …]` (nearest); result `[N, C, ...size]`.
 * Throws ShapeError for another rank, OptionError where options contradict each other.
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  requireFloat("interpolate", { x });
  const { mode = "nearest", alignCorners = false } = options;
  checkInterpolation("interpolate", options);
  const rank = { linear: 3, bilinear: 4, nearest: 0, "nearest-exact": 0 }[mode];
  if (x.rank < 3 || (rank && x.rank !== rank) || x.shape.slice(2).includes(0)) {
    const wanted = { 0: "[N, C, …] of rank 3 or more", 3: "[N, C, L]", 4: "[N, C, H, W]" }[rank];
    throw new ShapeError(
      `interpolate: mode ${mode} takes x ${wanted}, nothing empty behind C; got ${formatShape(x.shape)}`,
    );
  }
  return x.shape
    .slice(2)
    .map((from, d) => sizesAlong(x, from, d, options))
    .reduce((y, sizes, d) => (rank ? blend(y, d + 2, sizes, alignCorners) : pick(y, d + 2, sizes, mode)), x);
}

/** Throws OptionError where not exactly one of size and scaleFactor is given, or where mode and alignCorners are not known. */
export function checkInterpolation(op: string, options: InterpolateOptions): void {
  const { size = null, scaleFactor = null, mode = "nearest", alignCorners = false } = options;
  if (!["nearest", "nearest-exact", "linear", "bilinear"].includes(mode)) {
    throw new OptionError(
      `${op}: mode must be nearest, nearest-exact, linear or bilinear; got ${String(mode)}`,
    );
  }
  if ((size === null) === (scaleFactor === null)) {
    throw new OptionError(
      `${op}: give either size or scaleFactor; got ${size === null ? "neither" : "both"}`,
    );
  }
  if (alignCorners && mode.startsWith("nearest")) {
    throw new OptionError(
      `${op}: alignCorners is for linear and bilinear; mode ${mode} takes whole elements`,
    );
  }
  for (const n of [size ?? []].flat()) {
    if (!Number.isInteger(n) || n < 1) {
      throw new OptionError(`${op}: size must be integers of at least 1; got ${formatShape([size!].flat())}`);
    }
  }
  for (const factor of [scaleFactor ?? []].flat()) {
    if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
      throw new OptionError(`${op}: scaleFactor must be above 0; got ${formatShape([scaleFactor!].flat())}`);
    }
  }
}

/** An axis's old size, its new one, and the step in the old for a step in the new. */
interface Sizes {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

function sizesAlong(x: Tensor, from: number, d: number, { size, scaleFactor }: InterpolateOptions): Sizes {
  const given = (size ?? scaleFactor)!;
  const list = typeof given === "number" ? x.shape.slice(2).map(() => given) : given;
  if (list.length !== x.rank - 2) {
    throw new ShapeError(
      `interpolate: ${size == null ? "scaleFactor" : "size"} needs a number for each axis behind N and C; ` +
        `got ${formatShape(list)} for x ${formatShape(x.shape)}`,
    );
  }
  const value = list[d]!;
  if (size != null) return { from, to: value, step: from / value };
  const to = Math.floor(from * value);
  if (to < 1) {
    throw new ShapeError(
      `interpolate: scaleFactor ${value} leaves nothing of axis ${d + 2}; got x ${formatShape(x.shape)}`,
    );
  }
  return { from, to, step: 1 / value };
}

/** Each element from the nearest one along an axis. */
function pick(x: Tensor, axis: number, sizes: Sizes, mode: InterpolationMode): Tensor {
  const { from, to } = sizes;
  const places = mode === "nearest" ? nearestPlaces(sizes) : placesBelow(sizes, 0.5);
  const times = to / from;
  if (Number.isInteger(times) && places.every((place, i) => place === Math.floor(i / times))) {
    return repeat(x, axis, times);
  }
  return indexSelect(x, axis, Tensor.fromArray(places, [to]));
}

function nearestPlaces(sizes: Sizes): Int32Array {
  const { from, to } = sizes;
  // As PyTorch has it, the same and twice the size are what they seem, also where a factor such as 1.1 leads to them.
  if (to === from || to === 2 * from)
    return Int32Array.from({ length: to }, (_, i) => Math.floor((i * from) / to));
  return placesBelow(sizes, 0);
}

/** `⌊(i + shift) · step⌋` in float32, in which PyTorch computes the places. */
function placesBelow({ from, to, step }: Sizes, shift: number): Int32Array {
  const scale = Math.fround(step);
  return Int32Array.from({ length: to }, (_, i) =>
    Math.min(Math.floor(Math.fround((i + shift) * scale)), from - 1),
  );
}

/** Each element as often as told, one after the other: a view, whose gradient is a sum. */
function repeat(x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const size = x.shape[axis]!;
  return x
    .unsqueeze(axis + 1)
    .expand([...before, size, times, ...behind])
    .reshape([...before, size * times, ...behind]);
}

/** Each element between its two neighbours along an axis. */
function blend(x: Tensor, axis: number, { from, to, step }: Sizes, alignCorners: boolean): Tensor {
  if (from === to) return x;
  const lower = new Int32Array(to);
  const upper = new Int32Array(to);
  const share = allocate(x.dtype, to); // of the upper neighbour
  for (let i = 0; i < to; i++) {
    const place = alignCorners
      ? to > 1
        ? (i * (from - 1)) / (to - 1)
        : 0
      : Math.max((i + 0.5) * step - 0.5, 0);
    lower[i] = Math.min(Math.floor(place), from - 1);
    upper[i] = Math.min(lower[i]! + 1, from - 1);
    share[i] = Math.min(place - lower[i]!, 1);
  }
  const part = Tensor.fromArray(
    share,
    x.shape.slice(axis).map((_, d) => (d === 0 ? to : 1)),
    x.dtype,
  );
  const at = (places: Int32Array) => indexSelect(x, axis, Tensor.fromArray(places, [to]));
  return at(lower).mul(part.neg().add(1)).add(at(upper).mul(part));
}

/** What the checks try this function with. */
export function interpolateRecords(): OpRecord[] {
  return [
    {
      name: "interpolate",
      differentiable: true,
      domain: [-2, 2],
      samples: [
        { shapes: [[2, 2, 3, 2]], call: (x) => interpolate(x!.sin(), { scaleFactor: 2 }).sin() },
        { shapes: [[1, 2, 5]], call: (x) => interpolate(x!, { size: 7 }).sin() },
        { shapes: [[1, 2, 4, 3]], call: (x) => interpolate(x!, { size: [5, 2], mode: "bilinear" }).sin() },
        {
          shapes: [[2, 1, 3, 4]],
          call: (x) => interpolate(x!, { scaleFactor: 2, mode: "bilinear", alignCorners: true }),
        },
        { shapes: [[2, 3, 4]], call: (x) => interpolate(x!, { size: 9, mode: "linear" }).sin() },
      ],
    },
  ];
}
