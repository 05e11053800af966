// Cross-validation: trains one model for each fold on the other folds, and lets it judge the fold that it never saw. Prints and writes nothing.
import type { TypedArray } from "../base/dtype.ts";
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import type { BrokenSample } from "../data/feeds.ts";
import { foldIndices, labelsOf, subsetOf } from "../data/folds.ts";
import type { Module } from "../nn/module/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import { loadersOf } from "./batches.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import type { TrainEvent } from "./events.ts";
import { fit, type Run } from "./fit.ts";
import type { FitData, FitOptions } from "./fitOptions.ts";
import { countCorrect } from "./metrics.ts";

/** What is divided into folds (`train`), and how it is read; see FitData. */
export type CrossValidationData = Omit<FitData, "val" | "sampler">;

/** How each fold's model learns, and how many there are. */
export interface CrossValidationOptions
  extends Pick<
    FitOptions,
    | "loss"
    | "schedule"
    | "epochs"
    | "maxSteps"
    | "maxSeconds"
    | "seed"
    | "clipGradNorm"
    | "clipGradValue"
    | "accumulate"
    | "signal"
  > {
  /** Default 5. */
  readonly folds?: number;
  /** The same share of every class in each fold. Default true. */
  readonly stratify?: boolean;
  /** Makes a model's optimizer; by default that of `fit`. */
  readonly optimizer?: (model: Module) => Optimizer<{ lr: number }>;
  /** Decay of an average of the weights, which judges in their place. */
  readonly ema?: number;
}

/** What a fold's run tells. Folds are counted from 1. */
export interface FoldRunEvent {
  readonly type: "run";
  readonly fold: number;
  readonly folds: number;
  readonly event: TrainEvent;
}

/** Sent when a fold's model has judged the samples that it did not see. */
export interface FoldEvent {
  readonly type: "fold";
  readonly fold: number;
  readonly folds: number;
  readonly heldOut: Evaluation;
}

/** Sent last, with what models say of samples that they did not see. Pictures that can't be read are left out. */
export interface CrossValidatedEvent {
  readonly type: "end";
  /** Of each sample and class, `[samples, classes]` row by row. */
  readonly probabilities: Float32Array;
  /** The labels of the data set, one for each row. */
  readonly labels: Int32Array;
  /** The number in the data set of each row's sample, rising. */
  readonly indices: Int32Array;
  /** Share of the samples whose label is the most probable class. */
  readonly accuracy: number;
}

export type CrossValidationEvent = FoldRunEvent | FoldEvent | CrossValidatedEvent;

const optionNames: Record<keyof CrossValidationOptions, true> = {
  folds: true,
  stratify: true,
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
  signal: true,
};

/**
 * Divides `data.train` into folds, trains a model for each on all others, and has it judge its fold; so every sample gets probabilities from a model that did
 * not see it. Events come as an async iterable: `run` with each event of a fold's `fit`, `fold` when one is judged, at last `end` with the probabilities.
 *
 * ```ts
 * const run = crossValidate(() => new LeNet(), { train: await mnist() }, { folds: 5, epochs: 3 });
 * const { probabilities, labels } = await run.finished();
 * ```
 *
 * Each model is made under the same seed, and goes through all epochs: to choose one by the fold would be to choose by its labels. The same options give the same bits. With
 * a `signal` raised the events end after the run's `interrupted`. Throws OptionError for options outside their rules, and what `fit` throws.
 */
export function crossValidate(
  makeModel: (fold: number) => Module,
  data: CrossValidationData,
  options: CrossValidationOptions = {},
): CrossValidation {
  for (const name of ["earlyStopping", "restoreBest"]) {
    if (!(name in options)) continue;
    throw new OptionError(
      `crossValidate: ${name} would choose an epoch by the labels that are to be judged; give epochs instead`,
    );
  }
  checkOptions("crossValidate", options, Object.keys(optionNames));
  if ("val" in data || "sampler" in data) {
    throw new OptionError(
      "crossValidate: data has no val and no sampler; each fold is the val of the model that is trained on the others",
    );
  }
  return new CrossValidation(makeModel, data, options);
}

/** A cross-validation in progress; see `crossValidate`. Can be gone through once. */
export class CrossValidation implements AsyncIterable<CrossValidationEvent> {
  readonly #makeModel: (fold: number) => Module;
  readonly #data: CrossValidationData;
  readonly #options: CrossValidationOptions;

  /** @internal */
  constructor(
    makeModel: (fold: number) => Module,
    data: CrossValidationData,
    options: CrossValidationOptions,
  ) {
    this.#makeModel = makeModel;
    this.#data = data;
    this.#options = options;
  }

  /** Runs to the end, for those who want the probabilities alone. Throws the reason of a `signal` that was raised. */
  async finished(): Promise<CrossValidatedEvent> {
    for await (const event of this) if (event.type === "end") return event;
    throw this.#options.signal!.reason;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<CrossValidationEvent, void> {
    const { folds = 5, stratify = true, seed = 0 } = this.#options;
    const whole = this.#data.train;
    const labels = await labelsOf(whole);
    const judged = new Judged(labels, whole.classes.length);
    for (const [i, heldOut] of foldIndices(labels, folds, { seed, stratify }).entries()) {
      const fold = i + 1;
      manualSeed(seed);
      const model = this.#makeModel(fold);
      const data = this.#foldData(heldOut);
      const run = fit(model, data, this.#fitOptions(model));
      for await (const event of run) {
        yield { type: "run", fold, folds, event };
        if (event.type === "interrupted") return;
      }
      const evaluation = await this.#judge(model, run, data, heldOut, judged);
      yield { type: "fold", fold, folds, heldOut: evaluation };
    }
    yield judged.result();
  }

  /** All but a fold to train on, and the fold to be measured by. Broken pictures are told of once, when they are held out. */
  #foldData(heldOut: Int32Array): FitData {
    const { train: whole, onBroken: _later, ...reading } = this.#data;
    const isHeldOut = new Uint8Array(whole.length);
    for (const i of heldOut) isHeldOut[i] = 1;
    const rest = Int32Array.from({ length: whole.length }, (_, i) => i).filter((i) => isHeldOut[i] === 0);
    return { ...reading, train: subsetOf(whole, rest), val: subsetOf(whole, heldOut) };
  }

  #fitOptions(model: Module): FitOptions {
    const { folds: _folds, stratify: _stratify, optimizer, ...learning } = this.#options;
    return { ...learning, ...(optimizer && { optimizer: optimizer(model) }) };
  }

  /** Lets a model judge its fold, with averaged weights where there are such. */
  async #judge(
    model: Module,
    { average }: Run,
    data: FitData,
    heldOut: Int32Array,
    judged: Judged,
  ): Promise<Evaluation> {
    const { onBroken } = this.#data;
    const named =
      onBroken && ((sample: BrokenSample) => onBroken({ ...sample, index: heldOut[sample.index]! }));
    const { seed = 0 } = this.#options;
    const { train, val, normalization } = loadersOf({ ...data, ...(named && { onBroken: named }) }, { seed });
    average?.apply();
    try {
      return await evaluate(model, val, {
        normalization,
        onLogits: (logits, _, rows) =>
          judged.add(
            logits,
            rows.map((row) => heldOut[row]!),
          ),
      });
    } finally {
      average?.restore();
      train.close();
      val.close();
    }
  }
}

/** Gathers what models say of the samples that they did not see. */
class Judged {
  readonly #labels: Int32Array;
  readonly #classes: number;
  readonly #rows = new Map<number, Float32Array>();

  constructor(labels: Int32Array, classes: number) {
    this.#labels = labels;
    this.#classes = classes;
  }

  /** Adds logits `[n, classes]` of the samples with these numbers. */
  add(logits: TypedArray, samples: Int32Array): void {
    const classes = this.#classes;
    for (const [row, sample] of samples.entries()) {
      this.#rows.set(sample, softmax(logits.subarray(row * classes, (row + 1) * classes)));
    }
  }

  result(): CrossValidatedEvent {
    const classes = this.#classes;
    const indices = Int32Array.from(this.#rows.keys()).sort();
    const labels = indices.map((i) => this.#labels[i]!);
    const probabilities = new Float32Array(indices.length * classes);
    for (const [row, i] of indices.entries()) probabilities.set(this.#rows.get(i)!, row * classes);
    const right = countCorrect(probabilities, labels);
    return { type: "end", probabilities, labels, indices, accuracy: right / indices.length };
  }
}

/** `eˣ / Σ eˣ`, with the largest taken off first. */
function softmax(logits: TypedArray): Float32Array {
  const values = Float64Array.from(logits);
  const largest = Math.max(...values);
  const powers = values.map((x) => Math.exp(x - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return Float32Array.from(powers, (power) => power / sum);
}
