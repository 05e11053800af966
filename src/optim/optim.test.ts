import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentPlanner } from "../graph/engine.ts";
import { cat, manualSeed, nn, optim, type Tensor, tensor, zeros } from "../index.ts";

const x = tensor([
  [1, 2, -1],
  [0.5, -1, 2],
  [-2, 0.3, 1],
  [0, 1, 1],
]);
const labels = tensor([0, 1, 1, 0], { dtype: "int32" });

class Network extends nn.Module {
  readonly fc1 = new nn.Linear(3, 5);
  readonly fc2 = new nn.Linear(5, 2);
  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(x).tanh());
  }
}

function network(): Network {
  manualSeed(3);
  return new Network();
}

const weightsOf = (model: nn.Module) => model.parameters().filter((p) => p.rank >= 2);
const biasesOf = (model: nn.Module) => model.parameters().filter((p) => p.rank < 2);
const valuesOf = (model: nn.Module) => [
  ...cat(model.parameters().map((p) => p.detach().flatten())).dataSync(),
];

type Any = optim.Optimizer<{ lr: number }>;

/** Every optimizer there is, over a model. */
const makers: Readonly<Record<string, (model: nn.Module) => Any>> = {
  SGD: (model) => new optim.SGD(model.parameters(), { momentum: 0.9, nesterov: true }),
  Adagrad: (model) => new optim.Adagrad(model.parameters(), { lrDecay: 0.01, initialAccumulatorValue: 0.1 }),
  Adadelta: (model) => new optim.Adadelta(model.parameters()),
  RMSprop: (model) => new optim.RMSprop(model.parameters(), { momentum: 0.9, centered: true }),
  Adam: (model) => new optim.Adam(model.parameters(), { amsgrad: true }),
  AdamW: (model) => new optim.AdamW(model.parameters()),
  Adamax: (model) => new optim.Adamax(model.parameters()),
  NAdam: (model) => new optim.NAdam(model.parameters(), { weightDecay: 0.01, decoupledWeightDecay: true }),
  RAdam: (model) => new optim.RAdam(model.parameters(), { betas: [0.9, 0.99] }),
  Lion: (model) => new optim.Lion(model.parameters(), { weightDecay: 0.1 }),
  Muon: (model) => new optim.Combined([new optim.Muon(weightsOf(model)), new optim.AdamW(biasesOf(model))]),
};

function step(model: nn.Module, optimizer: Any): Tensor {
  const loss = nn.crossEntropy(model.forward(x), labels);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  return loss;
}

describe("all optimizers", () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name} compiles nothing after the first steps, whatever the rate`, () => {
      const model = network();
      const optimizer = make(model);
      // RAdam has another rule from the step on at which it trusts its mean square.
      for (let i = 0; i < 8; i++) step(model, optimizer);
      const { compiled } = currentPlanner();
      for (let i = 0; i < 50; i++) {
        optimizer.lr = 1e-3 / (i + 1);
        step(model, optimizer);
      }
      assert.equal(currentPlanner().compiled, compiled);
    });

    it(`${name} goes on from its state as if it had not stopped`, () => {
      const straight = network();
      const first = make(straight);
      for (let i = 0; i < 4; i++) step(straight, first);
      const resumed = network();
      resumed.loadStateDict(copyOf(straight.stateDict()));
      const second = make(resumed);
      const { steps, tensors } = first.stateDict();
      second.loadStateDict({ steps, tensors: copyOf(tensors) });
      for (let i = 0; i < 4; i++) {
        step(straight, first);
        step(resumed, second);
      }
      assert.deepEqual(valuesOf(resumed), valuesOf(straight));
    });

    it(`${name} leaves all as it is where onlyIf is 0`, () => {
      const model = network();
      const optimizer = make(model);
      step(model, optimizer);
      const before = [
        valuesOf(model),
        [...optimizer.stateDict().tensors.values()].map((t) => [...t.dataSync()]),
      ];
      nn.crossEntropy(model.forward(x), labels).backward();
      optimizer.step({ onlyIf: tensor(0) });
      const after = [
        valuesOf(model),
        [...optimizer.stateDict().tensors.values()].map((t) => [...t.dataSync()]),
      ];
      assert.deepEqual(after, before);
    });
  }
});

function copyOf(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...tensors].map(([name, t]) => [name, tensor(t.dataSync().slice(), { shape: t.shape })]));
}

describe("optimizers side by side", () => {
  it("two that share a loss may step one after the other, and do what they do combined", () => {
    const apart = network();
    const sgd = new optim.SGD(weightsOf(apart), { lr: 0.1, momentum: 0.9 });
    const adam = new optim.Adam(biasesOf(apart), { lr: 0.1 });
    const together = network();
    const both = new optim.Combined([
      new optim.SGD(weightsOf(together), { lr: 0.1, momentum: 0.9 }),
      new optim.Adam(biasesOf(together), { lr: 0.1 }),
    ]);
    for (let i = 0; i < 5; i++) {
      apart.zeroGrad();
      nn.crossEntropy(apart.forward(x), labels).backward();
      sgd.step();
      adam.step();
      step(together, both);
    }
    assert.deepEqual(valuesOf(apart), valuesOf(together));
  });
});

describe("single rules", () => {
  it("Muon reads a convolution's weight as the matrix of its rows", () => {
    const values = Float32Array.from({ length: 36 }, (_, i) => Math.sin(i));
    const slopes = tensor(
      Float32Array.from({ length: 36 }, (_, i) => Math.cos(3 * i)),
      { shape: [2, 18] },
    );
    const matrix = nn.parameter(tensor(values, { shape: [2, 18] }));
    const kernel = nn.parameter(tensor(values, { shape: [2, 2, 3, 3] }));
    const optimizer = new optim.Muon([matrix, kernel], { lr: 0.1 });
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad();
      const squares = matrix.square().mul(slopes).sum();
      squares
        .add(
          kernel
            .square()
            .mul(slopes.reshape([2, 2, 3, 3]))
            .sum(),
        )
        .backward();
      optimizer.step();
    }
    assert.deepEqual(kernel.dataSync(), matrix.dataSync());
  });

  it("Muon's step has singular values near 1", () => {
    const p = nn.parameter(zeros([3, 2]));
    const optimizer = new optim.Muon([p], { lr: 1, weightDecay: 0 });
    const slopes = tensor([
      [3, 1],
      [1, 0.5],
      [-2, 4],
    ]);
    p.mul(slopes).sum().backward();
    optimizer.step();
    const step = p.div(Math.sqrt(3 / 2));
    const [[a, b], [, d]] = step.t().matmul(step).toArraySync() as [[number, number], [number, number]];
    const middle = (a + d) / 2;
    const spread = Math.hypot((a - d) / 2, b);
    for (const square of [middle - spread, middle + spread]) {
      assert.ok(Math.sqrt(square) > 0.6 && Math.sqrt(square) < 1.3, `singular value ${Math.sqrt(square)}`);
    }
  });

  it("centered RMSprop stays finite where gradients do not change", () => {
    const p = nn.parameter(tensor([1]));
    const optimizer = new optim.RMSprop([p], { lr: 1e-3, alpha: 0.5, centered: true });
    for (let i = 0; i < 200; i++) {
      optimizer.zeroGrad();
      p.mul(0.1).sum().backward();
      optimizer.step();
    }
    assert.ok(Number.isFinite(p.itemSync()));
  });

  it("a momentum may become 0 and come back", () => {
    const model = network();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
    for (const momentum of [0, 0.9, 0, 0.5]) {
      optimizer.groups[0]!.momentum = momentum;
      step(model, optimizer);
    }
    assert.ok(valuesOf(model).every(Number.isFinite));
  });

  it("each group starts its state at its own value", () => {
    const [a, b] = [nn.parameter(tensor([1])), nn.parameter(tensor([1]))];
    const optimizer = new optim.Adagrad([{ params: [a], initialAccumulatorValue: 3 }, { params: [b] }], {
      lr: 1,
    });
    a.add(b).sum().backward();
    optimizer.step();
    assert.deepEqual([a.itemSync(), b.itemSync()], [0.5, 0]);
  });
});

describe("clipping", () => {
  it("runs in the step's program, and the norm is that from before", () => {
    const model = network();
    const optimizer = new optim.SGD(model.parameters(), { lr: 1 });
    const before = valuesOf(model);
    nn.crossEntropy(model.forward(x), labels).backward();
    const runs: unknown[] = [];
    currentPlanner().observer = { traces: false, ran: (run) => runs.push(run) };
    const norm = optim.clipGradNorm(model.parameters(), 0.01);
    optimizer.step();
    currentPlanner().observer = null;
    assert.equal(runs.length, 1);
    const moved = Math.hypot(...valuesOf(model).map((value, i) => value - before[i]!));
    assert.ok(Math.abs(moved - 0.01) < 1e-5, `moved by ${moved}`);
    assert.ok(norm.itemSync() > 0.1);
  });

  it("leaves small gradients alone, and parameters without one", () => {
    const p = nn.parameter(tensor([1, 2]));
    const other = nn.parameter(tensor([1]));
    p.mul(0.1).sum().backward();
    assert.ok(Math.abs(optim.clipGradNorm([p, other], 1).itemSync() - Math.hypot(0.1, 0.1)) < 1e-7);
    assert.deepEqual([...p.grad!.dataSync()], [Math.fround(0.1), Math.fround(0.1)]);
    assert.equal(other.grad, null);
    assert.equal(optim.clipGradNorm([other], 1).itemSync(), 0);
    optim.clipGradValue([p], 0.05);
    assert.deepEqual([...p.grad!.dataSync()], [Math.fround(0.05), Math.fround(0.05)]);
  });
});

describe("averaged weights", () => {
  it("are the recursion's, stand in for the model's, and are given back", () => {
    const model = network();
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
    const ema = new optim.EMA(model, { decay: 0.8, warmup: true });
    let expected: number[] = [];
    for (let n = 0; n < 6; n++) {
      step(model, optimizer);
      ema.update();
      const now = valuesOf(model);
      const decay = Math.min(0.8, (1 + n) / (10 + n));
      expected = n === 0 ? now : expected.map((m, i) => decay * m + (1 - decay) * now[i]!);
    }
    const own = valuesOf(model);
    ema.apply();
    const shown = valuesOf(model);
    for (const [i, value] of shown.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-6);
    assert.throws(() => ema.update(), /restore\(\) first/);
    ema.restore();
    assert.deepEqual(valuesOf(model), own);
    step(model, optimizer);
    ema.update();
    assert.notDeepEqual(valuesOf(model), own);
  });

  it("go on from a saved state, and copy buffers", () => {
    const model = new nn.Sequential(new nn.Linear(3, 2), new nn.BatchNorm1d(2));
    const optimizer = new optim.SGD(model.parameters(), { lr: 0.5 });
    const swa = new optim.SWA(model);
    for (let i = 0; i < 3; i++) {
      step(model, optimizer);
      swa.update();
    }
    const { updates, tensors } = swa.stateDict();
    const again = new optim.SWA(model);
    again.loadStateDict({ updates, tensors: copyOf(tensors) });
    for (const average of [swa, again]) average.update();
    const values = [swa, again].map((average) =>
      Array.from(average.stateDict().tensors, ([name, t]) => [name, ...t.dataSync()]),
    );
    assert.deepEqual(values[1], values[0]);
    const mean = swa.stateDict().tensors.get("1.running_mean")!;
    assert.deepEqual(mean.dataSync(), model.stateDict().get("1.running_mean")!.dataSync());
  });

  it("an update costs no program of its own", () => {
    const model = network();
    const optimizer = new optim.Adam(model.parameters());
    const ema = new optim.EMA(model);
    for (let i = 0; i < 3; i++) {
      step(model, optimizer);
      ema.update();
    }
    let runs = 0;
    const { compiled } = currentPlanner();
    currentPlanner().observer = { traces: false, ran: () => runs++ };
    for (let i = 0; i < 5; i++) {
      step(model, optimizer);
      ema.update();
    }
    currentPlanner().observer = null;
    assert.equal(runs, 5);
    assert.equal(currentPlanner().compiled, compiled);
  });
});
