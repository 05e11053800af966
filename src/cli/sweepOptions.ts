// The options of `fovea sweep`: those of `fovea train`, some of which may vary, and a few of its own.
import { OptionError } from "../base/errors.ts";
import { type PlannedTrial, planTrials } from "../train/sweep/plan.ts";
import { type Dimension, isRange, type SweepValue } from "../train/sweep/space.ts";
import { jsonOption } from "./command.ts";
import { choice, integer, type Option, suggestion, text } from "./options.ts";
import { augmentationSteps } from "./pipelines.ts";
import type { SweepSettings } from "./sweepFiles.ts";
import { dimensionOf, namesPoints } from "./sweepSpace.ts";
import { checkTraining } from "./training.ts";
import { trainingData } from "./trainingData.ts";
import { type TrainValues, trainOptions } from "./trainOptions.ts";

const {
  "dry-run": _dryRun,
  overfit: _overfit,
  "exist-ok": _existOk,
  resume: _resume,
  studio: _studio,
  json: _json,
  project,
  name: _name,
  ...shared
} = trainOptions;

/** Options of `fovea train` that a sweep hands on. */
const handedOn: Readonly<Record<string, Option<unknown>>> = shared;
/** Those that stay the same: where and on what work is done, and what would make accuracies of different things. */
const fixed: ReadonlySet<string> = new Set([
  "data",
  "limit",
  "memory",
  "report",
  "workers",
  "max-steps",
  "max-seconds",
  "save-steps",
  "device",
  "threads",
  "strict",
  "revectorize",
]);

/** Options that may be given with `resume`; `trials` for a random search. */
export const resumable: ReadonlySet<string> = new Set([
  "resume",
  "trials",
  "workers",
  "device",
  "threads",
  "revectorize",
  "json",
]);

const own = {
  search: choice(
    ["auto", "random", "grid"],
    "auto",
    "grid tries every combination; auto is grid where every option is a list or a range with a number of points, and trials is not given",
  ),
  trials: integer(null, "trials of a random search; by default 12", { max: 10_000 }),
  prune: choice(
    ["none", "median"],
    "none",
    "median ends a trial whose best accuracy is below the median of the finished trials at the same epoch",
  ),
  project,
  name: text("sweep", "<name>", "folder of this sweep in <project>/sweep; a number is added where it exists"),
  resume: text(null, "<folder>", "go on with a sweep that was interrupted: its folder"),
  ...jsonOption,
};

/** Options of the command; those that are handed on keep the text they were given as. */
export const sweepOptions = {
  ...own,
  ...Object.fromEntries(
    Object.entries(handedOn).map(([name, option]): [string, Option<unknown>] => [
      name,
      { ...option, parse: (raw) => checked(raw, name) },
    ]),
  ),
};

/** A sweep that is put together: the space with its trials, and what all of them have in common. */
export interface Sweep {
  readonly settings: SweepSettings;
  readonly space: Readonly<Record<string, Dimension>>;
  readonly plan: readonly PlannedTrial[];
  /** Values of all options of `fovea train` for a trial. */
  readonly valuesOf: (values: Readonly<Record<string, SweepValue>>) => TrainValues;
  /** Opens data as `trainingData` does, and hands out the last again where a trial asks for the same. */
  readonly open: typeof trainingData;
}

/** What the arguments ask for, to be kept with the sweep: the options that were given, sorted into those that vary and the others. */
export function settingsOf(
  given: Readonly<Record<string, string>>,
  {
    search,
    trials,
    prune,
  }: { search: "auto" | "random" | "grid"; trials: number | null; prune: "none" | "median" },
): SweepSettings {
  const entries = Object.entries(given).filter(([name]) => name in handedOn);
  const varying = entries.map(([name, raw]) => ({ name, raw, dimension: read(raw, name) }));
  const space = Object.fromEntries(
    varying.flatMap(({ name, raw, dimension }) => (dimension ? [[name, raw]] : [])),
  );
  const options = Object.fromEntries(entries.filter(([name]) => !(name in space)));
  if (Object.keys(space).length === 0) {
    throw new OptionError(
      "nothing varies in this sweep; give an option a range or several values, such as lr0=1e-4..1e-1 or batch=32,64",
    );
  }
  const ranges = varying.filter(({ dimension }) => dimension !== null && isRange(dimension));
  const withPoints = ranges.filter(({ raw }) => namesPoints(raw));
  const isGrid = withPoints.length === ranges.length && trials === null;
  const chosen = search === "auto" ? (isGrid ? "grid" : "random") : search;
  const [pointed] = withPoints;
  if (chosen === "random" && pointed) {
    throw new OptionError(
      `${pointed.name}: the number of points in ${pointed.raw} is for a grid; leave it out, or use search=grid`,
    );
  }
  if (chosen === "grid" && trials !== null) {
    throw new OptionError(
      `a grid has as many trials as it has combinations, so trials=${trials} has no place; leave it out, or use search=random`,
    );
  }
  return { options, space, search: chosen, trials: trials ?? 12, prune };
}

/** Puts a sweep together. Throws OptionError where a trial could not be trained as the options say. */
export async function sweepOf(settings: SweepSettings): Promise<Sweep> {
  const { search, trials } = settings;
  const space = Object.fromEntries(
    Object.entries(settings.space).map(([name, raw]) => [name, read(raw, name) ?? [raw]]),
  );
  const common: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(trainOptions)) common[name] = option.fallback;
  for (const [name, raw] of Object.entries(settings.options)) common[name] = optionOf(name).parse(raw, name);
  const valuesOf = (values: Readonly<Record<string, SweepValue>>) =>
    ({ ...common, ...values }) as TrainValues;
  const seed = "seed" in space ? 0 : (common.seed as number);
  const plan = planTrials(space, search === "grid" ? { search } : { trials, seed });
  for (const { values } of plan) checkTraining(valuesOf(values));
  for (const name of new Set(plan.map(({ values }) => valuesOf(values).augment))) {
    if (name !== null) await augmentationSteps(name, { channels: 3, height: 64, width: 64 }, 0);
  }
  return { settings: { ...settings, trials: plan.length }, space, plan, valuesOf, open: sharedData() };
}

/** The dimension that an option's text means, or null where it is one value. */
function read(raw: string, name: string): Dimension | null {
  const option = optionOf(name);
  if (!fixed.has(name)) return dimensionOf(raw, name, option);
  option.parse(raw, name);
  return null;
}

/** The text itself; throws OptionError where the option does not take it. */
function checked(raw: string, name: string): string {
  read(raw, name);
  return raw;
}

/** An option that is handed on; sweep.json may name one that there is not. */
function optionOf(name: string): Option<unknown> {
  const option = handedOn[name];
  if (option) return option;
  throw new OptionError(`unknown option "${name}" of a sweep; ${suggestion(name, Object.keys(handedOn))}`);
}

function sharedData(): typeof trainingData {
  let opened: { readonly key: string; readonly data: ReturnType<typeof trainingData> } | null = null;
  return (values, onBroken) => {
    const { data, weights, imgsz, channels, augment, workers, limit } = values;
    const key = JSON.stringify([data, weights, imgsz, channels, augment, workers, limit]);
    if (opened?.key !== key) opened = { key, data: trainingData(values, onBroken) };
    return opened.data;
  };
}
