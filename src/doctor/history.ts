// What the doctor remembers of a run: few numbers, as plain JSON, so that a resumed run is judged as if it had never stopped.
import { median } from "../base/median.ts";
import type { EpochEvent, StartEvent, StepEvent, VitalsEvent } from "../train/events.ts";
import type { ActivationVitals, ParameterVitals } from "../train/vitals.ts";

/** Steps over which the loss is smoothed, about. */
const smoothing = 20;
/** Readings of the layers that are remembered. */
const mostReadings = 40;

/** One reading of the layers. */
export interface Reading {
  /** Over the whole run, from 1. */
  readonly step: number;
  readonly lr: number;
  readonly parameters: readonly ParameterVitals[];
}

/** Figures of an epoch. */
export interface EpochRecord {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly valLoss: number;
  readonly top1: number;
  readonly lr: number;
}

/** The history as plain JSON. */
export interface HistoryState {
  readonly steps: number;
  readonly firstLoss: number | null;
  readonly smoothedSum: number;
  readonly bestSmoothed: number;
  readonly highestRate: number;
  readonly highSteps: number;
  readonly readings: readonly Reading[];
  readonly activations: readonly (readonly ActivationVitals[])[];
  readonly epochs: readonly EpochRecord[];
}

/** A run so far. */
export class History {
  start: StartEvent | null = null;
  /** Steps taken, over all epochs. */
  steps = 0;
  /** Loss of the first batch; null where the run did not begin here. */
  firstLoss: number | null = null;
  bestSmoothed = Number.POSITIVE_INFINITY;
  /** Highest learning rate so far. */
  highestRate = 0;
  /** Steps in a row at which the smoothed loss was well above the best and above chance. */
  highSteps = 0;
  /** Oldest first. */
  readings: Reading[] = [];
  /** The last two readings of the activations, oldest first. */
  activations: (readonly ActivationVitals[])[] = [];
  epochs: EpochRecord[] = [];
  #smoothedSum = 0;

  /** A run begins or goes on. */
  begin(event: StartEvent): void {
    this.start = event;
  }

  /** Mean of the last losses, weighted exponentially. */
  get smoothed(): number {
    // Dividing by what the weights sum up to makes the mean right from the first step on.
    return this.#smoothedSum / (1 - (1 - 1 / smoothing) ** Math.max(1, this.steps));
  }

  step({ loss, lr }: StepEvent): void {
    if (this.steps === 0) this.firstLoss = loss;
    this.steps++;
    this.#smoothedSum += (loss - this.#smoothedSum) / smoothing;
    this.highestRate = Math.max(this.highestRate, lr);
    const { smoothed } = this;
    this.bestSmoothed = Math.min(this.bestSmoothed, smoothed);
    const chance = this.start?.chanceLoss ?? this.firstLoss ?? Number.POSITIVE_INFINITY;
    const isHigh = smoothed > Math.max(1.5 * this.bestSmoothed, 1.02 * chance);
    this.highSteps = isHigh ? this.highSteps + 1 : 0;
  }

  vitals({ parameters, activations, lr }: VitalsEvent): void {
    this.readings.push({ step: this.steps + 1, lr, parameters });
    // The first readings say how it began, the last ones how it is; those between are the least missed.
    if (this.readings.length > mostReadings) this.readings.splice(mostReadings / 4, 1);
    if (activations.length === 0) return;
    this.activations.push(activations);
    if (this.activations.length > 2) this.activations.shift();
  }

  epoch({ epoch, trainLoss, trainAccuracy, val, lr }: EpochEvent): void {
    this.epochs.push({ epoch, trainLoss, trainAccuracy, valLoss: val.loss, top1: val.top1, lr });
  }

  toJSON(): HistoryState {
    const { steps, firstLoss, bestSmoothed, highestRate, highSteps, readings, activations, epochs } = this;
    return {
      ...{ steps, firstLoss, smoothedSum: this.#smoothedSum, highestRate, highSteps },
      bestSmoothed: Number.isFinite(bestSmoothed) ? bestSmoothed : Number.MAX_VALUE, // JSON has no infinity
      ...{ readings, activations, epochs },
    };
  }

  static from(state: HistoryState): History {
    const history = new History();
    const { smoothedSum, readings, activations, epochs, ...numbers } = state;
    Object.assign(history, numbers, {
      readings: [...readings],
      activations: [...activations],
      epochs: [...epochs],
    });
    history.#smoothedSum = smoothedSum;
    return history;
  }
}

/** Parameters of more than one axis: weights, as opposed to biases and the scales of normalisation. */
export function weightsOf({ parameters }: Reading): ParameterVitals[] {
  return parameters.filter(({ shape }) => shape.length >= 2);
}

/** How much of itself a step changes the typical weight array; null where there is none. */
export function updateRatio(reading: Reading): number | null {
  const ratios = weightsOf(reading).flatMap(({ weight, update }) => (weight > 0 ? [update / weight] : []));
  return ratios.length === 0 ? null : median(ratios);
}
