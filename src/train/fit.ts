// The training loop as a stream of events. It prints nothing, writes nothing, and runs in Node and browsers alike.
import { crossEntropy } from "../nn/functional/index.ts";
import type { Module } from "../nn/module/module.ts";
import { EMA } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import { manualSeed } from "../tensor/random.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Loaders, loadersOf, overfitSteps, stepBatches } from "./batches.ts";
import { Clock } from "./clock.ts";
import { Control, type Hands } from "./control.ts";
import { scoreOf, waitedAfter } from "./earlyStopping.ts";
import { type Evaluation, evaluate } from "./evaluate.ts";
import { type EndReason, notStarted, type Progress, type TrainEvent } from "./events.ts";
import { type FitData, type FitOptions, type Settled, settle } from "./fitOptions.ts";
import { snapshot } from "./snapshot.ts";
import { type StepBatch, takeStep } from "./step.ts";
import { isVitalStep, readsActivations, StepWatch, type Vitals } from "./vitals.ts";

/**
 * Trains a model and tells of it, as an async iterable of events: `start`, then `step` after each step and `epoch` after each epoch, at
 * last `end`, or `interrupted` where it was stopped. The run goes on while events are asked for, so weights can be saved while one is looked at. The same
 * options give the same bits, also when a run was interrupted and resumed in between.
 *
 * ```ts
 * const run = fit(model, { train, val, transform }, { epochs: 20, earlyStopping: { patience: 5 } });
 * for await (const event of run) if (event.type === "epoch") console.log(event.val.top1);
 * ```
 *
 * `run.pause()`, `run.resume()`, `run.stop()` and `run.setLearningRate(rate)` take effect before the next step. Throws OptionError for options outside
 * their rules, NonFiniteError where loss or gradients are NaN or infinite.
 */
export function fit(model: Module, data: FitData, options: FitOptions = {}): Run {
  return new Run(model, data, settle(model, data, options));
}

/** A run in progress; see `fit`. Can be gone through once. */
export class Run implements AsyncIterable<TrainEvent>, Hands {
  /** The average of the weights, where `ema` asks for one. */
  readonly average: EMA | null;
  /** The one that was given, or the one that stands in for it. */
  readonly optimizer: Optimizer<{ lr: number }>;
  readonly #model: Module;
  readonly #data: FitData;
  readonly #options: Settled;
  readonly #control: Control;
  readonly #trained: ReadonlySet<Tensor>;

  /** @internal */
  constructor(model: Module, data: FitData, options: Settled) {
    this.#model = model;
    this.#data = data;
    this.#options = options;
    this.optimizer = options.optimizer;
    this.#control = new Control(options.signal);
    this.#trained = new Set(options.optimizer.groups.flatMap(({ params }) => params));
    const { ema } = options;
    this.average = typeof ema === "number" ? new EMA(model, { decay: ema, warmup: true }) : (ema ?? null);
  }

  get paused(): boolean {
    return this.#control.paused;
  }

  pause(): void {
    this.#control.pause();
  }

  resume(): void {
    this.#control.resume();
  }

  stop(): void {
    this.#control.stop();
  }

  finish(): void {
    this.#control.finish();
  }

  setLearningRate(rate: number): void {
    this.#control.setRate(rate);
  }

  /** Runs to the end, for those who want the result alone. */
  async finished(): Promise<TrainEvent> {
    let last: TrainEvent | null = null;
    for await (const event of this) last = event;
    return last!;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainEvent, void> {
    const loaders = loadersOf(this.#data, this.#options);
    try {
      yield* this.#events(loaders);
    } finally {
      loaders.train.close();
      loaders.val.close();
    }
  }

  async *#events(loaders: Loaders): AsyncGenerator<TrainEvent, void> {
    const [model, control, options] = [this.#model, this.#control, this.#options];
    const { optimizer, epochs, earlyStopping, from = notStarted } = options;
    const stepsPerEpoch = options.overfitBatch
      ? overfitSteps
      : Math.ceil(loaders.train.length / options.accumulate);
    const total = Math.min(epochs * stepsPerEpoch, options.maxSteps ?? Number.POSITIVE_INFINITY);
    const best = new BestWeights(model, options.restoreBest);
    const own = optimizer.lr;
    // Groups with rates of their own keep their shares of the first one.
    const shares = optimizer.groups.map((group) => (own === 0 ? 1 : group.lr / own));
    let firstRate = from.firstRate ?? own;
    let progress: Progress = from;
    let val: Evaluation | null = null;
    let reason: EndReason = "epochs";

    yield {
      type: "start",
      epochs,
      stepsPerEpoch,
      trainSamples: this.#data.train.length,
      valSamples: this.#data.val.length,
      parameters: model.parameters().reduce((sum, p) => sum + p.size, 0),
      classes: this.#data.train.classes,
      optimizer: optimizer.constructor.name,
      chanceLoss: options.loss === crossEntropy ? Math.log(this.#data.train.classes.length) : null,
      overfitBatch: options.overfitBatch ?? false,
      from,
    };

    const clock = new Clock(from.seconds);
    while (progress.epoch < epochs && reason === "epochs") {
      const epoch = progress.epoch + 1;
      model.train();
      clock.startTraining();
      for await (const group of stepBatches(loaders, this.#data, options, progress)) {
        await control.turn();
        if (control.stopped) {
          yield { type: "interrupted", progress };
          return;
        }
        const done = progress.epoch * stepsPerEpoch + progress.step;
        firstRate = control.takeRate() ?? firstRate;
        const rate = firstRate * (options.schedule?.(done / total) ?? 1);
        for (const [i, group] of optimizer.groups.entries()) group.lr = rate * shares[i]!;
        // Dropout depends on the step alone, so that a resumed run draws the same.
        manualSeed(options.seed + (done + 1) * 2 ** 32);
        const watch = options.vitals && isVitalStep(done + 1) ? new StepWatch(model, this.#trained) : null;
        const result = await takeStep(model, options, group, progress);
        const vitals = watch && read(watch, group, done + 1);
        if (!options.dryRun) this.average?.update();
        clock.trained(result.samples);
        progress = {
          ...progress,
          step: progress.step + 1,
          lossSum: progress.lossSum + result.lossSum,
          correct: progress.correct + result.correct,
          samples: progress.samples + result.samples,
          seconds: clock.seconds,
          firstRate,
        };
        if (vitals) yield { type: "vitals", epoch, step: progress.step, lr: optimizer.lr, ...vitals };
        yield {
          type: "step",
          epoch,
          step: progress.step,
          steps: stepsPerEpoch,
          loss: result.lossSum / result.samples,
          accuracy: progress.correct / progress.samples,
          lr: optimizer.lr,
          samplesPerSecond: result.samples / clock.secondsPerStep,
          secondsLeft:
            Math.max(0, total - done - 1) * clock.secondsPerStep +
            (epochs - progress.epoch) * clock.evaluation,
          progress,
        };
        reason = this.#limit(done + 1, clock) ?? reason;
        if (reason !== "epochs" || options.dryRun) break;
      }
      clock.startEvaluation();
      val = await this.#evaluate(loaders);
      clock.evaluated();
      const score = scoreOf(val, earlyStopping);
      const isBest = progress.bestScore === null || score > progress.bestScore;
      const waited = waitedAfter(score, progress.bestScore, progress.waited, earlyStopping);
      const { lossSum, correct, samples } = progress;
      progress = {
        ...notStarted,
        epoch,
        bestAccuracy: isBest ? val.top1 : progress.bestAccuracy,
        bestEpoch: isBest ? epoch : progress.bestEpoch,
        bestScore: isBest ? score : progress.bestScore,
        waited,
        seconds: clock.seconds,
        firstRate,
      };
      if (isBest) best.keep(this.average);
      if (earlyStopping && waited >= earlyStopping.patience && reason === "epochs") reason = "earlyStopping";
      if (options.dryRun) reason = "dryRun";
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
      if (control.finishing && reason === "epochs" && epoch < epochs) reason = "finished";
    }
    // A run that is resumed after its last epoch has nothing left to train.
    val ??= await this.#evaluate(loaders);
    best.restore();
    const { bestAccuracy, bestEpoch } = progress;
    const { samplesPerSecond, seconds } = clock;
    yield {
      type: "end",
      reason,
      epochs: progress.epoch,
      seconds,
      samplesPerSecond,
      val,
      bestAccuracy,
      bestEpoch,
    };
  }

  /** Which limit has been reached. */
  #limit(steps: number, clock: Clock): EndReason | null {
    const { maxSteps, maxSeconds } = this.#options;
    if (maxSteps !== undefined && steps >= maxSteps) return "maxSteps";
    return maxSeconds !== undefined && clock.seconds >= maxSeconds ? "maxSeconds" : null;
  }

  /** On the averaged weights, where there are such. */
  async #evaluate({ val, normalization }: Loaders): Promise<Evaluation> {
    const { dryRun, overfitBatch, vitals } = this.#options;
    this.average?.apply();
    try {
      return await evaluate(this.#model, val, {
        normalization,
        onBatch: () => this.#control.turn(),
        keepAnswers: vitals ?? false,
        ...((dryRun || overfitBatch) && { batches: 1 }),
      });
    } finally {
      this.average?.restore();
    }
  }
}

/** The signs of a step, of which the last batch stands for all. */
function read(watch: StepWatch, group: readonly StepBatch[], step: number): Vitals {
  return watch.read(group.at(-1)!.x, { input: step === 1, activations: readsActivations(step) });
}

/** The weights of the best epoch so far. */
class BestWeights {
  readonly #model: Module;
  readonly #wanted: boolean;
  #restore: (() => void) | null = null;

  constructor(model: Module, wanted: boolean) {
    this.#model = model;
    this.#wanted = wanted;
  }

  keep(average: EMA | null): void {
    if (!this.#wanted) return;
    average?.apply();
    this.#restore = snapshot(this.#model);
    average?.restore();
  }

  restore(): void {
    this.#restore?.();
  }
}
