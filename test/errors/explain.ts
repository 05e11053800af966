// Mistakes in asking a model for explanations.
import {
  activations,
  gradCam,
  integratedGradients,
  occlusion,
  saliency,
  smoothGrad,
} from "../../src/explain/index.ts";
import { nn, type Tensor, tensor, zeros } from "../../src/index.ts";
import { LeNet } from "../../src/vision/index.ts";

class Unused extends nn.Module {
  readonly head = new nn.Linear(2, 2);
  readonly aside = new nn.Linear(2, 2);
  forward(x: Tensor): Tensor {
    return this.head.forward(x.mean([2, 3]));
  }
}

class CutOff extends nn.Module {
  readonly head = new nn.Linear(2, 2);
  forward(x: Tensor): Tensor {
    return this.head.forward(x).detach();
  }
}

const digit = zeros([1, 1, 28, 28]);
const small = zeros([1, 2, 4, 4]);

/** Calls that have to throw, by name. */
export const mistakes: Record<string, () => unknown> = {
  "activations of an unknown layer": () => activations(new LeNet(), digit, { layers: ["conv1", "pool3"] }),
  "activations option": () => activations(new LeNet(), digit, { layer: "conv1" } as object),
  "activations of another shape": () => activations(new LeNet(), zeros([1, 3, 28, 28])),
  "gradCam of an unknown layer": () => gradCam(new LeNet(), digit, { layer: "con3" }),
  "gradCam of a dense layer": () => gradCam(new LeNet(), digit, { layer: "fc1" }),
  "gradCam of a layer that is not called": () => gradCam(new Unused(), small, { layer: "aside" }),
  "gradCam without maps": () => gradCam(new Unused(), small),
  "gradCam of one picture": () => gradCam(new LeNet(), zeros([1, 28, 28])),
  "gradCam of no such class": () => gradCam(new LeNet(), digit, { target: 10 }),
  "gradCam of too many classes": () => gradCam(new LeNet(), digit, { target: [1, 2] }),
  "saliency of bytes": () => saliency(new LeNet(), tensor([[1]], { dtype: "uint8" })),
  "saliency of a vector": () => saliency(new LeNet(), zeros([28])),
  "saliency of a model of maps": () => saliency(new nn.Conv2d(1, 1, 3), digit),
  "saliency of a model that is cut off": () => saliency(new CutOff(), zeros([1, 2])),
  "smoothGrad samples": () => smoothGrad(new LeNet(), digit, { samples: 0 }),
  "smoothGrad noise": () => smoothGrad(new LeNet(), digit, { noise: -1 }),
  "integratedGradients baseline": () =>
    integratedGradients(new LeNet(), digit, { baseline: zeros([28, 28]) }),
  "integratedGradients steps": () => integratedGradients(new LeNet(), digit, { steps: 1.5 }),
  "occlusion size": () => occlusion(new LeNet(), digit, { size: [3, 0] }),
  "occlusion fill": () => occlusion(new LeNet(), digit, { fill: [0, 0, 0] }),
  "occlusion option": () => occlusion(new LeNet(), digit, { step: 2 } as object),
};
