// Designs without mistakes, and those of former times: no false alarm, and what is said of the latter is true.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ReviewOptions, review } from "../../src/design/index.ts";
import { nn } from "../../src/index.ts";
import { Random, withRandom } from "../../src/tensor/random.ts";
import * as zoo from "../../src/vision/index.ts";
import * as networks from "./networks.ts";

const imageNet: ReviewOptions = { classes: 1000, samples: 1_281_167, loss: "crossEntropy" };
const small: ReviewOptions = { classes: 10, samples: 60_000, loss: "crossEntropy" };

interface Healthy {
  readonly make: () => nn.Module;
  readonly shape: readonly number[];
  readonly options: ReviewOptions;
  /** Notes that are true. */
  readonly notes?: readonly string[];
}

const modern: Readonly<Record<string, Healthy>> = {
  "ResNet-18": {
    make: zoo.resnet18,
    shape: [3, 224, 224],
    options: imageNet,
    notes: ["one-by-one-saves"],
  },
  "ResNet-50": { make: zoo.resnet50, shape: [3, 224, 224], options: imageNet },
  "ResNet-20": { make: zoo.resnet20, shape: [3, 32, 32], options: small },
  "ResNet-56": { make: zoo.resnet56, shape: [3, 32, 32], options: small },
  MobileNetV2: { make: zoo.mobilenetV2, shape: [3, 224, 224], options: imageNet },
  GoogLeNet: { make: zoo.googlenet, shape: [3, 224, 224], options: imageNet },
  "row LSTM": { make: zoo.rowLstm, shape: [1, 28, 28], options: small },
  MLP: {
    make: () => new nn.Sequential(new nn.Flatten(), new nn.MLP(784, [256, 128, 10], { dropout: 0.2 })),
    shape: [1, 28, 28],
    options: small,
  },
  "six residual blocks": {
    make: networks.clothing,
    shape: [3, 56, 56],
    options: { ...small, samples: 3000 },
    // 696,618 parameters, 232 for each sample
    notes: ["more-parameters-than-samples"],
  },
  "digits in seconds": {
    make: networks.digits,
    shape: [1, 28, 28],
    options: small,
    notes: ["bias-before-batch-norm"],
  },
  "gates and depthwise convolutions": { make: networks.gated, shape: [3, 16, 16], options: small },
  "a vision transformer": { make: () => new networks.Transformer(), shape: [3, 32, 32], options: small },
  "a map of classes": {
    make: () => new networks.Segmenter(),
    shape: [3, 32, 32],
    options: { classes: 5, loss: "crossEntropy" },
  },
  ConvNeXt: { make: networks.next, shape: [3, 64, 64], options: small },
  "a wide residual network": { make: networks.wide, shape: [3, 32, 32], options: small },
  DenseNet: { make: networks.connected, shape: [3, 16, 16], options: small, notes: ["average-pool-early"] },
  "an autoencoder": { make: networks.autoencoder, shape: [1, 28, 28], options: { loss: "mseLoss" } },
  "a judge of pictures": {
    make: networks.judge,
    shape: [3, 32, 32],
    options: { classes: 2, loss: "binaryCrossEntropyWithLogits" },
  },
  "a loop over a cell": { make: networks.loop, shape: [30, 8], options: small },
  "means of unequal bins": { make: networks.bins, shape: [3, 7, 7], options: small },
  "a sequence": { make: networks.sequence, shape: [2, 64], options: { classes: 4, loss: "crossEntropy" } },
  "a binary answer": {
    make: () => new nn.MLP(8, [16, 1]),
    shape: [8],
    options: { classes: 2, loss: "binaryCrossEntropyWithLogits" },
  },
  "probabilities for binary cross-entropy": {
    make: () => new nn.Sequential(new nn.MLP(8, [16, 1]), new nn.Sigmoid()),
    shape: [8],
    options: { classes: 2, loss: "binaryCrossEntropy" },
  },
  "log-softmax for nllLoss": {
    make: () => new nn.Sequential(new nn.MLP(8, [16, 10]), new nn.LogSoftmax(1)),
    shape: [8],
    options: { classes: 10, loss: "nllLoss" },
  },
  "numbers by squared error": {
    make: () => new nn.MLP(8, [16, 1]),
    shape: [8],
    options: { loss: "mseLoss" },
  },
};

/** Networks of their time, with all that is said of them but how many times. */
const period: Readonly<Record<string, Healthy & { readonly warnings: readonly string[] }>> = {
  "LeNet of the notes": {
    make: zoo.lenet,
    shape: [1, 28, 28],
    options: small,
    warnings: ["linear-linear", "saturating-hidden"],
  },
  "LeNet-5": {
    make: zoo.lenet5,
    shape: [1, 28, 28],
    options: small,
    warnings: ["saturating-hidden"],
    notes: ["average-pool-early"],
  },
  AlexNet: {
    make: zoo.alexnet,
    shape: [3, 224, 224],
    options: imageNet,
    warnings: ["dense-holds-most", "large-kernel"],
    notes: ["no-normalization", "one-by-one-saves"],
  },
  "VGG-16 with batch normalisation": {
    make: zoo.vgg16Bn,
    shape: [3, 224, 224],
    options: imageNet,
    warnings: ["dense-holds-most"],
    notes: ["bias-before-batch-norm", "more-parameters-than-samples", "one-by-one-saves"],
  },
  NiN: {
    make: zoo.nin,
    shape: [3, 32, 32],
    options: small,
    warnings: [],
    notes: ["average-pool-early", "channels-do-not-grow", "no-normalization", "receptive-field-too-small"],
  },
};

/** Parameters whose values do not matter are made at once. */
class Constant extends Random {
  override uniform(): number {
    return 0.5;
  }

  override normal(): number {
    return 0;
  }
}

function idsOf({ make, shape, options }: Healthy, isWanted: (severity: string) => boolean): string[] {
  const findings = review(withRandom(new Constant(0), make), shape, options).filter(({ severity }) =>
    isWanted(severity),
  );
  return [...new Set(findings.map(({ id }) => id))].sort();
}

describe("a review of a healthy design", () => {
  for (const [name, design] of Object.entries(modern)) {
    it(`raises no alarm over ${name}`, () => {
      assert.deepEqual(
        idsOf(design, (severity) => severity !== "note"),
        [],
      );
      assert.deepEqual(
        idsOf(design, (severity) => severity === "note"),
        design.notes ?? [],
      );
    });
  }

  for (const [name, design] of Object.entries(period)) {
    it(`says of ${name} what is true`, () => {
      assert.deepEqual(
        idsOf(design, (severity) => severity !== "note"),
        design.warnings,
      );
      assert.deepEqual(
        idsOf(design, (severity) => severity === "note"),
        design.notes ?? [],
      );
    });
  }
});
