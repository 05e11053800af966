// What attributions leave alone, which layers they see, and rules that hold for any network.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertClose } from "../../test/support/close.ts";
import { formula } from "../../test/support/formula.ts";
import { createReferenceBackend } from "../check/index.ts";
import { manualSeed, nn, type Tensor, tensor, withBackend } from "../index.ts";
import { CifarResNet } from "../vision/index.ts";
import { LeNet } from "../vision/models/lenet.ts";
import { activations, gradCam, integratedGradients, occlusion, saliency, smoothGrad } from "./index.ts";

const pictures = (channels: number, side: number, count = 2) =>
  formula("pictures", [count, channels, side, side], -1, 1);

/** One layer three times, another under two names, and one that is not called. */
class Again extends nn.Module {
  readonly conv = new nn.Conv2d(2, 2, 3, { padding: 1 });
  readonly first = new nn.ReLU();
  readonly second = this.first;
  readonly unused = new nn.Linear(2, 2);
  readonly head = new nn.Linear(2, 3);

  forward(input: Tensor): Tensor {
    let x = input;
    for (let i = 0; i < 3; i++) x = this.conv.forward(x).tanh();
    return this.head.forward(this.second.forward(this.first.forward(x).sub(0.1)).mean([2, 3]));
  }
}

/** Fails after its convolution. */
class Failing extends nn.Module {
  readonly conv = new nn.Conv2d(1, 1, 3);
  readonly drop = new nn.Dropout(0.5);
  readonly head = new nn.Linear(7, 2);

  forward(x: Tensor): Tensor {
    return this.head.forward(this.drop.forward(this.conv.forward(x)));
  }
}

describe("activations", () => {
  it("has every call of a module, and the functions between in the next one's input", async () => {
    const model = new Again();
    const x = pictures(2, 5);
    const found = activations(model, x);
    assert.deepEqual([...found.keys()], ["conv", "first", "head", ""]);
    const conv = found.get("conv")!;
    assert.deepEqual([conv.name, conv.calls.length], ["Conv2d", 3]);
    assert.equal(conv.output, conv.calls[2]!.outputs[0]);
    assertClose(
      conv.calls[1]!.inputs[0]!.dataSync(),
      conv.calls[0]!.outputs[0]!.tanh().dataSync(),
      "the second call takes the tanh of the first",
    );
    assert.equal(found.get("first")!.calls.length, 2);
    assert.deepEqual(await found.get("")!.output.data(), await model.forward(x).data());
  });

  it("keeps the layers that it is asked for", () => {
    const found = activations(new LeNet(), pictures(1, 28), { layers: ["fc1", "conv2"] });
    assert.deepEqual(
      Array.from(found, ([path, { output }]) => [path, output.shape]),
      [
        ["conv2", [2, 16, 8, 8]],
        ["fc1", [2, 64]],
      ],
    );
  });

  it("leaves modes, methods and gradients as they were, also where the call throws", () => {
    const model = new Failing();
    model.drop.training = false;
    const before = Object.keys(model.conv);
    for (const call of [
      () => activations(model, pictures(1, 6)),
      () => saliency(model, pictures(1, 6)),
      () => gradCam(model, pictures(1, 6)),
    ]) {
      assert.throws(call, /Linear "head": expected last axis of size 7/);
      assert.deepEqual([model.training, model.conv.training, model.drop.training], [true, true, false]);
      assert.deepEqual(Object.keys(model.conv), before);
      assert.equal(Object.hasOwn(model.conv, "forward"), false);
    }
    const fine = new Again();
    gradCam(fine, pictures(2, 5));
    integratedGradients(fine, pictures(2, 5), { steps: 2 });
    assert.ok(fine.parameters().every(({ grad }) => grad === null));
    assert.ok(fine.training);
  });

  it("sees neither dropout nor the batch's own statistics, and moves no running ones", () => {
    const model = new CifarResNet(20);
    const before = [...model.bn1.running_mean!.dataSync()];
    const found = activations(model, pictures(3, 8));
    const alone = activations(model, pictures(3, 8).slice(0, 0, 1));
    assertClose(
      alone.get("")!.output.dataSync(),
      found.get("")!.output.dataSync().subarray(0, 10),
      "a picture alone",
    );
    assert.deepEqual([...model.bn1.running_mean!.dataSync()], before);
  });
});

describe("Grad-CAM", () => {
  it("takes the last map before places are given up", () => {
    assert.equal(gradCam(new LeNet(), pictures(1, 28)).layer, "pool2");
    assert.equal(gradCam(new CifarResNet(20), pictures(3, 16)).layer, "layer3");
    const enlarging = new nn.Sequential(
      new nn.Conv2d(1, 4, 3),
      new nn.AdaptiveAvgPool2d(1),
      new nn.AdaptiveAvgPool2d(3),
      new nn.Flatten(),
      new nn.Linear(36, 2),
    );
    assert.equal(gradCam(enlarging, pictures(1, 8)).layer, "0");
  });

  it("does not ask for a gradient of the input or the parameters", () => {
    const model = new LeNet();
    const shown = gradCam(model, pictures(1, 28), { target: 3 }).map;
    for (const p of model.parameters()) p.requiresGrad = false;
    assert.deepEqual(gradCam(model, pictures(1, 28), { target: 3 }).map.dataSync(), shown.dataSync());
  });

  it("of a layer that is called several times, the last call counts", () => {
    const model = new Again();
    const x = pictures(2, 5);
    const { coarse } = gradCam(model, x, { layer: "conv", target: 1 });
    const last = activations(model, x).get("conv")!.output;
    const after = new (class extends nn.Module {
      readonly maps = new nn.Identity();
      forward(maps: Tensor): Tensor {
        const y = this.maps.forward(maps).tanh();
        return model.head.forward(y.relu().sub(0.1).relu().mean([2, 3]));
      }
    })();
    assertClose(
      coarse.dataSync(),
      gradCam(after, last, { layer: "maps", target: 1 }).map.dataSync(),
      "the part behind the last call",
    );
  });
});

describe("integrated gradients", () => {
  it("add up to the difference of the scores, the better the more steps", () => {
    manualSeed(3);
    const model = new LeNet();
    for (const p of model.parameters()) p.assign(p.mul(3)); // curved enough for few steps to miss
    const gapOf = (steps: number) => {
      const { attributions, scores, baselineScores, gaps } = integratedGradients(model, pictures(1, 28), {
        steps,
      });
      const sums = attributions.reshape([2, 784]).sum(1).dataSync();
      for (const [n, gap] of gaps.entries()) {
        assert.ok(Math.abs(gap - (sums[n]! - scores[n]! + baselineScores[n]!)) < 1e-6);
      }
      return Math.max(...gaps.map(Math.abs));
    };
    const [few, many] = [gapOf(2), gapOf(64)];
    assert.ok(many < 2e-3 && many < few / 10, `${few} ${many}`);
  });

  it("are the parts of a linear model's score", () => {
    const model = new nn.Linear(3, 2);
    const x = tensor([[1, -2, 3]]);
    const { attributions, targets } = integratedGradients(model, x, { steps: 1, baseline: 1 });
    const row = model.weight.dataSync().subarray(3 * targets[0]!, 3 * targets[0]! + 3);
    assertClose(
      attributions.dataSync(),
      [0, -3, 2].map((way, i) => way * row[i]!),
      "weight times way",
    );
  });
});

it("attributions of float64 are float64", () => {
  withBackend(createReferenceBackend(), () => {
    class Double extends nn.Module {
      readonly weight = nn.parameter(formula("w", [8, 3], -1, 1).cast("float64"));
      forward(x: Tensor): Tensor {
        return x.mean(1).flatten(1).slice(1, 0, 8).tanh().matmul(this.weight);
      }
    }
    const [model, x] = [new Double(), pictures(2, 4).cast("float64")];
    const maps = [
      saliency(model, x).map,
      smoothGrad(model, x, { samples: 2 }).map,
      integratedGradients(model, x, { steps: 3, baseline: 0.5 }).map,
    ];
    for (const map of maps) assert.deepEqual([map.dtype, map.shape], ["float64", [2, 4, 4]]);
  });
});

describe("SmoothGrad", () => {
  it("is the plain gradient without noise, and the same for the same seed", () => {
    const model = new LeNet();
    const x = pictures(1, 28);
    const plain = saliency(model, x);
    const still = smoothGrad(model, x, { noise: 0, samples: 3 });
    assertClose(still.map.dataSync(), plain.map.dataSync(), "no noise");
    assert.deepEqual(still.targets, plain.targets);
    const noisy = (seed: number) => [...smoothGrad(model, x, { samples: 2, seed }).map.dataSync()];
    assert.deepEqual(noisy(1), noisy(1));
    assert.notDeepEqual(noisy(1), noisy(2));
  });

  it("averages out a kink that the plain gradient follows", () => {
    // Half of the noise falls on each side of relu's kink, so the mean slope is a half.
    const model = new nn.Sequential(new nn.ReLU());
    const x = tensor([[0, 1, -1, 0.001]]);
    const { gradient } = smoothGrad(model, x, { target: 3, samples: 400, noise: 0.1 });
    assert.ok(Math.abs(gradient.dataSync()[3]! - 0.5) < 0.1);
    assert.equal(saliency(model, x, { target: 3 }).gradient.dataSync()[3], 1);
  });
});

describe("occlusion", () => {
  it("finds the one pixel that counts", async () => {
    const model = new nn.Sequential(new nn.Flatten(), new nn.Linear(36, 2));
    const weight = new Float32Array(72);
    weight[36 + 2 * 6 + 4] = 5; // row 2, column 4 speaks for class 1
    const linear = model.layers[1] as nn.Linear;
    linear.weight.assign(tensor([...weight], { shape: [2, 36] }));
    linear.bias!.assign(tensor([0, 0]));
    const x = formula("x", [1, 1, 6, 6], 0.5, 1);
    const { map, grid } = await occlusion(model, x, { target: 1, size: 1, stride: 1 });
    const drops = [...map.dataSync()];
    assert.deepEqual(drops, [...grid.dataSync()]);
    assert.equal(drops.indexOf(Math.max(...drops)), 2 * 6 + 4);
    assert.equal(drops.filter((drop) => Math.abs(drop) > 1e-6).length, 1);
  });

  it("says how far it is, and stops when it is asked to", async () => {
    const seen: number[] = [];
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      seen.push(done);
      if (done >= 8) stop.abort();
    };
    const running = occlusion(new LeNet(), pictures(1, 28, 1), {
      onProgress,
      signal: stop.signal,
      batchSize: 4,
    });
    await assert.rejects(running, { name: "AbortError" });
    assert.deepEqual(seen, [0, 4, 8]);
  });
});
