// Writes PyTorch's zip form, as torch.save does for a state dictionary. Source: torch/serialization.py, `_save`; torch/_utils.py.
import { DTypeError } from "../../base/errors.ts";
import { contiguousStrides } from "../../base/shape.ts";
import { PickleWriter } from "../pickle/writer.ts";
import { type ArrayToStore, type CheckedArray, type StoreOptions, storeArray } from "../stored/arrays.ts";
import { elementType } from "../stored/elements.ts";
import { writeZip } from "../stored/zipWriter.ts";
import { storageClass, typeName } from "./globals.ts";

const root = "archive";

/**
 * Writes a file that `torch.load(file, weights_only=True)` reads as an ordered dictionary of tensors: a zip archive, stored, each storage at a
 * multiple of 64 bytes. Throws ShapeError or DTypeError for an array that contradicts itself or does not fit its element type, and
 * UnsupportedError for more than 4 GiB.
 */
export function encodePyTorch(
  tensors: ReadonlyMap<string, ArrayToStore>,
  options: StoreOptions = {},
): Uint8Array {
  const arrays = Array.from(tensors, ([name, array]): [string, CheckedArray] => {
    return [name, storeArray(`pytorch: tensor ${JSON.stringify(name)}`, array, options)];
  });
  const pickle = new PickleWriter(2);
  emptyOrderedDict(pickle).mark();
  for (const [key, [name, array]] of arrays.entries()) {
    pickle.text(name);
    writeTensor(pickle, String(key), name, array);
  }
  const text = (content: string) => new TextEncoder().encode(content);
  return writeZip([
    { name: `${root}/data.pkl`, bytes: pickle.setItems().end() },
    { name: `${root}/byteorder`, bytes: text("little") },
    ...arrays.map(([, { bytes }], key) => ({ name: `${root}/data/${key}`, bytes })),
    { name: `${root}/version`, bytes: text("3\n") },
  ]);
}

function writeTensor(pickle: PickleWriter, key: string, name: string, array: CheckedArray): void {
  const { shape, storedAs, bytes } = array;
  const storage = storageClass(storedAs);
  const type = typeName(storedAs);
  if (type === undefined) {
    throw new DTypeError(
      `pytorch: tensor ${JSON.stringify(name)}: PyTorch has no ${storedAs}; store it as F32`,
    );
  }
  pickle.global("torch._utils", storage ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3").mark();
  pickle.mark().text("storage");
  if (storage) pickle.global("torch", storage);
  else pickle.global("torch.storage", "UntypedStorage");
  const count = storage ? (bytes.length * 8) / elementType(storedAs).bits : bytes.length;
  pickle.text(key).text("cpu").whole(count).tuple().persistent();
  pickle.whole(0).wholes(shape).wholes(contiguousStrides(shape)).bool(false);
  emptyOrderedDict(pickle);
  if (!storage) pickle.global("torch", type);
  pickle.tuple().reduce();
}

function emptyOrderedDict(pickle: PickleWriter): PickleWriter {
  return pickle.global("collections", "OrderedDict").emptyTuple().reduce();
}
