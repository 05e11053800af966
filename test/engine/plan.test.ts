// The lazy engine: plans are reused, work is not repeated, and values that are gone are said to be gone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { currentPlanner } from "../../src/graph/engine.ts";
import { nn, noGrad, optim, StaleError, Tensor, tensor } from "../../src/index.ts";
import * as vision from "../../src/vision/index.ts";
import { pictures, setUp, trainStep } from "../support/lenet.ts";

function labelsOfLastRun(): string[] {
  return currentPlanner().lastProgram!.labels.flat();
}

test("all steps use the first one's plan, also when the learning rate changes", () => {
  const { model, optimizer } = setUp();
  const { x, y } = pictures(4);
  trainStep(model, optimizer, x, y);
  const compiled = currentPlanner().compiled;
  for (let i = 0; i < 5; i++) {
    optimizer.lr = 1e-3 / (i + 1);
    trainStep(model, optimizer, x, y);
  }
  assert.equal(currentPlanner().compiled, compiled);
});

test("graphs that differ only in which leaf is used where are told apart", async () => {
  const a = tensor([1, 2]);
  const b = tensor([10, 20]);
  assert.deepEqual(await a.sub(b).toArray(), [-9, -18]);
  assert.deepEqual(await a.sub(a).toArray(), [0, 0]);
  assert.deepEqual(await b.sub(a).toArray(), [9, 18]);
});

test("a loss read before backward() is not computed twice", async () => {
  const { model, optimizer } = setUp();
  const { x, y } = pictures(4);
  const loss = nn.crossEntropy(model.forward(x.div(255)), y);
  const before = await loss.item();
  assert.ok(labelsOfLastRun().some((label) => label.startsWith("conv2d")));
  loss.backward();
  optimizer.step();
  const labels = labelsOfLastRun();
  assert.ok(labels.some((label) => label.startsWith("conv2dWeightGrad")));
  assert.ok(!labels.some((label) => label === "conv2d" || label.startsWith("conv2d+")), labels.join(" "));
  assert.equal(await loss.item(), before);
});

test("a normalised loss read before backward() is not computed twice", async () => {
  const block = new vision.BasicBlock(1, 2);
  const loss = block.forward(pictures(2).x.div(255)).square().mean();
  await loss.item();
  loss.backward();
  await block.conv1.weight.grad!.data();
  const labels = labelsOfLastRun();
  assert.ok(labels.includes("conv2dWeightGrad"));
  const forward = labels.filter(
    (label) => label.startsWith("conv2d+") || /^conv2d$|square(?!Grad)/.test(label),
  );
  assert.deepEqual(forward, []);
});

test("the gradient is the same whether or not the loss was read in between", async () => {
  const { x, y } = pictures(4);
  const gradients: ArrayLike<number>[] = [];
  for (const read of [false, true]) {
    const { model } = setUp();
    const loss = nn.crossEntropy(model.forward(x.div(255)), y);
    if (read) await loss.item();
    loss.backward();
    gradients.push(await model.conv2.weight.grad!.data());
  }
  const [lazy, eager] = gradients as [Float32Array, Float32Array];
  const scale = Math.max(...lazy.map(Math.abs));
  for (let i = 0; i < lazy.length; i++) assert.ok(Math.abs(lazy[i]! - eager[i]!) <= 1e-5 * scale);
});

test("loss and logits can be read after the step, larger values when retained", async () => {
  const { model, optimizer } = setUp();
  const { x, y } = pictures(4);
  const hidden = model.conv1.forward(x.div(255)).retain();
  const logits = model.forward(x.div(255));
  const loss = nn.crossEntropy(logits, y);
  const lost = hidden.mul(2);
  loss.backward();
  optimizer.step();
  assert.ok(Number.isFinite(await loss.item()));
  assert.equal((await logits.data()).length, 40);
  assert.equal((await hidden.data()).length, 4 * 6 * 24 * 24);
  assert.equal((await lost.data()).length, hidden.size);
  const stale = model.fc2.weight.detach().mul(2);
  trainStep(model, optimizer, x, y);
  await assert.rejects(stale.data(), StaleError);
});

test("gradients can be read after the step and add up until they are forgotten", async () => {
  const w = new nn.Parameter(tensor([1, 2]));
  const optimizer = new optim.SGD([w], { lr: 0.1 });
  w.mul(tensor([3, 5]))
    .sum()
    .backward();
  w.mul(tensor([1, 1]))
    .sum()
    .backward();
  optimizer.step();
  assert.deepEqual(await w.grad!.toArray(), [4, 6]);
  assert.ok(Math.abs((await w.data())[0]! - 0.6) < 1e-6);
  w.mul(tensor([1, 0]))
    .sum()
    .backward();
  assert.deepEqual(await w.grad!.toArray(), [5, 6]);
});

test("a parameter's or gradient's old elements are not mistaken for the new ones", async () => {
  const w = new nn.Parameter(tensor([1, 2]));
  const optimizer = new optim.SGD([w], { lr: 0.1 });
  const step = () => {
    optimizer.zeroGrad();
    w.mul(tensor([3, 5]))
      .sum()
      .backward();
    optimizer.step();
  };
  const before = w.detach();
  step();
  const gradient = w.grad!;
  assert.deepEqual(await gradient.toArray(), [3, 5]);
  await assert.rejects(before.data(), StaleError);
  step();
  await assert.rejects(gradient.data(), StaleError);
  assert.deepEqual(await w.grad!.toArray(), [3, 5]);
});

test("a step that fails leaves parameters as they were, and the next one works", async () => {
  const { model, optimizer } = setUp();
  const { x, y } = pictures(4);
  trainStep(model, optimizer, x, y);
  const before = Float32Array.from(await model.fc2.weight.data());
  const planner = currentPlanner();
  const broken = Object.create(planner.backend, {
    compile: {
      value: () => {
        throw new Error("no room");
      },
    },
  });
  Object.defineProperty(planner, "backend", { value: broken, configurable: true });
  const bigger = pictures(6);
  assert.throws(() => trainStep(model, optimizer, bigger.x, bigger.y), /no room/);
  Object.defineProperty(planner, "backend", { value: Object.getPrototypeOf(broken), configurable: true });
  assert.deepEqual(await model.fc2.weight.data(), before);
  trainStep(model, optimizer, x, y);
  assert.notDeepEqual(await model.fc2.weight.data(), before);
});

test("onlyIf keeps everything where the scalar is 0", async () => {
  const w = new nn.Parameter(tensor([1, 2]));
  const optimizer = new optim.Adam([w], { lr: 0.1 });
  for (const [scale, moves] of [
    [1, true],
    [Number.NaN, false],
  ] as const) {
    const before = Float32Array.from(await w.data());
    const loss = w.mul(scale).sum();
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step({ onlyIf: loss.isFinite() });
    const after = await w.data();
    assert.equal(after[0] !== before[0], moves);
    assert.ok(after.every(Number.isFinite));
  }
});

test("a chain that is never read is computed on the way and stays exact", async () => {
  let sum = tensor([0]);
  for (let i = 0; i < 10000; i++) sum = sum.add(1);
  assert.equal(await sum.item(), 10000);
});

test("noGrad records nothing; detach cuts", () => {
  const w = tensor([1], { requiresGrad: true });
  assert.equal(noGrad(() => w.mul(2)).requiresGrad, false);
  assert.equal(w.mul(2).detach().requiresGrad, false);
  assert.equal(w.mul(2).requiresGrad, true);
});

test("Tensor.fromArray keeps the array itself", () => {
  const data = new Float32Array([1, 2]);
  assert.equal(Tensor.fromArray(data).dataSync(), data);
});
