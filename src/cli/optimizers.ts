// The optimizers of `fovea train` by name, with the rates and decays they have where none are given.
import type { Module, Parameter } from "../nn/module/module.ts";
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  Combined,
  Lion,
  Muon,
  NAdam,
  type Optimizer,
  RAdam,
  RMSprop,
  SGD,
} from "../optim/index.ts";

/** What options say of an optimizer. */
export interface OptimizerValues {
  readonly optimizer: OptimizerName;
  /** First learning rate; null for the optimizer's own. */
  readonly lr0: number | null;
  readonly momentum: number;
  /** Null for the optimizer's own. */
  readonly weightDecay: number | null;
}

interface Entry {
  readonly lr: number;
  readonly weightDecay: number;
  readonly make: (
    parameters: readonly Parameter[],
    options: { readonly lr: number; readonly weightDecay: number },
    momentum: number,
  ) => Optimizer<{ lr: number }>;
}

const adamw: Entry = { lr: 3e-3, weightDecay: 0.01, make: (p, options) => new AdamW(p, options) };

const entries = {
  auto: { ...adamw, weightDecay: 0.05 },
  adadelta: { lr: 1, weightDecay: 0, make: (p, options) => new Adadelta(p, options) },
  adagrad: { lr: 2e-2, weightDecay: 0, make: (p, options) => new Adagrad(p, options) },
  adam: { lr: 3e-3, weightDecay: 0, make: (p, options) => new Adam(p, options) },
  adamax: { lr: 6e-3, weightDecay: 0, make: (p, options) => new Adamax(p, options) },
  adamw,
  lion: { lr: 5e-4, weightDecay: 0, make: (p, options) => new Lion(p, options) },
  muon: {
    lr: 3e-3,
    weightDecay: 0.01,
    // Biases and the like are AdamW's, and the rate is one that suits both.
    make: (parameters, options) => {
      const weights = parameters.filter((p) => p.rank >= 2);
      const others = parameters.filter((p) => p.rank < 2);
      const muon = new Muon(weights, { ...options, adjustLrFn: "match_rms_adamw" });
      return others.length === 0 ? muon : new Combined([muon, new AdamW(others, options)]);
    },
  },
  nadam: { lr: 3e-3, weightDecay: 0, make: (p, options) => new NAdam(p, options) },
  radam: { lr: 3e-3, weightDecay: 0, make: (p, options) => new RAdam(p, options) },
  rmsprop: { lr: 2e-3, weightDecay: 0, make: (p, options) => new RMSprop(p, options) },
  sgd: { lr: 5e-2, weightDecay: 0, make: (p, options, momentum) => new SGD(p, { ...options, momentum }) },
} satisfies Readonly<Record<string, Entry>>;

/** Name of an optimizer. */
export type OptimizerName = keyof typeof entries;

/** The names there are. */
export const optimizerNames = Object.keys(entries) as OptimizerName[];

/** Help for the first learning rate: each default, and who has it. */
export function firstRatesHelp(): string {
  const byRate = new Map<number, string[]>();
  for (const [name, { lr }] of Object.entries(entries)) byRate.set(lr, [...(byRate.get(lr) ?? []), name]);
  return [...byRate].map(([lr, names]) => `${lr} for ${names.join(", ")}`).join("; ");
}

/** The optimizer that the options ask for, over a network's parameters. */
export function makeOptimizer(network: Module, values: OptimizerValues): Optimizer<{ lr: number }> {
  const entry: Entry = entries[values.optimizer];
  const options = { lr: values.lr0 ?? entry.lr, weightDecay: weightDecayOf(values) };
  return entry.make(network.parameters(), options, values.momentum);
}

/** The name under which a run's options are kept. */
export function recordedName({ optimizer }: OptimizerValues): string {
  return optimizer === "auto" ? "adamw" : optimizer;
}

/** The weight decay that takes effect. */
export function weightDecayOf({ optimizer, weightDecay }: OptimizerValues): number {
  return weightDecay ?? entries[optimizer].weightDecay;
}
