// What a single unit sees of a picture: where it may look, and where it does.
import { grad } from "../autograd/backward.ts";
import { ShapeError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { formatShape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Box, fieldOfUnits, type UnitField } from "./box.ts";
import { channelOf, checkPlace, layerOutput, type Place } from "./layerOutput.ts";
import { strongest } from "./saliency.ts";
import { checkPictures, checkSamples } from "./target.ts";

/** Options of `unitView`. */
export interface UnitViewOptions {
  /** Dotted path of the layer. */
  layer: string;
  /** Which of its channels, or of a dense layer's features. */
  channel: number;
  /** Which place of the channel's map. Default: where the channel's value is largest. */
  at?: Place;
}

/** What `unitView` found. */
export interface UnitView extends UnitField {
  readonly at: Place;
  /** The unit's value for this picture. */
  readonly value: number;
  /** Largest |gradient| of the channels, `[H, W]`: the effective receptive field. 0 outside of `box`. */
  readonly map: Tensor;
  /** ∂unit/∂picture `[C, H, W]`. */
  readonly gradient: Tensor;
}

/**
 * One unit of a layer, looked at from the picture `[1, C, H, W]`: the box of pixels that it can see at all (its receptive field, exact, cut at the
 * picture's edges), and the gradient of its value, which says how much each of them counts here (its effective receptive field, mostly smaller and
 * strongest in the middle). Of a layer that is called several times the last call counts. The model is left as it was.
 * Throws OptionError for a layer, channel or place that there is not, ShapeError for more than one picture.
 * Source: Luo et al., "Understanding the effective receptive field in deep convolutional neural networks", NeurIPS 2016.
 */
export function unitView(model: Module, input: Tensor, options: UnitViewOptions): UnitView {
  const op = "unitView";
  checkOptions(op, options, ["layer", "channel", "at"]);
  checkPictures(op, input);
  checkSamples(op, input);
  if (input.shape[0] !== 1) {
    throw new ShapeError(
      `${op}: a unit is looked at for one picture [1, C, H, W]; got ${formatShape(input.shape)}`,
    );
  }
  const { layer, channel } = options;
  const x = input.detach();
  x.requiresGrad = true;
  const map = channelOf(op, layerOutput(op, model, x, layer), layer, channel); // [1, h, w]
  const at = options.at ?? largestPlace(map);
  checkPlace(op, at, map);
  const unit = map.select(0, 0).select(0, at[0]).select(0, at[1]).retain();
  const [gradient] = grad(unit, [x]);
  const seen = fieldOfUnits(model, x, layer)(channel, at);
  const exact = within(gradient!.detach(), seen.box); // [1, C, H, W]
  return {
    at,
    value: unit.itemSync(),
    ...seen,
    map: strongest(exact).select(0, 0).realize(),
    gradient: exact.select(0, 0).realize(),
  };
}

/** Zeros outside of a box: convolutions that transform their input leave the rounding of sums there that are 0. */
function within(x: Tensor, { top, left, height, width }: Box): Tensor {
  const [, , rows, columns] = x.shape as [number, number, number, number];
  return x
    .slice(2, top, top + height)
    .slice(3, left, left + width)
    .pad([
      [0, 0],
      [0, 0],
      [top, rows - top - height],
      [left, columns - left - width],
    ]);
}

function largestPlace(map: Tensor): Place {
  const columns = map.shape[2]!;
  const index = map.realize().detach().reshape([map.size]).argmax(0).itemSync();
  return [Math.floor(index / columns), index % columns];
}
