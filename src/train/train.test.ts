import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { before, describe, it } from "node:test";
import { OptionError } from "../base/errors.ts";
import { createReferenceBackend } from "../check/index.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { nn, optim, setBackend, type Tensor, tensor } from "../index.ts";
import { manualSeed } from "../tensor/random.ts";
import { Compose, Grayscale, Letterbox, Normalize, RandomCrop, ToTensor } from "../transforms/index.ts";
import { decodeState, decodeWeights, encodeState, encodeWeights } from "./checkpoint.ts";
import { findNonFinite } from "./diagnose.ts";
import { notStarted, type TrainEvent } from "./events.ts";
import { fit, type Run } from "./fit.ts";
import type { FitData, FitOptions } from "./fitOptions.ts";
import { ClassificationMetrics, confusionScores, countCorrect, rocAuc } from "./metrics.ts";
import { meanAbsoluteError, meanSquaredError, r2Score, rootMeanSquaredError } from "./regression.ts";
import { fromYaml, RunFolder, toYaml, writeAtomically } from "./runFolder.ts";
import { schedule } from "./schedule.ts";
import { NonFiniteError } from "./step.ts";

before(() => setBackend(createReferenceBackend()));

/** Two layers that tell which half of four numbers is the larger. */
class Halves extends nn.Module {
  readonly fc1 = new nn.Linear(4, 8);
  readonly bn = new nn.BatchNorm1d(8);
  readonly drop = new nn.Dropout(0.2);
  readonly fc2 = new nn.Linear(8, 2);
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.drop.forward(this.bn.forward(this.fc1.forward(x)).sigmoid()));
  }
}

function halves(n: number): ArrayDataset {
  const data = Float32Array.from({ length: 4 * n }, (_, i) => Math.sin(i * i));
  const labels = Array.from({ length: n }, (_, i) =>
    data[4 * i]! + data[4 * i + 1]! > data[4 * i + 2]! + data[4 * i + 3]! ? 1 : 0,
  );
  return new ArrayDataset({ data, sampleShape: [4], labels });
}

/** A run's model, data and options in one. */
type Setup = FitData & FitOptions & { model: nn.Module; optimizer: optim.Optimizer<{ lr: number }> };

function setup(more: Partial<FitData & FitOptions> = {}): Setup & { model: Halves } {
  manualSeed(1);
  const model = new Halves();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.02 });
  return { train: halves(40), val: halves(20), epochs: 3, batchSize: 16, seed: 5, ...more, model, optimizer };
}

function start({ model, train, val, batchSize, ...options }: Setup): Run {
  return fit(model, { train, val, ...(batchSize !== undefined && { batchSize }) }, options);
}

async function collect(options: Setup): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of start(options)) events.push(event);
  return events;
}

const weightsOf = (model: nn.Module) =>
  Array.from(model.stateDict(), ([name, value]) => [name, [...value.dataSync()]]);

describe("training loop", () => {
  it("tells of start, each step, each epoch and the end", async () => {
    const events = await collect(setup({ epochs: 20 }));
    const kinds = events.map(({ type }) => type);
    assert.deepEqual(kinds.slice(0, 6), ["start", "step", "step", "step", "epoch", "step"]);
    assert.equal(kinds.at(-1), "end");
    assert.equal(kinds.length, 2 + 20 * 4);
    const epochs = events.filter((event) => event.type === "epoch");
    assert.ok(epochs.at(-1)!.trainLoss < epochs[0]!.trainLoss);
    assert.equal(epochs[0]!.val.samples, 20);
    const end = events.at(-1)!;
    assert.ok(end.type === "end" && end.bestAccuracy === Math.max(...epochs.map(({ val }) => val.top1)));
  });

  it("follows the schedule step by step", async () => {
    const events = await collect(setup({ epochs: 2, schedule: schedule("linear", { final: 0.5 }) }));
    const rates = events.flatMap((event) => (event.type === "step" ? [event.lr] : []));
    assert.deepEqual(
      rates.map((rate) => Number(rate.toFixed(6))),
      [0.02, 0.018333, 0.016667, 0.015, 0.013333, 0.011667],
    );
  });

  it("goes on after an interruption bit by bit as if there had been none", async () => {
    const straight = setup({ schedule: schedule("cosine") });
    await collect(straight);
    for (const stopAt of [1, 3, 5]) {
      const controller = new AbortController();
      const first = setup({ schedule: schedule("cosine"), signal: controller.signal });
      let saved: Uint8Array | null = null;
      let steps = 0;
      for await (const event of start(first)) {
        if (event.type === "step" && ++steps === stopAt) controller.abort();
        if (event.type === "interrupted")
          saved = await encodeState({ ...first, progress: event.progress, options: { a: 1 } });
      }
      const state = decodeState(saved!, "state");
      assert.deepEqual(state.options, { a: 1 });
      const second = setup({ schedule: schedule("cosine"), from: state.progress });
      for (const p of second.model.parameters()) p.assign(p.mul(0).detach());
      second.model.loadStateDict(state.model);
      second.optimizer.loadStateDict(state.optimizer);
      const events = await collect(second);
      assert.equal(events.filter(({ type }) => type === "step").length, 9 - stopAt);
      assert.deepEqual(weightsOf(second.model), weightsOf(straight.model), `stopped after step ${stopAt}`);
    }
  });

  it("stops at a loss that is no number, keeps the weights, and names the op", async () => {
    const options = setup();
    const weight = options.model.fc2.weight;
    weight.assign(weight.detach().mul(0).add(3e38));
    options.model.eval();
    const before = weightsOf(options.model);
    await assert.rejects(collect(options), (error: unknown) => {
      assert.ok(error instanceof NonFiniteError);
      assert.deepEqual([error.epoch, error.step, error.progress], [1, 1, notStarted]);
      assert.equal(error.origin?.layer, 'Linear "fc2"');
      assert.equal(error.origin?.op, "matmul");
      assert.match(error.message, /epoch 1, step 1: matmul \[16, 2\] float32 .*is the first op to give/);
      return true;
    });
    assert.deepEqual(weightsOf(options.model), before);
  });

  it("keeps running statistics from a batch that was bad", async () => {
    class Normed extends nn.Module {
      readonly bn = new nn.BatchNorm1d(4);
      readonly fc = new nn.Linear(4, 2);
      forward(x: Tensor): Tensor {
        return this.fc.forward(this.bn.forward(x));
      }
    }
    const model = new Normed();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    const train = halves(40);
    const data = Float32Array.from(train.data);
    data[4 * 39] = Number.POSITIVE_INFINITY;
    const bad = new ArrayDataset({ data, sampleShape: [4], labels: train.labels });
    const options = { ...setup({ train: bad, batchSize: 20 }), model, optimizer };
    let steps = 0;
    let before: unknown = weightsOf(model);
    await assert.rejects(async () => {
      for await (const event of start(options)) {
        if (event.type !== "step") continue;
        steps++;
        before = weightsOf(model);
      }
    }, NonFiniteError);
    assert.ok(steps < 2);
    assert.deepEqual(weightsOf(model), before);
    assert.deepEqual(model.bn.num_batches_tracked!.itemSync(), steps);
  });

  it("stops at a gradient that is no number although the loss is one", async () => {
    class Root extends nn.Module {
      readonly fc = new nn.Linear(4, 2);
      forward(x: Tensor): Tensor {
        return this.fc.forward(x).mul(0).sqrt(); // d√u/du is infinite at 0, and 0 · ∞ is NaN
      }
    }
    const model = new Root();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const before = weightsOf(model);
    await assert.rejects(
      collect({ ...setup(), model, optimizer }),
      /a gradient became NaN or infinite at epoch 1, step 1: .*backward pass/,
    );
    assert.deepEqual(weightsOf(model), before);
  });

  it("names a parameter or an input that was bad before any op ran", () => {
    const model = new Halves().eval();
    const loss = (x: number) => () =>
      nn.crossEntropy(model.forward(tensor([[x, 0, 0, 0]])), tensor([1], { dtype: "int32" }));
    assert.equal(findNonFinite(model, loss(1)), null);
    assert.equal(findNonFinite(model, loss(Number.NaN))?.op, "input");
    model.fc1.bias!.assign(model.fc1.bias!.detach().mul(Number.NaN));
    assert.match(findNonFinite(model, loss(1))!.text, /parameter fc1.bias \[8\] held NaN/);
  });
});

describe("a run that is steered", () => {
  it("stops by limits, and says why", async () => {
    const endOf = async (more: Partial<FitOptions>) => {
      const events = await collect(setup({ epochs: 4, ...more }));
      const end = events.at(-1)!;
      const steps = events.filter(({ type }) => type === "step").length;
      return end.type === "end" ? [end.reason, end.epochs, steps] : [end.type];
    };
    assert.deepEqual(await endOf({}), ["epochs", 4, 12]);
    assert.deepEqual(await endOf({ maxSteps: 5 }), ["maxSteps", 2, 5]);
    assert.deepEqual(await endOf({ maxSeconds: 1e-9 }), ["maxSeconds", 1, 1]);
    assert.deepEqual(await endOf({ overfitBatch: true, epochs: 1 }), ["epochs", 1, 50]);
  });

  it("a dry run goes all the way and changes nothing", async () => {
    const options = setup({ dryRun: true });
    const before = weightsOf(options.model);
    const events = await collect(options);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["start", "step", "epoch", "end"],
    );
    assert.deepEqual([weightsOf(options.model), options.optimizer.steps], [before, 0]);
    for (const [, value] of options.optimizer.stateDict().tensors) {
      assert.ok(value.dataSync().every((x) => x === 0));
    }
  });

  it("learns one batch by heart", async () => {
    const options = setup({ overfitBatch: true, epochs: 6 });
    options.model.drop.eval();
    const events = await collect(options);
    const losses = events.flatMap((event) => (event.type === "step" ? [event.loss] : []));
    assert.ok(losses.at(-1)! < losses[0]! / 4, `${losses[0]} → ${losses.at(-1)}`);
  });

  it("stops early, and gives the model its best weights", async () => {
    const options = setup({ epochs: 60, earlyStopping: { patience: 3 } });
    const kept = new Map<number, unknown>();
    let reason = "";
    let best = 0;
    for await (const event of start(options)) {
      if (event.type === "epoch") kept.set(event.epoch, weightsOf(options.model));
      if (event.type !== "end") continue;
      ({ reason, bestEpoch: best } = event);
      assert.equal(event.epochs, best + 3);
    }
    assert.equal(reason, "earlyStopping");
    assert.deepEqual(weightsOf(options.model), kept.get(best));
    assert.notDeepEqual(kept.get(best), kept.get(best + 3));
  });

  it("pauses, goes on, takes another learning rate at the next step, and stops", async () => {
    const options = setup({ epochs: 3 });
    const run = start(options);
    const rates: number[] = [];
    let pausedFor = 0;
    for await (const event of run) {
      if (event.type === "interrupted") assert.equal(event.progress.firstRate, 0.005);
      if (event.type !== "step") continue;
      rates.push(event.lr);
      if (rates.length === 2) {
        run.setLearningRate(0.005);
        run.pause();
        const began = performance.now();
        setTimeout(() => {
          pausedFor = performance.now() - began;
          run.resume();
        }, 30);
      }
      if (rates.length === 3) assert.ok(pausedFor > 0, "the step waited for resume()");
      if (rates.length === 4) run.stop();
    }
    assert.deepEqual(rates, [0.02, 0.02, 0.005, 0.005]);
    assert.throws(() => run.setLearningRate(0), /learning rate must be a number above 0; got 0/);
  });

  it("several batches make one step, as one large batch does", async () => {
    const plain = (batchSize: number, accumulate: number) => {
      const options = setup({ batchSize, accumulate, epochs: 2 });
      options.model.bn.eval = () => options.model.bn;
      return options;
    };
    // Batch normalisation and dropout see single batches, so the comparison is of a model without them.
    const linear = (batchSize: number, accumulate: number) => {
      manualSeed(3);
      const model = new nn.Linear(4, 2);
      const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
      return { ...plain(batchSize, accumulate), model, optimizer };
    };
    const [whole, parts] = [linear(20, 1), linear(5, 4)];
    const [a, b] = [await collect(whole), await collect(parts)];
    assert.deepEqual(
      a.map(({ type }) => type),
      b.map(({ type }) => type),
    );
    const [wholeWeights, partWeights] = [whole, parts].map(({ model }) =>
      model.parameters().flatMap((p) => [...p.dataSync()]),
    );
    for (const [i, value] of wholeWeights!.entries()) {
      assert.ok(Math.abs(value - partWeights![i]!) < 1e-6, `${value} ${partWeights![i]}`);
    }
  });

  it("clips gradients, and averages weights", async () => {
    const clipped = setup({ clipGradNorm: 1e-4, epochs: 1 });
    clipped.optimizer = new optim.SGD(clipped.model.parameters(), { lr: 1 });
    const before = clipped.model.parameters().flatMap((p) => [...p.dataSync()]);
    await collect(clipped);
    const moved = clipped.model.parameters().flatMap((p) => [...p.dataSync()]);
    const distance = Math.hypot(...moved.map((value, i) => value - before[i]!));
    assert.ok(distance > 0 && distance < 3.1e-4, `${distance}`);

    const averaged = setup({ ema: 0.9, epochs: 2, restoreBest: true });
    const run = start(averaged);
    let own: unknown;
    for await (const event of run) if (event.type === "epoch") own = weightsOf(averaged.model);
    assert.equal(run.average!.updates, 6);
    assert.notDeepEqual(weightsOf(averaged.model), own);
  });

  it("refuses what can't work", () => {
    const refused = (more: object, message: RegExp) =>
      assert.throws(
        () => start({ ...setup(), ...more } as Setup),
        (error) => error instanceof OptionError && message.test(error.message),
      );
    refused({ epoch: 3 }, /there is no option "epoch"; did you mean "epochs"/);
    refused({ epochs: 0 }, /epochs must be a whole number of at least 1; got 0/);
    refused({ maxSeconds: Number.NaN }, /maxSeconds must be a number above 0/);
    refused({ accumulate: 1.5 }, /accumulate must be a whole number/);
    refused({ ema: 1 }, /ema must be a decay from 0 to below 1/);
    refused({ earlyStopping: { patience: 0 } }, /patience must be a whole number of at least 1; got 0/);
    refused({ earlyStopping: { patients: 2 } }, /did you mean "patience"/);
    refused({ overfitBatch: true, dryRun: true }, /exclude each other/);
    refused({ val: halves(0) }, /data\.val has no samples/);
    const { model } = setup();
    for (const p of model.parameters()) p.requiresGrad = false;
    refused({ model }, /nothing would be trained/);
  });
});

describe("metrics of numbers", () => {
  const close = (value: number, expected: number) =>
    assert.ok(Math.abs(value - expected) < 1e-12, `${value} and ${expected}`);

  it("are scikit-learn's", () => {
    const [p, t] = [
      [2.5, 0, 2, 8],
      [3, -0.5, 2, 7],
    ];
    close(meanAbsoluteError(p!, t!), 0.5);
    close(meanSquaredError(p!, t!), 0.375);
    close(rootMeanSquaredError(p!, t!), 0.6123724356957945);
    close(r2Score(p!, t!), 0.9486081370449679);
    assert.equal(r2Score([3, 2, 1], [1, 2, 3]), -3);
  });

  it("are means over several outputs", () => {
    const [p, t] = [Float32Array.of(0, 2, -1, 2, 8, -5), Float32Array.of(0.5, 1, -1, 1, 7, -6)];
    close(meanAbsoluteError(p, t), 0.75);
    close(meanSquaredError(p, t), 0.7083333333333334);
    close(rootMeanSquaredError(p, t, { outputs: 2 }), 0.8227486121839513);
    close(r2Score(p, t, { outputs: 2 }), 0.9368005266622779);
  });

  it("have an answer for targets that are all the same, and none for one sample", () => {
    assert.equal(r2Score([-2, -2, -2], [-2, -2, -2]), 1);
    assert.equal(r2Score([-2, -2, -2 + 1e-8], [-2, -2, -2]), 0);
    assert.ok(Number.isNaN(r2Score([2], [1])));
  });

  it("refuse values that do not belong together", () => {
    assert.throws(() => meanAbsoluteError([1, 2], [1]), /the same samples; got 2 and 1/);
    assert.throws(() => meanSquaredError([], []), /got 0 and 0/);
    assert.throws(() => r2Score([1, 2, 3], [1, 2, 3], { outputs: 2 }), /2 for each sample; got 3 and 3/);
    assert.throws(() => r2Score([1], [1], { output: 1 } as never), /did you mean "outputs"/);
  });
});

describe("metrics", () => {
  it("counts top-1, top-5 and confusions", () => {
    const metrics = new ClassificationMetrics(7);
    const logits = Float32Array.from(
      [
        [7, 6, 5, 4, 3, 2, 1],
        [7, 6, 5, 4, 3, 2, 1],
        [7, 6, 5, 4, 3, 2, 1],
      ].flat(),
    );
    metrics.add(logits, [0, 4, 5]);
    assert.deepEqual([metrics.samples, metrics.top1, metrics.top5], [3, 1 / 3, 2 / 3]);
    assert.deepEqual([metrics.confusion[0], metrics.confusion[4 * 7], metrics.confusion[5 * 7]], [1, 1, 1]);
    assert.equal(countCorrect(logits, [0, 0, 1]), 2);
    const bad = new ClassificationMetrics(2);
    bad.add(Float32Array.of(Number.NaN, Number.NaN), [1]);
    assert.deepEqual([bad.top1, bad.top5], [0, 0]);
  });

  it("precision, recall and F1 come from the confusions", () => {
    // Two of three cats found, one dog taken for a cat; a third class without samples.
    const { classes, precision, recall, f1 } = confusionScores([2, 1, 0, 1, 4, 0, 0, 0, 0]);
    assert.deepEqual(classes[0], { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
    assert.deepEqual(classes[1], { precision: 0.8, recall: 0.8, f1: (2 * 0.8 * 0.8) / 1.6, support: 5 });
    assert.deepEqual(classes[2], { precision: 0, recall: 0, f1: 0, support: 0 });
    for (const value of [precision, recall, f1]) assert.ok(Math.abs(value - (2 / 3 + 0.8) / 2) < 1e-12);
  });

  it("the area under the curve counts pairs in the right order", () => {
    assert.equal(rocAuc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]), 0.75); // scikit-learn's example
    assert.equal(rocAuc([1, 2, 3], [false, true, true]), 1);
    assert.equal(rocAuc([2, 2, 2, 2], [1, 0, 1, 0]), 0.5);
    assert.ok(Number.isNaN(rocAuc([1, 2], [1, 1])));
  });

  it("schedules begin at 1 and end at the final share", () => {
    for (const name of ["cosine", "linear", "exponential"] as const) {
      const rate = schedule(name, { final: 0.1 });
      assert.equal(rate(0), 1);
      assert.ok(Math.abs(rate(1) - 0.1) < 1e-12);
    }
    assert.equal(schedule("constant")(0.5), 1);
    const warm = schedule("constant", { warmup: 0.2 });
    assert.deepEqual([warm(0), warm(0.1), warm(0.2), warm(1)], [0.01, 0.505, 1, 1]);
    assert.throws(() => schedule("cosin" as "cosine"), /did you mean "cosine"/);
    assert.throws(() => schedule("cosine", { final: 0 }), /final must lie above 0/);
  });
});

describe("checkpoints", () => {
  const info = {
    model: "halves",
    classes: ["a", "b"],
    input: [1, 2, 2],
    transforms: new Compose([new Grayscale(), new Letterbox(2), new ToTensor(), new Normalize([0], [1])]),
    background: 0,
    data: "made",
    epoch: 3,
    accuracy: 0.5,
  };

  it("hold weights and all that their use needs", async () => {
    const { model } = setup();
    const { state, info: read } = decodeWeights(await encodeWeights(model, info), "w");
    assert.deepEqual(
      { ...read, transforms: read.transforms.toJSON() },
      { ...info, transforms: info.transforms.toJSON() },
    );
    assert.deepEqual([...state.keys()], [...model.stateDict().keys()]);
  });

  it("refuse files of another kind", async () => {
    const { model, optimizer } = setup();
    const state = await encodeState({ model, optimizer, progress: notStarted, options: {} });
    assert.throws(
      () => decodeWeights(state, "w.safetensors"),
      /^FormatError: w.safetensors: no classifier saved by fovea train/,
    );
    const refused = async (transforms: Compose, message: RegExp) => {
      const bytes = await encodeWeights(model, { ...info, transforms });
      assert.throws(() => decodeWeights(bytes, "w"), message);
    };
    await refused(
      new Compose([new Grayscale(), new Letterbox(3)]),
      /metadata contradict each other: input is \[1,2,2\] .* transforms make pictures of 1 × 3 × 3/,
    );
    await refused(new Compose([new RandomCrop(2)]), /metadata "transforms" is/);
    const weights = await encodeWeights(model, info);
    assert.throws(() => decodeState(weights, "s"), /no training state/);
  });
});

describe("a run's folder", () => {
  it("never takes a name twice, unless told so", async () => {
    const project = await mkdtemp(path.join(tmpdir(), "fovea-"));
    const create = (existOk = false) =>
      RunFolder.create({ project, task: "classify", name: "train", existOk });
    const names = (await Promise.all([create(), create(), create()]))
      .map((run) => path.basename(run.path))
      .sort();
    assert.deepEqual(names, ["train", "train2", "train3"]);
    assert.equal(path.basename((await create(true)).path), "train");
    await assert.rejects(RunFolder.create({ project, task: "classify", name: "../x" }), /name of one folder/);
  });

  it("replaces files as a whole and leaves the old one where that fails", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "fovea-"));
    const file = path.join(folder, "last.safetensors");
    await writeAtomically(file, "one");
    await writeAtomically(file, "two");
    assert.equal(await readFile(file, "utf8"), "two");
    const blocked = path.join(folder, "blocked");
    await writeAtomically(path.join(folder, "x"), "x");
    await mkdir(path.join(blocked, "in"), { recursive: true });
    await assert.rejects(writeAtomically(blocked, "three"), /could not be written .* unchanged/);
    assert.deepEqual((await readdir(folder)).sort(), ["blocked", "last.safetensors", "x"]);
  });

  it("drops rows of epochs that will be run again", async () => {
    const project = await mkdtemp(path.join(tmpdir(), "fovea-"));
    const run = await RunFolder.create({ project, task: "t", name: "n" });
    await run.startResults();
    const row = {
      time: 1.23456789,
      "train/loss": 2,
      "metrics/accuracy_top1": 0.5,
      "metrics/accuracy_top5": 1,
      "val/loss": 3,
      "lr/pg0": 1e-7,
    };
    for (const epoch of [1, 2, 3]) await run.appendResult({ epoch, ...row });
    assert.deepEqual(
      (await run.results()).map(({ epoch }) => epoch),
      [1, 2, 3],
    );
    await run.keepResults(1);
    const text = await readFile(run.file("results.csv"), "utf8");
    assert.equal(
      text,
      "epoch,time,train/loss,metrics/accuracy_top1,metrics/accuracy_top5,val/loss,lr/pg0\n1,1.234568,2,0.5,1,3,1e-7\n",
    );
  });

  it("writes YAML that means what it says", async () => {
    assert.equal(
      toYaml({ a: "mnist", b: 3, c: null, d: "true", e: "x: y", f: true, g: "" }),
      'a: mnist\nb: 3\nc: null\nd: "true"\ne: "x: y"\nf: true\ng: ""\n',
    );
    const values = {
      a: "mnist",
      b: 3,
      c: null,
      d: "true",
      e: "x: y",
      f: true,
      g: "",
      "h-i": '3 "a"\nb',
      j: 1e-7,
    };
    assert.deepEqual(fromYaml(toYaml(values)), values);
    assert.deepEqual(fromYaml("# nothing\n\n- a\nb: 28,32\n"), { b: "28,32" });
    await assert.rejects(RunFolder.open("/nowhere/at/all"), /no run at/);
  });
});
