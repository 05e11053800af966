// What a training run tells while it goes on, as plain data. Knows neither terminal nor files.
import type { Evaluation } from "./evaluate.ts";
import type { Vitals } from "./vitals.ts";

/** Sent once, before the first step; what is done between it and the next event is not part of the run's time. */
export interface StartEvent {
  readonly type: "start";
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  readonly trainSamples: number;
  readonly valSamples: number;
  /** Number of trained values. */
  readonly parameters: number;
  readonly classes: readonly string[];
  /** The optimizer's class, such as "AdamW". */
  readonly optimizer: string;
  /** Loss of an even guess, ln(classes), where the loss is cross-entropy; null for other losses. */
  readonly chanceLoss: number | null;
  /** Whether one batch is learned by heart. */
  readonly overfitBatch: boolean;
  /** Where it goes on: epochs and steps that an earlier run has done. */
  readonly from: Progress;
}

/** Sent after some steps, before their `step`, where `vitals` asks for it: how the layers fare. */
export interface VitalsEvent extends Vitals {
  readonly type: "vitals";
  /** From 1. */
  readonly epoch: number;
  /** Step within the epoch, from 1. */
  readonly step: number;
  readonly lr: number;
}

/** Sent after each optimizer step. */
export interface StepEvent {
  readonly type: "step";
  /** From 1. */
  readonly epoch: number;
  /** Step within the epoch, from 1. */
  readonly step: number;
  readonly steps: number;
  /** Loss of this batch. */
  readonly loss: number;
  /** Share of right answers in the epoch so far, each counted before its update. */
  readonly accuracy: number;
  readonly lr: number;
  /** Training samples per second at present. */
  readonly samplesPerSecond: number;
  /** Estimate for the rest of the run. */
  readonly secondsLeft: number;
  readonly progress: Progress;
}

/** Sent after each epoch, when the validation data were gone through. */
export interface EpochEvent {
  readonly type: "epoch";
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss over the epoch's samples. */
  readonly trainLoss: number;
  /** Share of right answers over the epoch. */
  readonly trainAccuracy: number;
  readonly val: Evaluation;
  /** Learning rate of the epoch's last step. */
  readonly lr: number;
  /** Time spent training and evaluating so far, earlier parts of a resumed run included. */
  readonly seconds: number;
  /** Training samples per second in this run so far, evaluation left out. */
  readonly samplesPerSecond: number;
  /** No earlier epoch had a higher top-1 accuracy. */
  readonly isBest: boolean;
  readonly progress: Progress;
}

/** Sent instead of further steps when the run was asked to stop. */
export interface InterruptedEvent {
  readonly type: "interrupted";
  readonly progress: Progress;
}

/** Why a run ended: all epochs were done, a limit was reached, it no longer got better, it was asked to finish, or it was a dry run. */
export type EndReason = "epochs" | "maxSteps" | "maxSeconds" | "earlyStopping" | "finished" | "dryRun";

/** Sent last. */
export interface EndEvent {
  readonly type: "end";
  readonly reason: EndReason;
  /** Epochs done. */
  readonly epochs: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** The last epoch's result. */
  readonly val: Evaluation;
  readonly bestAccuracy: number;
  readonly bestEpoch: number;
}

export type TrainEvent = StartEvent | VitalsEvent | StepEvent | EpochEvent | InterruptedEvent | EndEvent;

/** How far a run has come: with the weights and the optimizer's state all that is needed to go on. */
export interface Progress {
  /** Epochs done. */
  readonly epoch: number;
  /** Optimizer steps done of the next epoch. */
  readonly step: number;
  /** Sums over the samples of those steps. */
  readonly lossSum: number;
  readonly correct: number;
  readonly samples: number;
  /** Best top-1 accuracy on the validation data so far, and its epoch (0: none yet). */
  readonly bestAccuracy: number;
  readonly bestEpoch: number;
  /** How good the best epoch was by what is watched, larger is better; null before the first. */
  readonly bestScore: number | null;
  /** Epochs since the last gain, as early stopping counts them. */
  readonly waited: number;
  readonly seconds: number;
  /** First rate of the schedule, which may have been changed on the way; null for the optimizer's own. */
  readonly firstRate: number | null;
}

/** The progress of a run that has not begun. */
export const notStarted: Progress = {
  epoch: 0,
  step: 0,
  lossSum: 0,
  correct: 0,
  samples: 0,
  bestAccuracy: 0,
  bestEpoch: 0,
  bestScore: null,
  waited: 0,
  seconds: 0,
  firstRate: null,
};
