// Grad-CAM, saliency, integrated gradients and occlusion find what PyTorch computes from the papers' formulas.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sizeOf } from "../../src/base/shape.ts";
import { createReferenceBackend } from "../../src/check/index.ts";
import { activations, gradCam, integratedGradients, occlusion, saliency } from "../../src/explain/index.ts";
import { createWasmBackend, nn, type Tensor, withBackend } from "../../src/index.ts";
import { formula } from "../support/formula.ts";
import { difference, readStored, stored } from "./harness.ts";

/** The network of explain.py. */
class Small extends nn.Module {
  readonly conv1 = new nn.Conv2d(3, 6, 3, { stride: 2, padding: 1 });
  readonly conv2 = new nn.Conv2d(6, 6, 3, { padding: 1, bias: false });
  readonly bn2 = new nn.BatchNorm2d(6);
  readonly conv3 = new nn.Conv2d(6, 8, 3, { padding: 2, dilation: 2 });
  readonly fc = new nn.Linear(8, 5);

  forward(input: Tensor): Tensor {
    let x = this.conv1.forward(input).relu();
    x = this.bn2.forward(this.conv2.forward(x)).add(x).relu();
    x = this.conv3.forward(x).tanh();
    return this.fc.forward(x.mean([2, 3]));
  }
}

const { index, tensors } = readStored<{
  targets: number[];
  steps: number;
  occlusion: { size: [number, number]; stride: [number, number]; fill: number };
}>("explain.safetensors");
const { targets: target } = index;

function started(): Small {
  const model = new Small();
  const state = Array.from(model.namedParameters(), ([path, { shape }]): [string, Tensor] => {
    const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
    if (shape.length > 1) return [path, formula(path, shape, -bound, bound)];
    return [path, path.endsWith("bias") ? formula(path, shape, -0.2, 0.2) : formula(path, shape, 0.5, 1.5)];
  });
  const statistics: [string, Tensor][] = [
    ["bn2.running_mean", formula("mean", [6], -0.3, 0.3)],
    ["bn2.running_var", formula("variance", [6], 0.5, 2)],
  ];
  model.loadStateDict(new Map([...state, ...statistics]), { strict: false });
  return model;
}

const check = (actual: Tensor, name: string) =>
  assert.equal(difference(actual, stored(tensors, name)), null, name);

for (const name of ["wasm", "reference"]) {
  describe(`attributions on ${name}`, () => {
    const inside = <T>(body: (model: Small, x: Tensor) => T): T =>
      withBackend(name === "wasm" ? createWasmBackend() : createReferenceBackend(), () =>
        body(started(), formula("pictures", [2, 3, 13, 11], -1, 1)),
      );

    it("saliency", () => {
      inside((model, x) => {
        const { map, gradient, scores } = saliency(model, x, { target });
        check(map, "saliency");
        check(gradient, "gradient");
        const logits = stored(tensors, "logits").data;
        for (const [n, score] of scores.entries())
          assert.ok(Math.abs(score - logits[n * 5 + target[n]!]!) < 1e-5);
      });
    });

    it("Grad-CAM of a strided and of a dilated layer; the last map is chosen by itself", () => {
      inside((model, x) => {
        for (const layer of ["conv1", "conv3"]) {
          const { map, coarse } = gradCam(model, x, { target, layer });
          check(map, `cam.${layer}`);
          check(coarse, `cam.${layer}.coarse`);
          check(gradCam(model, x, { target, layer, weights: "plusplus" }).coarse, `cam.${layer}.plusplus`);
        }
        const chosen = gradCam(model, x, { target });
        assert.equal(chosen.layer, "conv3");
        check(chosen.map, "cam.conv3");
      });
    });

    it("integrated gradients", () => {
      inside((model, x) => {
        const baseline = formula("baseline", [3, 13, 11], -0.2, 0.2);
        check(
          integratedGradients(model, x, { target, baseline, steps: index.steps }).attributions,
          "integrated",
        );
      });
    });
  });
}

it("occlusion, with patches that are cut at the edge", async () => {
  const x = formula("pictures", [2, 3, 13, 11], -1, 1);
  for (const batchSize of [7, 32]) {
    const { map, grid } = await occlusion(started(), x, { target, ...index.occlusion, batchSize });
    check(map, "occlusion");
    check(grid, "occlusion.grid");
  }
});

it("the last activation is what the model gives", () => {
  const found = activations(started(), formula("pictures", [2, 3, 13, 11], -1, 1));
  assert.deepEqual([...found.keys()], ["conv1", "conv2", "bn2", "conv3", "fc", ""]);
  check(found.get("")!.output, "logits");
});
