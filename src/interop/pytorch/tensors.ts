// Tensors of PyTorch's files, whichever form the file has: views of storages, brought into rows when they are read.
import { FormatError } from "../../base/errors.ts";
import { sizeOf } from "../../base/shape.ts";
import type { OpenFile } from "../../data/files.ts";
import { type StateOptions, stateOf } from "../pickle/stateDict.ts";
import type { PickleObject, PickleValue } from "../pickle/values.ts";
import { elementType } from "../stored/elements.ts";
import { extentOf, gatherRows, isRowMajor } from "../stored/layout.ts";
import { StoredTensor, type TensorFile } from "../stored/tensorFile.ts";
import { type Storage, TensorView } from "./globals.ts";

/** Bytes of a storage, little-endian, from a place in it on. */
export type ReadStorage = (storage: Storage, start: number, length: number) => Promise<Uint8Array>;

/** What a tensor may take that repeats its elements (`expand`), for each byte of the file and beside that. */
const expansion = { times: 4, bytes: 16 * 2 ** 20 };

const isTensor = (object: PickleObject): object is TensorView => object instanceof TensorView;

/** The file of which the pickle `value` tells the tensors. */
export function torchFile(
  source: OpenFile,
  value: PickleValue,
  readStorage: ReadStorage,
  options: StateOptions,
): TensorFile {
  const { file, size } = source;
  const { tensors: views, ...state } = stateOf(value, isTensor, file, options);
  const tensors = new Map(
    Array.from(views, ([name, view]) => {
      const { shape, storedAs } = view;
      const fetch = () => fetchRows(source, name, view, readStorage);
      return [name, new StoredTensor({ name, shape, storedAs, file, format: "pytorch", fetch })];
    }),
  );
  return { format: "pytorch", file, size, tensors, ...state, close: () => source.close() };
}

async function fetchRows(
  { file, size: fileBytes }: OpenFile,
  name: string,
  { storage, storedAs, offset, shape, strides }: TensorView,
  readStorage: ReadStorage,
): Promise<Uint8Array> {
  const size = elementType(storedAs).bits / 8;
  const extent = extentOf(shape, strides);
  const elements = sizeOf(shape);
  if (elements > extent && elements * size > expansion.times * fileBytes + expansion.bytes) {
    throw new FormatError(
      `pytorch: tensor ${JSON.stringify(name)} repeats ${extent * size} bytes until they are ${elements * size}; save it without expand()`,
      { file },
    );
  }
  const bytes = await readStorage(storage, storage.byteOffset + offset * size, extent * size);
  return isRowMajor(shape, strides) ? bytes : gatherRows(bytes, shape, strides, size);
}
