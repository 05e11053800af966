// Going on from weights that others trained: freezing, a new head, rates by depth, and the recipe of all three.
import { nearest, OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../base/options.ts";
import { Conv2d, Linear } from "../nn/layers/index.ts";
import type { Module, Parameter, Part } from "../nn/module/module.ts";
import { AdamW } from "../optim/adam.ts";
import { oneCycle } from "../optim/schedules/rates.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { TrainEvent } from "./events.ts";
import { fit } from "./fit.ts";
import type { FitData, FitOptions } from "./fitOptions.ts";
import type { Schedule } from "./schedule.ts";

/** Paths: a text in which `*` stands for anything between two dots and `**` for anything at all, or a regular expression. */
export type PathPattern = string | RegExp;

/**
 * Keeps the parameters whose paths match from being trained, and parts all of whose parameters are frozen in evaluation mode, so that the statistics of batch
 * normalisation stay put. `"layer1.**"` is all below `layer1`, `"**"` everything. Gives the paths that are frozen now. Make the optimizer afterwards. Throws OptionError
 * where nothing matches.
 */
export function freeze(model: Module, ...patterns: readonly PathPattern[]): readonly string[] {
  return setFrozen(model, patterns, true);
}

/** The opposite of `freeze`: by default of everything. */
export function unfreeze(model: Module, ...patterns: readonly PathPattern[]): readonly string[] {
  return setFrozen(model, patterns.length === 0 ? ["**"] : patterns, false);
}

function setFrozen(model: Module, patterns: readonly PathPattern[], frozen: boolean): string[] {
  const named = [...model.namedParameters()];
  const matched = new Set<string>();
  for (const pattern of patterns) {
    const test = typeof pattern === "string" ? patternOf(pattern) : pattern;
    const hits = named.filter(([path]) => test.test(path));
    if (hits.length === 0) {
      const near =
        typeof pattern === "string"
          ? nearest(
              pattern,
              named.map(([path]) => path),
            )
          : null;
      throw new OptionError(
        `${frozen ? "freeze" : "unfreeze"}: no parameter matches ${String(pattern)}; ${
          near
            ? `did you mean "${near}"?`
            : `the first are ${named
                .slice(0, 4)
                .map(([path]) => path)
                .join(", ")}`
        }`,
      );
    }
    for (const [path, p] of hits) {
      p.requiresGrad = !frozen;
      p.grad = null;
      matched.add(path);
    }
  }
  // Parents come first. What has no parameters of its own (dropout, statistics without scale) goes with what it lies in.
  const states = new Map<string, boolean>();
  for (const [path, part] of model.namedModules()) {
    const all = part.parameters();
    const around = states.get(parentOf(path, states)) ?? false;
    part.frozen = all.length > 0 ? all.every((p) => !p.requiresGrad) : around;
    states.set(path, part.frozen);
  }
  model.train(model.training);
  return [...matched];
}

/** The path of the nearest part around; items of arrays lie two names below theirs. */
function parentOf(path: string, known: ReadonlyMap<string, boolean>): string {
  for (let end = path.lastIndexOf("."); end > 0; end = path.lastIndexOf(".", end - 1)) {
    if (known.has(path.slice(0, end))) return path.slice(0, end);
  }
  return "";
}

function patternOf(glob: string): RegExp {
  const source = glob
    .split("**")
    .map((piece) =>
      piece
        .split("*")
        .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
        .join("[^.]*"),
    )
    .join(".*");
  return new RegExp(`^${source}$`);
}

/** A model's last layer, which gives the logits. */
export interface Head {
  readonly path: string;
  readonly layer: Linear | Conv2d;
}

/** The head that `replaceHead` would replace: the last Linear, or convolution of 1 × 1, by the order of declaration. Throws OptionError where there is none. */
export function headOf(model: Module): Head {
  const candidates = [...model.namedModules()].filter(([, part]) => isHead(part));
  const last = candidates.at(-1);
  if (!last)
    throw new OptionError(
      "replaceHead: the model has no Linear and no 1 × 1 convolution that could be its head",
    );
  return { path: last[0], layer: last[1] as Linear | Conv2d };
}

/** Gives the model a fresh last layer for so many classes; all other weights stay. Gives the new head. */
export function replaceHead(model: Module, classes: number): Head {
  checkNumber(
    "replaceHead",
    "classes",
    classes,
    "a whole number of at least 1",
    (x) => Number.isInteger(x) && x >= 1,
  );
  const { path, layer } = headOf(model);
  const bias = layer.bias !== null;
  const fresh =
    layer instanceof Linear
      ? new Linear(layer.weight.shape[1]!, classes, { bias })
      : new Conv2d(layer.weight.shape[1]!, classes, 1, { bias });
  for (const [, owner] of model.namedModules()) if (exchange(owner, layer, fresh)) break;
  return { path, layer: fresh };
}

/** Puts a part in the place of another one among the fields of its owner, or in a list of them; false where it is not there. */
function exchange(owner: Part, old: Part, fresh: Part): boolean {
  for (const [name, value] of Object.entries(owner)) {
    if (value === old) return Reflect.set(owner, name, fresh);
    if (!Array.isArray(value)) continue;
    const at = value.indexOf(old);
    if (at < 0) continue;
    value[at] = fresh;
    return true;
  }
  return false;
}

function isHead(part: Part): boolean {
  if (part instanceof Linear) return true;
  return part instanceof Conv2d && part.weight.shape.slice(2).every((size) => size === 1);
}

/** Weights of a network with another head, with the model's own head in the place of theirs, so that loading them changes all but the head. */
export function withHeadOf(model: Module, state: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const { path } = headOf(model);
  const isOfHead = ([name]: readonly [string, Tensor]) => name.startsWith(`${path}.`);
  const body = [...state].filter((entry) => !isOfHead(entry));
  return new Map([...body, ...[...model.stateDict()].filter(isOfHead)]);
}

/** Parameters with a rate of their own. */
export interface RateGroup {
  readonly params: Parameter[];
  readonly lr: number;
}

/**
 * Groups of parameters for an optimizer, by depth: the first parts of the model get `lr / lrMult`, the head `lr`, those between rise by equal multiples. Early layers hold what
 * all pictures share and should move little. Frozen parameters are left out.
 * Source: Howard and Ruder, "Universal language model fine-tuning", 2018.
 */
export function ratesByDepth(
  model: Module,
  lr: number,
  { lrMult = 100 }: { readonly lrMult?: number } = {},
): RateGroup[] {
  checkPositive("ratesByDepth", "lr", lr);
  checkNumber("ratesByDepth", "lrMult", lrMult, "a number of at least 1", (x) => x >= 1);
  const head = new Set<Parameter>(headOf(model).layer.parameters());
  const groups: Parameter[][] = [];
  const seen = new Set<Parameter>(head);
  const add = (parameters: Iterable<Parameter>) => {
    const params = [...parameters].filter((p) => p.requiresGrad && !seen.has(p));
    for (const p of params) seen.add(p);
    if (params.length > 0) groups.push(params);
  };
  for (const [, child] of model.children()) add(child.parameters());
  add(model.parameters());
  const last = [...head].filter((p) => p.requiresGrad);
  if (last.length > 0) groups.push(last);
  const steps = Math.max(1, groups.length - 1);
  return groups.map((params, i) => ({ params, lr: lr * lrMult ** (i / steps - 1) }));
}

/** How `fineTune` goes about it. */
export interface FineTuneOptions {
  /** Epochs with everything trained. Default 5. */
  readonly epochs?: number;
  /** Epochs before, with the new head alone. Default 1. */
  readonly frozenEpochs?: number;
  /** Largest rate of the head. Default 2e-3. */
  readonly lr?: number;
  /** How many times smaller the rates of the first layers are. Default 100. */
  readonly lrMult?: number;
  /** Weight decay of AdamW. Default 0.01. */
  readonly weightDecay?: number;
  /** Classes of the new head; by default those of the data. Null keeps the head that is there. */
  readonly classes?: number | null;
  /** Other options of `fit`, for both parts. */
  readonly fit?: Omit<FitOptions, "optimizer" | "epochs" | "schedule" | "from">;
}

/**
 * Fine-tunes a model: a new head, trained alone for a while, so that its first, random gradients do not spoil what is below; then all of it with rates by depth, in one
 * cycle. Gives the events of both parts. The defaults are fastai's `fine_tune`: half the rate in the second part, whose cycle rises for 30% of it from a fifth.
 */
export async function* fineTune(
  model: Module,
  data: FitData,
  options: FineTuneOptions = {},
): AsyncGenerator<TrainEvent, void> {
  checkOptions("fineTune", options, [
    "epochs",
    "frozenEpochs",
    "lr",
    "lrMult",
    "weightDecay",
    "classes",
    "fit",
  ]);
  const { epochs = 5, frozenEpochs = 1, lr = 2e-3, lrMult = 100, weightDecay = 0.01 } = options;
  const { classes = data.train.classes.length } = options;
  checkPositive("fineTune", "lr", lr);
  if (classes !== null) replaceHead(model, classes);
  const { path } = headOf(model);
  if (frozenEpochs > 0) {
    freeze(model, "**");
    unfreeze(model, `${path}.**`);
    const optimizer = new AdamW(headOf(model).layer.parameters(), { lr, weightDecay });
    yield* fit(model, data, { ...options.fit, optimizer, epochs: frozenEpochs, schedule: cycle(0.99, 25) });
  }
  unfreeze(model);
  const optimizer = new AdamW(ratesByDepth(model, lr / 2, { lrMult }), { weightDecay });
  yield* fit(model, data, { ...options.fit, optimizer, epochs, schedule: cycle(0.3, 5) });
}

/** Up from a share 1 / div within `rising` of the run, and down to 1 / (div · 1e5). */
function cycle(rising: number, div: number): Schedule {
  const fine = 1e6;
  const value = oneCycle({ totalSteps: fine, pctStart: rising });
  return (progress) => value(Math.min(1, progress) * fine, { first: 1 / div, top: 1, last: 1e-5 });
}
