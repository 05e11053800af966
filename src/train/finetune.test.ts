import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { OptionError } from "../base/errors.ts";
import { createReferenceBackend } from "../check/index.ts";
import { ArrayDataset } from "../data/index.ts";
import { nn, optim, setBackend, type Tensor, tensor } from "../index.ts";
import { manualSeed, Random } from "../tensor/random.ts";
import { mobilenetV2, nin, resnet18 } from "../vision/index.ts";
import { fineTune, freeze, headOf, ratesByDepth, replaceHead, unfreeze } from "./finetune.ts";
import { fit } from "./fit.ts";

before(() => setBackend(createReferenceBackend()));

class Net extends nn.Module {
  readonly stem = new nn.Sequential(
    new nn.Linear(4, 8),
    new nn.BatchNorm1d(8, { affine: false }),
    new nn.ReLU(),
  );
  readonly body = new nn.Sequential(
    new nn.Linear(8, 8),
    new nn.BatchNorm1d(8),
    new nn.ReLU(),
    new nn.Dropout(0.3),
  );
  readonly fc = new nn.Linear(8, 3);
  forward(x: Tensor): Tensor {
    return this.fc.forward(this.body.forward(this.stem.forward(x)));
  }
}

/** Points in four dimensions; the class is the place of the largest of the first `classes`, shifted by `turn`. */
function points(count: number, classes: number, turn = 0): ArrayDataset {
  const random = new Random(count);
  const data = Float32Array.from({ length: 4 * count }, () => random.normal());
  const labels = Array.from({ length: count }, (_, i) => {
    const row = data.subarray(4 * i, 4 * i + classes);
    return (row.indexOf(Math.max(...row)) + turn) % classes;
  });
  return new ArrayDataset({ data, sampleShape: [4], labels });
}

const state = (model: nn.Module) =>
  new Map(Array.from(model.stateDict(), ([name, value]) => [name, [...value.dataSync()].join()]));

describe("freezing", () => {
  it("keeps weights and statistics of frozen parts where they are, and trains the rest", async () => {
    manualSeed(1);
    const model = new Net();
    assert.deepEqual(freeze(model, "stem.**"), ["stem.0.weight", "stem.0.bias"]);
    const before = state(model);
    const data = { train: points(60, 3), val: points(30, 3), batchSize: 20 };
    await fit(model, data, {
      optimizer: new optim.SGD(model.parameters(), { lr: 0.1 }),
      epochs: 2,
    }).finished();
    for (const [name, value] of state(model)) {
      const isFrozen = name.startsWith("stem.");
      assert.equal(value === before.get(name), isFrozen, name);
    }
    assert.deepEqual([model.training, model.stem.training, model.body.training], [true, false, true]);
    unfreeze(model);
    model.train();
    assert.ok([...model.namedModules()].every(([, part]) => part.training && !part.frozen));
  });

  it("takes paths with stars, and regular expressions", () => {
    const model = new Net();
    assert.deepEqual(freeze(model, "*.0.weight"), ["stem.0.weight", "body.0.weight"]);
    assert.equal(model.stem.frozen, false); // its bias is still trained
    assert.deepEqual(freeze(model, /bias$/), ["stem.0.bias", "body.0.bias", "body.1.bias", "fc.bias"]);
    assert.equal(model.stem.frozen, true);
    assert.throws(
      () => freeze(model, "stem.layer.**"),
      (error) => error instanceof OptionError && /no parameter matches stem\.layer\.\*\*/.test(error.message),
    );
    freeze(model, "**");
    const data = { train: points(8, 3), val: points(8, 3) };
    assert.throws(() => fit(model, data), /nothing would be trained/);
  });
});

describe("heads", () => {
  it("are found in the zoo's networks, and replaced", () => {
    const cases: [nn.Module, string, number[]][] = [
      [resnet18({ classes: 10 }), "fc", [5, 512]],
      [mobilenetV2({ classes: 10 }), "classifier.1", [5, 1280]],
    ];
    for (const [model, path, shape] of cases) {
      const before = headOf(model);
      assert.equal(before.path, path);
      const { layer } = replaceHead(model, 5);
      assert.deepEqual(layer.weight.shape, shape);
      assert.equal(headOf(model).layer, layer);
    }
    const convolutional = nin({ classes: 10 });
    const { layer, path } = replaceHead(convolutional, 7);
    assert.deepEqual(layer.weight.shape.slice(2), [1, 1]);
    assert.equal(layer.weight.shape[0], 7);
    assert.ok(convolutional.stateDict().has(`${path}.weight`));
    assert.throws(() => headOf(new nn.ReLU()), /no Linear and no 1 × 1 convolution/);
  });

  it("rates rise with depth, from a hundredth to the head's", () => {
    const model = new Net();
    const groups = ratesByDepth(model, 0.01);
    assert.deepEqual(
      groups.map(({ params, lr }) => [params.length, Number(lr.toPrecision(3))]),
      [
        [2, 0.0001],
        [4, 0.001],
        [2, 0.01],
      ],
    );
    freeze(model, "stem.**");
    assert.equal(ratesByDepth(model, 0.01).length, 2);
  });
});

describe("fineTune", () => {
  it("gets further than training from nothing in the same steps", async () => {
    manualSeed(3);
    const model = new Net();
    const first = { train: points(600, 3), val: points(200, 3), batchSize: 20 };
    await fit(model, first, {
      optimizer: new optim.Adam(model.parameters(), { lr: 0.01 }),
      epochs: 12,
    }).finished();
    // The same question with other names for the answers, and few samples.
    const data = { train: points(60, 3, 1), val: points(201, 3, 1), batchSize: 20 };
    const stem = state(model).get("stem.0.weight");
    const rates: number[][] = [];
    let best = 0;
    let epochs = 0;
    for await (const event of fineTune(model, data, { epochs: 4, lr: 0.02 })) {
      if (event.type === "epoch" && ++epochs === 1) {
        assert.equal(state(model).get("stem.0.weight"), stem, "only the head is trained at first");
      }
      if (event.type === "epoch") best = Math.max(best, event.val.top1);
      if (event.type === "step") rates.push([event.lr]);
    }
    assert.equal(epochs, 5);
    assert.notEqual(state(model).get("stem.0.weight"), stem);
    manualSeed(4);
    const fresh = new Net();
    let plain = 0;
    for await (const event of fit(fresh, data, {
      optimizer: new optim.Adam(fresh.parameters(), { lr: 0.01 }),
      epochs: 5,
    })) {
      if (event.type === "epoch") plain = Math.max(plain, event.val.top1);
    }
    assert.ok(best > plain + 0.1, `${best} and ${plain}`);
    assert.deepEqual(model.eval().forward(tensor([[0, 0, 0, 0]])).shape, [1, 3]);
  });

  it("refuses what can't work", async () => {
    const data = { train: points(20, 3), val: points(20, 3) };
    const refused = async (options: object, message: RegExp) => {
      const run = fineTune(new Net(), data, options);
      await assert.rejects(
        run.next(),
        (error) => error instanceof OptionError && message.test(error.message),
      );
    };
    await refused({ epoch: 3 }, /did you mean "epochs"/);
    await refused({ lr: 0 }, /lr must be a number above 0/);
    await refused({ classes: 2.5 }, /classes must be a whole number/);
    await refused({ lrMult: 0.5, frozenEpochs: 0 }, /lrMult must be a number of at least 1/);
  });
});
