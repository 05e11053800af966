// A folder of labelled pictures as training, validation and test parts.
import { FormatError, OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { PictureDataset, type PictureLimits } from "./pictureDataset.ts";
import { listPictures, type PartName, type PictureFile } from "./pictureListing.ts";
import type { Skipped } from "./pictureWalk.ts";

/** How a folder is divided, where it does not come divided. */
export interface ImageFolderOptions {
  /** Share of the pictures for validation, 0 … 1, taken from the training part where there is no folder for it. Default 0.1. */
  readonly val?: number;
  /** Share for the test, where the folder has no parts at all. Default 0.1. */
  readonly test?: number;
  /** Which draw. Default 0. */
  readonly seed?: number;
  /** Limits for what is read. */
  readonly decoding?: PictureLimits;
}

/** A folder's parts. */
export interface ImageFolder {
  readonly root: string;
  readonly classes: readonly string[];
  readonly train: PictureDataset;
  readonly val: PictureDataset;
  /** Null where the folder has parts and none of them is a test part. */
  readonly test: PictureDataset | null;
  /** Whose doing the parts are: "folders", or "draw" where at least one was drawn. */
  readonly divided: "folders" | "draw";
  /** What was not taken as a picture, and why. */
  readonly skipped: readonly Skipped[];
}

/**
 * Opens a folder as `listPictures` describes it. Parts that have no folder are drawn from the seed, the same share of each class;
 * names of files never decide. Throws FormatError for a class without pictures, a class that only validation or test has, and rows of a table whose file is missing;
 * OptionError for shares that leave nothing to train on.
 */
export async function imageFolder(root: string, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  checkOptions("imageFolder", options, ["val", "test", "seed", "decoding"]);
  const { val = 0.1, test = 0.1, seed = 0, decoding = {} } = options;
  for (const [name, share] of [
    ["val", val],
    ["test", test],
  ] as const) {
    if (!(share >= 0 && share < 1)) {
      throw new OptionError(`imageFolder: ${name} must be a share from 0 to below 1; got ${String(share)}`);
    }
  }
  const listing = await listPictures(root);
  const { classes, parts, pictures, emptyClasses, strangers, missing, skipped } = listing;
  const [empty] = emptyClasses;
  if (empty !== undefined) {
    const more = emptyClasses.length > 1 ? ` (and ${emptyClasses.length - 1} more)` : "";
    throw new FormatError(`this class has no picture${more}. Add some, or remove the folder`, {
      file: empty,
    });
  }
  const [stranger] = strangers;
  if (stranger) {
    throw new FormatError(
      `the class "${stranger.name}" is in ${stranger.part} and not in train; a network can't learn it`,
      { file: root },
    );
  }
  const [gone] = missing;
  if (gone) {
    const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : "";
    throw new FormatError(`line ${gone.line}: there is no file ${JSON.stringify(gone.file)}${more}`, {
      file: gone.table,
    });
  }
  const setOf = (list: readonly PictureFile[]) => new PictureDataset({ pictures: list, classes, decoding });
  const common = { root, classes, skipped };
  if (!parts) {
    if (val + test >= 1)
      throw new OptionError(`imageFolder: val ${val} and test ${test} leave nothing to train on`);
    const [held, train] = setOf(pictures).split(val + test, { seed });
    const [tested, valid] = held.split(val + test === 0 ? 0 : test / (val + test), { seed });
    return { ...common, train, val: valid, test: tested, divided: "draw" };
  }
  const part = (name: PartName) => {
    const list = parts.get(name);
    return list ? setOf(list) : null;
  };
  const train = part("train")!;
  const own = part("val");
  if (own) return { ...common, train, val: own, test: part("test"), divided: "folders" };
  const [valid, rest] = train.split(val, { seed });
  return { ...common, train: rest, val: valid, test: part("test"), divided: "draw" };
}
