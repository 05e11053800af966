// Recurrent layers where PyTorch's numbers can't be stored: initial values, dropout between layers, plans.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentPlanner } from "../../graph/engine.ts";
import { manualSeed, nn, ones, optim, randn, type Tensor } from "../../index.ts";

describe("recurrent layers", () => {
  it("start uniform within ±1/√hidden, in PyTorch's order of names", () => {
    const lstm = new nn.LSTM(3, 100, { numLayers: 2, bidirectional: true });
    const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
    assert.deepEqual(
      [...lstm.stateDict().keys()],
      ["l0", "l0_reverse", "l1", "l1_reverse"].flatMap((at) => names.map((name) => `${name}_${at}`)),
    );
    for (const [name, p] of lstm.namedParameters()) {
      const largest = Math.max(...p.dataSync().map(Math.abs));
      assert.ok(largest <= 0.1 && largest > 0.097, `${name}: ${largest}`);
    }
  });

  it("drop values between layers while training, and scale the others", () => {
    manualSeed(4);
    // The second layer passes on the sum of what it gets: ReLU of an identity, without a past.
    const rnn = new nn.RNN(1, 400, { numLayers: 2, dropout: 0.25, nonlinearity: "relu", bias: false });
    const one = (shape: readonly number[]) => (shape[1] === 1 ? ones(shape) : nn.init.eye()(shape));
    for (const [name, p] of rnn.namedParameters()) {
      p.assign(name.startsWith("weight_hh") ? p.mul(0) : one(p.shape));
    }
    const dropped = rnn.forward(ones([1, 1, 1]))[0].dataSync();
    const zeros = dropped.filter((value) => value === 0).length;
    assert.ok(zeros > 65 && zeros < 135, `${zeros} of 400 dropped`); // four standard deviations
    assert.ok(dropped.every((value) => value === 0 || Math.abs(value - 4 / 3) < 1e-6));
    assert.ok(
      rnn
        .eval()
        .forward(ones([1, 1, 1]))[0]
        .dataSync()
        .every((value) => value === 1),
    );
  });

  it("give a state from which the sequence goes on as if it had not been cut", () => {
    manualSeed(5);
    const gru = new nn.GRU(3, 4, { numLayers: 2 });
    const x = randn([6, 2, 3]);
    const [whole, last] = gru.forward(x);
    const [, middle] = gru.forward(x.slice(0, 0, 4));
    const [rest, end] = gru.forward(x.slice(0, 4, 6), middle);
    const near = (a: Tensor, b: Tensor) => assert.ok(a.sub(b).abs().amax().itemSync() < 1e-6);
    near(whole.slice(0, 4, 6), rest);
    near(last, end);
  });

  it("compile one program for steps of one shape", () => {
    const lstm = new nn.LSTM(3, 4);
    const optimizer = new optim.SGD(lstm.parameters(), { lr: 0.1 });
    const step = () => {
      const loss = lstm
        .forward(randn([5, 2, 3]))[0]
        .square()
        .mean();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.itemSync();
    };
    step();
    step();
    const before = currentPlanner().compiled;
    for (let i = 0; i < 5; i++) step();
    assert.equal(currentPlanner().compiled, before);
  });
});
