// Single rules on runs that are made up.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type EpochEvent,
  notStarted,
  type StartEvent,
  type TrainEvent,
  type VitalsEvent,
} from "../train/events.ts";
import type { ActivationVitals } from "../train/vitals.ts";
import { Doctor } from "./doctor.ts";

const start: StartEvent = {
  type: "start",
  ...{ epochs: 30, stepsPerEpoch: 10, trainSamples: 320, valSamples: 100, parameters: 1 },
  classes: ["a", "b", "c", "d"],
  optimizer: "SGD",
  chanceLoss: Math.log(4),
  overfitBatch: false,
  from: notStarted,
};

const step = (loss: number, lr = 0.1): TrainEvent => ({
  type: "step",
  ...{ epoch: 1, step: 1, steps: 10, loss, accuracy: 0.5, lr, samplesPerSecond: 1, secondsLeft: 1 },
  progress: notStarted,
});

const vitals = (activation: Partial<ActivationVitals>): VitalsEvent => ({
  type: "vitals",
  ...{ epoch: 1, step: 1, lr: 0.1, input: null, parameters: [] },
  activations: [{ layer: "fc1", kind: "relu", units: 10, dead: 0, saturated: 0, ...activation }],
});

const epoch = (number: number, trainLoss: number, valLoss: number, top1: number): EpochEvent => ({
  type: "epoch",
  ...{ epoch: number, epochs: 30, trainLoss, trainAccuracy: 0.99, lr: 0.1 },
  val: { loss: valLoss, top1, top5: 1, confusion: new Int32Array(16).fill(6), samples: 96 },
  ...{ seconds: 1, samplesPerSecond: 1, isBest: false, progress: notStarted },
});

/** Rule and layer of all that is said to a run. */
function said(...events: TrainEvent[]): string[] {
  const doctor = new Doctor();
  for (const event of [start, ...events]) doctor.add(event);
  return doctor.findings.map(({ id, layer }) => (layer === "" ? id : `${id} ${layer}`));
}

const times = (count: number, event: TrainEvent) => Array.from({ length: count }, () => event);

describe("rules", () => {
  it("take a first loss of twice an even guess for too high, and only the first", () => {
    assert.deepEqual(said(step(2.8)), ["initial-loss"]);
    assert.deepEqual(said(step(2.7), step(9)), []);
  });

  it("take saturated units for a fault only where little has been learned", () => {
    const far = vitals({ kind: "sigmoid", saturated: 0.7 });
    assert.deepEqual(said(...times(30, step(1.3)), far, far), ["saturated-units fc1"]);
    assert.deepEqual(said(...times(30, step(0.1)), far, far), []);
  });

  it("want two readings that agree", () => {
    const [dead, alive] = [vitals({ dead: 0.6 }), vitals({ dead: 0.1 })];
    assert.deepEqual(said(dead, dead), ["dead-relus fc1"]);
    assert.deepEqual(said(dead, alive), []);
    assert.deepEqual(said(dead, alive, dead), []);
  });

  it("see a loss that rises and stays, and not one that jumps", () => {
    const fallen = times(40, step(0.5));
    assert.deepEqual(said(...fallen, ...times(70, step(3))), ["diverging"]);
    assert.deepEqual(said(...fallen, ...times(10, step(3)), ...times(40, step(0.4))), []);
  });

  it("smooth validation before they speak of overfitting", () => {
    const falling = [1, 2, 3, 4].map((n) => epoch(n, 0.8 / n, 0.5, 0.9));
    const rising = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => epoch(from + i, 0.1 / (i + 1), 0.6 + 0.1 * i, 0.9));
    assert.deepEqual(said(...falling, ...rising(5, 6)), ["overfitting"]);
    const once = [epoch(5, 0.1, 2, 0.9), ...[6, 7, 8, 9].map((n) => epoch(n, 0.1, 0.49, 0.91))];
    assert.deepEqual(said(...falling, ...once), []);
  });

  it("wait for a dozen epochs, and for a rate that is not on its way down, before they call it a plateau", () => {
    const flat = Array.from({ length: 14 }, (_, i) => epoch(i + 1, 0.4, 0.5 + 0.01 * (i % 3), 0.9));
    assert.deepEqual(said(step(1), ...flat.slice(0, 12)), []);
    assert.deepEqual(said(step(1), ...flat.slice(0, 13)), ["plateau"]);
    const cooling = flat.map((event) => ({ ...event, lr: 0.02 }));
    assert.deepEqual(said(step(1), ...cooling), []);
    const gaining = flat.map((event, i) => ({ ...event, val: { ...event.val, top1: 0.8 + 0.01 * i } }));
    assert.deepEqual(said(step(1), ...gaining), []);
  });
});
