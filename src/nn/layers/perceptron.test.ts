// The single neuron with activations of all kinds, and the layers that MLP is made of.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { manualSeed, nn, optim, type Tensor, tensor } from "../../index.ts";

const list = (x: Tensor) => [...x.dataSync()];

describe("Perceptron", () => {
  const given = { init: { weight: () => tensor([1, -2]), bias: () => tensor([0.5], { shape: [] }) } };
  const x = tensor([
    [1, 1],
    [1, 0.75],
    [3, 1],
  ]);

  it("steps where its sum is above 0", () => {
    const neuron = new nn.Perceptron(2, given);
    assert.deepEqual(neuron.forward(x).shape, [3]);
    assert.deepEqual(list(neuron.forward(x)), [0, 0, 1]);
    assert.deepEqual(neuron.forward(x.select(0, 2)).shape, []);
    assert.deepEqual([...neuron.stateDict().keys()], ["weight", "bias"]);
    assert.deepEqual([...new nn.Perceptron(3, { bias: false }).stateDict().keys()], ["weight"]);
  });

  it("takes a function or a module for its activation", () => {
    assert.deepEqual(
      list(new nn.Perceptron(2, { ...given, activation: (z) => z.mul(2) }).forward(x)),
      [-1, 0, 3],
    );
    const nested = new nn.Perceptron(2, { ...given, activation: new nn.Sequential(new nn.Linear(1, 1)) });
    assert.deepEqual(
      [...nested.stateDict().keys()],
      ["weight", "bias", "activation.0.weight", "activation.0.bias"],
    );
    assert.deepEqual(
      list(new nn.Perceptron(2, { ...given, activation: new nn.ReLU() }).forward(x)),
      [0, 0, 1.5],
    );
  });

  it("learns by gradients where its activation has one", () => {
    manualSeed(0);
    const neuron = new nn.Perceptron(2, { activation: (z) => z.sigmoid() });
    const optimizer = new optim.SGD(neuron.parameters(), { lr: 1 });
    const target = tensor([0, 1, 1]);
    const losses: number[] = [];
    for (let i = 0; i < 50; i++) {
      const loss = nn.mseLoss(neuron.forward(x), target);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      losses.push(loss.itemSync());
    }
    assert.ok(losses.at(-1)! < 0.6 * losses[0]!, `${losses[0]} … ${losses.at(-1)}`);
  });
});

describe("MLP", () => {
  it("has torchvision's layers under torchvision's names", () => {
    const plain = new nn.MLP(3, [4, 2]);
    assert.deepEqual([...plain.stateDict().keys()], ["0.weight", "0.bias", "3.weight", "3.bias"]);
    const full = new nn.MLP(3, [4, 5, 2], {
      norm: nn.LayerNorm,
      activation: nn.Tanh,
      bias: false,
      dropout: 0.5,
    });
    assert.deepEqual(
      full.layers.map((layer) => layer.constructor.name),
      [
        "Linear",
        "LayerNorm",
        "Tanh",
        "Dropout",
        "Linear",
        "LayerNorm",
        "Tanh",
        "Dropout",
        "Linear",
        "Dropout",
      ],
    );
    assert.deepEqual(
      [...full.stateDict().keys()],
      ["0.weight", "1.weight", "1.bias", "4.weight", "5.weight", "5.bias", "8.weight"],
    );
    assert.equal((full.layers[3] as nn.Dropout).p, 0.5);
  });

  it("takes functions for norm and activation", () => {
    const widths: number[] = [];
    const model = new nn.MLP(3, [4, 6, 1], {
      activation: () => new nn.Softmax(-1),
      norm: (features) => {
        widths.push(features);
        return new nn.GroupNorm(2, features);
      },
    });
    assert.deepEqual(widths, [4, 6]);
    assert.deepEqual(model.forward(tensor([[1, 2, 3]])).shape, [1, 1]);
  });
});
