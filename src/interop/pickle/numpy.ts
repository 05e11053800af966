// NumPy's arrays and numbers in pickles: the few functions of the allow-list that make them.
// Source: numpy/_core/src/multiarray/methods.c, `array_reduce` and `array_setstate`.
import { type Shape, sizeOf } from "../../base/shape.ts";
import { type ElementName, elementType, isReadable, readElements } from "../stored/elements.ts";
import { columnStrides, gatherRows, swapBytes } from "../stored/layout.ts";
import { elementOfCode, orderedBytes } from "../stored/numpyTypes.ts";
import {
  itemsOf,
  kindOf,
  PickleFunction,
  PickleObject,
  type PickleValue,
  type Refuse,
  stringOf,
  wholesOf,
} from "./values.ts";

/** `numpy.dtype`: an element type, and the order of its bytes. */
class NumpyType extends PickleObject {
  readonly code: string;
  readonly storedAs: ElementName;
  isSwapped = false;

  constructor(code: string, storedAs: ElementName) {
    super();
    this.code = code;
    this.storedAs = storedAs;
  }

  override setState(state: PickleValue, fail: Refuse): void {
    const order = stringOf(itemsOf(state, "a dtype's state", fail)[1], "the order of bytes", fail);
    if (!"<>|=".includes(order)) fail(`the order of bytes must be one of < > | =; found ${order}`);
    this.isSwapped = order === ">";
  }
}

/** `numpy.ndarray`. It is empty until its state is set. */
export class NumpyArray extends PickleObject {
  shape: Shape = [0];
  storedAs: ElementName = "F32";
  #bytes: Uint8Array = new Uint8Array(0);
  #isColumnMajor = false;
  #swapped = 1;

  /** Its elements, little-endian, row by row, in an array of their own. */
  rows(): Uint8Array {
    const bytes = swapBytes(new Uint8Array(this.#bytes), this.#swapped);
    const { shape } = this;
    if (!this.#isColumnMajor || shape.length < 2) return bytes;
    return gatherRows(bytes, shape, columnStrides(shape), elementType(this.storedAs).bits / 8);
  }

  override setState(state: PickleValue, fail: Refuse): void {
    // (version, shape, dtype, is Fortran order, data); the oldest arrays have no version.
    const [data, isColumnMajor, type, shape] = [...itemsOf(state, "an array's state", fail)].reverse();
    const { code, storedAs, isSwapped } = typeOf(type, fail);
    this.shape = wholesOf(shape, "an array's shape", fail);
    this.storedAs = storedAs;
    this.#bytes = bytesOf(data, "an array's data", fail);
    this.#isColumnMajor = isColumnMajor === true;
    this.#swapped = isSwapped ? orderedBytes(code) : 1;
    const needed = (sizeOf(this.shape) * elementType(storedAs).bits) / 8;
    if (needed !== this.#bytes.length) {
      fail(
        `an array of ${code} [${this.shape.join(", ")}] needs ${needed} bytes; found ${this.#bytes.length}`,
      );
    }
  }
}

const ndarray = new PickleFunction("numpy.ndarray", (_, fail) => fail("arrays are made by _reconstruct"));

const reconstruct = new PickleFunction("numpy._reconstruct", ([type], fail) => {
  return type === ndarray ? new NumpyArray() : fail(`expected numpy.ndarray; found ${kindOf(type)}`);
});

const dtype = new PickleFunction("numpy.dtype", ([name], fail) => {
  const code = stringOf(name, "a dtype's name", fail).replace(/^[<|=]/, "");
  const storedAs = elementOfCode(code);
  return storedAs
    ? new NumpyType(code, storedAs)
    : fail(`dtype ${JSON.stringify(name)} holds no numbers; save numbers`);
});

/** `numpy.float64(0.5)` and its like, as which checkpoints hold losses and accuracies. */
const scalar = new PickleFunction("numpy.scalar", ([type, data], fail) => {
  const { code, storedAs, isSwapped } = typeOf(type, fail);
  const bytes = new Uint8Array(bytesOf(data, "a number's bytes", fail));
  const size = elementType(storedAs).bits / 8;
  if (bytes.length !== size) fail(`a ${code} has ${size} bytes; found ${bytes.length}`);
  if (!isReadable(storedAs)) return fail(`a ${code} is no number here`);
  swapBytes(bytes, isSwapped ? orderedBytes(code) : 1);
  let beyond: number | bigint | null = null;
  try {
    const [value] = readElements(storedAs, bytes, (_, value) => {
      beyond = value;
      throw new RangeError();
    });
    return storedAs === "BOOL" ? value === 1 : value!;
  } catch (error) {
    if (beyond === null) throw error;
    return beyond;
  }
});

/** Protocol 2 has no bytes; it holds them as a string that Python encodes. */
const encode = new PickleFunction("_codecs.encode", ([text, encoding], fail) => {
  if (encoding !== "latin1") fail(`expected the encoding latin1; found ${kindOf(encoding)}`);
  return bytesOf(stringOf(text, "what is encoded", fail), "what is encoded", fail);
});

/** Globals of NumPy, in both its homes: before 2.0 and since. */
export const numpyGlobals: readonly (readonly [string, PickleValue])[] = [
  ["numpy ndarray", ndarray],
  ["numpy dtype", dtype],
  ["numpy.core.multiarray _reconstruct", reconstruct],
  ["numpy._core.multiarray _reconstruct", reconstruct],
  ["numpy.core.multiarray scalar", scalar],
  ["numpy._core.multiarray scalar", scalar],
  ["_codecs encode", encode],
];

function typeOf(value: PickleValue | undefined, fail: Refuse): NumpyType {
  return value instanceof NumpyType ? value : fail(`expected a numpy.dtype; found ${kindOf(value)}`);
}

/** Bytes, or a string of Python 2 that stands for them. */
function bytesOf(value: PickleValue | undefined, what: string, fail: Refuse): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const text = stringOf(value, what, fail);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) fail(`${what} must be Latin-1; found the character ${code}`);
    bytes[i] = code;
  }
  return bytes;
}
