// The IDX format of the MNIST files, plain or gzip-compressed, on bytes; knows no file system.
// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "File formats".
import { allocate, type DType, type TypedArray } from "../base/dtype.ts";
import { FormatError } from "../base/errors.ts";
import { formatShape, type Shape, sizeOf } from "../base/shape.ts";
import { ArrayDataset } from "./dataset.ts";
import { gunzip, isGzip } from "./gzip.ts";

/** The content of an IDX file. */
export interface IdxArray {
  readonly dtype: DType;
  readonly shape: Shape;
  /** Elements in row-major order; for uint8 a view on the file's bytes. */
  readonly data: TypedArray;
  /** Where the elements begin in the (decompressed) file. */
  readonly dataStart: number;
}

/** Where bytes came from, for errors. */
export interface Source {
  readonly file?: string | undefined;
}

/** How one element type is read; without `convert` the bytes are the elements. */
interface IdxType {
  readonly bytes: number;
  readonly dtype: DType;
  readonly convert?: (view: DataView, position: number) => number;
}

const idxTypes: ReadonlyMap<number, IdxType> = new Map<number, IdxType>([
  [0x08, { bytes: 1, dtype: "uint8" }],
  [0x09, { bytes: 1, dtype: "int32", convert: (view, p) => view.getInt8(p) }],
  [0x0b, { bytes: 2, dtype: "int32", convert: (view, p) => view.getInt16(p) }],
  [0x0c, { bytes: 4, dtype: "int32", convert: (view, p) => view.getInt32(p) }],
  [0x0d, { bytes: 4, dtype: "float32", convert: (view, p) => view.getFloat32(p) }],
  [0x0e, { bytes: 8, dtype: "float64", convert: (view, p) => view.getFloat64(p) }],
]);

/** The part of an IDX file in front of its elements. */
interface IdxHeader {
  readonly type: IdxType;
  readonly shape: number[];
  readonly dataStart: number;
  /** Size of the whole file. */
  readonly totalBytes: number;
}

/**
 * Reads an IDX file: two zero bytes, type code, rank, sizes as big-endian 32-bit integers, elements. Signed bytes
 * and 16-bit integers become int32. A FormatError names offset, what was found and what was expected, before
 * anything is allocated.
 */
export function decodeIdx(bytes: Uint8Array, { file }: Source = {}): IdxArray {
  const header = readHeader(bytes, file);
  const { type, shape, dataStart, totalBytes } = header;
  if (bytes.length !== totalBytes) {
    const needed = totalBytes - dataStart;
    throw new FormatError(
      `idx: sizes ${formatShape(shape)} need ${needed} bytes of data; the file has ${bytes.length - dataStart}`,
      { file, offset: 4 },
    );
  }
  return { dtype: type.dtype, shape, data: readElements(bytes, header), dataStart };
}

/**
 * `decodeIdx` for files that may be compressed with gzip, told by their first two bytes. Decompression stops as
 * soon as it gives more than the sizes in the header ask for.
 */
export async function readIdx(bytes: Uint8Array, { file }: Source = {}): Promise<IdxArray> {
  if (!isGzip(bytes)) return decodeIdx(bytes, { file });
  const plain = await gunzip(bytes, (first) => readHeader(first, file).totalBytes, { file });
  return decodeIdx(plain, { file });
}

/**
 * Images and labels as a data set. Images `[n, height, width]` become samples `[1, height, width]`; of other ranks
 * the sizes after the first are kept. Throws FormatError where the numbers of images and labels differ, or where a label is not the
 * index of a class.
 */
export function idxDataset(
  images: IdxArray,
  labels: IdxArray,
  classes: readonly string[],
  { file }: Source = {},
): ArrayDataset {
  const [count = 0, ...rest] = images.shape;
  if (images.shape.length === 0) {
    throw new FormatError("idx: images need at least one axis; got a scalar", { file, offset: 3 });
  }
  if (labels.shape.length !== 1 || labels.dtype === "float32" || labels.dtype === "float64") {
    const found = `${labels.dtype} ${formatShape(labels.shape)}`;
    throw new FormatError(`idx: labels must be integers with one axis; found ${found}`, { file, offset: 2 });
  }
  if (labels.shape[0] !== count) {
    throw new FormatError(`idx: ${labels.shape[0]} labels for ${count} images; expected as many`, {
      file,
      offset: 4,
    });
  }
  const wrong = labels.data.findIndex((label: number) => label < 0 || label >= classes.length);
  if (wrong >= 0) {
    const found = `label ${labels.data[wrong]} of image ${wrong}`;
    const offset = labels.dtype === "uint8" ? labels.dataStart + wrong : undefined;
    throw new FormatError(`idx: ${found} is no class; expected 0 to ${classes.length - 1}`, { file, offset });
  }
  const sampleShape = rest.length === 2 ? [1, ...rest] : rest;
  return new ArrayDataset({
    data: images.data,
    dtype: images.dtype,
    sampleShape,
    labels: labels.data,
    classes,
  });
}

function readHeader(bytes: Uint8Array, file: string | undefined): IdxHeader {
  const fail = (message: string, offset: number): never => {
    throw new FormatError(`idx: byte ${offset}: ${message}`, { file, offset });
  };
  if (bytes.length < 4) fail(`expected 4 bytes of magic number; the file has ${bytes.length}`, 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [zeros, code, rank] = [view.getUint16(0), view.getUint8(2), view.getUint8(3)];
  if (zeros !== 0) fail(`expected two zero bytes; found 0x${zeros.toString(16).padStart(4, "0")}`, 0);
  const type = idxTypes.get(code);
  if (!type) {
    const known = [...idxTypes.keys()].map(hex).join(", ");
    return fail(`unknown type code ${hex(code)}; expected one of ${known}`, 2);
  }
  const dataStart = 4 + 4 * rank;
  if (bytes.length < dataStart) {
    fail(
      `expected ${rank} sizes in ${4 * rank} bytes; the file has ${bytes.length - 4} bytes after byte 4`,
      4,
    );
  }
  const shape = Array.from({ length: rank }, (_, d) => view.getUint32(4 + 4 * d));
  const totalBytes = dataStart + sizeOf(shape) * type.bytes;
  if (!Number.isSafeInteger(totalBytes)) fail(`sizes ${formatShape(shape)} are beyond any file`, 4);
  return { type, shape, dataStart, totalBytes };
}

function readElements(bytes: Uint8Array, { type, shape, dataStart }: IdxHeader): TypedArray {
  const count = sizeOf(shape);
  const { convert } = type;
  if (!convert) return new Uint8Array(bytes.buffer, bytes.byteOffset + dataStart, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements = allocate(type.dtype, count);
  for (let i = 0; i < count; i++) elements[i] = convert(view, dataStart + i * type.bytes);
  return elements;
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, "0")}`;
}
