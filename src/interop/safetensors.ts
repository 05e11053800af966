// The safetensors format on bytes and typed arrays, read strictly; knows no tensors and no file system.
// Source: huggingface/safetensors, README, section "Format".
import { byteSize, type DType, dtypeOf, type TypedArray } from "../base/dtype.ts";
import { DTypeError, FormatError, ShapeError, UnsupportedError } from "../base/errors.ts";
import { checkShape, formatShape, type Shape, sizeOf } from "../base/shape.ts";
import { type ElementType, elementTypes, readElements, unreadableTypes } from "./elements.ts";
import { type Fail, hasLoneSurrogate, type JsonNode, readJson } from "./json.ts";

/** One array of a file: its dtype, its sizes and its elements in row-major order. */
export interface ArrayData {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;
}

/** The content of a safetensors file, in the order of its header. */
export interface Safetensors {
  readonly tensors: Map<string, ArrayData>;
  readonly metadata: Map<string, string>;
}

const lengthBytes = 8;
const maxHeaderBytes = 100_000_000;
/** Depth: the header object, a tensor's object, its shape. Items: far above the rank of any tensor. */
const limits = { depth: 3, items: 1024 };
const metadataKey = "__metadata__";
const storedAs: Record<DType, string> = {
  float64: "F64",
  float32: "F32",
  int32: "I32",
  uint8: "U8",
  bool: "BOOL",
};

/**
 * Writes a safetensors file: header length (8 bytes, little-endian), JSON header padded with spaces to a multiple
 * of 8, elements without gaps. The header keeps the map's order; wider elements are stored first, so that every
 * array is aligned. Throws ShapeError or DTypeError for an array that contradicts itself, FormatError for a name
 * or metadata that the format can't hold.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, ArrayData>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  for (const [name, array] of tensors) checkArray(name, array);
  const offsets = new Map<string, number>();
  const stored = [...tensors].sort(([, a], [, b]) => byteSize(b.dtype) - byteSize(a.dtype));
  let dataBytes = 0;
  for (const [name, { data }] of stored) {
    offsets.set(name, dataBytes);
    dataBytes += data.byteLength;
  }
  const header = new TextEncoder().encode(headerText(tensors, metadata, offsets));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerBytes + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + headerBytes);
  bytes.set(header, lengthBytes);
  for (const [name, { data }] of stored) {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    bytes.set(raw, lengthBytes + headerBytes + offsets.get(name)!);
  }
  return bytes;
}

function checkArray(name: string, { dtype, shape, data }: ArrayData): void {
  const what = `safetensors: tensor ${JSON.stringify(name)}`;
  if (name === metadataKey)
    throw new FormatError(`${what}: this name is reserved for metadata; choose another`);
  checkShape(what, shape);
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `${what}: shape ${formatShape(shape)} has ${sizeOf(shape)} elements; got ${data.length}`,
    );
  }
  const held = dtypeOf(data);
  if (held !== (dtype === "bool" ? "uint8" : dtype)) {
    throw new DTypeError(`${what}: dtype ${dtype} is not held by a ${data.constructor.name}`);
  }
  if (dtype === "bool" && data.some((x) => x > 1)) {
    throw new DTypeError(`${what}: a bool is 0 or 1; got ${data.find((x) => x > 1)}`);
  }
}

function headerText(
  tensors: ReadonlyMap<string, ArrayData>,
  metadata: ReadonlyMap<string, string>,
  offsets: ReadonlyMap<string, number>,
): string {
  const text = (value: string) => {
    if (hasLoneSurrogate(value)) {
      throw new FormatError(`safetensors: ${JSON.stringify(value)} has no UTF-8 form; use well-formed text`);
    }
    return JSON.stringify(value);
  };
  // Written out by hand: an object would lose a key such as "__proto__" and reorder keys such as "1".
  const entries: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].map(([key, value]) => `${text(key)}:${text(value)}`);
    entries.push(`"${metadataKey}":{${pairs.join(",")}}`);
  }
  for (const [name, { dtype, shape, data }] of tensors) {
    const begin = offsets.get(name)!;
    const info = { dtype: storedAs[dtype], shape, data_offsets: [begin, begin + data.byteLength] };
    entries.push(`${text(name)}:${JSON.stringify(info)}`);
  }
  return `{${entries.join(",")}}`;
}

/** What the header says of one tensor, checked. */
interface TensorInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly typeName: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Where the tensor's entry stands in the header. */
  readonly at: number;
}

/**
 * Reads a safetensors file. Everything is checked before any tensor is allocated: lengths, UTF-8, JSON without
 * repeated keys, dtypes, shapes, and that the tensors cover the data without gap or overlap; a broken rule is a
 * FormatError with file, offset or field, what was found and what was expected. F16 and BF16 become float32;
 * I8, I16, U16, U32, I64 and U64 become int32 where their values fit. An element type without a counterpart
 * (8-bit floats, complex) is an UnsupportedError.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { file }: { file?: string | undefined } = {},
): Safetensors {
  const failAt: Fail = (message, offset) => {
    throw new FormatError(`safetensors: byte ${offset}: ${message}`, { file, offset });
  };
  const { text, dataStart } = readHeader(bytes, failAt);
  const fail: Fail = (message, at) => {
    const offset = lengthBytes + new TextEncoder().encode(text.slice(0, at)).length;
    return failAt(message, offset);
  };
  if (text[0] !== "{") {
    fail(`the header must begin with "{"; found ${JSON.stringify(text.slice(0, 1))}`, 0);
  }
  const { value: header, end } = readJson(text, fail, limits);
  const padding = /[^ ]/.exec(text.slice(end));
  if (padding) {
    fail(
      `the header may be padded with spaces alone; found ${JSON.stringify(padding[0])}`,
      end + padding.index,
    );
  }
  const metadata = new Map<string, string>();
  const infos: TensorInfo[] = [];
  for (const [name, node] of entriesOf(header, "the header", fail)) {
    if (name === metadataKey) {
      for (const [key, value] of entriesOf(node, metadataKey, fail)) {
        const field = `${metadataKey}[${JSON.stringify(key)}]`;
        if (value.kind !== "string") fail(`${field} must be a string; found ${kindOf(value)}`, value.at);
        metadata.set(key, value.value);
      }
    } else {
      infos.push(readInfo(name, node, fail, file));
    }
  }
  checkCover(infos, bytes.length - dataStart, dataStart, fail, failAt);
  const tensors = new Map<string, ArrayData>();
  for (const { name, type, typeName, shape, begin, end } of infos) {
    const raw = bytes.subarray(dataStart + begin, dataStart + end);
    const data = readElements(type, raw, (position, value) =>
      failAt(
        `tensor ${JSON.stringify(name)}: ${typeName} element ${value} does not fit ${type.dtype}`,
        dataStart + begin + position,
      ),
    );
    tensors.set(name, { dtype: type.dtype, shape, data });
  }
  return { tensors, metadata };
}

/** The header's text and where the data begins. */
function readHeader(bytes: Uint8Array, failAt: Fail): { text: string; dataStart: number } {
  if (bytes.length < lengthBytes) {
    failAt(`expected ${lengthBytes} bytes of header length; the file has ${bytes.length}`, 0);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > BigInt(maxHeaderBytes)) {
    failAt(`header length ${headerBytes} is over the cap of ${maxHeaderBytes} bytes`, 0);
  }
  const dataStart = lengthBytes + Number(headerBytes);
  if (dataStart > bytes.length) {
    failAt(`header length ${headerBytes} goes past the file, which has ${bytes.length} bytes`, 0);
  }
  try {
    // A byte order mark is kept, so that it fails the test for "{".
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes.subarray(lengthBytes, dataStart)), dataStart };
  } catch {
    return failAt(`the header's ${headerBytes} bytes are not UTF-8`, lengthBytes);
  }
}

function readInfo(name: string, node: JsonNode, fail: Fail, file: string | undefined): TensorInfo {
  const what = `tensor ${JSON.stringify(name)}`;
  const fields = entriesOf(node, what, fail);
  const known = ["dtype", "shape", "data_offsets"];
  for (const [key, value] of fields) {
    if (known.includes(key)) continue;
    fail(`${what}: unknown field ${JSON.stringify(key)}; expected ${known.join(", ")}`, value.at);
  }
  const field = (key: string) => fields.get(key) ?? fail(`${what}: field ${key} is missing`, node.at);
  const dtype = field("dtype");
  if (dtype.kind !== "string") fail(`${what}: dtype must be a string; found ${kindOf(dtype)}`, dtype.at);
  if (unreadableTypes.has(dtype.value)) {
    const prefix = file === undefined ? "" : `${file}: `;
    throw new UnsupportedError(
      `${prefix}safetensors: ${what}: dtype ${dtype.value} has no counterpart here; store it as F32`,
    );
  }
  const type = elementTypes.get(dtype.value);
  if (!type) {
    const readable = [...elementTypes.keys()].join(", ");
    fail(`${what}: unknown dtype ${JSON.stringify(dtype.value)}; expected one of ${readable}`, dtype.at);
  }
  const shapeNode = field("shape");
  const shape = integersOf(shapeNode, `${what}: shape`, fail);
  const offsetsNode = field("data_offsets");
  const offsets = integersOf(offsetsNode, `${what}: data_offsets`, fail);
  if (offsets.length !== 2) {
    fail(`${what}: data_offsets must be [begin, end]; found ${offsets.length} numbers`, offsetsNode.at);
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) fail(`${what}: data_offsets begin at ${begin}, after their end ${end}`, offsetsNode.at);
  // Exact below 2^53, and above it larger than any pair of offsets, so that comparing is safe.
  const needed = sizeOf(shape) * type.bytes;
  if (needed !== end - begin) {
    const found = `data_offsets [${begin}, ${end}] hold ${end - begin}`;
    fail(`${what}: ${dtype.value} ${formatShape(shape)} needs ${needed} bytes; ${found}`, shapeNode.at);
  }
  return { name, type, typeName: dtype.value, shape, begin, end, at: node.at };
}

/** Checks that the tensors lie one after another from the first byte of the data to the last. */
function checkCover(
  infos: readonly TensorInfo[],
  dataBytes: number,
  dataStart: number,
  fail: Fail,
  failAt: Fail,
): void {
  const ordered = [...infos].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end, at } of ordered) {
    const what = `tensor ${JSON.stringify(name)}: data_offsets [${begin}, ${end}]`;
    if (end > dataBytes) fail(`${what} go past the file's ${dataBytes} bytes of data; it is cut short`, at);
    if (begin < covered) fail(`${what} overlap the tensor before, which ends at ${covered}`, at);
    if (begin > covered) fail(`${what} leave a hole; expected to begin at ${covered}`, at);
    covered = end;
  }
  if (covered < dataBytes) {
    failAt(
      `${dataBytes - covered} bytes follow the last tensor; expected the file to end`,
      dataStart + covered,
    );
  }
}

function entriesOf(node: JsonNode, what: string, fail: Fail): ReadonlyMap<string, JsonNode> {
  if (node.kind === "object") return node.entries;
  return fail(`${what} must be an object; found ${kindOf(node)}`, node.at);
}

/** A list of integers from 0 to 2⁵³ − 1, written without fraction or exponent. */
function integersOf(node: JsonNode, what: string, fail: Fail): number[] {
  if (node.kind !== "array")
    return fail(`${what} must be a list of integers; found ${kindOf(node)}`, node.at);
  return node.items.map((item) => {
    const literal = item.kind === "number" ? item.literal : kindOf(item);
    const value = /^\d+$/.test(literal) ? Number(literal) : Number.NaN;
    if (!Number.isSafeInteger(value)) {
      fail(`${what} must hold integers from 0 to 2^53 - 1; found ${literal}`, item.at);
    }
    return value;
  });
}

function kindOf(node: JsonNode): string {
  return node.kind === "literal"
    ? String(node.value)
    : `${node.kind === "number" ? "the" : "a"} ${node.kind}`;
}
