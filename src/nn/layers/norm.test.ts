// Batch normalisation's running statistics: when they move, who sees it, and what they hold on to.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentPlanner } from "../../graph/engine.ts";
import { nn, noGrad, optim, ShapeError, Tensor, tensor } from "../../index.ts";

/** Batches of two channels with means 2 and −1, biased variances 1 and 4, unbiased ones 2 and 8. */
const batch = () =>
  tensor([
    [1, -3],
    [3, 1],
  ]);
const list = (x: Tensor | null) => Array.from(x!.dataSync(), (value) => Number(value.toFixed(5)));
const stateOf = (bn: nn.BatchNorm1d) => [
  list(bn.running_mean),
  list(bn.running_var),
  list(bn.num_batches_tracked),
];

describe("running statistics", () => {
  it("move by the momentum towards mean and unbiased variance", () => {
    const bn = new nn.BatchNorm1d(2, { eps: 0 });
    assert.deepEqual(list(bn.forward(batch())), [-1, -1, 1, 1]);
    assert.deepEqual(stateOf(bn), [[0.2, -0.1], [1.1, 1.7], [1]]);
    bn.forward(batch()).dataSync();
    assert.deepEqual(stateOf(bn), [[0.38, -0.19], [1.19, 2.33], [2]]);
  });

  it("are the mean over all batches where momentum is null", () => {
    const bn = new nn.BatchNorm1d(2, { momentum: null });
    for (const shift of [0, 3, 6]) bn.forward(batch().add(shift)).dataSync();
    assert.deepEqual(stateOf(bn), [[5, 2], [2, 8], [3]]);
  });

  it("are what evaluation goes by, which moves nothing", () => {
    const bn = new nn.BatchNorm1d(2, { eps: 0.9 });
    noGrad(() => bn.forward(batch()));
    bn.eval();
    // Running variance 1.1 and 1.7 with 0.9: roots of 2 and 2.6.
    const expected = [0.8 / Math.sqrt(2), -2.9 / Math.sqrt(2.6), 2.8 / Math.sqrt(2), 1.1 / Math.sqrt(2.6)];
    assert.deepEqual(
      list(bn.forward(batch())),
      expected.map((value) => Number(value.toFixed(5))),
    );
    assert.deepEqual(stateOf(bn), [[0.2, -0.1], [1.1, 1.7], [1]]);
  });

  it("are left out where they are not tracked, and the batch decides in evaluation too", () => {
    const bn = new nn.BatchNorm1d(2, { trackRunningStats: false, affine: false, eps: 0 });
    assert.deepEqual([...bn.stateDict().keys()], []);
    assert.deepEqual(list(bn.eval().forward(batch())), [-1, -1, 1, 1]);
  });

  it("move in the program of the step", () => {
    const bn = new nn.BatchNorm1d(2);
    const optimizer = new optim.SGD(bn.parameters(), { lr: 0.1 });
    bn.forward(batch()).square().sum().backward();
    optimizer.step();
    const program = currentPlanner().lastProgram;
    assert.deepEqual(stateOf(bn), [[0.2, -0.1], [1.1, 1.7], [1]]);
    assert.equal(currentPlanner().lastProgram, program);
  });

  it("take every pass of a step", () => {
    const bn = new nn.BatchNorm1d(2, { eps: 0 });
    const optimizer = new optim.SGD(bn.parameters(), { lr: 0.1 });
    const passes = [0, 0, 0].map(() => bn.forward(batch()).square().sum());
    passes.reduce((a, b) => a.add(b)).backward();
    optimizer.step();
    assert.deepEqual(stateOf(bn), [[0.542, -0.271], [1.271, 2.897], [3]]);
  });

  it("stay as they are where a step is not taken", () => {
    const bn = new nn.BatchNorm1d(2);
    const optimizer = new optim.SGD(bn.parameters(), { lr: 0.1 });
    for (const [scale, moved] of [
      [Number.POSITIVE_INFINITY, false],
      [1, true],
    ] as const) {
      const loss = bn.forward(batch().mul(scale)).sum();
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step({ onlyIf: loss.isFinite() });
      assert.deepEqual(stateOf(bn), moved ? [[0.2, -0.1], [1.1, 1.7], [1]] : [[0, 0], [1, 1], [0]]);
    }
  });

  it("hold on to two unread passes at most", async () => {
    const { gc } = globalThis;
    assert.ok(gc, "run with --expose-gc");
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.BatchNorm1d(2));
    const inputs: WeakRef<Tensor["node"]>[] = [];
    const before = currentPlanner().compiled;
    for (let i = 0; i < 50; i++) {
      const x = Tensor.fromArray(Float32Array.of(1, i, 3, 1), [2, 2]);
      inputs.push(new WeakRef(x.node));
      if (i % 2 === 0) noGrad(() => net.forward(x));
      else net.forward(x);
    }
    assert.ok(currentPlanner().compiled - before <= 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    gc();
    assert.ok(inputs.filter((input) => input.deref()).length <= 2);
    assert.deepEqual(list(net.layers[1]!.stateDict().get("num_batches_tracked")!), [50]);
  });
});

describe("BatchNorm1d and BatchNorm2d", () => {
  it("name their state as PyTorch does", () => {
    const names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
    assert.deepEqual([...new nn.BatchNorm2d(3).stateDict().keys()], names);
    const from = new nn.BatchNorm2d(3);
    from.forward(tensor(Float32Array.from({ length: 24 }, Math.sqrt), { shape: [2, 3, 2, 2] })).dataSync();
    const to = new nn.BatchNorm2d(3);
    to.loadStateDict(from.stateDict());
    for (const name of names)
      assert.deepEqual(list(to.stateDict().get(name)!), list(from.stateDict().get(name)!));
  });

  it("refuse a batch that has no variance, and shapes of another layer", () => {
    assert.throws(() => new nn.BatchNorm1d(2).forward(tensor([[1, 2]])), ShapeError);
    assert.deepEqual(list(new nn.BatchNorm1d(2, { eps: 0 }).eval().forward(tensor([[1, 2]]))), [1, 2]);
    assert.throws(() => new nn.BatchNorm2d(2).forward(batch()), /use BatchNorm1d/);
    assert.throws(() => new nn.BatchNorm1d(3).forward(batch()), /axis 1 of size 3/);
  });
});
