// Paddle's .pdparams and .pdopt files: a pickle of a dictionary of NumPy arrays. Source: paddle/framework/io.py and io_utils.py of 3.3.
import { FormatError } from "../../base/errors.ts";
import { type Shape, sizeOf } from "../../base/shape.ts";
import type { OpenFile } from "../../data/files.ts";
import { pythonGlobals } from "../pickle/collections.ts";
import { NumpyArray, numpyGlobals } from "../pickle/numpy.ts";
import { type StateOptions, stateOf } from "../pickle/stateDict.ts";
import { unpickle } from "../pickle/unpickle.ts";
import {
  itemsOf,
  PickleFunction,
  PickleObject,
  type PickleValue,
  type Refuse,
  stringOf,
  Tuple,
  wholesOf,
} from "../pickle/values.ts";
import type { ElementName } from "../stored/elements.ts";
import { StoredTensor, type TensorFile } from "../stored/tensorFile.ts";

/** A dictionary of parts, into which protocols 2 and 3 cut what is larger than 1 GiB. The word is spelled like this in the files. */
const partsKey = "UnpackBigParamInfor@@";

/** Flat arrays one after another. */
class JoinedArray extends PickleObject {
  readonly shape: Shape;
  readonly storedAs: ElementName;
  readonly #parts: readonly NumpyArray[];

  constructor(shape: Shape, parts: readonly NumpyArray[]) {
    super();
    this.shape = shape;
    this.storedAs = parts[0]?.storedAs ?? "F32";
    this.#parts = parts;
  }

  rows(): Uint8Array {
    const rows = this.#parts.map((part) => part.rows());
    const all = new Uint8Array(rows.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of rows) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

const isArray = (object: PickleObject): object is NumpyArray | JoinedArray =>
  object instanceof NumpyArray || object instanceof JoinedArray;

/** Tensors outside of state dictionaries are `tuple((name, array))`; the name was made up when they were. */
const tuple = new PickleFunction("tuple", ([value], fail) => {
  const items = itemsOf(value, "what becomes a tuple", fail);
  const [name, array] = items;
  const isNamed = items.length === 2 && typeof name === "string" && array instanceof NumpyArray;
  return isNamed ? array : new Tuple(items);
});

const globals: ReadonlyMap<string, PickleValue> = new Map<string, PickleValue>([
  ["builtins tuple", tuple],
  ["__builtin__ tuple", tuple],
  ...pythonGlobals,
  ...numpyGlobals,
]);

/** True for bytes that begin as pickles of protocol 2 to 5 do. */
export function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5;
}

/**
 * Opens a file of Paddle, or any pickle of NumPy arrays. Such files have no directory, so that it is read as a whole; each array is copied
 * when it is asked for. Paddle keeps bfloat16 as uint16, a type that it does not have itself, so that U16 is read as BF16.
 */
export async function openPaddle(source: OpenFile, options: StateOptions): Promise<TensorFile> {
  const { file, size } = source;
  const failAt = (message: string, offset: number): never => {
    throw new FormatError(`paddle: byte ${offset}: ${message}`, { file, offset });
  };
  const { value, end } = unpickle(await source.read(0, size), { globals }, failAt);
  if (end < size) failAt(`${size - end} bytes follow the pickle; expected the file to end`, end);
  const whole = joinParts(value, (message) => failAt(message, end));
  const { tensors: arrays, ...state } = stateOf(whole, isArray, file, options);
  const tensors = new Map(
    Array.from(arrays, ([name, array]) => {
      const storedAs = array.storedAs === "U16" ? "BF16" : array.storedAs;
      const fetch = async () => array.rows();
      return [name, new StoredTensor({ name, shape: array.shape, storedAs, file, format: "paddle", fetch })];
    }),
  );
  return { format: "paddle", file, size, tensors, ...state, close: () => source.close() };
}

/** The dictionary with every array in one piece. */
function joinParts(value: PickleValue, fail: Refuse): PickleValue {
  if (!(value instanceof Map) || !value.has(partsKey)) return value;
  const info = value.get(partsKey);
  if (!(info instanceof Map)) return fail(`${partsKey} must be a dictionary`);
  const joined = new Map(value);
  joined.delete(partsKey);
  for (const [name, description] of info) {
    if (!(description instanceof Map)) return fail(`${partsKey} must hold dictionaries`);
    const shape = wholesOf(description.get("OriginShape"), "OriginShape", fail);
    const parts = itemsOf(description.get("slices"), "slices", fail).map((slice) => {
      const key = stringOf(slice, "a slice", fail);
      const part = joined.get(key);
      joined.delete(key);
      return part instanceof NumpyArray ? part : fail(`the part ${JSON.stringify(key)} is missing`);
    });
    const elements = parts.reduce((sum, part) => sum + sizeOf(part.shape), 0);
    const types = new Set(parts.map((part) => part.storedAs));
    if (elements !== sizeOf(shape) || types.size > 1) {
      return fail(
        `the parts of ${String(name)} have ${elements} elements of ${types.size} types; [${shape.join(", ")}] needs ${sizeOf(shape)} of one`,
      );
    }
    joined.set(name, new JoinedArray(shape, parts));
  }
  return joined;
}
