// What one layer of a model gives, and single units of it.
import { OptionError, ShapeError } from "../base/errors.ts";
import { formatShape } from "../base/shape.ts";
import type { Module } from "../nn/module/module.ts";
import { inEvaluation, partAt, tensorsIn, watchCalls } from "../nn/module/watch.ts";
import type { Tensor } from "../tensor/tensor.ts";

/** A place of a map. */
export type Place = readonly [row: number, column: number];

/** The first output of the last call of a layer, not computed yet. Throws OptionError for a layer that the model does not have or call. */
export function layerOutput(op: string, model: Module, input: Tensor, layer: string): Tensor {
  const part = partAt(op, model, layer);
  let output: Tensor | undefined;
  const end = watchCalls(model, (call, body) => {
    const result = body();
    if (call.part === part) [output] = tensorsIn(result);
    return result;
  });
  try {
    inEvaluation(model, () => model.forward(input));
  } finally {
    end();
  }
  if (output) return output;
  throw new OptionError(`${op}: forward() of ${model.constructor.name} does not call "${layer}"`);
}

/**
 * The values of one channel of a layer's output, a map `[N, h, w]`; of a dense layer, whose units have no place, `[N, 1, 1]`. Throws ShapeError for other
 * outputs, OptionError for a channel that there is not.
 */
export function channelOf(op: string, output: Tensor, layer: string, channel: number): Tensor {
  const [samples, channels] = output.shape;
  if (output.rank !== 4 && output.rank !== 2) {
    throw new ShapeError(
      `${op}: layer "${layer}" must give maps [N, k, h, w] or features [N, k]; it gives ${formatShape(output.shape)}`,
    );
  }
  if (!Number.isInteger(channel) || channel < 0 || channel >= channels!) {
    throw new OptionError(
      `${op}: channel of layer "${layer}" must be a whole number from 0 to ${channels! - 1}; got ${channel}`,
    );
  }
  const values = output.select(1, channel);
  return output.rank === 4 ? values : values.reshape([samples!, 1, 1]);
}

/** Throws OptionError for a place outside of a map `[N, h, w]`. */
export function checkPlace(op: string, [row, column]: Place, { shape }: Tensor): void {
  const [, rows, columns] = shape as [number, number, number];
  const fits = (value: number, size: number) => Number.isInteger(value) && value >= 0 && value < size;
  if (fits(row, rows) && fits(column, columns)) return;
  throw new OptionError(
    `${op}: at must be [row, column] within the layer's map of ${rows} × ${columns}; got [${row}, ${column}]`,
  );
}
