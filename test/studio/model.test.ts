// Curves of bounded size, and the state of a run that its events build up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runRules } from "../../src/doctor/index.ts";
import {
  type EventHistogram,
  EventWriter,
  readEventHistograms,
  readEventScalars,
} from "../../src/interop/index.ts";
import type { RunEvent } from "../../src/studio/shared/protocol.ts";
import { RunModel } from "../../src/studio/shared/runModel.ts";
import { Series } from "../../src/studio/shared/series.ts";
import { findingsInChinese } from "../../studio/train/findingTexts.ts";

const column = (series: Series, name: string) => series.columns.get(name);

test("a series keeps what fits as it is", () => {
  const series = new Series(8);
  for (let step = 1; step <= 8; step++) series.add(step, { loss: step, lr: step === 3 ? Number.NaN : 1 });
  assert.deepEqual([series.every, series.steps], [1, [1, 2, 3, 4, 5, 6, 7, 8]]);
  assert.deepEqual(column(series, "lr"), [1, 1, null, 1, 1, 1, 1, 1]);
});

test("100,000 steps become means of so many steps each, in rows between half the capacity and all of it", () => {
  const series = new Series(1000);
  for (let step = 1; step <= 100_000; step++) series.add(step, { loss: step });
  assert.equal(series.every, 128);
  assert.equal(series.length, Math.ceil(100_000 / 128));
  // Steps 129 … 256 have the mean 192.5, and the row stands at the last of them.
  assert.deepEqual([series.steps[1], column(series, "loss")![1]], [256, 192.5]);
  const last = 128 * 781; // 99,968, after which 32 steps came
  assert.deepEqual(
    [series.steps.at(-1), column(series, "loss")!.at(-1)],
    [100_000, (last + 1 + 100_000) / 2],
  );
});

test("a series goes on from its JSON as if it had never stopped, and without what was given up", () => {
  const add = (series: Series, from: number, to: number) => {
    for (let step = from; step <= to; step++) series.add(step, { loss: step % 7 });
  };
  const whole = new Series(16);
  add(whole, 1, 100);
  const half = new Series(16);
  add(half, 1, 41);
  const again = Series.from(JSON.parse(JSON.stringify(half)), 16);
  add(again, 42, 100);
  assert.deepEqual(again.toJSON(), whole.toJSON());
  again.truncate(50);
  assert.ok(again.steps.every((step) => step <= 50) && column(again, "loss")!.length === again.length);
});

test("columns may come late and be missing", () => {
  const series = new Series();
  series.add(1, { a: 1 });
  series.add(2, { b: 2 });
  assert.deepEqual(Object.fromEntries(series.columns), { a: [1, null], b: [null, 2] });
});

test("server and page come to the same state, from events or from a state and the events after it", () => {
  const facts = { stepsPerEpoch: 10, trainSamples: 640, valSamples: 100, parameters: 5, classes: 10 };
  const start = { type: "start", epochs: 2, optimizer: "SGD", chanceLoss: null, from: 0, ...facts } as const;
  const step = (epoch: number, step: number): RunEvent => ({
    type: "step",
    ...{ epoch, step, steps: 10, loss: 1 / step, accuracy: 0.5, lr: 0.1, firstRate: 0.1 },
    ...{ samplesPerSecond: 100, secondsLeft: 3 },
  });
  const epoch = (epoch: number): RunEvent => ({
    type: "epoch",
    ...{ epoch, trainLoss: 1, trainAccuracy: 0.5, valLoss: 1, top1: 0.5, top5: 0.9, lr: 0.1, seconds: epoch },
  });
  const steps = (epoch: number) => Array.from({ length: 10 }, (_, i) => step(epoch, i + 1));
  const layers = [{ name: "fc.weight", gradient: 0.1, ratio: 1e-3 }];
  const events: RunEvent[] = [
    start,
    { type: "vitals", at: 1, layers, activations: [] },
    ...steps(1),
    epoch(1),
    ...steps(2),
    epoch(2),
  ];
  const one = new RunModel("a");
  for (const event of events) one.add(event);
  const first = new RunModel("a");
  for (const event of events.slice(0, 15)) first.add(event);
  const second = RunModel.from(JSON.parse(JSON.stringify(first)));
  for (const event of events.slice(15)) second.add(event);
  assert.deepEqual(JSON.parse(JSON.stringify(second)), JSON.parse(JSON.stringify(one)));
  assert.deepEqual(one.steps.length, 20);
  // Back to the end of the first epoch: what came after is gone.
  one.add({ ...start, from: 10 });
  assert.deepEqual([one.steps.length, one.epochs.length], [10, 1]);
});

test("every finding of the doctor has its words in Chinese", () => {
  assert.deepEqual(Object.keys(findingsInChinese).sort(), runRules.map(({ id }) => id).sort());
});

test("event files are read back: scalars, and where a run was taken up again", async () => {
  const parts: Uint8Array[] = [];
  const writer = new EventWriter((bytes) => void parts.push(bytes), { now: () => 0 });
  writer.scalar("train/loss", 0.5, 1);
  writer.histogram("weights/fc", [1, 2, 3], 1);
  await writer.image("batch", { width: 1, height: 1, channels: 1, data: Uint8Array.of(9) }, 0);
  writer.scalar("gradient/fc.weight", 2 ** 20, 300_000_000_000);
  writer.restart(2);
  await writer.flush();
  const bytes = Buffer.concat(parts);
  const expected = [
    { tag: "train/loss", step: 1, value: 0.5 },
    { tag: "gradient/fc.weight", step: 300_000_000_000, value: 2 ** 20 },
    { restart: 2 },
  ];
  assert.deepEqual([...readEventScalars(bytes)], expected);
  const [spread, restart] = readEventHistograms(bytes);
  const { limits, counts, ...rest } = spread as EventHistogram;
  assert.deepEqual(rest, { tag: "weights/fc", step: 1, min: 1, max: 3 });
  assert.equal(limits.at(-1), 3);
  assert.deepEqual(
    [...counts].filter((count) => count > 0),
    [1, 1, 1],
  );
  assert.deepEqual(restart, { restart: 2 });
  // Cut within the last record, which a run may be writing.
  assert.deepEqual([...readEventScalars(bytes.subarray(0, -3))], expected.slice(0, 2));
  const damaged = Uint8Array.from(bytes);
  damaged[60]! ^= 1;
  assert.throws(() => [...readEventScalars(damaged, "events")], {
    name: "FormatError",
    message: "events: the sum of a record is wrong",
  });
});
