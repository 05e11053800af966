import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArrayDataset } from "../data/dataset.ts";
import { manualSeed, nn, optim, type Tensor, tensor } from "../index.ts";
import type { TrainEvent, VitalsEvent } from "./events.ts";
import { fit } from "./fit.ts";
import type { FitOptions } from "./fitOptions.ts";
import { isVitalStep, readsActivations } from "./vitals.ts";

function numbers(n: number): ArrayDataset {
  const data = Float32Array.from({ length: 6 * n }, (_, i) => Math.sin(i * i));
  const labels = Array.from({ length: n }, (_, i) => (data[6 * i]! > data[6 * i + 1]! ? 1 : 0));
  return new ArrayDataset({ data, sampleShape: [6], labels });
}

/** A hidden layer that sees everything that a step has: normalisation, an activation, dropout. */
const network = () =>
  new nn.Sequential(
    new nn.Linear(6, 16),
    new nn.BatchNorm1d(16),
    new nn.ReLU(),
    new nn.Dropout(0.3),
    new nn.Linear(16, 2),
  );

async function run(
  model: nn.Module,
  options: FitOptions,
): Promise<{ events: TrainEvent[]; vitals: VitalsEvent[] }> {
  const events: TrainEvent[] = [];
  const data = { train: numbers(120), val: numbers(30), batchSize: 8 };
  for await (const event of fit(model, data, { seed: 4, ...options })) events.push(event);
  return { events, vitals: events.filter((event) => event.type === "vitals") };
}

describe("vitals", () => {
  it("change no bit of a run", async () => {
    const trained = async (vitals: boolean) => {
      manualSeed(2);
      const model = network();
      const { events } = await run(model, { epochs: 3, ema: 0.9, restoreBest: true, vitals });
      return {
        state: [...model.stateDict()].map(([name, x]) => [name, [...x.dataSync()]]),
        end: events.at(-1),
      };
    };
    const [plain, watched] = [await trained(false), await trained(true)];
    assert.deepEqual(watched.state, plain.state);
    assert.ok(plain.end?.type === "end" && watched.end?.type === "end");
    assert.deepEqual(watched.end.val.confusion, plain.end.val.confusion);
  });

  it("come after the steps that are meant, before their step event", async () => {
    const { events } = await run(network(), { epochs: 8, vitals: true });
    const steps = events.flatMap((event, i) => {
      if (event.type !== "vitals") return [];
      const next = events[i + 1];
      assert.ok(next?.type === "step" && next.step === event.step && next.epoch === event.epoch);
      return [(event.epoch - 1) * 15 + event.step];
    });
    assert.deepEqual(steps, [1, 2, 5, 10, 25, 50, 75, 100]);
    assert.deepEqual([200, 225, 300, 350].map(isVitalStep), [true, false, true, false]);
    assert.deepEqual([25, 50, 100, 300, 500].map(readsActivations), [true, false, true, false, true]);
  });

  it("give the sizes of weights, gradients and updates", async () => {
    const model = new nn.Sequential(new nn.Linear(6, 2));
    const before = [...model.parameters()[0]!.dataSync()];
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.25 });
    const { vitals } = await run(model, { epochs: 1, optimizer, vitals: true });
    const [weight, bias] = vitals[0]!.parameters;
    assert.deepEqual([weight!.name, bias!.name], ["0.weight", "0.bias"]);
    assert.deepEqual([weight!.shape, bias!.shape], [[2, 6], [2]]);
    const rms = Math.sqrt(before.reduce((sum, w) => sum + w * w, 0) / before.length);
    assert.ok(Math.abs(weight!.weight - rms) < 1e-6);
    // A step of plain SGD is the gradient times the rate.
    for (const { gradient, update } of vitals[3]!.parameters) {
      assert.ok(gradient! > 0 && Math.abs(update / (0.25 * gradient!) - 1) < 1e-3);
    }
    const { input } = vitals[0]!;
    assert.ok(Math.abs(input!.mean) < 0.3 && Math.abs(input!.std - Math.SQRT1_2) < 0.1); // of a sine
    assert.equal(vitals[1]!.input, null);
  });

  it("tell of parameters that are trained alone, and of those without a gradient", async () => {
    const model = network();
    model.layers[1]!.parameters()[0]!.requiresGrad = false;
    class Cut extends nn.Module {
      readonly used = new nn.Linear(6, 2);
      readonly unused = new nn.Linear(6, 2);
      forward(x: Tensor): Tensor {
        return this.used.forward(x);
      }
    }
    const { vitals } = await run(new Cut(), { epochs: 1, vitals: true });
    assert.deepEqual(
      vitals[0]!.parameters.map(({ name, gradient }) => [name, gradient !== null]),
      [
        ["used.weight", true],
        ["used.bias", true],
        ["unused.weight", false],
        ["unused.bias", false],
      ],
    );
    const { vitals: partly } = await run(model, { epochs: 1, vitals: true });
    assert.ok(!partly[0]!.parameters.some(({ name }) => name === "1.weight"));
  });

  it("count units that are dead and values that are saturated, by layer", async () => {
    class Mixed extends nn.Module {
      readonly fc1 = new nn.Linear(6, 4);
      readonly fc2 = new nn.Linear(4, 4);
      readonly gate = new nn.Linear(4, 4);
      readonly head = new nn.Linear(4, 2);
      forward(x: Tensor): Tensor {
        const dead = this.fc1.forward(x).relu();
        const far = this.fc2.forward(dead).tanh();
        return this.head.forward(far.mul(this.gate.forward(far).sigmoid())).sigmoid();
      }
    }
    const model = new Mixed();
    const set = (p: Tensor, values: number[]) =>
      p.assign(
        p
          .detach()
          .mul(0)
          .add(tensor(values, { shape: [...p.shape] })),
      );
    set(model.fc1.bias!, [-100, 100, 100, -100]);
    set(model.fc2.bias!, [500, 500, -500, 500]);
    const optimizer = new optim.SGD(model.parameters(), { lr: 1e-9 });
    const { vitals } = await run(model, { epochs: 2, optimizer, vitals: true });
    const read = vitals.filter(({ activations }) => activations.length > 0);
    assert.equal(read.length, 1); // at step 25 of 30
    assert.deepEqual(
      read[0]!.activations.map(({ layer, kind, units, dead, saturated }) => [
        layer,
        kind,
        units,
        dead,
        saturated,
      ]),
      // The sigmoid that multiplies is a gate, and the last one is the output.
      [
        ["fc1", "relu", 4, 0.5, 0],
        ["fc2", "tanh", 4, 0, 1],
      ],
    );
  });

  it("keep the answers to the validation samples", async () => {
    const { events } = await run(network(), { epochs: 1, vitals: true });
    const epoch = events.find((event) => event.type === "epoch")!;
    const { probabilities, labels, indices } = epoch.val.answers!;
    assert.deepEqual([probabilities.length, labels.length], [60, 30]);
    assert.deepEqual(
      [...indices],
      Array.from({ length: 30 }, (_, i) => i),
    );
    let right = 0;
    for (let i = 0; i < 30; i++) {
      const [a, b] = [probabilities[2 * i]!, probabilities[2 * i + 1]!];
      assert.ok(Math.abs(a + b - 1) < 1e-6);
      if ((b > a ? 1 : 0) === labels[i]) right++;
    }
    assert.equal(right / 30, epoch.val.top1);
  });
});
