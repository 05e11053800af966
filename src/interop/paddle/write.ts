// Writes Paddle's .pdparams files, as paddle.save does for a state dictionary. Source: paddle/framework/io.py of 3.3.
import { DTypeError, FormatError } from "../../base/errors.ts";
import { PickleWriter } from "../pickle/writer.ts";
import { type ArrayToStore, type CheckedArray, type StoreOptions, storeArray } from "../stored/arrays.ts";
import type { ElementName } from "../stored/elements.ts";
import { codeOfElement, orderedBytes } from "../stored/numpyTypes.ts";

const protocol = 4;
/** Where a state dictionary says which variable a name stands for; what it names becomes tensors when it is loaded. */
const namesKey = "StructuredToParameterName@@";

/**
 * Writes a file that `paddle.load` reads as a dictionary of tensors. bfloat16 is kept as uint16, as Paddle does. Throws ShapeError or
 * DTypeError for an array that contradicts itself, that does not fit its element type, or whose type Paddle does not have.
 */
export function encodePaddle(
  tensors: ReadonlyMap<string, ArrayToStore>,
  options: StoreOptions = {},
): Uint8Array {
  const pickle = new PickleWriter(protocol).emptyDictionary().mark();
  for (const [name, array] of tensors) {
    const what = `paddle: tensor ${JSON.stringify(name)}`;
    if (name === namesKey) throw new FormatError(`${what}: this name is reserved; choose another`);
    writeArray(pickle.text(name), what, storeArray(what, array, options));
  }
  pickle.text(namesKey).emptyDictionary().mark();
  for (const name of tensors.keys()) pickle.text(name).text(name);
  return pickle.setItems().setItems().end();
}

/** `numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b"b")`, then its state. */
function writeArray(pickle: PickleWriter, what: string, { shape, storedAs, bytes }: CheckedArray): void {
  const code = codeOf(storedAs);
  if (code === undefined) throw new DTypeError(`${what}: Paddle has no ${storedAs}; store it as I64`);
  pickle.global("numpy.core.multiarray", "_reconstruct").mark();
  pickle.global("numpy", "ndarray").wholes([0]).bytes(new TextEncoder().encode("b")).tuple().reduce();
  pickle.mark().whole(1).wholes(shape);
  pickle.global("numpy", "dtype").mark().text(code).bool(false).bool(true).tuple().reduce();
  pickle
    .mark()
    .whole(3)
    .text(orderedBytes(code) > 1 ? "<" : "|");
  pickle.none().none().none().whole(-1).whole(-1).whole(0).tuple().build();
  pickle.bool(false).bytes(bytes).tuple().build();
}

function codeOf(storedAs: ElementName): string | undefined {
  if (storedAs === "BF16") return "u2";
  return /^U(16|32|64)$/.test(storedAs) ? undefined : codeOfElement(storedAs);
}
