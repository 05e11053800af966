// NumPy's .npy and .npz files, read and written. Source: NumPy Enhancement Proposal 1; numpy.savez for archives.
import { DTypeError, FormatError, OptionError } from "../base/errors.ts";
import type { FileParts, OpenFile } from "../data/files.ts";
import { type ZipMember, zipDirectory } from "../data/zip.ts";
import { isStored, readZipHead, readZipMember, zipDataStart } from "../data/zipMember.ts";
import type { Fail } from "./json.ts";
import { mostHeaderBytes, type NpyHeader, prefixBytes, readNpyHeader } from "./npyHeader.ts";
import { type ArrayToStore, type StoreOptions, storeArray } from "./stored/arrays.ts";
import { elementType } from "./stored/elements.ts";
import { columnStrides, gatherRows, swapBytes } from "./stored/layout.ts";
import { codeOfElement, orderedBytes } from "./stored/numpyTypes.ts";
import { StoredTensor, type TensorFile } from "./stored/tensorFile.ts";
import { writeZip } from "./stored/zipWriter.ts";

/** What NumPy calls an array that has no name. */
const onlyName = "arr_0";
const suffix = ".npy";
const headBytes = prefixBytes + mostHeaderBytes;
/** Data begin at multiples of this, as NumPy has them. */
const alignment = 64;

/**
 * Opens a .npy file, whose one array is called `arr_0`. Versions 1 to 3, either order of bytes and of axes; FormatError, before anything is
 * allocated, for a header that is no literal or that does not fit the file's size.
 */
export async function openNpy(source: OpenFile): Promise<TensorFile> {
  const { file, size } = source;
  const header = readNpyHeader(await source.read(0, Math.min(size, headBytes)), size, file, failIn(file, ""));
  const { dataStart } = header;
  const tensor = tensorOf(onlyName, header, file, dataStart, () => source.read(dataStart, size - dataStart));
  const close = () => source.close();
  const tensors = new Map([[onlyName, tensor]]);
  return { format: "npy", file, size, tensors, metadata: new Map(), root: "", prefix: "", close };
}

/** Opens a .npz archive: the headers of its arrays are read, stored or compressed; members that are no .npy files are passed over. */
export async function openNpz(source: OpenFile): Promise<TensorFile> {
  const { file, size } = source;
  const tensors = new Map<string, StoredTensor>();
  for (const [memberName, member] of await zipDirectory(source)) {
    if (!memberName.endsWith(suffix)) continue;
    const name = memberName.slice(0, -suffix.length);
    tensors.set(name, await openMember(source, name, member));
  }
  const close = () => source.close();
  return { format: "npz", file, size, tensors, metadata: new Map(), root: "", prefix: "", close };
}

async function openMember(source: FileParts, name: string, member: ZipMember): Promise<StoredTensor> {
  const { file } = source;
  const head = await readZipHead(source, member, headBytes);
  const header = readNpyHeader(head, member.size, file, failIn(file, `${member.name}: `));
  const { dataStart } = header;
  const offset = isStored(member) ? (await zipDataStart(source, member)) + dataStart : undefined;
  const fetch = async () => (await readZipMember(source, member)).subarray(dataStart);
  return tensorOf(name, header, file, offset, fetch);
}

function tensorOf(
  name: string,
  { storedAs, shape, isColumnMajor, swapped }: NpyHeader,
  file: string,
  offset: number | undefined,
  read: () => Promise<Uint8Array>,
): StoredTensor {
  const fetch = async () => {
    const bytes = swapBytes(await read(), swapped);
    const size = elementType(storedAs).bits / 8;
    return isColumnMajor && shape.length > 1 ? gatherRows(bytes, shape, columnStrides(shape), size) : bytes;
  };
  const place = { name, shape, storedAs, file, format: "npy", fetch };
  return new StoredTensor(isColumnMajor ? place : { ...place, offset });
}

function failIn(file: string, member: string): Fail {
  return (message, offset) => {
    throw new FormatError(`npy: ${member}byte ${offset}: ${message}`, { file, offset });
  };
}

/** Writes a .npy file, version 1. Throws ShapeError or DTypeError as `encodeSafetensors` does; NumPy has no bfloat16. */
export function encodeNpy(array: ArrayToStore, options: StoreOptions = {}): Uint8Array {
  return encode("npy: the array", array, options);
}

/**
 * Writes a .npz archive as `numpy.savez` does, without compression, each array at a multiple of 64 bytes. Names may not be empty, absolute
 * or lead out of the archive.
 */
export function encodeNpz(
  tensors: ReadonlyMap<string, ArrayToStore>,
  options: StoreOptions = {},
): Uint8Array {
  const members = Array.from(tensors, ([name, array]) => {
    if (name === "") throw new OptionError("npz: an array needs a name; got an empty one");
    const bytes = encode(`npz: array ${JSON.stringify(name)}`, array, options);
    return { name: `${name}${suffix}`, bytes };
  });
  return writeZip(members);
}

function encode(what: string, array: ArrayToStore, options: StoreOptions): Uint8Array {
  const { shape, storedAs, bytes } = storeArray(what, array, options);
  const code = codeOfElement(storedAs);
  if (code === undefined) throw new DTypeError(`${what}: NumPy has no ${storedAs}; store it as F32 or F16`);
  const order = orderedBytes(code) > 1 ? "<" : "|";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.ceil((10 + text.length + 1) / alignment) * alignment;
  const file = new Uint8Array(start + bytes.length);
  file.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0]);
  new DataView(file.buffer).setUint16(8, start - 10, true);
  file.set(new TextEncoder().encode(`${text.padEnd(start - 11)}\n`), 10);
  file.set(bytes, start);
  return file;
}
