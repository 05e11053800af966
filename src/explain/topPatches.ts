// The pictures of a data set that drive one unit most, and where in them it looked.
import { allocate } from "../base/dtype.ts";
import { OptionError, ShapeError } from "../base/errors.ts";
import { checkNumber, checkOptions } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { noGrad } from "../tensor/gradmode.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type Box, fieldOfUnits, type UnitField } from "./box.ts";
import { channelOf, layerOutput, type Place } from "./layerOutput.ts";
import { checkPictures } from "./target.ts";
import type { WorkOptions } from "./work/turns.ts";

/** Batches of pictures with whatever comes beside them, such as a `DataLoader` gives. */
export type PictureBatches =
  | Iterable<readonly [Tensor, ...unknown[]]>
  | AsyncIterable<readonly [Tensor, ...unknown[]]>;

/** Options of `topPatches`. */
export interface TopPatchesOptions extends Pick<WorkOptions, "signal"> {
  /** Dotted path of the layer. */
  layer: string;
  /** Which of its channels, or of a dense layer's features. */
  channel: number;
  /** How many pictures. Default 9. */
  count?: number;
  /** Makes the network's input of a batch, such as `(x) => prepareInput(x, normalization)`. Default: the batch as it is. */
  prepare?: (x: Tensor) => Tensor;
  /** Is told how many pictures have been looked at. */
  onProgress?: ((pictures: number) => void) | undefined;
}

/** A picture that drives a unit far up. */
export interface TopPatch extends UnitField {
  /** Number of the picture in the order in which the batches came. */
  readonly index: number;
  /** The channel's largest value on it, and the place of the map where that is. */
  readonly value: number;
  readonly at: Place;
  /** The pixels of `box`, `[C, height, width]`, as the batch has them. */
  readonly patch: Tensor;
}

/**
 * Goes through pictures and keeps those on which one channel of a layer rises highest, best first, each with the box of pixels that the unit there sees:
 * what a filter stands for, told by examples. Each picture counts once, by its highest place; of equal ones the first. The model is called in evaluation
 * mode and left as it was. Throws OptionError for a layer or channel that there is not, and where there are no pictures; ShapeError for batches that are no pictures.
 * Source: Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014.
 */
export async function topPatches(
  model: Module,
  batches: PictureBatches,
  options: TopPatchesOptions,
): Promise<TopPatch[]> {
  const op = "topPatches";
  checkOptions(op, options, ["layer", "channel", "count", "prepare", "onProgress", "signal"]);
  const { layer, channel, count = 9, prepare = (x: Tensor) => x, onProgress, signal } = options;
  checkNumber(op, "count", count, "a whole number of at least 1", (n) => Number.isInteger(n) && n >= 1);
  let best: TopPatch[] = [];
  let seen = 0;
  let shape = "";
  let fieldAt: ReturnType<typeof fieldOfUnits> | null = null;
  for await (const [pictures] of batches) {
    signal?.throwIfAborted();
    checkPictures(op, pictures);
    const x = noGrad(() => prepare(pictures));
    const own = formatShape(x.shape.slice(1));
    fieldAt ??= fieldOfUnits(model, x, layer);
    shape ||= own;
    if (own !== shape)
      throw new ShapeError(`${op}: all pictures must be of one shape; got ${shape} and ${own}`);
    const peaks = noGrad(() => peaksOf(channelOf(op, layerOutput(op, model, x, layer), layer, channel)));
    const found: TopPatch[] = [];
    for (const [n, { value, at }] of peaks.entries()) {
      if (best.length >= count && !(value > best.at(-1)!.value)) continue;
      const field = fieldAt(channel, at);
      found.push({ index: seen + n, value, at, ...field, patch: cropped(pictures, n, field.box) });
    }
    best = [...best, ...found].sort((a, b) => b.value - a.value || a.index - b.index).slice(0, count);
    seen += peaks.length;
    onProgress?.(seen);
  }
  if (seen === 0) throw new OptionError(`${op}: there is not one picture in what it was given`);
  return best;
}

/** A copy of the pixels of one picture within a box: loaders use the memory of their batches again. */
function cropped(pictures: Tensor, picture: number, { top, left, height, width }: Box): Tensor {
  const [, channels, rows, columns] = pictures.shape as [number, number, number, number];
  const from = pictures.dataSync();
  const data = allocate(pictures.dtype, channels * height * width);
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y < height; y++) {
      const row = ((picture * channels + c) * rows + top + y) * columns + left;
      data.set(from.subarray(row, row + width), (c * height + y) * width);
    }
  }
  return Tensor.fromArray(data, [channels, height, width], pictures.dtype);
}

/** The largest value of each map of `[N, h, w]`, and its place. */
function peaksOf(maps: Tensor): { readonly value: number; readonly at: Place }[] {
  const [samples, rows, columns] = maps.shape as [number, number, number];
  const flat = maps.reshape([samples, rows * columns]).realize();
  const [places, values] = [flat.argmax(1).dataSync(), flat.amax(1).dataSync()];
  return Array.from(values, (value, n) => ({
    value,
    at: [Math.floor(places[n]! / columns), places[n]! % columns] as const,
  }));
}
