// Designs with one mistake each: the review names it, at its layer, with numbers.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nn, type Tensor } from "../index.ts";
import { BasicBlock, ConvNormActivation } from "../vision/index.ts";
import { designRules, type ReviewOptions, review, type Severity } from "./index.ts";

/** A model whose forward is a function, with its layers as fields. */
class Plain<Layers extends Readonly<Record<string, nn.Module>>> extends nn.Module {
  readonly #body: (x: Tensor, layers: Layers) => Tensor;
  constructor(layers: Layers, body: (x: Tensor, layers: Layers) => Tensor) {
    super();
    Object.assign(this, layers);
    this.#body = body;
  }
  forward(x: Tensor): Tensor {
    return this.#body(x, this as unknown as Layers);
  }
}

const conv = (from: number, to: number, kernel = 3, options: nn.Conv2dOptions = {}) =>
  new nn.Conv2d(from, to, kernel, { padding: Math.floor(kernel / 2), ...options });
const unit = (from: number, to: number, options = {}) => new ConvNormActivation(from, to, options);
const head = (from: number, classes = 10) => [
  new nn.AdaptiveAvgPool2d(1),
  new nn.Flatten(),
  new nn.Linear(from, classes),
];
const stack = (...layers: nn.Module[]) => new nn.Sequential(...layers);
const repeat = (times: number, make: () => nn.Module[]) => Array.from({ length: times }, make).flat();

interface Broken {
  readonly what: string;
  readonly model: nn.Module;
  readonly shape: readonly number[];
  readonly options?: ReviewOptions;
  /** Further rules that are broken on the way. */
  readonly also?: readonly string[];
  readonly finds: readonly [id: string, severity: Severity, layer: string, evidence: RegExp];
}

const dense = () => stack(new nn.Linear(8, 16), new nn.ReLU(), new nn.Linear(16, 10));
const ending = (layer: nn.Module, width = 10) => stack(new nn.Linear(8, width), layer);
const convs = (...sizes: number[]) =>
  sizes.slice(1).flatMap((to, i) => [conv(sizes[i]!, to), new nn.ReLU(), new nn.MaxPool2d(2)]);

const designs: readonly Broken[] = [
  {
    what: "7×7 in the middle",
    model: stack(conv(3, 32), new nn.ReLU(), conv(32, 32, 7), new nn.ReLU(), ...head(32)),
    shape: [3, 8, 8],
    // 49 · 32² weights against 3 · 9 · 32², at 64 places each
    finds: [
      "large-kernel",
      "warning",
      "2",
      /^7×7 from 32 to 32 channels; as 3 convolutions of 3×3, 50,176 weights and 3,211,264 multiply-adds become 27,648 and 1,769,472 \(55%\)$/,
    ],
  },
  {
    what: "5×5 in the middle",
    model: stack(conv(3, 32), new nn.ReLU(), conv(32, 32, 5), new nn.ReLU(), ...head(32)),
    shape: [3, 8, 8],
    finds: ["large-kernel", "note", "2", /25,600 weights .* become 18,432 .*\(72%\)/],
  },
  {
    what: "11×11 at first",
    model: stack(conv(3, 32, 11), new nn.ReLU(), ...head(32)),
    shape: [3, 16, 16],
    finds: ["large-kernel", "warning", "0", /11×11; with 7×7, 11,616 weights .* become 4,704 /],
  },
  {
    what: "32 channels throughout",
    model: stack(...convs(3, 32, 32, 32), ...head(32)),
    shape: [3, 32, 32],
    finds: ["channels-do-not-grow", "warning", "6", /^channels: 32 at 32×32, 32 at 16×16, 32 at 8×8$/],
  },
  {
    what: "24 layers in a row",
    model: stack(unit(3, 16), ...repeat(23, () => [unit(16, 16)]), ...head(16)),
    shape: [3, 16, 16],
    finds: ["deep-without-residuals", "warning", "26", /^25 layers with weights in a row/],
  },
  {
    what: "sigmoid as a function in hidden layers",
    model: new Plain(
      { a: new nn.Linear(8, 16), b: new nn.Linear(16, 16), c: new nn.Linear(16, 10) },
      (x, { a, b, c }) => c.forward(b.forward(a.forward(x).sigmoid()).sigmoid()),
    ),
    shape: [8],
    finds: ["saturating-hidden", "warning", "a", /^sigmoid 2 times, behind a, b; all .* at most 1\/16 of/],
  },
  {
    what: "a single tanh layer",
    model: stack(new nn.Linear(8, 16), new nn.Tanh(), new nn.Linear(16, 10)),
    shape: [8],
    finds: ["saturating-hidden", "note", "1", /^tanh once, behind 0$/],
  },
  {
    what: "softmax and cross-entropy",
    model: ending(new nn.Softmax(1)),
    shape: [8],
    options: { loss: "crossEntropy" },
    // e / (e + 9) = 0.232, −ln 0.232 = 1.46
    finds: [
      "softmax-before-cross-entropy",
      "error",
      "1",
      /of 10 classes none can get more than 23%, and the loss can't fall below 1\.46/,
    ],
  },
  {
    what: "softmax as a function, no loss named",
    model: new Plain({ fc: new nn.Linear(8, 10) }, (x, { fc }) => nn.softmax(fc.forward(x), 1)),
    shape: [8],
    finds: ["softmax-before-cross-entropy", "warning", "", /^with crossEntropy/],
  },
  {
    what: "nllLoss of logits",
    model: dense(),
    shape: [8],
    options: { loss: "nllLoss" },
    finds: ["loss-does-not-fit", "error", "2", /logarithms .* not limited by any activation/],
  },
  {
    what: "nllLoss of softmax",
    model: ending(new nn.Softmax(1)),
    shape: [8],
    options: { loss: "nllLoss" },
    finds: ["loss-does-not-fit", "error", "1", /the output is softmax/],
  },
  {
    what: "log-softmax and cross-entropy",
    model: new Plain({ fc: new nn.Linear(8, 10) }, (x, { fc }) => nn.logSoftmax(fc.forward(x), 1)),
    shape: [8],
    options: { loss: "crossEntropy" },
    finds: ["loss-does-not-fit", "note", "", /computed twice/],
  },
  {
    what: "binary cross-entropy of logits",
    model: stack(new nn.Linear(8, 1)),
    shape: [8],
    options: { loss: "binaryCrossEntropy", classes: 2 },
    finds: ["loss-does-not-fit", "error", "0", /takes probabilities/],
  },
  {
    what: "sigmoid twice",
    model: ending(new nn.Sigmoid(), 1),
    shape: [8],
    options: { loss: "binaryCrossEntropyWithLogits" },
    finds: ["loss-does-not-fit", "error", "1", /no probability can leave 50% … 73%/],
  },
  {
    what: "tanh before cross-entropy",
    model: ending(new nn.Tanh()),
    shape: [8],
    options: { loss: "crossEntropy" },
    // e² / (e² + 9) = 0.451
    finds: ["loss-does-not-fit", "error", "1", /tanh limits them: of 10 classes none .* 45%/],
  },
  {
    what: "ReLU before cross-entropy",
    model: ending(new nn.ReLU()),
    shape: [8],
    options: { loss: "crossEntropy" },
    finds: ["loss-does-not-fit", "warning", "1", /relu leaves none below 0/],
  },
  {
    what: "cross-entropy of one output",
    model: stack(new nn.Linear(8, 1)),
    shape: [8],
    options: { loss: "crossEntropy" },
    finds: ["loss-does-not-fit", "error", "0", /one value/],
  },
  {
    what: "squared error of classes",
    model: dense(),
    shape: [8],
    options: { loss: "mseLoss", classes: 10 },
    finds: ["loss-does-not-fit", "warning", "2", /measures distances/],
  },
  {
    what: "two dense layers in a row",
    model: stack(new nn.Linear(8, 32), new nn.Linear(32, 10)),
    shape: [8],
    finds: ["linear-linear", "warning", "1", /^0 before it goes from 8 to 32 values .* this one to 10/],
  },
  {
    what: "two convolutions with batch normalisation alone between",
    model: stack(
      conv(3, 16, 3, { bias: false }),
      new nn.BatchNorm2d(16),
      conv(16, 16),
      new nn.ReLU(),
      ...head(16),
    ),
    shape: [3, 8, 8],
    finds: ["linear-linear", "warning", "2", /^0 before it goes from 27 to 16 values/],
  },
  {
    what: "a convolution averaged into a dense layer",
    model: new Plain({ conv: conv(3, 16), fc: new nn.Linear(16, 20) }, (x, layers) =>
      layers.fc.forward(layers.conv.forward(x).mean([2, 3])),
    ),
    shape: [3, 3, 3],
    finds: ["linear-linear", "warning", "fc", /^conv before it/],
  },
  {
    what: "bias before batch normalisation, a pooling between",
    model: stack(conv(3, 16), new nn.MaxPool2d(2), new nn.BatchNorm2d(16), new nn.ReLU(), ...head(16)),
    shape: [3, 4, 4],
    finds: ["bias-before-batch-norm", "note", "0", /^16 biases without effect before 2$/],
  },
  {
    what: "dropout before batch normalisation",
    model: stack(
      new nn.Linear(8, 16),
      new nn.ReLU(),
      new nn.Dropout(0.5),
      new nn.Linear(16, 16, { bias: false }),
      new nn.BatchNorm1d(16),
      new nn.ReLU(),
      new nn.Linear(16, 10),
    ),
    shape: [8],
    finds: ["dropout-before-batch-norm", "warning", "2", /^p = 0\.5 before 4: .* 2\.00 times/],
  },
  {
    what: "a field of 7 pixels, averaged",
    model: stack(unit(3, 16), unit(16, 16), unit(16, 16), ...head(16)),
    shape: [3, 64, 64],
    finds: ["receptive-field-too-small", "warning", "2.0", /^sees 7 of 64 pixels \(11%\)/],
  },
  {
    what: "a network for large pictures on small ones",
    model: stack(
      ...[16, 32, 64, 128].map((to, i) => unit(i === 0 ? 3 : to / 2, to, { stride: 2, kernelSize: 7 })),
      ...head(128),
    ),
    shape: [3, 8, 8],
    // 7 + 6 · (2 + 4 + 8)
    finds: ["receptive-field-too-large", "note", "3.0", /^sees 91 pixels of a picture of 8$/],
    also: ["large-kernel", "map-smaller-than-kernel"],
  },
  {
    what: "means among the features",
    model: stack(conv(3, 16), new nn.ReLU(), new nn.AvgPool2d(2), conv(16, 32), new nn.ReLU(), ...head(32)),
    shape: [3, 8, 8],
    finds: ["average-pool-early", "note", "2", /^means of 2×2 take the map from 8×8 to 4×4/],
  },
  {
    what: "a global maximum as a function",
    model: new Plain({ conv: conv(3, 16), fc: new nn.Linear(16, 10) }, (x, layers) =>
      layers.fc.forward(layers.conv.forward(x).relu().amax([2, 3])),
    ),
    shape: [3, 8, 8],
    finds: ["max-pool-at-head", "note", "", /^one of 8×8 places is kept$/],
  },
  {
    what: "a head for other classes",
    model: dense(),
    shape: [8],
    options: { classes: 7 },
    finds: ["head-width", "error", "2", /^10 outputs for 7 classes$/],
  },
  {
    what: "a large network for few samples",
    model: stack(new nn.Linear(8, 1000), new nn.ReLU(), new nn.Linear(1000, 10)),
    shape: [8],
    options: { samples: 10 },
    finds: [
      "more-parameters-than-samples",
      "warning",
      "",
      /^19,010 trainable .* 10 samples: 1,901 for each$/,
    ],
  },
  {
    what: "a 4×4 kernel",
    model: stack(conv(3, 16, 4), new nn.ReLU(), ...head(16)),
    shape: [3, 8, 8],
    finds: ["even-kernel", "warning", "0", /^kernel 4×4 with stride 1; the map goes from 8×8 to 9×9$/],
  },
  {
    what: "3×3 on a single place",
    model: stack(
      conv(3, 16, 2, { stride: 2, padding: 0 }),
      new nn.ReLU(),
      conv(16, 16),
      new nn.ReLU(),
      ...head(16),
    ),
    shape: [3, 2, 2],
    // 8 of 9 taps, 16 · 16 weights each
    finds: ["map-smaller-than-kernel", "warning", "2", /map of 1×1: 89% of it, 2,048 weights, only meets/],
  },
  {
    what: "a dense layer over a large map",
    model: stack(conv(3, 32), new nn.ReLU(), new nn.Flatten(), new nn.Linear(32 * 256, 64)),
    shape: [3, 16, 16],
    finds: [
      "dense-holds-most",
      "warning",
      "3",
      /^524,352 of 525,248 parameters \(100%\) read 32 maps of 16×16; behind a global mean it would be 2,112$/,
    ],
  },
  {
    what: "a wide 3×3",
    model: stack(conv(3, 256), new nn.ReLU(), conv(256, 256), new nn.ReLU(), ...head(256)),
    shape: [3, 4, 4],
    // 9 · 256² against 2 · 256 · 64 + 9 · 64²
    finds: ["one-by-one-saves", "note", "2", /through 64 channels, 589,824 .* become 69,632 .*\(12%\)/],
  },
  {
    what: "nine layers without normalisation",
    model: stack(conv(3, 16), ...repeat(7, () => [new nn.ReLU(), conv(16, 16)]), new nn.ReLU(), ...head(16)),
    shape: [3, 8, 8],
    finds: ["no-normalization", "note", "", /^9 layers/],
  },
  {
    what: "1×1 with stride 2 on the only way",
    model: stack(conv(3, 16), new nn.ReLU(), conv(16, 32, 1, { stride: 2 }), new nn.ReLU(), ...head(32)),
    shape: [3, 6, 6],
    finds: ["skipped-pixels", "warning", "2", /^kernel 1×1, stride 2×2: 75% of the 6×6 map is never read$/],
  },
  {
    what: "a pooling with gaps",
    model: stack(conv(3, 16), new nn.ReLU(), new nn.MaxPool2d(2, { stride: 3 }), ...head(16)),
    shape: [3, 6, 6],
    finds: ["skipped-pixels", "warning", "2", /kernel 2×2, stride 3×3: 56% /],
  },
  {
    what: "a layer that is forgotten",
    model: new Plain({ block: new BasicBlock(3, 3), aside: unit(3, 8) }, (x, { block }) => block.forward(x)),
    shape: [3, 8, 8],
    finds: ["layer-not-called", "warning", "aside", /^232 parameters that nothing uses$/],
  },
];

describe("a review of a broken design", () => {
  it("is tried for every rule", () => {
    const tried = new Set(designs.map(({ finds }) => finds[0]));
    assert.deepEqual([...tried].sort(), designRules.map(({ id }) => id).sort());
  });

  for (const { what, model, shape, options = {}, finds, also = [] } of designs) {
    it(`finds ${finds[0]} in ${what}`, () => {
      const [id, severity, layer, evidence] = finds;
      const findings = review(model, shape, options);
      const own = findings.filter((found) => found.id === id);
      assert.deepEqual(
        own.map((found) => [found.severity, found.layer]),
        [[severity, layer]],
        JSON.stringify(findings, null, 1),
      );
      assert.match(own[0]!.evidence, evidence);
      const others = findings.filter((found) => found.id !== id && found.severity !== "note");
      assert.deepEqual([...new Set(others.map((found) => found.id))], also);
    });
  }
});
