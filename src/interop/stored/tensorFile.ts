// What all files of weights have in common: named tensors of known shape, each read when it is asked for.
import type { DType } from "../../base/dtype.ts";
import { FormatError, UnsupportedError } from "../../base/errors.ts";
import { formatShape, type Shape, sizeOf } from "../../base/shape.ts";
import type { ArrayData } from "./arrays.ts";
import { type ElementName, elementType, isReadable, readElements } from "./elements.ts";

/** Formats of weights that are told by their content. */
export type WeightFormat = "safetensors" | "pytorch" | "paddle" | "npy" | "npz";

/** What a file says beside its tensors. */
export type MetadataValue = string | number | bigint | boolean | null;

/** A file of which the names are known, and whose tensors are read one by one. */
export interface TensorFile {
  readonly format: WeightFormat;
  /** What errors call it: its path or address. */
  readonly file: string;
  /** Its bytes. */
  readonly size: number;
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Everything that is no tensor: safetensors' metadata, a checkpoint's epoch; names within each other are joined by dots. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** Where in a checkpoint the tensors were found, such as `state_dict`; "" for the file itself. */
  readonly root: string;
  /** What all names began with where a model was saved inside of a wrapper (`module.`, of DataParallel); "" for nothing. */
  readonly prefix: string;
  close(): Promise<void>;
}

/** Where a tensor's bytes come from. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: Shape;
  readonly storedAs: ElementName;
  readonly file: string;
  /** The format, for messages. */
  readonly format: string;
  /** Where its first element lies in the file, where it lies there as it is. */
  readonly offset?: number | undefined;
  /** Its elements, little-endian, row by row, in an array that nobody else holds. */
  fetch(): Promise<Uint8Array>;
}

/** A tensor that lies in a file. */
export class StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  /** Its element type in the file. */
  readonly storedAs: ElementName;
  /** The dtype that `read` gives; null where there is none, so that only `raw` is left. */
  readonly dtype: DType | null;
  readonly #place: TensorPlace;

  constructor(place: TensorPlace) {
    this.name = place.name;
    this.shape = place.shape;
    this.storedAs = place.storedAs;
    this.dtype = elementType(place.storedAs).dtype;
    this.#place = place;
  }

  /** Number of bytes that its elements take in the file's element type. */
  get byteLength(): number {
    return Math.ceil((sizeOf(this.shape) * elementType(this.storedAs).bits) / 8);
  }

  /** Its elements as they are stored: little-endian, row by row. */
  raw(): Promise<Uint8Array> {
    return this.#place.fetch();
  }

  /**
   * Its elements as `dtype` has them; every value is exact. Throws FormatError for a whole number that int32 can't hold and a bool that
   * is neither 0 nor 1, with its place, and UnsupportedError for types without a dtype here (complex, below 8 bits).
   */
  async read(): Promise<ArrayData> {
    const { name, storedAs, shape, dtype } = this;
    const { file, format, offset } = this.#place;
    const what = `tensor ${JSON.stringify(name)}`;
    if (!isReadable(storedAs) || dtype === null) throw unreadable(file, format, what, storedAs);
    const data = readElements(storedAs, await this.raw(), (index, value) => {
      const at = offset === undefined ? undefined : offset + (index * elementType(storedAs).bits) / 8;
      const where = at === undefined ? `element ${index} of ${formatShape(shape)}` : `byte ${at}`;
      throw new FormatError(
        `${format}: ${where}: ${what}: ${storedAs} element ${value} does not fit ${dtype}`,
        {
          file,
          offset: at,
        },
      );
    });
    return { dtype, shape, data };
  }
}

/** The error for a type that no dtype can hold. */
export function unreadable(
  file: string | undefined,
  format: string,
  what: string,
  storedAs: string,
): UnsupportedError {
  const prefix = file === undefined ? "" : `${file}: `;
  return new UnsupportedError(
    `${prefix}${format}: ${what}: dtype ${storedAs} has no counterpart here; store it as F32, or take its bytes`,
  );
}
