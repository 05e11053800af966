import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nn, tensor } from "../index.ts";
import {
  makeOptimizer,
  type OptimizerName,
  optimizerNames,
  recordedName,
  weightDecayOf,
} from "./optimizers.ts";

const values = (optimizer: OptimizerName) => ({ optimizer, lr0: null, momentum: 0.9, weightDecay: null });

describe("the command line's optimizers", () => {
  for (const name of optimizerNames) {
    it(`${name} takes steps on weights and biases alike`, () => {
      const model = new nn.Linear(2, 3);
      const before = model.parameters().map((p) => [...p.dataSync()]);
      const optimizer = makeOptimizer(model, values(name));
      model
        .forward(tensor([[1, 2]]))
        .square()
        .sum()
        .backward();
      optimizer.step();
      for (const [i, p] of model.parameters().entries()) assert.notDeepEqual([...p.dataSync()], before[i]);
    });
  }

  it("take a rate and a decay that are given", () => {
    const given = { ...values("muon"), lr0: 0.5, weightDecay: 0.25 };
    const { groups } = makeOptimizer(new nn.Linear(2, 3), given);
    assert.deepEqual(
      groups.map((group) => [group.lr, (group as { weightDecay?: number }).weightDecay]),
      [
        [0.5, 0.25],
        [0.5, 0.25],
      ],
    );
  });

  it("keep what auto stands for", () => {
    assert.equal(recordedName(values("auto")), "adamw");
    assert.equal(weightDecayOf(values("auto")), 0.05);
    assert.equal(weightDecayOf(values("adamw")), 0.01);
  });
});
