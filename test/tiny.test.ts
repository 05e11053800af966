// The first thing to run: a network learns XOR on the default backend, and the pieces it takes are right.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualSeed, nn, optim, type Tensor, tensor } from "../src/index.ts";

test("values and gradients by hand", async () => {
  const x = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { requiresGrad: true },
  );
  const y = x.mul(x).sum();
  y.backward();
  assert.equal(await y.item(), 30);
  assert.deepEqual(await x.grad!.toArray(), [
    [2, 4],
    [6, 8],
  ]);
});

test("broadcasting, views, comparison", async () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.deepEqual(await x.add(tensor([10, 20, 30])).toArray(), [
    [11, 22, 33],
    [14, 25, 36],
  ]);
  assert.deepEqual(await x.t().reshape([2, 3]).toArray(), [
    [1, 4, 2],
    [5, 3, 6],
  ]);
  assert.deepEqual(await x.gt(3).toArray(), [
    [false, false, false],
    [true, true, true],
  ]);
});

test("a two-layer network learns XOR", async () => {
  manualSeed(3);
  class Xor extends nn.Module {
    readonly hidden = new nn.Linear(2, 8);
    readonly out = new nn.Linear(8, 2);

    forward(x: Tensor): Tensor {
      return this.out.forward(this.hidden.forward(x).tanh());
    }
  }
  const model = new Xor();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = tensor([0, 1, 1, 0], { dtype: "int32" });
  let last = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 200; step++) {
    const loss = nn.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    last = await loss.item();
  }
  assert.ok(last < 0.01, `loss ${last}`);
  assert.deepEqual(await model.forward(x).argmax(1).toArray(), [0, 1, 1, 0]);
});
