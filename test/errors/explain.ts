// Mistakes in asking a model for explanations.
import {
  activations,
  features,
  gradCam,
  integratedGradients,
  maximise,
  occlusion,
  principalComponents,
  saliency,
  smoothGrad,
  Tsne,
  topPatches,
  unitView,
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
  "gradCam weights": () => gradCam(new LeNet(), digit, { weights: "max" as "mean" }),
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
  "unitView of two pictures": () =>
    unitView(new LeNet(), zeros([2, 1, 28, 28]), { layer: "conv1", channel: 0 }),
  "unitView channel": () => unitView(new LeNet(), digit, { layer: "conv1", channel: 6 }),
  "unitView place": () => unitView(new LeNet(), digit, { layer: "conv1", channel: 0, at: [24, 0] }),
  "maximise shape": () => maximise(new LeNet(), [28, 28], { channel: 0 }),
  "maximise decay": () => maximise(new LeNet(), [1, 28, 28], { channel: 0, decay: 1 }),
  "maximise option": () =>
    maximise(new LeNet(), [1, 28, 28], { channel: 0, chanel: 1 } as { channel: number }),
  "topPatches of nothing": () => topPatches(new LeNet(), [], { layer: "conv1", channel: 0 }),
  "topPatches of two shapes": () =>
    topPatches(new nn.Conv2d(2, 1, 1), [[small], [zeros([1, 2, 5, 5])]], { layer: "", channel: 0 }),
  "features without a dense layer": () => features(new nn.Conv2d(2, 1, 1), small),
  "principalComponents of a map": () => principalComponents(zeros([2, 2, 2])),
  "principalComponents of ragged rows": () => principalComponents([[1, 2], [3]]),
  "principalComponents of one row": () => principalComponents([[1, 2]]),
  "principalComponents of numbers that are none": () =>
    principalComponents([
      [1, Number.NaN],
      [3, 4],
    ]),
  "principalComponents of too many": () =>
    principalComponents(
      [
        [1, 2],
        [3, 4],
      ],
      3,
    ),
  "tsne perplexity": () => new Tsne([[1], [2]], { perplexity: 0 }),
  "tsne theta": () => new Tsne([[1], [2]], { theta: 2 }),
  "tsne init": () => new Tsne([[1], [2]], { init: "zeros" as "pca" }),
  "tsne option": () => new Tsne([[1], [2]], { perplexty: 3 } as object),
};
