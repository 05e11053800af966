// The weights that come with the package, each with its model card. Knows no file system.
import { nearest, OptionError } from "../base/errors.ts";

/** What there is to know of weights before they are used. */
export interface ModelCard {
  readonly name: string;
  /** Name of the network in the zoo. */
  readonly model: string;
  /** Name of the data set trained on. */
  readonly data: string;
  /** What the classes are, for lists. */
  readonly summary: string;
  readonly parameters: number;
  /** Share of the data set's 10,000 test pictures that are classified rightly. */
  readonly accuracy: number;
  /** The same of the 5,000 training pictures that were held out, which epochs and rates were chosen by. */
  readonly heldOut: number;
  /** How the weights were trained. */
  readonly recipe: string;
  /** Licence of the weights. */
  readonly license: string;
  /** Licence of the data. */
  readonly dataLicense: string;
  /** Where the data are described. */
  readonly source: string;
  /** Where the file lies; bundlers that know `new URL(…, import.meta.url)` take it along. */
  readonly file: URL;
}

const mnist = {
  data: "mnist",
  summary: "handwritten digits",
  license: "Apache-2.0",
  dataLicense: "CC BY-SA 3.0",
  source: "LeCun, Bottou, Bengio, Haffner, Gradient-based learning applied to document recognition, 1998",
};

const fashionMnist = {
  data: "fashion-mnist",
  summary: "articles of clothing",
  license: "Apache-2.0",
  dataLicense: "MIT",
  source:
    "Xiao, Rasul, Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms, 2017",
};

/** Cards by the name of the weights. */
const cards = {
  "lenet-mnist": {
    ...mnist,
    name: "lenet-mnist",
    model: "lenet",
    parameters: 41_806,
    accuracy: 0.9906,
    heldOut: 0.99,
    recipe:
      "55,000 pictures, shifted by up to 2 pixels; AdamW with decay 0.01, 20 epochs of batches of 64 in one cycle up to 3e-3, EMA 0.998, seed 0",
    file: new URL("../../../weights/lenet-mnist.safetensors", import.meta.url),
  },
  "lenet5-fashion-mnist": {
    ...fashionMnist,
    name: "lenet5-fashion-mnist",
    model: "lenet5",
    parameters: 61_706,
    accuracy: 0.8986,
    heldOut: 0.9078,
    recipe:
      "55,000 pictures, shifted by up to 1 pixel and half of them mirrored; AdamW with decay 0.05, 18 epochs of batches of 64 in one cycle up to 3e-3, EMA 0.998, seed 0",
    file: new URL("../../../weights/lenet5-fashion-mnist.safetensors", import.meta.url),
  },
  "resnet20-fashion-mnist": {
    ...fashionMnist,
    name: "resnet20-fashion-mnist",
    model: "resnet20",
    parameters: 272_186,
    accuracy: 0.9275,
    heldOut: 0.9296,
    recipe:
      "55,000 pictures, shifted by up to 1 pixel and half of them mirrored; SGD with Nesterov momentum 0.9 and decay 5e-4 of matrices and kernels, 6 epochs of batches of 128 in one cycle up to 0.2, EMA 0.995, seed 0",
    file: new URL("../../../weights/resnet20-fashion-mnist.safetensors", import.meta.url),
  },
} as const satisfies Readonly<Record<string, ModelCard>>;

/** Names of the weights that come with the package. */
export type PretrainedName = keyof typeof cards;

/** All names, in the order of lists. */
export const pretrainedNames = Object.keys(cards) as readonly PretrainedName[];

/** Whether weights of that name come with the package. */
export function isPretrained(name: string): name is PretrainedName {
  return Object.hasOwn(cards, name);
}

/** The card of weights by name; throws OptionError that suggests the nearest known one. */
export function modelCard(name: string): ModelCard {
  if (isPretrained(name)) return cards[name];
  const near = nearest(name, pretrainedNames);
  throw new OptionError(
    `pretrained: there are no weights "${name}"${near ? `; did you mean "${near}"?` : "."} Known: ${pretrainedNames.join(", ")}`,
  );
}
