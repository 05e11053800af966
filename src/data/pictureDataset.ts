// A data set whose samples are picture files, read when they are asked for. Knows no folders' order and no networks.
import { files } from "#files";
import { FormatError, FoveaError, OptionError } from "../base/errors.ts";
import { decodeImage, type ImageOptions } from "../picture/image.ts";
import type { Picture } from "../picture/picture.ts";
import type { PictureFile } from "./pictureListing.ts";
import { type SplitOptions, splitIndices } from "./split.ts";

/** Larger files than this are not read, in bytes. */
const largestFile = 2 ** 28;

/** What a PictureDataset is made of. */
export interface PictureDatasetParts {
  readonly pictures: readonly PictureFile[];
  /** Names of the classes, in the order of the labels. */
  readonly classes: readonly string[];
  /** Limits for what is read. */
  readonly decoding?: PictureLimits;
}

/** Limits for picture files. */
export type PictureLimits = Omit<ImageOptions, "file">;

/**
 * Numbered picture files, each with the index of its class. Pictures have sizes of their own; a `DataLoader` with a `transform` that ends in one
 * size makes batches of them.
 */
export class PictureDataset {
  /** Paths, by number. */
  readonly files: readonly string[];
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  readonly decoding: PictureLimits;

  /** Throws OptionError for a label that is not the index of a class. */
  constructor({ pictures, classes, decoding = {} }: PictureDatasetParts) {
    for (const { file, label } of pictures) {
      if (Number.isInteger(label) && label >= 0 && label < classes.length) continue;
      throw new OptionError(
        `PictureDataset: label ${label} of ${file} is no class; expected 0 to ${classes.length - 1}`,
      );
    }
    this.files = pictures.map(({ file }) => file);
    this.labels = Int32Array.from(pictures, ({ label }) => label);
    this.classes = [...classes];
    this.decoding = decoding;
  }

  get length(): number {
    return this.files.length;
  }

  /**
   * The picture with a number, upright, as it is in its file. Throws FormatError or UnsupportedError, with the path, for files that can't be
   * decoded, and FoveaError for those that can't be read.
   */
  async picture(index: number): Promise<Picture> {
    const file = this.files[index];
    if (file === undefined) {
      throw new OptionError(`PictureDataset: sample ${index} is outside 0 to ${this.length - 1}`);
    }
    return readPicture(file, this.decoding);
  }

  /** One sample: the picture and the index of its class. */
  async get(index: number): Promise<{ readonly picture: Picture; readonly label: number }> {
    return { picture: await this.picture(index), label: this.labels[index]! };
  }

  /** Two data sets, the first with `share` of each class, the second with the rest; see `splitIndices`. */
  split(share: number, options: SplitOptions = {}): [first: PictureDataset, rest: PictureDataset] {
    const [first, rest] = splitIndices(this.labels, share, options);
    return [this.subset(first), this.subset(rest)];
  }

  /** A data set of the samples with the given numbers, in that order. */
  subset(indices: ArrayLike<number>): PictureDataset {
    const pictures = Array.from(indices, (i) => {
      const file = this.files[i];
      if (file === undefined)
        throw new OptionError(`PictureDataset: sample ${i} is outside 0 to ${this.length - 1}`);
      return { file, label: this.labels[i]! };
    });
    return new PictureDataset({ pictures, classes: this.classes, decoding: this.decoding });
  }

  /** The samples from `start` up to `end`; negative numbers count from the end. */
  slice(start: number, end = this.length): PictureDataset {
    const numbers = Int32Array.from({ length: this.length }, (_, i) => i);
    return this.subset(numbers.subarray(start, end));
  }
}

/** Reads and decodes a picture file. `now`: reads it at once, and keeps the thread waiting. */
export async function readPicture(
  file: string,
  limits: PictureLimits = {},
  { now = false }: { readonly now?: boolean } = {},
): Promise<Picture> {
  let bytes: Uint8Array;
  try {
    bytes = now ? files.readNow(file, largestFile) : await files.read(file, largestFile);
  } catch (error) {
    if (error instanceof FoveaError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "there is no such file" : code === "EISDIR" ? "it is a folder" : code;
    throw new FormatError(`it can't be read: ${reason}`, { file });
  }
  return decodeImage(bytes, { ...limits, file });
}
