// What a run is asked for: data, and how to learn from them. Checks options, and fills in what was not said.
import { OptionError } from "../base/errors.ts";
import { checkNumber, checkOptions, checkPositive } from "../base/options.ts";
import type { Dataset } from "../data/dataset.ts";
import type { BrokenSample } from "../data/feeds.ts";
import type { PictureSource } from "../data/pictureSource.ts";
import type { Sampler } from "../data/sampler.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { AdamW } from "../optim/adam.ts";
import { EMA } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CutMix, MixUp } from "../transforms/batch.ts";
import type { Step } from "../transforms/transform.ts";
import { checkStopping, type EarlyStoppingOptions } from "./earlyStopping.ts";
import type { Progress } from "./events.ts";
import type { Normalization } from "./input.ts";
import type { Schedule } from "./schedule.ts";

/** What is learned from, and what it is measured by. */
export interface FitData {
  readonly train: Dataset | PictureSource;
  readonly val: Dataset | PictureSource;
  /** What changes the training pictures: sizes, augmentation. */
  readonly transform?: Step;
  /** What changes the validation pictures; by default `transform` without what is random in it. */
  readonly evaluation?: Step;
  /** Mixes the samples of each training batch: MixUp or CutMix. */
  readonly batchTransform?: MixUp | CutMix;
  /** Order of the training samples; by default shuffled. */
  readonly sampler?: Sampler;
  /** Samples in a batch. Default 64. */
  readonly batchSize?: number;
  /** Threads that read and change pictures; see DataLoader. */
  readonly workers?: number;
  /** Is told of each picture that can't be read, and so is left out. */
  readonly onBroken?: (sample: BrokenSample) => void;
  /** How pictures are prepared; by default as the transform's `Normalize` says, or else bytes are brought to 0 … 1. */
  readonly normalization?: Normalization;
}

/** How a run learns. */
export interface FitOptions {
  /** Over the model's parameters; its present learning rate is the first of the schedule. Default `AdamW` with a rate of 1e-3. */
  readonly optimizer?: Optimizer<{ lr: number }>;
  /** The mean loss of logits `[N, classes]` for class indices `[N]` or probabilities `[N, classes]`. Default `crossEntropy`. */
  readonly loss?: (logits: Tensor, targets: Tensor) => Tensor;
  /** By default the learning rate stays as it is. */
  readonly schedule?: Schedule;
  /** Passes over the training data. Default 10. */
  readonly epochs?: number;
  /** Ends the run after so many optimizer steps altogether, or so many seconds of training and evaluating. */
  readonly maxSteps?: number;
  readonly maxSeconds?: number;
  /** Decides the order of the samples, their augmentation, and dropout. Default 0. */
  readonly seed?: number;
  /** Scales gradients whose norm together is larger than this. */
  readonly clipGradNorm?: number;
  /** Brings each element of each gradient into [−value, value]. */
  readonly clipGradValue?: number;
  /** Batches whose gradients make one step: a batch of `accumulate · batchSize` in the memory of one of `batchSize`. Default 1. */
  readonly accumulate?: number;
  /** Decay of an exponential average of the weights, such as 0.999, or the average itself; evaluation and the best weights are those then. */
  readonly ema?: number | EMA;
  /** Ends the run when validation no longer gets better. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Gives the model the weights of its best epoch when the run has ended; of a resumed run, of the epochs since. Default: true with early stopping. */
  readonly restoreBest?: boolean;
  /** Learns one batch by heart, again and again, and nothing else: what cannot do that has a fault. */
  readonly overfitBatch?: boolean;
  /** One step and one batch of evaluation, of which nothing stays: shows whether everything fits together. */
  readonly dryRun?: boolean;
  /**
   * Sends `vitals` with sizes of weights, gradients and updates, and with the units that have gone silent, after some steps; and keeps the answers to the
   * validation samples in `val.answers`. The run's values stay the same, bit by bit.
   */
  readonly vitals?: boolean;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal | undefined;
  /** Where an earlier run stopped; model, optimizer and average must hold that run's values. */
  readonly from?: Progress;
}

const dataNames: Record<keyof FitData, true> = {
  train: true,
  val: true,
  transform: true,
  evaluation: true,
  batchTransform: true,
  sampler: true,
  batchSize: true,
  workers: true,
  onBroken: true,
  normalization: true,
};

const optionNames: Record<keyof FitOptions, true> = {
  optimizer: true,
  loss: true,
  schedule: true,
  epochs: true,
  maxSteps: true,
  maxSeconds: true,
  seed: true,
  clipGradNorm: true,
  clipGradValue: true,
  accumulate: true,
  ema: true,
  earlyStopping: true,
  restoreBest: true,
  overfitBatch: true,
  dryRun: true,
  vitals: true,
  signal: true,
  from: true,
};

/** Options with all that was not said filled in. */
export interface Settled
  extends Required<Pick<FitOptions, "optimizer" | "loss" | "epochs" | "seed" | "accumulate" | "restoreBest">>,
    Omit<FitOptions, "optimizer" | "loss" | "epochs" | "seed" | "accumulate" | "restoreBest"> {}

/** Throws OptionError for options that do not exist, lie outside their rule, or contradict each other. */
export function settle(model: Module, data: FitData, options: FitOptions): Settled {
  checkOptions("fit: data", data, Object.keys(dataNames));
  checkOptions("fit", options, Object.keys(optionNames));
  for (const part of ["train", "val"] as const) {
    if (data[part] === undefined) throw new OptionError(`fit: data.${part} is missing; give a data set`);
    if (data[part].length === 0) throw new OptionError(`fit: data.${part} has no samples`);
  }
  const { train, val } = data;
  if (train.classes.length !== val.classes.length) {
    throw new OptionError(
      `fit: data.train has ${train.classes.length} classes and data.val ${val.classes.length}; both must have the same`,
    );
  }
  const { epochs = 10, seed = 0, accumulate = 1, earlyStopping } = options;
  checkCount("epochs", epochs);
  checkCount("accumulate", accumulate);
  if (options.maxSteps !== undefined) checkCount("maxSteps", options.maxSteps);
  for (const name of ["maxSeconds", "clipGradNorm", "clipGradValue"] as const) {
    const value = options[name];
    if (value !== undefined) checkPositive("fit", name, value);
  }
  if (options.ema !== undefined && !(options.ema instanceof EMA)) {
    checkNumber("fit", "ema", options.ema, "a decay from 0 to below 1", (x) => x >= 0 && x < 1);
  }
  if (options.overfitBatch && options.dryRun) {
    throw new OptionError("fit: overfitBatch and dryRun exclude each other; give one of them");
  }
  if (earlyStopping) checkStopping(earlyStopping);
  const optimizer = options.optimizer ?? new AdamW(model.parameters(), { lr: 1e-3 });
  const trained = new Set<Tensor>(optimizer.groups.flatMap(({ params }) => params));
  if (!model.parameters().some((p) => trained.has(p) && p.requiresGrad)) {
    throw new OptionError(
      "fit: the optimizer has no parameter of this model that wants a gradient, so nothing would be trained; make it of model.parameters(), after freezing",
    );
  }
  return {
    ...options,
    epochs,
    seed,
    accumulate,
    optimizer,
    loss: options.loss ?? crossEntropy,
    restoreBest: options.restoreBest ?? earlyStopping !== undefined,
  };
}

function checkCount(name: string, value: number): void {
  checkNumber("fit", name, value, "a whole number of at least 1", (x) => Number.isInteger(x) && x >= 1);
}
