// What a model is inspected with: shapes as users give them, the batch axis before them, and the axes that count as a picture.

import { type DType, isFloating } from "../base/dtype.ts";
import { FoveaError, OptionError, ShapeError } from "../base/errors.ts";
import { formatShape, type Shape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { type DryRun, dryRun, type InputSpec } from "./dryRun.ts";
import type { PictureAxis } from "./extents.ts";

/** Shape of one sample, or of one for each input of the model. */
export type InputShapes = Shape | readonly Shape[];

/** How a model is called to be inspected. */
export interface InspectOptions {
  /** Samples in the batch, whose axis comes before the shapes given; null where the shapes have it already. Default 1. */
  batch?: number | null;
  /** Element type of the inputs, or of each of them. Default float32. */
  dtype?: DType | readonly DType[];
  /**
   * Axes of the inputs along which a receptive field is counted; the batch axis is axis 0. Default: all after batch and channels,
   * and axis 1 for integers of rank 2 (tokens).
   */
  axes?: readonly number[];
}

/** The inputs to call the model with; throws ShapeError or OptionError where they are none. */
export function inputSpecs(op: string, shapes: InputShapes, options: InspectOptions): InputSpec[] {
  const { batch = 1, dtype = "float32" } = options;
  if (batch !== null && !isCount(batch)) {
    throw new OptionError(`${op}: batch must be a whole number of at least 1, or null; got ${batch}`);
  }
  const list = (typeof shapes[0] === "object" ? shapes : [shapes]) as readonly Shape[];
  return list.map((shape, i) => {
    const whole = batch === null ? shape : [batch, ...shape];
    if (!whole.every(isCount)) {
      throw new ShapeError(
        `${op}: sizes must be whole numbers of at least 1; got ${JSON.stringify(shape)}. ` +
          "Give the shape of one sample, such as [3, 224, 224], or a list of shapes for several inputs",
      );
    }
    const own = typeof dtype === "string" ? dtype : dtype[i];
    if (!own)
      throw new OptionError(
        `${op}: dtype has ${dtype.length} entries for ${list.length} inputs; give one for each, or one name for all`,
      );
    return { shape: whole, dtype: own };
  });
}

/** Calls the model to see what it does; errors on the way also tell what it was called with. */
export function call(
  op: string,
  model: Module,
  specs: readonly InputSpec[],
  { batch = 1 }: InspectOptions,
): DryRun {
  try {
    return dryRun(model, specs);
  } catch (error) {
    if (error instanceof FoveaError) {
      const shown = specs.map(({ shape, dtype }) => `${dtype} ${formatShape(shape)}`).join(", ");
      const axis =
        batch === null ? "" : `, the batch axis put before the shape given; batch: null leaves it out`;
      error.message += `\n${op} called the model with ${shown}${axis}`;
    }
    throw error;
  }
}

/** The picture axes of all inputs; throws OptionError for an axis that none of them has. */
export function pictureAxes(
  op: string,
  specs: readonly InputSpec[],
  { axes }: InspectOptions,
): PictureAxis[] {
  const missing = axes?.find((axis) => !specs.some(({ shape }) => axis in shape));
  if (missing !== undefined) {
    const shown = specs.map(({ shape }) => formatShape(shape)).join(", ");
    throw new OptionError(`${op}: axes names axis ${missing}, which the input does not have; got ${shown}`);
  }
  return specs.flatMap(({ shape, dtype }, input) => {
    const first = shape.length === 2 && !isFloating(dtype) ? 1 : 2;
    return shape.flatMap((size, axis) =>
      (axes ? axes.includes(axis) : axis >= first) ? [{ input, axis, size }] : [],
    );
  });
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
