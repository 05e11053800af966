// A run with a doctor beside it: tells the findings among the events of training, and heals what is safe to heal, where it may.
import { OptionError } from "../base/errors.ts";
import type { Module } from "../nn/module/module.ts";
import type { EMA } from "../optim/averaging.ts";
import type { Optimizer } from "../optim/optimizer.ts";
import type { Hands } from "../train/control.ts";
import { notStarted, type Progress, type TrainEvent } from "../train/events.ts";
import { fit, type Run } from "../train/fit.ts";
import type { FitData, FitOptions } from "../train/fitOptions.ts";
import { snapshotAll } from "../train/snapshot.ts";
import { NonFiniteError } from "../train/step.ts";
import { Doctor, type DoctorState } from "./doctor.ts";
import type { Remedy, RunFinding } from "./findings.ts";

/** Sent as soon as something was found. */
export interface FindingEvent {
  readonly type: "finding";
  readonly finding: RunFinding;
}

/** Sent when something is done about a finding. With "lower-rate" the run starts again after this, with a `start` of its own. */
export interface HealEvent {
  readonly type: "heal";
  readonly remedy: Remedy;
  readonly finding: RunFinding;
  /** Where the run goes on from, with the first rate of its schedule. */
  readonly progress: Progress;
}

/** What an attended run tells. */
export type AttendedEvent = TrainEvent | FindingEvent | HealEvent;

/** How a run is attended. */
export interface AttendedOptions extends Omit<FitOptions, "vitals"> {
  /** Go back and lower the rate where the loss diverges or is not finite, and end the run at a plateau. Default false. */
  readonly heal?: boolean;
  /** What a doctor knew when the run was interrupted. */
  readonly state?: DoctorState | undefined;
}

/** What the learning rate is multiplied by when a run goes back. */
const lowered = 0.3;
/** Times that a run goes back: what four rates do not help is no matter of the rate. */
const mostReturns = 3;

/**
 * Trains as `fit` does, with a doctor that listens. Its findings come among the events, right after what they were seen in, and those of the end before it. With `heal` a run that
 * diverges goes back to the last epoch at which all was well, or else to its start, and on with 0.3 of its learning rate, three times at most; and one that has come to a plateau ends. A resumed run goes back no
 * further than to where it was resumed.
 *
 * ```ts
 * for await (const event of attend(model, data, { epochs: 20, heal: true })) {
 *   if (event.type === "finding") console.log(event.finding.title);
 * }
 * ```
 *
 * Throws as `fit` does; NonFiniteError only where healing does not help.
 */
export function attend(model: Module, data: FitData, options: AttendedOptions = {}): AttendedRun {
  return new AttendedRun(model, data, options);
}

/** A run in progress with its doctor; see `attend`. Can be gone through once. */
export class AttendedRun implements AsyncIterable<AttendedEvent>, Hands {
  readonly doctor: Doctor;
  readonly #model: Module;
  readonly #data: FitData;
  readonly #options: FitOptions;
  readonly #heal: boolean;
  #run: Run;
  /** What was asked for holds for the attempts to come as well. */
  #isStopped = false;
  #isFinishing = false;

  /** @internal */
  constructor(model: Module, data: FitData, { heal = false, state, ...options }: AttendedOptions) {
    if (typeof heal !== "boolean") {
      throw new OptionError(`attend: heal must be true or false; got ${String(heal)}`);
    }
    this.doctor = new Doctor(state);
    this.#model = model;
    this.#data = data;
    this.#heal = heal;
    this.#run = fit(model, data, { ...options, vitals: true });
    const { optimizer, average } = this.#run;
    this.#options = { ...options, vitals: true, optimizer, ...(average && { ema: average }) };
  }

  get average(): EMA | null {
    return this.#run.average;
  }

  get optimizer(): Optimizer<{ lr: number }> {
    return this.#run.optimizer;
  }

  get paused(): boolean {
    return this.#run.paused;
  }

  pause(): void {
    this.#run.pause();
  }

  resume(): void {
    this.#run.resume();
  }

  stop(): void {
    this.#isStopped = true;
    this.#run.stop();
  }

  finish(): void {
    this.#isFinishing = true;
    this.#run.finish();
  }

  setLearningRate(rate: number): void {
    this.#run.setLearningRate(rate);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AttendedEvent, void> {
    const first = this.#heal ? this.#keep(this.#options.from ?? notStarted) : null;
    let good = first;
    // The first rate of the schedule; the optimizer's own is what the schedule has made of it.
    let rate = this.#options.from?.firstRate ?? this.optimizer.lr;
    for (let attempt = 0; ; attempt++) {
      const trouble = yield* this.#attempt(first !== null && attempt < mostReturns, (progress) => {
        rate = progress.firstRate ?? rate;
        if (first && progress.step === 0 && this.doctor.isWell) good = this.#keep(progress);
      });
      if (!trouble) return;
      // A state from which it went wrong again, or at which the first steps had done their harm, is no good.
      const target = trouble.id === "rate-too-high" ? first! : good!;
      good = first;
      target.restore();
      this.doctor.goBack(target.doctor);
      rate *= lowered;
      const progress = { ...target.progress, firstRate: rate };
      yield this.#healed("lower-rate", trouble, progress);
      this.#run = fit(this.#model, this.#data, { ...this.#options, from: progress });
      if (this.#isStopped) this.#run.stop();
      if (this.#isFinishing) this.#run.finish();
    }
  }

  /** Goes through one run; gives the finding for which it is to go back, or null when it is over. */
  async *#attempt(
    mayReturn: boolean,
    onProgress: (progress: Progress) => void,
  ): AsyncGenerator<AttendedEvent, RunFinding | null> {
    try {
      for await (const event of this.#run) {
        const found = [
          ...(event.type === "start" ? this.doctor.inspect(this.#data) : []),
          ...this.doctor.add(event),
        ];
        // What is found in the end comes before the end, which stays the last event.
        if (event.type !== "end") yield event;
        for (const finding of found) yield { type: "finding", finding };
        if (event.type === "end") yield event;
        const grave = found.find(
          ({ automatic, severity }) => automatic === "lower-rate" && severity === "error",
        );
        if (grave && mayReturn && event.type !== "end") return grave;
        const flat = found.find(({ automatic }) => automatic === "stop");
        if (flat && this.#heal && event.type === "epoch") {
          this.#run.finish();
          yield this.#healed("stop", flat, event.progress);
        }
        if (event.type === "step" || event.type === "epoch") onProgress(event.progress);
      }
    } catch (error) {
      const found = this.doctor.failed(error);
      for (const finding of found) yield { type: "finding", finding };
      // A broken input stays broken at any rate.
      const isInput = error instanceof NonFiniteError && error.origin?.op === "input";
      if (!mayReturn || isInput || !found[0]) throw error;
      return found[0];
    }
    return null;
  }

  #healed(remedy: Remedy, trouble: RunFinding, progress: Progress): HealEvent {
    const { epoch, firstRate } = progress;
    const finding = this.doctor.note(trouble, { remedy, epoch, rate: firstRate });
    return { type: "heal", remedy, finding, progress };
  }

  #keep(progress: Progress) {
    const restore = snapshotAll(this.#model, this.optimizer, this.average);
    return { progress, restore, doctor: this.doctor.toJSON() };
  }
}
