// What a model needs to see: how far the probability of a class drops where a patch of the picture is covered.
import { allocate } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { softmax } from "../nn/functional/softmax.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation } from "../nn/module/watch.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { checkPictures, type Explained, scoresOf, type Target, targetsOf } from "./target.ts";
import { Turns, type WorkOptions } from "./work/turns.ts";

/** One number for both directions, or rows and columns. */
export type PatchExtent = number | readonly [rows: number, columns: number];

/** Options of `occlusion`. */
export interface OcclusionOptions extends WorkOptions {
  /** The class that is explained, or one for each picture. Default: the likeliest. */
  target?: Target;
  /** Pixels that the patch covers. Default: about an eighth of the shorter side, and at least 2. */
  size?: PatchExtent;
  /** Pixels from patch to patch. Default: half of the size, and at least 1. */
  stride?: PatchExtent;
  /** What the patch shows, in the input's units: one value, or one for each channel. Default 0, which is the mean where inputs are normalised. */
  fill?: number | readonly number[];
  /** Covered pictures that go through the model at once; bounds the memory. Default 32. */
  batchSize?: number;
}

/** What `occlusion` found; scores are probabilities here. */
export interface Occlusion extends Explained {
  /** `[N, H, W]`: for each pixel the mean drop of the probability over the patches that cover it; below 0 where covering helps. 0 where no patch comes. */
  readonly map: Tensor;
  /** `[N, rows, columns]`: the drop for each patch. */
  readonly grid: Tensor;
  readonly size: readonly [rows: number, columns: number];
  readonly stride: readonly [rows: number, columns: number];
}

/**
 * Occlusion: a patch is laid over the picture at each place in turn, and `drop = p(x) − p(x covered)`, p the softmax of the model's outputs at the class.
 * It asks the model itself, without gradients, so that it tells what the answer rests on, for patches of this size: what two places show alike is
 * not missed where one of them is covered, and the patch's own edges are something to see, too. Patches begin at the upper left corner; the
 * last of a row or column is cut at the picture's edge.
 * Shapes: input `[N, C, H, W]`, map `[N, H, W]`. Works in batches and lets other work run between them; `signal` ends it with the signal's reason.
 * Throws OptionError for sizes, fills and classes outside their rules, ShapeError for inputs that are no pictures.
 * Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.
 */
export async function occlusion(
  model: Module,
  input: Tensor,
  options: OcclusionOptions = {},
): Promise<Occlusion> {
  const op = "occlusion";
  checkOptions(op, options, ["target", "size", "stride", "fill", "batchSize", "onProgress", "signal"]);
  checkPictures(op, input);
  const { target, fill = 0, batchSize = 32 } = options;
  const [samples, channels, height, width] = input.shape as [number, number, number, number];
  const size = extentOf("size", options.size ?? Math.max(2, Math.round(Math.min(height, width) / 8)));
  const stride = extentOf("stride", options.stride ?? [half(size[0]), half(size[1])]);
  const fills = fillsOf(fill, channels);
  checkNumber(op, "batchSize", batchSize, "a whole number of at least 1", isCount);
  const x = input.detach();
  const pixels = x.dataSync();
  const outputs = noGrad(() => inEvaluation(model, () => model.forward(x)));
  const targets = targetsOf(op, outputs, target);
  const scores = Array.from(noGrad(() => scoresOf(softmax(outputs, 1), targets)).dataSync());

  const places = { rows: starts(height, size[0], stride[0]), columns: starts(width, size[1], stride[1]) };
  const each = places.rows.length * places.columns.length;
  const grid = new Float32Array(samples * each);
  const turns = new Turns(options, grid.length);
  const plane = height * width;
  const length = channels * plane;
  for (let first = 0; first < grid.length; first += batchSize) {
    await turns.next(first);
    const count = Math.min(batchSize, grid.length - first);
    const covered = allocate(x.dtype, count * length);
    for (let i = 0; i < count; i++) {
      const sample = Math.floor((first + i) / each);
      covered.set(pixels.subarray(sample * length, (sample + 1) * length), i * length);
      const [top, left] = placeOf((first + i) % each, places);
      const right = Math.min(width, left + size[1]);
      for (let c = 0; c < channels; c++) {
        for (let y = top; y < Math.min(height, top + size[0]); y++) {
          const row = i * length + c * plane + y * width;
          covered.fill(fills[c]!, row + left, row + right);
        }
      }
    }
    const owners = Array.from({ length: count }, (_, i) => Math.floor((first + i) / each));
    const batch = Tensor.fromArray(covered, [count, channels, height, width]);
    const found = noGrad(() =>
      scoresOf(
        softmax(
          inEvaluation(model, () => model.forward(batch)),
          1,
        ),
        owners.map((n) => targets[n]!),
      ),
    );
    for (const [i, probability] of found.dataSync().entries())
      grid[first + i] = scores[owners[i]!]! - probability;
  }
  turns.end();
  return {
    ...{ targets, scores, size, stride },
    map: Tensor.fromArray(spread(grid, samples, places, size, [height, width]), [samples, height, width]),
    grid: Tensor.fromArray(grid, [samples, places.rows.length, places.columns.length]),
  };
}

/** Where patches begin along rows and columns. */
interface Places {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

function placeOf(index: number, { rows, columns }: Places): [top: number, left: number] {
  return [rows[Math.floor(index / columns.length)]!, columns[index % columns.length]!];
}

/** For each pixel the mean of the patches that cover it. */
function spread(
  grid: Float32Array,
  samples: number,
  places: Places,
  [rows, columns]: readonly [number, number],
  [height, width]: readonly [number, number],
): Float32Array {
  const each = grid.length / samples;
  const map = new Float32Array(samples * height * width);
  const covers = new Uint32Array(height * width);
  for (let index = 0; index < grid.length; index++) {
    const [top, left] = placeOf(index % each, places);
    const sample = Math.floor(index / each);
    for (let y = top; y < Math.min(height, top + rows); y++) {
      for (let x = left; x < Math.min(width, left + columns); x++) {
        map[(sample * height + y) * width + x]! += grid[index]!;
        if (sample === 0) covers[y * width + x]! += 1;
      }
    }
  }
  for (let i = 0; i < map.length; i++) map[i]! /= Math.max(1, covers[i % covers.length]!);
  return map;
}

/** Places until the edge is reached. */
function starts(length: number, size: number, stride: number): number[] {
  const count = Math.max(0, Math.ceil((length - size) / stride)) + 1;
  return Array.from({ length: count }, (_, i) => i * stride);
}

function extentOf(name: string, value: PatchExtent): readonly [number, number] {
  const [rows, columns] = typeof value === "number" ? [value, value] : value;
  if (isCount(rows) && isCount(columns)) return [rows, columns];
  throw new OptionError(
    `occlusion: ${name} must be a whole number of pixels of at least 1, or [rows, columns]; got ${JSON.stringify(value)}`,
  );
}

function fillsOf(fill: number | readonly number[], channels: number): readonly number[] {
  const fills = typeof fill === "number" ? new Array<number>(channels).fill(fill) : fill;
  if (fills.length !== channels) {
    throw new OptionError(
      `occlusion: fill has ${fills.length} values for ${channels} channels; give one, or one for each`,
    );
  }
  for (const value of fills) checkNumber("occlusion", "fill", value);
  return fills;
}

function half(size: number): number {
  return Math.max(1, Math.floor(size / 2));
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
