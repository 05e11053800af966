// Finds a learning rate: one short run whose rate grows from step to step, after which everything is as it was.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../base/options.ts";
import type { Module } from "../nn/module/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import { Tensor } from "../tensor/tensor.ts";
import { loadersOf, stepBatches } from "./batches.ts";
import { notStarted } from "./events.ts";
import { type FitData, type FitOptions, settle } from "./fitOptions.ts";
import { NonFiniteError, type StepBatch, takeStep } from "./step.ts";

/** How `findLearningRate` goes about it. */
export interface LearningRateOptions {
  /** The optimizer that the rate is for, as it will be used. */
  readonly optimizer: Optimizer<{ lr: number }>;
  readonly loss?: FitOptions["loss"];
  /** The rates: from `first` to `last` in `steps` steps, each the same multiple of the one before. Default 1e-7, 10, 100. */
  readonly first?: number;
  readonly last?: number;
  readonly steps?: number;
  /** Ends where the smoothed loss is so many times its best. Default 4. */
  readonly stopAt?: number;
  readonly seed?: number;
}

/** What was found. */
export interface LearningRateCurve {
  /** The rate of each step that was taken. */
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  /** The losses smoothed: a mean in which a step counts 0.98 times as much as the next. */
  readonly smoothed: readonly number[];
  /** A rate two thirds up the way to where the loss stops falling: half of the last third of the longest valley. */
  readonly suggestion: number;
}

const smoothing = 0.98;

/**
 * The loss as the learning rate grows, and a rate to train with. Model, optimizer and learning rate are left as they were. Throws OptionError where the loss
 * falls at no rate.
 * Sources: Smith, "Cyclical learning rates for training neural networks", 2017; the suggestion by the longest valley is fastai's.
 */
export async function findLearningRate(
  model: Module,
  data: FitData,
  options: LearningRateOptions,
): Promise<LearningRateCurve> {
  checkOptions("findLearningRate", options, [
    "optimizer",
    "loss",
    "first",
    "last",
    "steps",
    "stopAt",
    "seed",
  ]);
  const { optimizer, loss, first = 1e-7, last = 10, steps = 100, stopAt = 4, seed = 0 } = options;
  checkPositive("findLearningRate", "first", first);
  checkNumber("findLearningRate", "last", last, `a number above first (${first})`, (x) => x > first);
  checkNumber(
    "findLearningRate",
    "steps",
    steps,
    "a whole number of at least 10",
    (x) => Number.isInteger(x) && x >= 10,
  );
  checkNumber("findLearningRate", "stopAt", stopAt, "a number above 1", (x) => x > 1);
  const settled = settle(model, data, { optimizer, seed, ...(loss && { loss }) });
  const loaders = loadersOf(data, settled);
  const putBack = remember(model, optimizer);
  const growth = (last / first) ** (1 / (steps - 1));
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  let mean = 0;
  /** Whether the curve goes on. */
  const take = async (group: readonly StepBatch[], epoch: number, step: number): Promise<boolean> => {
    const rate = first * growth ** rates.length;
    optimizer.lr = rate;
    manualSeed(seed + (rates.length + 1) * 2 ** 32);
    const { lossSum, samples } = await takeStep(model, settled, group, { ...notStarted, epoch, step });
    rates.push(rate);
    losses.push(lossSum / samples);
    mean = smoothing * mean + (1 - smoothing) * losses.at(-1)!;
    smoothed.push(mean / (1 - smoothing ** losses.length));
    return rates.length < steps && smoothed.at(-1)! <= stopAt * Math.min(...smoothed);
  };
  try {
    model.train();
    for (let epoch = 0, goesOn = true; goesOn; epoch++) {
      let step = 0;
      for await (const group of stepBatches(loaders, data, settled, { epoch, step: 0 })) {
        goesOn = await take(group, epoch, step++);
        if (!goesOn) break;
      }
    }
  } catch (error) {
    // A rate too large by far: the curve ends before it.
    if (!(error instanceof NonFiniteError)) throw error;
  } finally {
    putBack();
    loaders.train.close();
    loaders.val.close();
  }
  return { rates, losses, smoothed, suggestion: valley(rates, smoothed) };
}

/**
 * The rate at half of the second third of the longest falling subsequence of losses. The first steps, in which the mean settles, and the last, where the loss
 * goes up, are left out.
 */
function valley(rates: readonly number[], losses: readonly number[]): number {
  const skipped = Math.floor(losses.length / 10);
  const from = losses.slice(skipped, Math.max(skipped + 2, losses.length - 5));
  // Length of the longest falling subsequence that ends at each place.
  const lengths = from.map(() => 1);
  let end = 0;
  for (let i = 1; i < from.length; i++) {
    for (let j = 0; j < i; j++) {
      if (from[i]! < from[j]! && lengths[i]! < lengths[j]! + 1) lengths[i] = lengths[j]! + 1;
    }
    if (lengths[i]! > lengths[end]!) end = i;
  }
  if (lengths[end]! < 3) {
    throw new OptionError(
      "findLearningRate: the loss falls at no rate. Look for a fault in data, loss or network first: fit(…, { overfitBatch: true })",
    );
  }
  const start = Math.max(0, end - lengths[end]!);
  const third = (end - start) / 3;
  return rates[skipped + start + Math.floor(third) + Math.floor(third / 2)]!;
}

/** Copies of all that a run changes; the function puts them back. */
function remember(model: Module, optimizer: Optimizer<{ lr: number }>): () => void {
  const copied = (tensors: ReadonlyMap<string, Tensor>) =>
    new Map(
      Array.from(tensors, ([name, value]) => [
        name,
        Tensor.fromArray(value.dataSync().slice(), value.shape, value.dtype),
      ]),
    );
  const weights = copied(model.stateDict());
  const { steps, tensors } = optimizer.stateDict();
  const state = copied(tensors);
  const rates = optimizer.groups.map(({ lr }) => lr);
  const { training } = model;
  return () => {
    for (const [name, value] of model.stateDict()) value.assign(weights.get(name)!);
    optimizer.reset();
    if (steps > 0) optimizer.loadStateDict({ steps, tensors: state });
    for (const [i, group] of optimizer.groups.entries()) group.lr = rates[i]!;
    model.zeroGrad();
    model.train(training);
  };
}
