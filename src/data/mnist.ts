// MNIST and the sets of its form, from IDX files. Node only.
import { OptionError } from "../base/errors.ts";
import { type EmnistSplit, emnistSets, known, type PublicSet } from "./catalogue.ts";
import { ArrayDataset } from "./dataset.ts";
import { idxDataset, readIdx } from "./idx.ts";
import { checkSetOptions, readSet, type SetOptions } from "./publicSet.ts";

/** Which part of MNIST, and from where. */
export interface MnistOptions extends SetOptions {
  /** Names of the classes, for data in the same form; by default those of the set. */
  readonly classes?: readonly string[];
}

/** Which part of EMNIST, and from where. */
export interface EmnistOptions extends SetOptions {
  /** Which of the six sets. Default `balanced`. */
  readonly split?: EmnistSplit;
}

/**
 * Handwritten digits: uint8 samples `[1, 28, 28]`, black 0 to white 255, and 10 classes; 60,000 for training, 10,000 for tests.
 * Throws FoveaError where the files are not found, FormatError where their content breaks the format, DownloadError where a download that
 * was asked for fails.
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
 */
export async function mnist(options: MnistOptions = {}): Promise<ArrayDataset> {
  return idxSet(known.mnist, options);
}

/**
 * Articles of clothing in MNIST's form, and much harder: uint8 samples `[1, 28, 28]`, 10 classes.
 * Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", 2017.
 */
export async function fashionMnist(options: MnistOptions = {}): Promise<ArrayDataset> {
  return idxSet(known.fashionMnist, options);
}

/**
 * Cursive Japanese characters in MNIST's form: uint8 samples `[1, 28, 28]`, 10 classes.
 * Source: Clanuwat et al., "Deep learning for classical Japanese literature", 2018.
 */
export async function kmnist(options: MnistOptions = {}): Promise<ArrayDataset> {
  return idxSet(known.kmnist, options);
}

/**
 * Handwritten digits and letters in MNIST's form: uint8 samples `[1, 28, 28]`, upright, though the files hold them turned over their diagonal. The
 * letters' labels, 1 … 26 in the files, are 0 … 25.
 * Source: Cohen, Afshar, Tapson, van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017.
 */
export async function emnist({ split = "balanced", ...options }: EmnistOptions = {}): Promise<ArrayDataset> {
  if (!Object.hasOwn(emnistSets, split)) {
    throw new OptionError(
      `emnist: there is no split "${split}"; known: ${Object.keys(emnistSets).join(", ")}`,
    );
  }
  const firstLabel = split === "letters" ? 1 : 0;
  return upright(await idxSet(emnistSets[split], options, { name: "emnist", firstLabel }));
}

/** `firstLabel` is the label that the files give to the first class. */
async function idxSet(
  set: PublicSet,
  { classes = set.classes, ...options }: MnistOptions,
  { name = set.name, firstLabel = 0 } = {},
): Promise<ArrayDataset> {
  checkSetOptions(name, options, [name === "emnist" ? "split" : "classes"]);
  const [imagesFile, labelsFile] = await readSet(set, (options.train ?? true) ? "train" : "test", options);
  const images = await readIdx(imagesFile!.bytes, imagesFile);
  let labels = await readIdx(labelsFile!.bytes, labelsFile);
  if (firstLabel !== 0) {
    labels = { ...labels, dtype: "int32", data: Int32Array.from(labels.data, (label) => label - firstLabel) };
  }
  return idxDataset(images, labels, classes, labelsFile);
}

/** Pictures with rows and columns exchanged, in place. */
function upright(dataset: ArrayDataset): ArrayDataset {
  const { data, sampleShape } = dataset;
  const [, height, width] = sampleShape as [number, number, number];
  const picture = new Uint8Array(height * width);
  for (let start = 0; start < data.length; start += picture.length) {
    for (let y = 0; y < width; y++) {
      for (let x = 0; x < height; x++) picture[y * height + x] = data[start + x * width + y]!;
    }
    data.set(picture, start);
  }
  return new ArrayDataset({
    data,
    sampleShape: [1, width, height],
    labels: dataset.labels,
    classes: dataset.classes,
  });
}
