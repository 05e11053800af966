// The training loop of a classifier as a stream of events. It prints nothing, writes nothing, and runs in Node and
// browsers alike.

import { FoveaError, OptionError } from "../base/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import type { BrokenSample } from "../data/feeds.ts";
import { DataLoader } from "../data/loader.ts";
import type { PictureSource } from "../data/pictureSource.ts";
import type { Sampler } from "../data/sampler.ts";
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { CutMix, MixUp } from "../transforms/batch.ts";
import { sampleRandom } from "../transforms/seeded.ts";
import type { Step } from "../transforms/transform.ts";
import { findNonFinite, type NonFiniteOrigin } from "./diagnose.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { notStarted, type Progress, type TrainEvent } from "./events.ts";
import { type Normalization, prepareInput } from "./input.ts";
import { countCorrect } from "./metrics.ts";
import type { Schedule } from "./schedule.ts";

/** What a run is made of. */
export interface TrainOptions {
  readonly model: Module;
  /** Over the model's parameters; its present learning rate is the first of the schedule. */
  readonly optimizer: Optimizer<{ lr: number }>;
  readonly train: Dataset | PictureSource;
  readonly val: Dataset | PictureSource;
  readonly epochs: number;
  readonly batchSize?: number;
  /** Decides the order of the samples, and dropout. */
  readonly seed?: number;
  /** What changes the training pictures: sizes, augmentation. */
  readonly transform?: Step;
  /** What changes the validation pictures; by default `transform` without what is random in it. */
  readonly evaluation?: Step;
  /** The mean loss of logits `[N, classes]` for class indices `[N]` or probabilities `[N, classes]`. Default `crossEntropy`. */
  readonly loss?: (logits: Tensor, targets: Tensor) => Tensor;
  /** Mixes the samples of each training batch: MixUp or CutMix. */
  readonly batchTransform?: MixUp | CutMix;
  /** Order of the training samples; by default shuffled. */
  readonly sampler?: Sampler;
  /** Threads that read and change pictures; see DataLoader. */
  readonly workers?: number;
  /** Is told of each picture that can't be read, and so is left out. */
  readonly onBroken?: (sample: BrokenSample) => void;
  /** How pictures are prepared; by default as the transform's `Normalize` says, or else bytes are brought to 0 … 1. */
  readonly normalization?: Normalization;
  /** By default the learning rate stays as it is. */
  readonly schedule?: Schedule;
  /** Ends the run after the step in progress. */
  readonly signal?: AbortSignal | undefined;
  /** Where an earlier run stopped; model and optimizer must hold that run's values. */
  readonly from?: Progress;
}

/** Loss or gradients were NaN or infinite. Weights and optimizer state are those before the bad step. */
export class NonFiniteError extends FoveaError {
  override name = "NonFiniteError";
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** The op that made the first bad value, where it could be found. */
  readonly origin: NonFiniteOrigin | null;
  /** Where the run stood before the bad step. */
  readonly progress: Progress;

  constructor(loss: number, origin: NonFiniteOrigin | null, progress: Progress) {
    const epoch = progress.epoch + 1;
    const step = progress.step + 1;
    const what = Number.isFinite(loss) ? "a gradient became NaN or infinite" : `the loss became ${loss}`;
    const why = origin ? `: ${origin.text}` : "";
    super(`${what} at epoch ${epoch}, step ${step}${why}. The step was not taken; try a smaller lr0`);
    this.epoch = epoch;
    this.step = step;
    this.loss = loss;
    this.origin = origin;
    this.progress = progress;
  }
}

/** Evaluation keeps nothing for a backward pass, so its batches can be larger. */
const evaluationBatch = 256;

/** Signals and timers wait for the event loop; this often (ms) the training lets it turn. */
const turnEvery = 50;

/**
 * Trains with cross-entropy and tells of it: `start`, then `step` after each step and `epoch` after each epoch, at last
 * `end`, or `interrupted` where `signal` was raised. Weights can be saved while an event is looked at: the next step waits.
 * The same options give the same bits, also when a run was interrupted and resumed in between.
 * Throws NonFiniteError where loss or gradients are NaN or infinite.
 */
export async function* trainClassifier(options: TrainOptions): AsyncGenerator<TrainEvent, void> {
  const { model, optimizer, epochs, batchSize = 64, seed = 0, signal, from = notStarted } = options;
  if (!(Number.isInteger(epochs) && epochs > 0)) {
    throw new OptionError(`trainClassifier: epochs must be an integer of at least 1; got ${epochs}`);
  }
  const { loader, valLoader, normalization } = loadersOf(options, batchSize, seed);
  const firstRate = optimizer.lr;
  const steps = loader.length;
  const clock = new Clock(from.seconds);
  const turn = eventLoopTurns();
  let progress = from;
  let val: Evaluation | null = null;

  yield {
    type: "start",
    epochs,
    stepsPerEpoch: steps,
    trainSamples: options.train.length,
    valSamples: options.val.length,
    parameters: model.parameters().reduce((sum, p) => sum + p.size, 0),
    from,
  };

  try {
    while (progress.epoch < epochs) {
      const epoch = progress.epoch + 1;
      loader.restore({ epoch: progress.epoch, batch: progress.step });
      model.train();
      clock.startTraining();
      for await (const [x, y] of loader) {
        await turn();
        if (signal?.aborted) {
          yield { type: "interrupted", progress };
          return;
        }
        const done = progress.epoch * steps + progress.step;
        if (options.schedule) optimizer.lr = firstRate * options.schedule(done / (epochs * steps));
        // Dropout depends on the step alone, so that a resumed run draws the same.
        manualSeed(seed + (done + 1) * 2 ** 32);
        const random = sampleRandom(seed, progress.epoch, -1 - progress.step); // no sample has such a number
        const [mixed, targets] = options.batchTransform?.forward(x, y, random) ?? [x, y];
        const batch = { x: prepareInput(mixed, normalization), targets, y };
        const { loss, correct } = await trainStep(options, batch, progress);
        clock.trained(y.size);
        progress = {
          ...progress,
          step: loader.state().epoch === progress.epoch ? loader.state().batch : steps,
          lossSum: progress.lossSum + loss * y.size,
          correct: progress.correct + correct,
          samples: progress.samples + y.size,
          seconds: clock.seconds,
        };
        const left =
          (epochs * steps - done - 1) * clock.secondsPerStep + (epochs - progress.epoch) * clock.evaluation;
        yield {
          type: "step",
          epoch,
          step: progress.step,
          steps,
          loss,
          accuracy: progress.correct / progress.samples,
          lr: optimizer.lr,
          samplesPerSecond: y.size / clock.secondsPerStep,
          secondsLeft: left,
        };
      }
      clock.startEvaluation();
      val = await evaluate(model, valLoader, { normalization, onBatch: turn });
      clock.evaluated();
      const isBest = progress.bestEpoch === 0 || val.top1 > progress.bestAccuracy;
      const { lossSum, correct, samples } = progress;
      progress = {
        ...notStarted,
        epoch,
        bestAccuracy: isBest ? val.top1 : progress.bestAccuracy,
        bestEpoch: isBest ? epoch : progress.bestEpoch,
        seconds: clock.seconds,
      };
      yield {
        type: "epoch",
        epoch,
        epochs,
        trainLoss: lossSum / samples,
        trainAccuracy: correct / samples,
        val,
        lr: optimizer.lr,
        seconds: clock.seconds,
        samplesPerSecond: clock.samplesPerSecond,
        isBest,
        progress,
      };
    }
    // A run that is resumed after its last epoch has nothing left to train.
    val ??= await evaluate(model, valLoader, { normalization, onBatch: turn });
    const { bestAccuracy, bestEpoch } = progress;
    const { samplesPerSecond, seconds } = clock;
    yield { type: "end", epochs, seconds, samplesPerSecond, val, bestAccuracy, bestEpoch };
  } finally {
    loader.close();
    valLoader.close();
  }
}

/** Loaders of both parts, and what their batches are normalised by. */
function loadersOf(options: TrainOptions, batchSize: number, seed: number) {
  const { transform, sampler, workers, onBroken } = options;
  const evaluation = options.evaluation ?? transform?.forEvaluation();
  const order = sampler ? { sampler } : { shuffle: true };
  const reading = (step: Step | undefined) => ({
    seed,
    ...(step && { transform: step, ...(workers !== undefined && { workers }) }),
    ...(onBroken && { onBroken }),
  });
  const loader = new DataLoader(options.train, { batchSize, ...order, ...reading(transform) });
  const valLoader = new DataLoader(options.val, { batchSize: evaluationBatch, ...reading(evaluation) });
  const normalization = options.normalization ?? loader.transform?.normalize ?? undefined;
  return { loader, valLoader, normalization };
}

/** One step of the optimizer, unless loss or a gradient is not finite. */
async function trainStep(
  { model, optimizer, loss: lossOf = crossEntropy }: TrainOptions,
  { x, targets, y }: { readonly x: Tensor; readonly targets: Tensor; readonly y: Tensor },
  progress: Progress,
): Promise<{ loss: number; correct: number }> {
  const logits = model.forward(x).retain();
  const loss = lossOf(logits, targets);
  optimizer.zeroGrad();
  loss.backward();
  const finite = allFinite(loss, model).retain();
  optimizer.step({ onlyIf: finite });
  const value = await loss.item();
  if ((await finite.item()) === 0) {
    const origin = findNonFinite(model, () => lossOf(model.forward(x), targets));
    throw new NonFiniteError(value, origin, progress);
  }
  return { loss: value, correct: countCorrect(await logits.data(), await y.data()) };
}

/** 1 where the loss and all gradients are finite, else 0: `0 · x` is 0 for finite x and NaN for all others. */
function allFinite(loss: Tensor, model: Module): Tensor {
  let zeros = loss.detach().mul(0);
  for (const p of model.parameters()) if (p.grad) zeros = zeros.add(p.grad.mul(0).sum());
  return zeros.isFinite();
}

/** Lets the event loop turn when it has not for a while. */
function eventLoopTurns(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < turnEvery) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  };
}

/** Times training and evaluation apart. */
class Clock {
  readonly #before: number;
  readonly #began = performance.now();
  #mark = 0;
  #training = 0;
  #samples = 0;
  /** Smoothed milliseconds per step, which follow changes of speed; the first step, which compiles, is left out. */
  #pace: number | null = null;
  #isFirst = true;
  /** Seconds that the last evaluation took. */
  evaluation = 0;

  constructor(before: number) {
    this.#before = before;
  }

  startTraining(): void {
    this.#mark = performance.now();
  }

  trained(samples: number): void {
    const now = performance.now();
    const elapsed = now - this.#mark;
    this.#training += elapsed;
    this.#mark = now;
    this.#samples += samples;
    if (!this.#isFirst) this.#pace = this.#pace === null ? elapsed : 0.97 * this.#pace + 0.03 * elapsed;
    this.#isFirst = false;
  }

  startEvaluation(): void {
    this.#mark = performance.now();
  }

  evaluated(): void {
    this.evaluation = (performance.now() - this.#mark) / 1000;
  }

  get seconds(): number {
    return this.#before + (performance.now() - this.#began) / 1000;
  }

  get samplesPerSecond(): number {
    return this.#training === 0 ? 0 : (this.#samples / this.#training) * 1000;
  }

  get secondsPerStep(): number {
    return (this.#pace ?? this.#training) / 1000;
  }
}
