import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { OptionError } from "../base/errors.ts";
import { createReferenceBackend } from "../check/index.ts";
import { spirals } from "../data/index.ts";
import { nn, optim, setBackend, type Tensor } from "../index.ts";
import { manualSeed } from "../tensor/random.ts";
import { fit } from "./fit.ts";
import { findLearningRate } from "./lrFinder.ts";

before(() => setBackend(createReferenceBackend()));

function setup() {
  const [train, val] = spirals({ count: 120, turns: 0.6, noise: 0.02 }).split(0.8);
  manualSeed(2);
  const model = new nn.Sequential(
    new nn.Linear(2, 16),
    new nn.BatchNorm1d(16),
    new nn.ReLU(),
    new nn.Linear(16, 2),
  );
  const optimizer = new optim.Adagrad(model.parameters(), { lr: 0.01, initialAccumulatorValue: 0.1 });
  return { data: { train, val, batchSize: 16 }, model, optimizer };
}

const valuesOf = ({ model, optimizer }: ReturnType<typeof setup>) => ({
  weights: Array.from(model.stateDict(), ([name, value]) => [name, [...value.dataSync()]]),
  state: Array.from(optimizer.stateDict().tensors, ([name, value]) => [name, [...value.dataSync()]]),
  steps: optimizer.steps,
  lr: optimizer.lr,
});

describe("findLearningRate", () => {
  it("raises the rate by equal multiples, and suggests one from where the loss falls", async () => {
    const { model, data, optimizer } = setup();
    const { rates, losses, smoothed, suggestion } = await findLearningRate(model, data, {
      optimizer,
      first: 1e-5,
      last: 100,
      steps: 60,
    });
    assert.equal(rates[0], 1e-5);
    const growth = (100 / 1e-5) ** (1 / 59);
    for (let i = 1; i < rates.length; i++) assert.ok(Math.abs(rates[i]! / rates[i - 1]! - growth) < 1e-9);
    assert.deepEqual([losses.length, smoothed.length], [rates.length, rates.length]);
    assert.ok(Math.abs(smoothed[0]! - losses[0]!) < 1e-12);
    assert.ok(suggestion > 1e-3 && suggestion < 10, `${suggestion}`);
  });

  it("leaves model and optimizer as they were: fresh ones, and such that have trained", async () => {
    const fresh = setup();
    const begun = setup();
    await fit(begun.model, begun.data, { optimizer: begun.optimizer, epochs: 1 }).finished();
    for (const parts of [fresh, begun]) {
      const before = valuesOf(parts);
      await findLearningRate(parts.model, parts.data, { optimizer: parts.optimizer, steps: 40 });
      assert.deepEqual(valuesOf(parts), before);
      assert.ok(parts.model.training);
    }
    // What is trained afterwards is what would have been trained without.
    const plain = setup();
    for (const parts of [fresh, plain]) {
      await fit(parts.model, parts.data, { optimizer: parts.optimizer, epochs: 1 }).finished();
    }
    assert.deepEqual(valuesOf(fresh), valuesOf(plain));
  });

  it("refuses what can't work", async () => {
    const { model, data, optimizer } = setup();
    const refused = (options: object, message: RegExp) =>
      assert.rejects(
        findLearningRate(model, data, { optimizer, ...options }),
        (error) => error instanceof OptionError && message.test(error.message),
      );
    await refused({ first: 0 }, /first must be a number above 0; got 0/);
    await refused({ last: 1e-9 }, /last must be a number above first \(1e-7\); got 1e-9/);
    await refused({ steps: 3 }, /steps must be a whole number of at least 10/);
    await refused({ step: 30 }, /did you mean "steps"/);
    // A loss that never changes falls at no rate.
    await refused({ steps: 12, loss: (logits: Tensor) => logits.mul(0).sum() }, /the loss falls at no rate/);
  });
});
