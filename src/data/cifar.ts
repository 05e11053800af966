// CIFAR-10 and CIFAR-100 from the files of their binary version, or from the archive of them. Node only.
// Source: Krizhevsky, "Learning multiple layers of features from tiny images", 2009, and its page's "Binary version".
import { FormatError, OptionError } from "../base/errors.ts";
import { cifar100Coarse, known } from "./catalogue.ts";
import { ArrayDataset } from "./dataset.ts";
import { checkSetOptions, readSet, type SetFile, type SetOptions } from "./publicSet.ts";

const sampleShape = [3, 32, 32];
const pixels = 3 * 32 * 32;

/** Which part of CIFAR-100, from where, and with which labels. */
export interface Cifar100Options extends SetOptions {
  /** The 100 classes (default), or the 20 groups that they come in. */
  readonly labels?: "fine" | "coarse";
}

/**
 * Photos of animals and vehicles: uint8 samples `[3, 32, 32]`, 10 classes; 50,000 for training, 10,000 for tests. Throws FoveaError where
 * the files are not found, FormatError where their content is none, DownloadError where a download that was asked for fails.
 */
export async function cifar10(options: SetOptions = {}): Promise<ArrayDataset> {
  checkSetOptions("cifar10", options);
  const { train = true } = options;
  const files = await readSet(known.cifar10, train ? "train" : "test", options);
  return cifarDataset(files, known.cifar10.classes, { labelBytes: 1, labelAt: 0 });
}

/** Photos of a hundred kinds of things: uint8 samples `[3, 32, 32]`, 100 classes in 20 groups; errors as for `cifar10`. */
export async function cifar100({ labels = "fine", ...options }: Cifar100Options = {}): Promise<ArrayDataset> {
  checkSetOptions("cifar100", options, ["labels"]);
  if (labels !== "fine" && labels !== "coarse") {
    throw new OptionError(`cifar100: labels are "fine" or "coarse"; got "${String(labels)}"`);
  }
  const { train = true } = options;
  const files = await readSet(known.cifar100, train ? "train" : "test", options);
  const isFine = labels === "fine";
  const classes = isFine ? known.cifar100.classes : cifar100Coarse;
  return cifarDataset(files, classes, { labelBytes: 2, labelAt: isFine ? 1 : 0 });
}

/** Records one after another: labels of a byte each, then the planes of red, green and blue, row by row. */
function cifarDataset(
  files: readonly SetFile[],
  classes: readonly string[],
  { labelBytes, labelAt }: { labelBytes: number; labelAt: number },
): ArrayDataset {
  const recordBytes = labelBytes + pixels;
  for (const { bytes, file } of files) {
    if (bytes.length > 0 && bytes.length % recordBytes === 0) continue;
    throw new FormatError(
      `cifar: expected whole records of ${recordBytes} bytes; the file has ${bytes.length} bytes`,
      { file },
    );
  }
  const count = files.reduce((sum, { bytes }) => sum + bytes.length / recordBytes, 0);
  const data = new Uint8Array(count * pixels);
  const labels = new Int32Array(count);
  let i = 0;
  for (const { bytes, file } of files) {
    for (let at = 0; at < bytes.length; at += recordBytes, i++) {
      const label = bytes[at + labelAt]!;
      if (label >= classes.length) {
        throw new FormatError(
          `cifar: byte ${at + labelAt}: label ${label} is no class; expected 0 to ${classes.length - 1}`,
          { file, offset: at + labelAt },
        );
      }
      labels[i] = label;
      data.set(bytes.subarray(at + labelBytes, at + recordBytes), i * pixels);
    }
  }
  return new ArrayDataset({ data, sampleShape, labels, classes });
}
