// Which pixels of a picture the units of a layer see, as boxes.
import { receptiveField } from "../inspect/receptiveField.ts";
import type { Module } from "../nn/module/module.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { Place } from "./layerOutput.ts";

/** A box of pixels; the pixel in the upper left corner is row 0, column 0. */
export interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What a unit sees. */
export interface UnitField {
  /** All that it sees, padding around the picture included: may begin below 0 and end outside. */
  readonly field: Box;
  /** The part of it that lies in the picture; of height or width 0 for a unit that sees padding alone. */
  readonly box: Box;
}

/** For pictures such as `input`, what the unit at a place of a layer's maps sees. */
export function fieldOfUnits(
  model: Module,
  { shape, dtype }: Tensor,
  layer: string,
): (channel: number, at: Place) => UnitField {
  const found = receptiveField(model, [1, ...shape.slice(1)], { batch: null, dtype, layer, axes: [2, 3] });
  const [, , height, width] = shape as [number, number, number, number];
  return (channel, [row, column]) => {
    // A layer that does not depend on the picture's places has no axes; then it sees nothing of it.
    const [rows = [0, -1], columns = [0, -1]] = found.at(
      [0, channel, row, column].slice(0, found.shape.length),
    );
    const field = boxOf(rows, columns);
    const inside = ([first, last]: readonly [number, number], size: number) => {
      const start = Math.min(size, Math.max(0, first));
      return [start, Math.max(start - 1, Math.min(size - 1, last))] as const;
    };
    return { field, box: boxOf(inside(rows, height), inside(columns, width)) };
  };
}

function boxOf([top, bottom]: readonly [number, number], [left, right]: readonly [number, number]): Box {
  return { top, left, height: Math.max(0, bottom - top + 1), width: Math.max(0, right - left + 1) };
}
