// What a run with a doctor does about what it finds, where it may.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import {
  type AttendedEvent,
  type AttendedOptions,
  attend,
  Doctor,
  runRules,
} from "../../src/doctor/index.ts";
import { manualSeed, type nn, optim } from "../../src/index.ts";
import type { FitData } from "../../src/train/fitOptions.ts";
import { schedule } from "../../src/train/schedule.ts";
import { NonFiniteError } from "../../src/train/step.ts";
import { convNet, data, denseNet, digits, recoloured } from "./digits.ts";
import { useOneThread } from "./findings.ts";

before(useOneThread);

interface Outcome {
  readonly events: readonly AttendedEvent[];
  readonly top1: number | null;
  readonly best: number | null;
  readonly error: unknown;
}

async function outcome(model: nn.Module, given: FitData, options: AttendedOptions): Promise<Outcome> {
  const events: AttendedEvent[] = [];
  let error: unknown = null;
  try {
    for await (const event of attend(model, given, { seed: 3, ...options })) events.push(event);
  } catch (thrown) {
    error = thrown;
  }
  const end = events.at(-1);
  const ended = end?.type === "end" ? end : null;
  return { events, error, top1: ended?.val.top1 ?? null, best: ended?.bestAccuracy ?? null };
}

const sgd = (model: nn.Module, lr: number) => new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
const healsOf = ({ events }: Outcome) =>
  events.flatMap((event) =>
    event.type === "heal"
      ? [[event.finding.id, event.remedy, event.progress.epoch, event.progress.firstRate]]
      : [],
  );

function network(make: () => nn.Module): nn.Module {
  manualSeed(3);
  return make();
}

describe("healing", () => {
  it("goes back and on with a lower rate where nothing is learned at a high one", async () => {
    const plain = network(() => convNet());
    const without = await outcome(plain, await data(), { epochs: 6, optimizer: sgd(plain, 0.5) });
    assert.deepEqual(healsOf(without), []);
    assert.ok(without.top1! < 0.2, `${without.top1}`);

    const healed = network(() => convNet());
    const result = await outcome(healed, await data(), {
      epochs: 6,
      optimizer: sgd(healed, 0.5),
      heal: true,
    });
    const heals = healsOf(result);
    assert.ok(heals.length >= 1 && heals.every(([, remedy]) => remedy === "lower-rate"));
    assert.equal(heals[0]![3], 0.15);
    assert.ok(result.best! > 0.85, `${result.best}`);
    // Each attempt tells its start.
    assert.equal(result.events.filter(({ type }) => type === "start").length, 1 + heals.length);
  });

  it("is the same for the same seed, bit by bit", async () => {
    const trained = async () => {
      const model = network(() => convNet());
      await outcome(model, await data(640), { epochs: 3, optimizer: sgd(model, 0.5), ema: 0.9, heal: true });
      return model.parameters().map((p) => [...p.dataSync()]);
    };
    assert.deepEqual(await trained(), await trained());
  });

  it("survives what is not finite", async () => {
    const make = () => denseNet(3, () => convNet().layers[1]!);
    const plain = network(make);
    const options = (model: nn.Module) => ({
      epochs: 3,
      optimizer: new optim.SGD(model.parameters(), { lr: 1e12 }),
    });
    const without = await outcome(plain, await data(), options(plain));
    assert.ok(without.error instanceof NonFiniteError);
    assert.ok(without.events.at(-1)?.type === "finding");

    const model = network(make);
    const optimizer = new optim.SGD(model.parameters(), { lr: 4, momentum: 0.9 });
    const result = await outcome(model, await data(), { epochs: 3, optimizer, heal: true });
    assert.equal(result.error, null);
    assert.ok(healsOf(result).length > 0);
  });

  it("goes back three times at most", async () => {
    const model = network(() => denseNet(3, () => convNet().layers[1]!));
    const optimizer = new optim.SGD(model.parameters(), { lr: 1e15 });
    // It begins with a hundredth of the rate, so that the rate of the step is not that of the schedule.
    const warm = schedule("cosine", { warmup: 0.5 });
    const result = await outcome(model, await data(), { epochs: 3, optimizer, schedule: warm, heal: true });
    assert.ok(result.error instanceof NonFiniteError);
    assert.deepEqual(
      healsOf(result).map(([, , , rate]) => Number(Number(rate).toPrecision(6))),
      [3e14, 9e13, 2.7e13],
    );
    // Weights are those that it went back to, which every attempt began with.
    const fresh = network(() => denseNet(3, () => convNet().layers[1]!));
    assert.ok(model.parameters().every((p) => p.dataSync().every(Number.isFinite)));
    assert.deepEqual(
      model.parameters().map(({ shape }) => shape),
      fresh.parameters().map(({ shape }) => shape),
    );
  });

  it("does not try another rate where an input is broken", async () => {
    const set = recoloured(await digits(0, 320), (byte) => byte / 255);
    (set.data as Float32Array)[5000] = Number.NaN;
    const result = await outcome(
      network(() => convNet()),
      { ...(await data()), train: set },
      { heal: true },
    );
    assert.ok(result.error instanceof NonFiniteError);
    assert.deepEqual(healsOf(result), []);
  });

  it("ends a run at its plateau, and only where it may", async () => {
    const options = (model: nn.Module) => ({
      epochs: 40,
      optimizer: new optim.Adam(model.parameters(), { lr: 1e-2 }),
    });
    const make = () => denseNet(3, () => convNet().layers[1]!);
    const healed = network(make);
    const result = await outcome(healed, await data(300), { ...options(healed), heal: true });
    const end = result.events.at(-1);
    assert.ok(end?.type === "end" && end.reason === "finished" && end.epochs < 40 && end.epochs > 12);
    assert.equal(healsOf(result)[0]![1], "stop");
    const plain = network(make);
    const last = (await outcome(plain, await data(300), options(plain))).events.at(-1);
    assert.ok(last?.type === "end" && last.epochs === 40);
  });
});

describe("a doctor", () => {
  it("goes on where another stopped", async () => {
    const model = network(() => denseNet(4, () => convNet().layers[1]!, 256));
    const optimizer = new optim.Adam(model.parameters(), { lr: 2e-3 });
    const whole = new Doctor();
    let half = new Doctor();
    for await (const event of attend(model, await data(150), { epochs: 20, optimizer, seed: 3 })) {
      if (event.type === "finding" || event.type === "heal") continue;
      whole.add(event);
      half.add(event);
      if (event.type === "epoch") half = new Doctor(JSON.parse(JSON.stringify(half)));
      if (event.type === "epoch" && event.epoch < 20) half.add(startOf());
    }
    assert.ok(whole.findings.length > 0);
    assert.deepEqual(half.findings, whole.findings);

    function startOf() {
      const classes = Array.from({ length: 10 }, (_, i) => String(i));
      const facts = {
        epochs: 20,
        stepsPerEpoch: 5,
        trainSamples: 150,
        valSamples: 500,
        parameters: 0,
        classes,
      };
      const from = { epoch: 1, step: 0, lossSum: 0, correct: 0, samples: 0, bestAccuracy: 0, bestEpoch: 0 };
      return {
        ...facts,
        type: "start" as const,
        optimizer: "Adam",
        chanceLoss: Math.log(10),
        overfitBatch: false,
        from: { ...from, bestScore: null, waited: 0, seconds: 0, firstRate: null },
      };
    }
  });

  it("has a text and a page for every rule", () => {
    const ids = runRules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const { id, title, rule, why, fix, docs } of runRules) {
      for (const text of [title, rule, why, fix]) assert.ok(text.length > 10, id);
      assert.ok(why.split(/[.:] /).length <= 4, `${id}: why is at most two sentences`);
      assert.equal(docs, `docs/doctor.md#${id}`);
    }
  });
});
