// The trials of a sweep: which values each of them gets. A pure function of space, search and seed, so that a sweep can be taken up again.
import { OptionError } from "../../base/errors.ts";
import { checkNumber, checkOptions } from "../../base/options.ts";
import { Random } from "../../tensor/random.ts";
import { checkSpace, draw, gridValues, type Range, type Space, type SweepValue, sizeOf } from "./space.ts";

/** How the trials are chosen. */
export interface PlanOptions {
  /** Values at random, or every combination of the values that the grid has. Default "random". */
  readonly search?: "random" | "grid";
  /** Trials of a random search, fewer where the space has fewer combinations. Default 12. A grid has as many as it has combinations. */
  readonly trials?: number;
  /** Decides what is drawn. Default 0. */
  readonly seed?: number;
}

/** Values by the names of a space. */
export type SpaceValues<S extends Space> = {
  readonly [K in keyof S]: S[K] extends Range ? number : S[K] extends readonly (infer V)[] ? V : SweepValue;
};

/** One trial. */
export interface PlannedTrial<S extends Space = Space> {
  /** From 1. */
  readonly number: number;
  readonly values: SpaceValues<S>;
}

/** Most trials of one sweep. */
const mostTrials = 10_000;

/**
 * The trials of a sweep, each with values of its own. Those of a random search follow from seed and number alone: with more `trials` the first ones
 * stay what they were, and no combination comes twice. A grid varies the last option fastest.
 *
 * ```ts
 * const trials = planTrials({ lr: range(1e-4, 1e-1), batch: [32, 64] }, { trials: 10 });
 * for (const { number, values } of trials) console.log(number, values.lr, values.batch);
 * ```
 *
 * Throws OptionError for an empty space, for options outside their rules, for `trials` with a grid, and for a grid of more than 10,000 trials.
 * Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization, 2012.
 */
export function planTrials<const S extends Space>(space: S, options: PlanOptions = {}): PlannedTrial<S>[] {
  checkOptions("planTrials", options, ["search", "trials", "seed"]);
  checkSpace("planTrials", space);
  const { search = "random", trials, seed = 0 } = options;
  if (search !== "random" && search !== "grid") {
    throw new OptionError(`planTrials: search must be "random" or "grid"; got ${JSON.stringify(search)}`);
  }
  if (search === "grid" && trials !== undefined) {
    throw new OptionError(
      'planTrials: a grid has all of its trials; leave out trials, or use search "random"',
    );
  }
  const isCount = (x: number) => Number.isInteger(x) && x >= 1 && x <= mostTrials;
  if (trials !== undefined) {
    checkNumber("planTrials", "trials", trials, `a whole number from 1 to ${mostTrials}`, isCount);
  }
  checkNumber(
    "planTrials",
    "seed",
    seed,
    "a whole number of at least 0",
    (x) => Number.isSafeInteger(x) && x >= 0,
  );
  const values = search === "grid" ? grid(space) : drawn(space, trials ?? 12, seed);
  return values.map((values, i) => ({ number: i + 1, values: values as SpaceValues<S> }));
}

type Values = Readonly<Record<string, SweepValue>>;

function grid(space: Space): Values[] {
  const axes = Object.entries(space).map(([name, dimension]) => ({ name, values: gridValues(dimension) }));
  const size = axes.reduce((product, { values }) => product * values.length, 1);
  if (size > mostTrials) {
    throw new OptionError(
      `planTrials: the grid has ${size} trials, more than ${mostTrials}; use search "random", or fewer values`,
    );
  }
  return axes.reduce<Values[]>(
    (rows, { name, values }) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}

function drawn(space: Space, trials: number, seed: number): Values[] {
  const entries = Object.entries(space);
  const combinations = entries.reduce((product, [, dimension]) => product * sizeOf(dimension), 1);
  const found = new Map<string, Values>();
  for (let attempt = 1; found.size < Math.min(trials, combinations); attempt++) {
    const random = new Random(seed, attempt);
    const values = Object.fromEntries(entries.map(([name, dimension]) => [name, draw(dimension, random)]));
    const key = JSON.stringify(Object.values(values));
    if (!found.has(key)) found.set(key, values);
  }
  return [...found.values()];
}
