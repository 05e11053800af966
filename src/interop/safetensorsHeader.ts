// The header of a safetensors file, read strictly: what it says is checked before anything is allocated for it.
// Source: huggingface/safetensors, README, section "Format".
import { FormatError } from "../base/errors.ts";
import { formatShape, type Shape, sizeOf } from "../base/shape.ts";
import { type Fail, type JsonNode, readJson } from "./json.ts";
import { type ElementType, elementTypes } from "./stored/elements.ts";

/** Bytes of the length word that a file begins with. */
export const lengthBytes = 8;
export const metadataKey = "__metadata__";
const maxHeaderBytes = 100_000_000;
/** Depth: the header object, a tensor's object, its shape. Items: far above the rank of any tensor. */
const limits = { depth: 3, items: 1024 };
/** A type of PyTorch and NumPy that the format does not have. */
const foreign = "C128";

/** What the header says of one tensor, checked. */
export interface TensorInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
  /** Where the tensor's entry stands in the header. */
  readonly at: number;
}

/** What a header says. */
export interface SafetensorsHeader {
  readonly infos: readonly TensorInfo[];
  readonly metadata: Map<string, string>;
  /** Where the data begin. */
  readonly dataStart: number;
}

/** Throws FormatError at a place of the file. */
export function failAtIn(file: string | undefined): Fail {
  return (message, offset) => {
    throw new FormatError(`safetensors: byte ${offset}: ${message}`, { file, offset });
  };
}

/** How many bytes the header has; `bytes` are the file's first, `size` is the file's. */
export function headerLength(bytes: Uint8Array, size: number, failAt: Fail): number {
  if (size < lengthBytes) failAt(`expected ${lengthBytes} bytes of header length; the file has ${size}`, 0);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    failAt(`header length ${length} is over the cap of ${maxHeaderBytes} bytes`, 0);
  }
  if (lengthBytes + Number(length) > size) {
    failAt(`header length ${length} goes past the file, which has ${size} bytes`, 0);
  }
  return Number(length);
}

/** Reads a header; `size` is the file's. */
export function readHeader(headerBytes: Uint8Array, size: number, failAt: Fail): SafetensorsHeader {
  const text = decodeText(headerBytes, failAt);
  const dataStart = lengthBytes + headerBytes.length;
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
      infos.push(readInfo(name, node, fail));
    }
  }
  checkCover(infos, size - dataStart, dataStart, fail, failAt);
  return { infos, metadata, dataStart };
}

function decodeText(header: Uint8Array, failAt: Fail): string {
  try {
    // A byte order mark is kept, so that it fails the test for "{".
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    return failAt(`the header's ${header.length} bytes are not UTF-8`, lengthBytes);
  }
}

function readInfo(name: string, node: JsonNode, fail: Fail): TensorInfo {
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
  const type = elementTypes.get(dtype.value);
  if (!type || type.name === foreign) {
    const readable = [...elementTypes.keys()].filter((known) => known !== foreign).join(", ");
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
  const needed = (sizeOf(shape) * type.bits) / 8;
  if (needed !== end - begin) {
    const found = `data_offsets [${begin}, ${end}] hold ${end - begin}`;
    fail(`${what}: ${dtype.value} ${formatShape(shape)} needs ${needed} bytes; ${found}`, shapeNode.at);
  }
  return { name, type, shape, begin, end, at: node.at };
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
