// Receptive fields: which part of the picture a unit of a layer sees, by interval arithmetic over the lazy graph.

import { OptionError } from "../base/errors.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Module } from "../nn/module/module.ts";
import { partAt } from "../nn/module/watch.ts";
import type { Call, DryRun, InputSpec } from "./dryRun.ts";
import { type Extent, intervalAt } from "./extent.ts";
import { ExtentMap, type PictureAxis } from "./extents.ts";
import { call, type InputShapes, type InspectOptions, inputSpecs, pictureAxes } from "./inputs.ts";

/** What the units of a tensor see along one axis of an input, in pixels; pixel 0 is the picture's first. */
export interface FieldAxis extends PictureAxis {
  /** Length of what a unit sees, padding around the picture included; of the middle unit, where units differ. */
  readonly field: number;
  /** The part of it that lies inside the picture. */
  readonly inside: number;
  /** How far the fields of neighbouring units lie apart; 0 where the units have no place in the picture any more. */
  readonly jump: number;
  /** First pixel that the first unit sees; negative in the padding before the picture. */
  readonly start: number;
  /** Middle of what the first unit sees. */
  readonly centre: number;
}

/** What the units of one layer's output see. */
export class ReceptiveField {
  /** The layer's dotted path; empty for the model itself. */
  readonly path: string;
  /** Name of the layer's class. */
  readonly name: string;
  /** Shape of the layer's output. */
  readonly shape: Shape;
  /** One entry for each picture axis of each input that the layer depends on, in order. */
  readonly axes: readonly FieldAxis[];
  readonly #extents: readonly (readonly Extent[])[];

  constructor(path: string, name: string, output: Node, map: ExtentMap) {
    const extents = map.of(output);
    const seen = map.axes.flatMap((axis, a) =>
      extents[a]!.length > 0 ? [[axis, extents[a]!] as const] : [],
    );
    this.path = path;
    this.name = name;
    this.shape = output.shape;
    this.axes = seen.map(([axis, list]) => fieldAlong(axis, list, output.shape));
    this.#extents = seen.map(([, list]) => list);
  }

  /** First and last pixel that the element at a full index of the output, `[n, c, y, x]`, sees along each of `axes`; they may lie outside. */
  at(index: readonly number[]): readonly (readonly [number, number])[] {
    return this.#extents.map((list) => intervalAt(list, index));
  }
}

function fieldAlong(axis: PictureAxis, extents: readonly Extent[], shape: Shape): FieldAxis {
  const [start, end] = intervalAt(
    extents,
    shape.map(() => 0),
  );
  const [first, last] = intervalAt(
    extents,
    shape.map((size) => Math.floor((size - 1) / 2)),
  );
  const steps = extents.flatMap(({ axes }) => axes.flat().map(({ step }) => Math.abs(step)));
  return {
    ...axis,
    field: last - first + 1,
    inside: Math.max(0, Math.min(last, axis.size - 1) - Math.max(first, 0) + 1),
    jump: Math.max(0, ...steps),
    start,
    centre: (start + end) / 2,
  };
}

/** What the first output of each call sees, in order of the calls' beginning; calls that gave nothing are left out. */
export function fieldsOfCalls(
  op: string,
  { inputs, calls }: DryRun,
  specs: readonly InputSpec[],
  options: InspectOptions,
): ReadonlyMap<Call, ReceptiveField> {
  const map = new ExtentMap(inputs, pictureAxes(op, specs, options));
  return new Map(
    calls.flatMap((made) => {
      const [output] = made.outputs;
      const { path, module } = made;
      return output ? [[made, new ReceptiveField(path, module.constructor.name, output, map)] as const] : [];
    }),
  );
}

/** The receptive fields of all layers, in the order in which the model calls them; otherwise as `receptiveField`. */
export function receptiveFields(
  model: Module,
  inputShape: InputShapes,
  options: InspectOptions = {},
): ReceptiveField[] {
  return [...inspected("receptiveFields", model, inputShape, options).values()];
}

/** Options of `receptiveField`. */
export interface ReceptiveFieldOptions extends InspectOptions {
  /** Dotted path of the layer, as in `stateDict()`. Default: the model's own output. */
  layer?: string;
}

/**
 * What the units of a layer see of the input, for any graph of ops: through a window of k taps, `field ← field + (k − 1) · dilation · jump`
 * and `jump ← jump · stride`; where branches meet, the smallest interval around theirs; whatever sums over the picture sees all of it.
 * `inputShape` is that of one sample, without the batch axis. Nothing is computed. Of a layer that is called several times the
 * last call counts, of several outputs the first. Throws OptionError for a layer that the model does not have or call.
 * Source: Araujo, Norris and Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.
 */
export function receptiveField(
  model: Module,
  inputShape: InputShapes,
  { layer = "", ...options }: ReceptiveFieldOptions = {},
): ReceptiveField {
  const module = partAt("receptiveField", model, layer);
  const fields = inspected("receptiveField", model, inputShape, options);
  const own = [...fields].filter(([made]) => made.module === module).at(-1);
  if (!own) {
    throw new OptionError(`receptiveField: forward() of ${model.constructor.name} does not call "${layer}"`);
  }
  return own[1];
}

function inspected(
  op: string,
  model: Module,
  inputShape: InputShapes,
  options: InspectOptions,
): ReadonlyMap<Call, ReceptiveField> {
  const specs = inputSpecs(op, inputShape, options);
  return fieldsOfCalls(op, call(op, model, specs, options), specs, options);
}
