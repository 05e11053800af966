// A model layer by layer: shapes, parameters, multiply-adds, memory and receptive fields, without computing anything.

import { byteSize } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { type Shape, sizeOf } from "../base/shape.ts";
import { viewBase } from "../graph/analysis.ts";
import type { Node } from "../graph/node.ts";
import type { Module, Part } from "../nn/module/module.ts";
import type { Call, DryRun, InputSpec } from "./dryRun.ts";
import { call, type InputShapes, type InspectOptions, inputSpecs } from "./inputs.ts";
import { counts, type Owned, ownParameters } from "./ownParameters.ts";
import { passBytes } from "./passBytes.ts";
import { fieldsOfCalls, type ReceptiveField } from "./receptiveField.ts";
import { summaryTable } from "./table.ts";

/** One call of a module, or a module with parameters that is not called. */
export interface SummaryRow {
  /** Dotted path; empty for the model itself. */
  readonly path: string;
  /** Name of the module's class. */
  readonly name: string;
  /** Number of calls that this one lies in. */
  readonly depth: number;
  /** Which call of the module it is, from 1; 0 where it is not called. */
  readonly call: number;
  readonly outputs: readonly Shape[];
  /** Elements of the module's own parameters; each is counted once, where it comes first. */
  readonly parameters: number;
  /** Those of them that training changes. */
  readonly trainable: number;
  /** True where parameters of the module were counted in an earlier row. */
  readonly shared: boolean;
  /** Multiply-adds of the module itself, without the calls within it that have rows of their own. */
  readonly multiplyAdds: number;
  /** Bytes of the outputs. */
  readonly bytes: number;
  /** What the first output's units see of the input; null where it is not called. */
  readonly field: ReceptiveField | null;
}

/** Sums over a model, for the whole batch. */
export interface SummaryTotals {
  readonly parameters: number;
  readonly trainable: number;
  readonly frozen: number;
  readonly parameterBytes: number;
  readonly multiplyAdds: number;
  readonly inputBytes: number;
  /** Bytes of all modules' outputs, each tensor once; views and what functions compute between modules are not among them. */
  readonly activationBytes: number;
  /**
   * Bytes that one pass without gradients takes at once as it is run here, fused and with places used again, input included and
   * parameters not; null for graphs that are run in parts.
   */
  readonly passBytes: number | null;
}

/** Options of `summary`. */
export interface SummaryOptions extends InspectOptions {
  /** Rows of calls that lie deeper than this are added to the row they lie in. Default: none. */
  depth?: number;
}

/** What `summary` found; as text, a table. */
export class Summary {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly rows: readonly SummaryRow[];
  readonly totals: SummaryTotals;

  constructor(
    name: string,
    inputs: readonly InputSpec[],
    rows: readonly SummaryRow[],
    totals: SummaryTotals,
  ) {
    this.name = name;
    this.inputs = inputs;
    this.rows = rows;
    this.totals = totals;
  }

  /** The table, for a terminal or a file. */
  toString(): string {
    return summaryTable(this);
  }
}

/**
 * A model layer by layer, in the order in which it calls them: `console.log(String(summary(model, [3, 224, 224])))`. `inputShape` is the shape
 * of one sample without the batch axis, or a list of shapes for a model of several inputs. The model is called once, in evaluation mode, on
 * tensors without elements: nothing is computed, and model and random numbers are left as they were. Multiply-adds count one for each
 * product in the sums of convolutions and matrix products. Throws what the layers throw where the shape does not fit, and
 * UnsupportedError where the model reads values on the way.
 */
export function summary(model: Module, inputShape: InputShapes, options: SummaryOptions = {}): Summary {
  const specs = inputSpecs("summary", inputShape, options);
  const { depth = Number.POSITIVE_INFINITY } = options;
  if (!(depth >= 0)) throw new OptionError(`summary: depth must be a number of at least 0; got ${depth}`);
  const run = call("summary", model, specs, options);
  const fields = fieldsOfCalls("summary", run, specs, options);
  const owned = ownParameters(model);
  const rows = run.calls.map((made) => rowOf(made, owned.get(made.module), fields.get(made) ?? null));
  const called = new Set(run.calls.map(({ module }) => module));
  for (const [path, module] of model.namedModules()) {
    const own = owned.get(module);
    if (called.has(module) || !own) continue;
    called.add(module);
    const at = insertion(rows, path);
    rows.splice(at.place, 0, uncalled(path, module, own, at.depth));
  }
  return new Summary(model.constructor.name, specs, folded(rows, depth), totalsOf(run, [...owned.values()]));
}

function rowOf(call: Call, own: Owned | undefined, field: ReceptiveField | null): SummaryRow {
  let depth = 0;
  for (let at = call.parent; at; at = at.parent) depth++;
  const isFirst = call.earlier === 0;
  return {
    path: call.path,
    name: call.module.constructor.name,
    depth,
    call: call.earlier + 1,
    outputs: call.outputs.map(({ shape }) => shape),
    ...counts(isFirst ? (own?.parameters ?? []) : []),
    shared: own !== undefined && (!isFirst || own.hasShared),
    multiplyAdds: call.multiplyAdds,
    bytes: bytesOf(call.outputs),
    field,
  };
}

function uncalled(path: string, module: Part, own: Owned, depth: number): SummaryRow {
  return {
    path,
    name: module.constructor.name,
    depth,
    call: 0,
    outputs: [],
    ...counts(own.parameters),
    shared: own.hasShared,
    multiplyAdds: 0,
    bytes: 0,
    field: null,
  };
}

/** Where the row of a module that is not called belongs: after all of the nearest module around it that is. */
function insertion(rows: readonly SummaryRow[], path: string): { place: number; depth: number } {
  const around = (row: SummaryRow) => row.path === "" || path.startsWith(`${row.path}.`);
  const nearest = rows.reduce(
    (best, row, i) =>
      around(row) && row.call === 1 && (best < 0 || row.path.length > rows[best]!.path.length) ? i : best,
    -1,
  );
  const depth = (rows[nearest]?.depth ?? -1) + 1;
  const end = rows.findIndex((row, i) => i > nearest && row.depth < depth);
  return { place: end < 0 ? rows.length : end, depth };
}

/** Rows down to a depth; what lies deeper is added to them. */
function folded(rows: readonly SummaryRow[], depth: number): SummaryRow[] {
  const result: SummaryRow[] = [];
  for (const row of rows) {
    const last = result.at(-1);
    if (row.depth <= depth || !last) {
      result.push(row);
      continue;
    }
    result[result.length - 1] = {
      ...last,
      parameters: last.parameters + row.parameters,
      trainable: last.trainable + row.trainable,
      multiplyAdds: last.multiplyAdds + row.multiplyAdds,
    };
  }
  return result;
}

function totalsOf(run: DryRun, owned: readonly Owned[]): SummaryTotals {
  const all = owned.flatMap(({ parameters }) => parameters);
  const { parameters, trainable } = counts(all);
  const made = new Set(run.calls.flatMap(({ outputs }) => outputs.map(viewBase)));
  for (const input of run.inputs) made.delete(input);
  return {
    parameters,
    trainable,
    frozen: parameters - trainable,
    parameterBytes: all.reduce((sum, { size, dtype }) => sum + size * byteSize(dtype), 0),
    multiplyAdds: run.calls.reduce((sum, made) => sum + made.multiplyAdds, 0),
    inputBytes: bytesOf(run.inputs),
    activationBytes: bytesOf([...made]),
    passBytes: passBytes(run),
  };
}

function bytesOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, { shape, dtype }) => sum + sizeOf(shape) * byteSize(dtype), 0);
}
