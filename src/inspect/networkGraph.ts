// A network as a graph of layers and joins, read from a call on tensors without elements. Computes nothing.

import { checkOptions } from "../base/options.ts";
import type { Shape } from "../base/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Module } from "../nn/module/module.ts";
import type { Call, DryRun } from "./dryRun.ts";
import { ExtentMap } from "./extents.ts";
import { call, type InputShapes, type InspectOptions, inputSpecs, pictureAxes } from "./inputs.ts";
import { type GraphNodeKind, type GraphWindow, kindOfFunction, kindOfLayer, windowOf } from "./nodeKind.ts";
import { counts, ownParameters } from "./ownParameters.ts";
import { type FieldAxis, ReceptiveField } from "./receptiveField.ts";
import { type Unit, unitsOf } from "./units.ts";
import { multiplyAdds } from "./work.ts";

/** First and last pixel of a stretch; they may lie outside of the picture. */
export type Span = readonly [first: number, last: number];

/** A layer, a function between layers, or an input. */
export interface GraphNode {
  /** Its place in `nodes`; those that it reads come before it. */
  readonly id: number;
  readonly kind: GraphNodeKind;
  /** Name of the layer's class, or of the functions with arrows between; empty for inputs. */
  readonly name: string;
  /** Whether it is a layer, with a row of its own in `summary`. */
  readonly isLayer: boolean;
  /** Dotted path of the layer, or of the module whose `forward` computes it; empty for the model itself. */
  readonly path: string;
  /** Which call of that module it is, from 1, as in `summary`; 0 for inputs. */
  readonly call: number;
  /** The group that it lies in, its place in `groups`; null for inputs, and where the model is one layer. */
  readonly group: number | null;
  readonly outputs: readonly Shape[];
  /** Elements of the layer's own parameters; each is counted once, where it comes first. */
  readonly parameters: number;
  /** Those of them that training changes. */
  readonly trainable: number;
  readonly multiplyAdds: number;
  /** The window of a convolution or pooling. */
  readonly window: GraphWindow | null;
  /** What the units of the first output see, one entry for each picture axis that they depend on. */
  readonly field: readonly FieldAxis[];
  /**
   * For each entry of `field` what is seen along it by the units along the output's axis of the same number, one span for each; one span
   * that holds for all of them where the output has no such axis, or nothing moves along it.
   */
  readonly spans: readonly (readonly Span[])[];
}

/** What goes from one node to another. */
export interface GraphEdge {
  readonly from: number;
  readonly to: number;
  readonly shape: Shape;
}

/** A call of a module that is made of others: its nodes and groups fold into one. */
export interface GraphGroup {
  readonly id: number;
  /** Name of the module's class. */
  readonly name: string;
  readonly path: string;
  /** Which call of the module it is, from 1. */
  readonly call: number;
  /** The group around it; null for the model. */
  readonly parent: number | null;
}

/** A network as a graph; plain JSON. */
export interface NetworkGraph {
  /** Name of the model's class. */
  readonly name: string;
  /** Each behind those that it reads. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Each behind the one around it. */
  readonly groups: readonly GraphGroup[];
  /** Nodes that give the model's outputs. */
  readonly outputs: readonly number[];
}

/**
 * The graph of a model's layers and of the functions that join them: `networkGraph(model, [3, 224, 224])`. Every call of a layer that calls
 * no other is a node, and so is every function that a module made of layers computes between them (sums of branches, concatenations,
 * activations, poolings); functions that only move or scale elements join their neighbour's node. Edges carry shapes, and modules made of
 * others are groups. `inputShape` is that of one sample without the batch axis, or a list for a model of several inputs. The model is called
 * once, in evaluation mode, on tensors without elements, and left as it was. Throws OptionError for options outside their rules, what the
 * layers throw where the shape does not fit, and UnsupportedError where the model reads values on the way.
 */
export function networkGraph(
  model: Module,
  inputShape: InputShapes,
  options: InspectOptions = {},
): NetworkGraph {
  checkOptions("networkGraph", options, ["batch", "dtype", "axes"]);
  const specs = inputSpecs("networkGraph", inputShape, options);
  const run = call("networkGraph", model, specs, options);
  const units = unitsOf(run);
  const ids = new Map(units.map((unit, id) => [unit, id]));
  const groups = groupsOf(run, units);
  const describe = new Describer(
    model,
    run,
    new ExtentMap(run.inputs, pictureAxes("networkGraph", specs, options)),
  );
  return {
    name: model.constructor.name,
    nodes: units.map((unit, id) => describe.node(unit, id, groups)),
    edges: units.flatMap((unit, to) =>
      unit.reads.map(({ from, node }) => ({ from: ids.get(from)!, to, shape: node.shape })),
    ),
    groups: Array.from(groups, ([made, id]) => ({
      id,
      name: made.module.constructor.name,
      path: made.path,
      call: made.earlier + 1,
      parent: made.parent ? groups.get(made.parent)! : null,
    })),
    outputs: [
      ...new Set(run.outputs.map((node) => units.findLastIndex(({ outputs }) => outputs.includes(node)))),
    ],
  };
}

/** Calls of which something lies within, numbered in order. */
function groupsOf({ calls }: DryRun, units: readonly Unit[]): ReadonlyMap<Call, number> {
  const needed = new Set<Call>();
  for (const { around } of units) for (let at = around; at && !needed.has(at); at = at.parent) needed.add(at);
  return new Map(calls.filter((made) => needed.has(made)).map((made, id) => [made, id]));
}

class Describer {
  readonly #owned: ReturnType<typeof ownParameters>;
  readonly #run: DryRun;
  readonly #map: ExtentMap;

  constructor(model: Module, run: DryRun, map: ExtentMap) {
    this.#owned = ownParameters(model);
    this.#run = run;
    this.#map = map;
  }

  node(unit: Unit, id: number, groups: ReadonlyMap<Call, number>): GraphNode {
    const { layer, around, nodes, outputs } = unit;
    const made = layer ?? around;
    const own = layer?.earlier === 0 ? this.#owned.get(layer.module)?.parameters : undefined;
    return {
      id,
      ...named(unit),
      isLayer: layer !== null,
      path: made?.path ?? "",
      call: made ? made.earlier + 1 : 0,
      group: around ? groups.get(around)! : null,
      outputs: outputs.map(({ shape }) => shape),
      ...counts(own ?? []),
      multiplyAdds: layer ? layer.multiplyAdds : nodes.reduce((sum, node) => sum + multiplyAdds(node), 0),
      window: windowOf(layer?.module ?? null, nodes),
      ...this.#seen(made ?? this.#run.calls[0]!, outputs[0]),
    };
  }

  #seen(made: Call, output: Node | undefined): Pick<GraphNode, "field" | "spans"> {
    if (!output) return { field: [], spans: [] };
    const seen = new ReceptiveField(made.path, made.module.constructor.name, output, this.#map);
    const origin = output.shape.map(() => 0);
    const spans = seen.axes.map(({ axis, jump }, a) => {
      const size = jump > 0 ? (output.shape[axis] ?? 1) : 1;
      return Array.from({ length: size }, (_, i) => seen.at(size > 1 ? origin.with(axis, i) : origin)[a]!);
    });
    return { field: seen.axes, spans };
  }
}

function named({ layer, around, nodes, reads }: Unit): Pick<GraphNode, "kind" | "name"> {
  if (layer) return { kind: kindOfLayer(layer.module, nodes), name: layer.module.constructor.name };
  if (!around) return { kind: "input", name: "" };
  const names = nodes.map(({ signature }) => signature.name);
  const kinds = nodes.map((node) => kindOfFunction(node, reads.length));
  const main = kinds.find((kind) => kind !== "shape") ?? "shape";
  return { kind: main, name: names.filter((name, i) => name !== names[i - 1]).join(" → ") };
}
