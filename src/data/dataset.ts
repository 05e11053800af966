// Data sets: numbered samples of one shape with a class each, handed out in batches. Knows no files and no tensors.
import { allocate, type DType, dtypeOf, type TypedArray } from "../base/dtype.ts";
import { DTypeError, OptionError, ShapeError } from "../base/errors.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../base/shape.ts";
import type { Picture } from "../picture/picture.ts";
import { fromPlanes } from "../picture/planes.ts";
import { type SplitOptions, splitIndices } from "./split.ts";

/** Samples side by side in fresh arrays: data `[n, ...sampleShape]`, labels `[n]`. */
export interface SampleBatch {
  readonly data: TypedArray;
  readonly labels: Int32Array;
}

/** One sample: its elements in row-major order, and the index of its class. */
export interface Sample {
  readonly data: TypedArray;
  readonly label: number;
}

/** Numbered samples of one shape and dtype, each with the index of its class. A data set of one's own needs `get` alone. */
export interface Dataset {
  /** Number of samples. */
  readonly length: number;
  readonly sampleShape: Shape;
  readonly dtype: DType;
  /** Names of the classes, in the order of the labels. */
  readonly classes: readonly string[];
  /** The sample with a number; a promise where it has to be read or decoded first. */
  get(index: number): Sample | Promise<Sample>;
  /** Several samples at once, in the order of their numbers, where that is faster than one after another. */
  batch?(indices: Int32Array): SampleBatch | Promise<SampleBatch>;
}

/** What an ArrayDataset is made of. */
export interface ArrayDatasetParts {
  /** All samples one after another, `[length, ...sampleShape]`; must not be changed afterwards. */
  readonly data: TypedArray;
  readonly sampleShape: Shape;
  /** One class index per sample. */
  readonly labels: ArrayLike<number>;
  /** Names of the classes; by default the numbers from 0 to the largest label. */
  readonly classes?: readonly string[];
  /** Element type; by default what the typed array holds. */
  readonly dtype?: DType;
}

/** A data set whose samples lie one after another in memory. */
export class ArrayDataset implements Dataset {
  readonly data: TypedArray;
  readonly labels: Int32Array;
  readonly sampleShape: Shape;
  readonly dtype: DType;
  readonly classes: readonly string[];

  /** Throws ShapeError where data and labels differ in number, OptionError for a label that is not the index of a class. */
  constructor({ data, sampleShape, labels, classes, dtype = dtypeOf(data) }: ArrayDatasetParts) {
    checkShape("ArrayDataset", sampleShape);
    const { length } = labels;
    if (data.length !== length * sizeOf(sampleShape)) {
      throw new ShapeError(
        `ArrayDataset: ${length} labels and samples ${formatShape(sampleShape)} need ${length * sizeOf(sampleShape)} elements; got ${data.length}`,
      );
    }
    if (allocate(dtype, 0).constructor !== data.constructor) {
      throw new DTypeError(`ArrayDataset: ${dtype} elements can't come from a ${data.constructor.name}`);
    }
    let largest = -1;
    for (let i = 0; i < length; i++) {
      const label = labels[i]!;
      const end = classes?.length ?? Number.POSITIVE_INFINITY;
      if (!Number.isInteger(label) || label < 0 || label >= end) {
        const range = classes ? `0 to ${end - 1}` : "an integer from 0";
        throw new OptionError(`ArrayDataset: label ${label} of sample ${i} is no class; expected ${range}`);
      }
      if (label > largest) largest = label;
    }
    this.data = data;
    this.labels = labels instanceof Int32Array ? labels : Int32Array.from(labels);
    this.sampleShape = [...sampleShape];
    this.dtype = dtype;
    this.classes = classes ? [...classes] : Array.from({ length: largest + 1 }, (_, i) => String(i));
  }

  get length(): number {
    return this.labels.length;
  }

  batch(indices: Int32Array): SampleBatch {
    const sampleSize = sizeOf(this.sampleShape);
    const data = allocate(this.dtype, indices.length * sampleSize);
    const labels = new Int32Array(indices.length);
    // Whole words where samples allow it: a subarray for each sample would cost more than its copy.
    const words = this.#words(sampleSize);
    const from = words ?? this.data;
    const to = words ? new Int32Array(data.buffer) : data;
    const count = words ? (sampleSize * data.BYTES_PER_ELEMENT) / 4 : sampleSize;
    for (let i = 0; i < indices.length; i++) {
      const sample = indices[i]!;
      if (!(sample >= 0 && sample < this.length)) {
        throw new OptionError(`ArrayDataset: sample ${sample} is outside 0 to ${this.length - 1}`);
      }
      const start = sample * count;
      const target = i * count;
      for (let k = 0; k < count; k++) to[target + k] = from[start + k]!;
      labels[i] = this.labels[sample]!;
    }
    return { data, labels };
  }

  /** The data as 32-bit words, or null where samples do not consist of whole ones. */
  #words(sampleSize: number): Int32Array | null {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = this.data;
    if (byteOffset % 4 !== 0 || (sampleSize * BYTES_PER_ELEMENT) % 4 !== 0) return null;
    return new Int32Array(buffer, byteOffset, (this.length * sampleSize * BYTES_PER_ELEMENT) / 4);
  }

  /** One sample with its class: a view on this set's memory, to be read only. */
  get(index: number): Sample {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new OptionError(`ArrayDataset: sample ${index} is outside 0 to ${this.length - 1}`);
    }
    const size = sizeOf(this.sampleShape);
    return { data: this.data.subarray(index * size, (index + 1) * size), label: this.labels[index]! };
  }

  /**
   * A sample of bytes `[channels, height, width]`, grey or RGB, as a picture; throws DTypeError or ShapeError for other samples. Grey pictures
   * share this set's memory, and are to be read only.
   */
  picture(index: number): Picture {
    const { data, sampleShape } = this;
    if (!(data instanceof Uint8Array) || this.dtype !== "uint8") {
      throw new DTypeError(`ArrayDataset: pictures are uint8; the samples are ${this.dtype}`);
    }
    if (sampleShape.length !== 3 || (sampleShape[0] !== 1 && sampleShape[0] !== 3)) {
      throw new ShapeError(
        `ArrayDataset: pictures are [1 or 3, height, width]; the samples are ${formatShape(sampleShape)}`,
      );
    }
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw new OptionError(`ArrayDataset: sample ${index} is outside 0 to ${this.length - 1}`);
    }
    return fromPlanes(data, sampleShape as [number, number, number], index);
  }

  /**
   * Two data sets with copies of this one's samples: the first with `share` of each class (rounded so that the whole comes out right), the second with the
   * rest; see `splitIndices`.
   */
  split(share: number, options: SplitOptions = {}): [first: ArrayDataset, rest: ArrayDataset] {
    const [first, rest] = splitIndices(this.labels, share, options);
    return [this.subset(first), this.subset(rest)];
  }

  /** A data set of its own with copies of the samples with the given numbers, in that order. */
  subset(indices: ArrayLike<number>): ArrayDataset {
    const { data, labels } = this.batch(Int32Array.from(indices));
    return new ArrayDataset({ ...this.#parts(), data, labels });
  }

  /** The samples from `start` up to `end` as a data set that shares this one's memory; negative numbers count from the end. */
  slice(start: number, end = this.length): ArrayDataset {
    const labels = this.labels.subarray(start, end);
    const sampleSize = sizeOf(this.sampleShape);
    const first = (labels.byteOffset - this.labels.byteOffset) / labels.BYTES_PER_ELEMENT;
    const data = this.data.subarray(first * sampleSize, (first + labels.length) * sampleSize);
    return new ArrayDataset({ ...this.#parts(), data, labels });
  }

  #parts(): { sampleShape: Shape; dtype: DType; classes: readonly string[] } {
    return { sampleShape: this.sampleShape, dtype: this.dtype, classes: this.classes };
  }
}
