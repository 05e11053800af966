// What convolutions start from, and which nodes they are made of.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { currentPlanner } from "../../graph/engine.ts";
import { manualSeed, nn, noGrad, type Tensor, zeros } from "../../index.ts";

function largest(x: Tensor | null): number {
  return Math.max(...Array.from(x!.dataSync(), Math.abs));
}

describe("initial values of convolutions", () => {
  for (const [make, fan] of [
    [() => new nn.Conv1d(8, 64, 5), 8 * 5],
    [() => new nn.Conv2d(8, 64, [3, 5], { groups: 2 }), 4 * 15],
    // PyTorch counts the second axis of the weight, which for a transposed convolution is that of the outputs.
    [() => new nn.ConvTranspose1d(64, 40, 5, { groups: 4 }), 10 * 5],
    [() => new nn.ConvTranspose2d(64, 32, [3, 2]), 32 * 6],
  ] as const) {
    manualSeed(1);
    const layer = make();
    it(`of a weight [${layer.weight.shape}] fill ±1/√${fan}`, () => {
      const bound = 1 / Math.sqrt(fan);
      const found = largest(layer.weight);
      assert.ok(found <= bound && found > 0.98 * bound, `${found} of ${bound}`);
      assert.ok(largest(layer.bias) <= bound && largest(layer.bias) > 0.8 * bound);
    });
  }

  it("are those of `init` where it is given", () => {
    const layer = new nn.ConvTranspose2d(2, 3, 2, { init: { weight: nn.init.kaimingNormal(), bias: zeros } });
    assert.equal(largest(layer.bias), 0);
    assert.deepEqual(layer.weight.shape, [2, 3, 2, 2]);
  });
});

describe("convolutions", () => {
  it("are one kernel each, also transposed and with a bias", () => {
    for (const [layer, x] of [
      [new nn.Conv1d(2, 3, 3, { padding: "same" }), zeros([2, 2, 8])],
      [new nn.ConvTranspose1d(2, 3, 3, { stride: 2 }), zeros([2, 2, 8])],
      [new nn.ConvTranspose2d(2, 3, 3, { stride: 2, outputPadding: 1 }), zeros([2, 2, 4, 4])],
    ] as const) {
      noGrad(() => layer.forward(x).relu().dataSync());
      assert.equal(currentPlanner().lastProgram!.labels.flat().length, 1, layer.label);
    }
  });

  it("can be made without a bias", () => {
    assert.deepEqual([...new nn.ConvTranspose2d(2, 3, 2, { bias: false }).stateDict().keys()], ["weight"]);
  });
});
