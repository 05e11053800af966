// The safetensors format on bytes and typed arrays, read strictly, as a whole or tensor by tensor; knows no tensors of the library.
// Source: huggingface/safetensors, README, section "Format".
import { FormatError } from "../base/errors.ts";
import type { OpenFile } from "../data/files.ts";
import { hasLoneSurrogate } from "./json.ts";
import {
  failAtIn,
  headerLength,
  lengthBytes,
  metadataKey,
  readHeader,
  type TensorInfo,
} from "./safetensorsHeader.ts";
import {
  type ArrayData,
  type ArrayToStore,
  type CheckedArray,
  type StoreOptions,
  storeArray,
} from "./stored/arrays.ts";
import { elementType, isReadable, readElements } from "./stored/elements.ts";
import { StoredTensor, type TensorFile, unreadable } from "./stored/tensorFile.ts";

export type { ArrayData } from "./stored/arrays.ts";

/** The content of a safetensors file, in the order of its header. */
export interface Safetensors {
  readonly tensors: Map<string, ArrayData>;
  readonly metadata: Map<string, string>;
}

/**
 * Writes a safetensors file: header length (8 bytes, little-endian), JSON header padded with spaces to a multiple
 * of 8, elements without gaps. The header keeps the map's order; wider elements are stored first, so that every
 * array is aligned. Throws ShapeError or DTypeError for an array that contradicts itself or does not fit its element type, FormatError
 * for a name or metadata that the format can't hold.
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, ArrayToStore>,
  metadata: ReadonlyMap<string, string> = new Map(),
  options: StoreOptions = {},
): Uint8Array {
  const arrays = new Map<string, CheckedArray>();
  for (const [name, array] of tensors) {
    const what = `safetensors: tensor ${JSON.stringify(name)}`;
    if (name === metadataKey)
      throw new FormatError(`${what}: this name is reserved for metadata; choose another`);
    arrays.set(name, storeArray(what, array, options));
  }
  const offsets = new Map<string, number>();
  const bits = ({ storedAs }: CheckedArray) => elementType(storedAs).bits;
  const stored = [...arrays].sort(([, a], [, b]) => bits(b) - bits(a));
  let dataBytes = 0;
  for (const [name, { bytes }] of stored) {
    offsets.set(name, dataBytes);
    dataBytes += bytes.length;
  }
  const header = new TextEncoder().encode(headerText(arrays, metadata, offsets));
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(lengthBytes + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, lengthBytes, lengthBytes + headerBytes);
  file.set(header, lengthBytes);
  for (const [name, { bytes }] of stored) file.set(bytes, lengthBytes + headerBytes + offsets.get(name)!);
  return file;
}

function headerText(
  arrays: ReadonlyMap<string, CheckedArray>,
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
  for (const [name, { storedAs, shape, bytes }] of arrays) {
    const begin = offsets.get(name)!;
    const info = { dtype: storedAs, shape, data_offsets: [begin, begin + bytes.length] };
    entries.push(`${text(name)}:${JSON.stringify(info)}`);
  }
  return `{${entries.join(",")}}`;
}

/**
 * Reads a safetensors file. Everything is checked before any tensor is allocated: lengths, UTF-8, JSON without
 * repeated keys, dtypes, shapes, and that the tensors cover the data without gap or overlap; a broken rule is a
 * FormatError with file, offset or field, what was found and what was expected. Floats of 8 and 16 bits become float32;
 * I8, I16, U16, U32, I64 and U64 become int32 where their values fit. An element type without a counterpart
 * (complex, floats of 4 and 6 bits) is an UnsupportedError.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { file }: { file?: string | undefined } = {},
): Safetensors {
  const failAt = failAtIn(file);
  const length = headerLength(bytes, bytes.length, failAt);
  const header = bytes.subarray(lengthBytes, lengthBytes + length);
  const { infos, metadata, dataStart } = readHeader(header, bytes.length, failAt);
  const tensors = new Map<string, ArrayData>();
  for (const { name, type, shape, begin, end } of infos) {
    const what = `tensor ${JSON.stringify(name)}`;
    if (!isReadable(type.name) || type.dtype === null) {
      throw unreadable(file, "safetensors", what, type.name);
    }
    const { dtype } = type;
    // Not bytes.slice(): that of a Node Buffer would share its memory.
    const raw = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    const data = readElements(type.name, raw, (index, value) =>
      failAt(
        `${what}: ${type.name} element ${value} does not fit ${dtype}`,
        dataStart + begin + (index * type.bits) / 8,
      ),
    );
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

/** Opens a safetensors file: its header is read and checked as `decodeSafetensors` does, and no tensor. */
export async function openSafetensors(source: OpenFile): Promise<TensorFile> {
  const { file, size } = source;
  const failAt = failAtIn(file);
  const length = headerLength(await source.read(0, Math.min(size, lengthBytes)), size, failAt);
  const { infos, metadata, dataStart } = readHeader(await source.read(lengthBytes, length), size, failAt);
  const open = ({ name, type, shape, begin, end }: TensorInfo): [string, StoredTensor] => {
    const offset = dataStart + begin;
    const fetch = () => source.read(offset, end - begin);
    const place = { name, shape, storedAs: type.name, file, format: "safetensors", offset, fetch };
    return [name, new StoredTensor(place)];
  };
  const close = () => source.close();
  const tensors = new Map(infos.map(open));
  return { format: "safetensors", file, size, tensors, metadata, root: "", prefix: "", close };
}
