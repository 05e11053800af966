// What training is said to take, against what it takes on a backend of its own.
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Shape } from "../base/shape.ts";
import { createReferenceBackend } from "../check/index.ts";
import { ArrayDataset } from "../data/dataset.ts";
import { createWasmBackend, manualSeed, nn, optim, setBackend, type Tensor, withBackend } from "../index.ts";
import { LeNet } from "../vision/index.ts";
import { fit } from "./fit.ts";
import { batchSizeFor, trainingBytes } from "./memory.ts";

/** Random bytes with ten classes. */
function pictures(count: number, sampleShape: Shape): ArrayDataset {
  const data = Uint8Array.from(
    { length: count * sampleShape.reduce((a, b) => a * b, 1) },
    (_, i) => (i * 7919) % 251,
  );
  const labels = Int32Array.from({ length: count }, (_, i) => i % 10);
  return new ArrayDataset({ data, labels, classes: [..."0123456789"], sampleShape });
}

/** Convolutions with running statistics and dropout, whose pictures take more than their parameters. */
function wide(): nn.Module {
  return new nn.Sequential(
    new nn.Conv2d(3, 16, 3, { padding: 1, bias: false }),
    new nn.BatchNorm2d(16),
    new nn.ReLU(),
    new nn.Conv2d(16, 16, 3, { padding: 1 }),
    new nn.ReLU(),
    new nn.Dropout(0.2),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(16, 10),
  );
}

/** Bytes in use on a fresh backend when an epoch of training on two batches is over, without the data. */
async function used(make: () => nn.Module, shape: Shape, batchSize: number): Promise<number> {
  const backend = createWasmBackend({ threads: 2 });
  setBackend(backend);
  manualSeed(0);
  const model = make();
  const [train, val] = [pictures(2 * batchSize, shape), pictures(4 * batchSize, shape)];
  await fit(model, { train, val, batchSize }, { epochs: 1 }).finished();
  const { usedBytes } = backend.info;
  await backend.close();
  return usedBytes - train.data.length - val.data.length;
}

describe("the memory of training", () => {
  after(() => setBackend(createWasmBackend()));

  for (const [name, make, shape] of [
    ["LeNet", () => new LeNet(), [1, 28, 28]],
    ["convolutions with running statistics", wide, [3, 20, 20]],
  ] as const) {
    it(`is what ${name} takes: the batch chosen for a budget stays in it, and twice that would not`, async () => {
      setBackend(createWasmBackend({ threads: 2 }));
      for (const memory of [4e6, 9e6]) {
        const batch = batchSizeFor(make(), shape, { memory, dtype: "uint8" });
        assert.ok(batch > 1 && batch < 256, String(batch));
        const [one, two] = [await used(make, shape, batch), await used(make, shape, 2 * batch)];
        assert.ok(one <= memory * 1.01 && two > memory, `${batch}: ${one} and ${two} of ${memory}`);
      }
    });
  }

  it("grows with what the optimizer keeps of each parameter", () => {
    const model = new nn.Linear(1000, 1000);
    const bytes = (optimizer: optim.Optimizer<{ lr: number }>) =>
      trainingBytes(model, [1000], 1, { optimizer });
    const plain = bytes(new optim.SGD(model.parameters(), { lr: 0.1 }));
    const heavy = bytes(new optim.Adam(model.parameters(), { lr: 0.1 }));
    assert.ok(heavy - plain > 2 * 4e6 && heavy - plain < 2.1 * 4e6, `${plain}, ${heavy}`);
  });

  it("is found without changing the model, its mode, its gradients or the optimizer", () => {
    const model = wide();
    const optimizer = new optim.Adam(model.parameters());
    model.eval();
    const before = Array.from(model.stateDict(), ([, value]) => [...value.dataSync()]);
    trainingBytes(model, [3, 8, 8], 2, { optimizer });
    assert.deepEqual(
      Array.from(model.stateDict(), ([, value]) => [...value.dataSync()]),
      before,
    );
    assert.deepEqual([model.training, optimizer.steps, model.parameters()[0]!.grad], [false, 0, null]);
  });

  it("is known on every backend", () => {
    withBackend(createReferenceBackend(), () => {
      const [one, two] = [1, 2].map((batch) => trainingBytes(new LeNet(), [1, 28, 28], batch));
      assert.ok(one! > 4 * 4 * 41806 && two! > one!);
    });
  });

  it("is refused where it can't be known, or not even one sample has room", () => {
    class Reading extends nn.Module {
      readonly layer = new nn.Linear(4, 10);
      forward(x: Tensor): Tensor {
        return this.layer.forward(x.add(x.mean().itemSync()));
      }
    }
    assert.throws(() => trainingBytes(new Reading(), [4], 2), /reads values/);
    assert.throws(
      () => batchSizeFor(new LeNet(), [1, 28, 28], { memory: 1000 }),
      /^OptionError: batchSizeFor: a batch of one sample takes \d\.\d MiB, and memory is 0\.0 MiB\. Give more memory/,
    );
    assert.throws(
      () => batchSizeFor(new LeNet(), [1, 28, 28], { memory: 0 }),
      /memory must be a number above 0/,
    );
    assert.throws(() => trainingBytes(new LeNet(), [1, 28, 28], 1.5), /batchSize must be a whole number/);
    assert.throws(
      () => batchSizeFor(new LeNet(), [1, 28, 28], { memory: 1e9, max: 8 } as never),
      /there is no option "max"; Known: memory, most/,
    );
    assert.equal(batchSizeFor(new nn.Linear(2, 2), [2], { memory: 1e9, most: 100 }), 64);
  });
});
