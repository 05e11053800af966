// The header of NumPy's .npy files, read as a literal that can hold nothing but what it has to.
// Source: NumPy Enhancement Proposal 1, and numpy/lib/_format_impl.py for versions 2 and 3.
import { UnsupportedError } from "../base/errors.ts";
import { formatShape, type Shape, sizeOf } from "../base/shape.ts";
import type { Fail } from "./json.ts";
import { LiteralReader } from "./pythonLiteral.ts";
import { type ElementName, elementType } from "./stored/elements.ts";
import { elementOfCode, orderedBytes } from "./stored/numpyTypes.ts";

/** More of a header is never read; NumPy itself refuses longer ones. */
export const mostHeaderBytes = 10_000;
/** Magic, version, and the header's length in its longer form. */
export const prefixBytes = 12;
const magic = "\x93NUMPY";

/** What a header says. */
export interface NpyHeader {
  readonly storedAs: ElementName;
  readonly shape: Shape;
  /** True where the first axis is innermost. */
  readonly isColumnMajor: boolean;
  /** Size of the units whose bytes have to be swapped; 1 for little-endian elements. */
  readonly swapped: number;
  readonly dataStart: number;
}

/** True for bytes that begin as .npy files do. */
export function isNpy(bytes: Uint8Array): boolean {
  return Array.from(magic).every((character, i) => bytes[i] === character.charCodeAt(0));
}

/**
 * Reads a header from a file's first bytes, of which there have to be `prefixBytes + mostHeaderBytes` or the whole file of `size` bytes.
 * `fail` throws FormatError; UnsupportedError is thrown for elements that are no numbers.
 */
export function readNpyHeader(bytes: Uint8Array, size: number, file: string, fail: Fail): NpyHeader {
  if (!isNpy(bytes)) fail(`expected the magic \\x93NUMPY; found ${firstBytes(bytes)}`, 0);
  const version = bytes[6];
  if (bytes.length < 10) fail("the file ends within its header", bytes.length);
  if (version !== 1 && version !== 2 && version !== 3) {
    fail(`expected version 1, 2 or 3; found ${version}.${bytes[7]}`, 6);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = version === 1 ? 10 : 12;
  if (bytes.length < start) fail("the file ends within its header", bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > mostHeaderBytes)
    fail(`the header has ${length} bytes; at most ${mostHeaderBytes} are read`, 8);
  const dataStart = start + length;
  if (dataStart > bytes.length) fail(`the header's ${length} bytes go past the file's ${size}`, 8);
  const text = decodeText(bytes.subarray(start, dataStart), version === 3, () =>
    fail("the header is not UTF-8", start),
  );
  const { descr, fortran_order, shape } = readFields(text, (message, at) => fail(message, start + at));
  const what = `descr ${JSON.stringify(descr)}`;
  const { storedAs, swapped } = readDescr(descr, file, (message) => fail(`${what} ${message}`, start));
  const needed = (sizeOf(shape) * elementType(storedAs).bits) / 8;
  const found = size - dataStart;
  if (needed !== found) {
    fail(`${what} ${formatShape(shape)} needs ${needed} bytes; ${found} follow the header`, dataStart);
  }
  return { storedAs, shape, isColumnMajor: fortran_order, swapped, dataStart };
}

/** Versions 1 and 2 hold Latin-1, version 3 UTF-8. */
function decodeText(bytes: Uint8Array, isUtf8: boolean, fail: () => never): string {
  if (!isUtf8) return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail();
  }
}

/** The dictionary of a header: its three keys, each once, and nothing else. */
function readFields(text: string, fail: Fail) {
  const reader = new LiteralReader(text, (message, at) => fail(`the header: ${message}`, at));
  const descr = (): string => {
    if (reader.isAtList) return fail("descr lists fields; expected elements of one type", 0);
    return reader.string("a type in quotes");
  };
  const fields = reader.dictionary({
    descr,
    fortran_order: () => reader.bool(),
    shape: () => reader.wholes("shape"),
  });
  reader.end();
  return fields;
}

/** A type such as `<f4`: order of the bytes, kind, size. */
function readDescr(
  descr: string,
  file: string,
  fail: (message: string) => never,
): { storedAs: ElementName; swapped: number } {
  const [, order, code] =
    /^([<>|=])([A-Za-z]\d*)/.exec(descr) ?? fail("is no type; expected one such as <f4");
  if (/^[OUSVMm]/.test(code!) || code === "f16" || code === "c32") {
    const reason =
      code === "O" ? "Python objects, which are code as much as data" : "elements that are no numbers here";
    throw new UnsupportedError(`${file}: npy: descr ${JSON.stringify(descr)} means ${reason}; save numbers`);
  }
  const storedAs = elementOfCode(code!);
  if (!storedAs || descr !== `${order}${code}`) return fail("is no type; expected one such as <f4");
  const unit = orderedBytes(code!);
  if (order === "|" && unit > 1) fail("leaves the order of bytes open; expected < or >");
  return { storedAs, swapped: order === ">" ? unit : 1 };
}

function firstBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.length > 0 ? hex.join(" ") : "nothing";
}
