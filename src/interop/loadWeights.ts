// Loads the weights of a file, or arrays by name, into a model: names mapped, layouts turned, everything checked before anything changes.
import type { DType } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { Part } from "../nn/module/module.ts";
import { Tensor } from "../tensor/tensor.ts";
import { type Layout, layouts, targetsOf } from "./model/layout.ts";
import { type Match, matchByName, matchByOrder } from "./model/match.ts";
import { commonPrefix, type NameRule, renamed } from "./model/names.ts";
import { WeightsError, WeightsReport } from "./model/report.ts";
import type { ArrayData } from "./stored/arrays.ts";
import type { WeightSource } from "./stored/source.ts";
import type { TensorFile } from "./stored/tensorFile.ts";
import { openWeights } from "./weights.ts";

/** Where weights are loaded from: anything that `openWeights` opens, a file that it has opened, or arrays or tensors by name. */
export type WeightsToLoad = WeightSource | TensorFile | ReadonlyMap<string, ArrayData | Tensor>;

/** How weights are matched with a model. */
export interface MatchWeightsOptions {
  /**
   * How the file's names become the model's, or "order" for files whose names mean nothing: tensors of one shape then go into the model one
   * after the other, which is a guess that `matchWeights` shows before it is done. By default names are as they are, without a `module.`
   * that all begin with.
   */
  readonly map?: NameRule | "order" | undefined;
  /** Whose layout the file has. By default Paddle's for Paddle's files, unless their shapes say that they were not written there; else PyTorch's. */
  readonly layout?: Layout | undefined;
  /** The dictionary of a checkpoint that is meant, as in `openWeights`. */
  readonly root?: string | undefined;
  /** What errors call a source that has no name of its own. */
  readonly file?: string | undefined;
}

/** How weights are loaded. */
export interface LoadWeightsOptions extends MatchWeightsOptions {
  /** Whether every name and shape must agree (the default). Where not, what fits is loaded and the report names the rest. */
  readonly strict?: boolean | undefined;
}

const optionNames = ["map", "layout", "root", "file"];
const wrapperPrefix = "module.";

/** A tensor that can be had. */
interface Source {
  readonly name: string;
  readonly shape: readonly number[];
  /** As a tensor, for a place of some dtype. */
  tensor(wanted: DType): Promise<Tensor>;
}

/** All tensors of a source. */
interface Opened {
  readonly file: string;
  readonly format: string;
  readonly sources: readonly Source[];
  close(): Promise<void>;
}

/**
 * Loads weights into a model by name and shape, and reports what went where. A file may lack `num_batches_tracked`, as old ones of PyTorch
 * do; other dtypes are cast to the model's. Throws WeightsError, with the report, where names or shapes differ and `strict` is not false, and where nothing
 * fits at all; OptionError for unknown options, rules that are none, and two names that become one; and what `openWeights` throws.
 * The model is unchanged where it throws.
 */
export async function loadWeights(
  model: Part,
  source: WeightsToLoad,
  options: LoadWeightsOptions = {},
): Promise<WeightsReport> {
  checkOptions("loadWeights", options, [...optionNames, "strict"]);
  const opened = await open(source, options);
  try {
    const { report, match } = plan(model, opened, options);
    const isWanted = options.strict === false ? report.matched.length > 0 : report.isComplete;
    if (!isWanted) throw new WeightsError(report);
    const state = new Map<string, Tensor>();
    for (const { target, entry } of match.pairs) {
      const value = await entry.tensor(target.tensor.dtype);
      state.set(target.name, target.isTransposed ? value.t() : value);
    }
    model.loadStateDict(state, { strict: false });
    return report;
  } finally {
    await opened.close();
  }
}

/** What `loadWeights` would do, told without doing it: `console.log(String(await matchWeights(net, file, { map: "order" })))`. */
export async function matchWeights(
  model: Part,
  source: WeightsToLoad,
  options: MatchWeightsOptions = {},
): Promise<WeightsReport> {
  checkOptions("matchWeights", options, optionNames);
  const opened = await open(source, options);
  try {
    return plan(model, opened, options).report;
  } finally {
    await opened.close();
  }
}

/** The better match of the layouts that come into question, the first of them where they are equal. */
function plan(
  model: Part,
  opened: Opened,
  { map, layout }: MatchWeightsOptions,
): { report: WeightsReport; match: Match<Source> } {
  if (layout !== undefined && !layouts.includes(layout)) {
    throw new OptionError(`layout must be one of ${layouts.join(", ")}; got ${JSON.stringify(layout)}`);
  }
  const likely: readonly Layout[] = opened.format === "paddle" ? ["paddle", "pytorch"] : ["pytorch"];
  const plans = (layout ? [layout] : likely).map((each) => planAs(each, model, opened, map));
  return plans.reduce((best, next) => (next.match.pairs.length > best.match.pairs.length ? next : best));
}

function planAs(layout: Layout, model: Part, { file, sources }: Opened, map: MatchWeightsOptions["map"]) {
  const targets = targetsOf(model, layout);
  const place = { file, model: model.label, layout };
  if (map === "order") {
    const match = matchByOrder(targets, sources);
    return { match, report: new WeightsReport({ ...place, prefix: "", names: new Map() }, match) };
  }
  const names = sources.map(({ name }) => name);
  const isWrapped = map === undefined && commonPrefix(names).startsWith(wrapperPrefix);
  const prefix =
    isWrapped && !targets.some(({ name }) => name.startsWith(wrapperPrefix)) ? wrapperPrefix : "";
  const found = renamed(names, map ?? { stripPrefix: prefix });
  const entries = sources.filter(({ name }) => found.get(name) !== null);
  const match = matchByName(targets, entries, ({ name }) => found.get(name)!);
  return { match, report: new WeightsReport({ ...place, prefix, names: found }, match) };
}

async function open(source: WeightsToLoad, { root, file }: MatchWeightsOptions): Promise<Opened> {
  if (source instanceof Map) return openMap(source, file);
  if (isOpen(source)) return { ...openTensors(source), close: async () => {} };
  const opened = await openWeights(source as WeightSource, { root, file });
  return { ...openTensors(opened), close: () => opened.close() };
}

function openMap(arrays: ReadonlyMap<string, ArrayData | Tensor>, file = "(arrays)"): Opened {
  const sources = Array.from(arrays, ([name, array]): Source => {
    const tensor = async (wanted: DType) => (array instanceof Tensor ? array : tensorOf(array, wanted));
    return { name, shape: array.shape, tensor };
  });
  return { file, format: "", sources, close: async () => {} };
}

function openTensors({ file, format, tensors }: TensorFile): Omit<Opened, "close"> {
  const sources = Array.from(tensors.values(), (stored): Source => {
    const tensor = async (wanted: DType) => tensorOf(await stored.read(), wanted);
    return { name: stored.name, shape: stored.shape, tensor };
  });
  return { file, format, sources };
}

/** An array as a tensor. float64 is rounded here, since not every backend has it. */
function tensorOf({ data, shape, dtype }: ArrayData, wanted: DType): Tensor {
  if (dtype === "float64" && wanted === "float32") return Tensor.fromArray(Float32Array.from(data), shape);
  return Tensor.fromArray(data, shape, dtype);
}

function isOpen(source: WeightsToLoad): source is TensorFile {
  return typeof source === "object" && "tensors" in source && "format" in source;
}
