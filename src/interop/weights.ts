// Opens and reads files of weights of every known format, which their content tells, never their name.
import { byteSize } from "../base/dtype.ts";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { sizeOf } from "../base/shape.ts";
import type { OpenFile } from "../data/files.ts";
import { zipDirectory } from "../data/zip.ts";
import { openNpy, openNpz } from "./npy.ts";
import { isNpy } from "./npyHeader.ts";
import { isPickle, openPaddle } from "./paddle/read.ts";
import { type StateOptions, stateOptionNames } from "./pickle/stateDict.ts";
import { isLegacy, openLegacy } from "./pytorch/legacy.ts";
import { openZipped, torchRoot } from "./pytorch/zipped.ts";
import { openSafetensors } from "./safetensors.ts";
import type { ArrayData } from "./stored/arrays.ts";
import { openSource, type WeightSource } from "./stored/source.ts";
import type { MetadataValue, TensorFile, WeightFormat } from "./stored/tensorFile.ts";

/** How a file of weights is opened. */
export interface OpenWeightsOptions extends StateOptions {
  /** What errors call bytes and Blobs, which have no name of their own. */
  readonly file?: string | undefined;
}

/** The content of a file of weights. */
export interface Weights {
  readonly format: WeightFormat;
  readonly tensors: Map<string, ArrayData>;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** See `TensorFile`. */
  readonly root: string;
  /** See `TensorFile`. */
  readonly prefix: string;
}

/** Formats that people try, by their first bytes. */
const foreign: readonly (readonly [string, string, string])[] = [
  ["\x89HDF\r\n", "HDF5 (Keras)", "save the weights with safetensors or numpy.savez"],
  ["GGUF", "GGUF", "use the weights it was made from"],
  ["\x1f\x8b", "gzip", "unpack it"],
  ["BZh", "bzip2", "unpack it"],
  ["7z\xbc\xaf", "7-Zip", "unpack it"],
  ["version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch it with git lfs pull"],
  ["<", "a page of HTML or XML, not a file of weights", "download it anew"],
];
/** What tensors may take in all for each byte of the file and beside that: floats of 8 bits become four times as many. */
const repetition = { times: 4, bytes: 16 * 2 ** 20 };
/** A plausible file is recognised by so many bytes. */
const headBytes = 64;
const openingBrace = 0x7b;

/**
 * Opens a file of weights: safetensors, PyTorch (zip and legacy), Paddle, .npy or .npz. Names, shapes and types are read and checked, the
 * elements when they are asked for: `(await file.tensors.get("conv1.weight")).read()`. Close it when done.
 *
 * Throws FormatError, with file, place, what was found and what was expected, for a damaged file and one of no known format;
 * UnsupportedError for a format that is known and not read; OptionError for unknown options and a root that is not there.
 */
export async function openWeights(
  source: WeightSource,
  options: OpenWeightsOptions = {},
): Promise<TensorFile> {
  checkOptions("openWeights", options, ["file", ...stateOptionNames]);
  const opened = await openSource(source, options.file);
  try {
    return await openByContent(opened, options);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Reads a file of weights as a whole; for what may be opened and what is thrown see `openWeights`. */
export async function readWeights(source: WeightSource, options: OpenWeightsOptions = {}): Promise<Weights> {
  const file = await openWeights(source, options);
  try {
    checkTotal(file);
    const tensors = new Map<string, ArrayData>();
    for (const [name, tensor] of file.tensors) tensors.set(name, await tensor.read());
    const { format, metadata, root, prefix } = file;
    return { format, tensors, metadata, root, prefix };
  } finally {
    await file.close();
  }
}

/** Tensors in pickles may share elements, so that small files may hold much. What is compressed has limits of its own. */
function checkTotal({ format, file, size, tensors }: TensorFile): void {
  let total = 0;
  for (const { shape, dtype } of tensors.values()) total += dtype ? sizeOf(shape) * byteSize(dtype) : 0;
  if (format === "npz" || total <= repetition.times * size + repetition.bytes) return;
  throw new FormatError(
    `${format}: ${tensors.size} tensors share elements and have ${total} bytes in all; the file has ${size}. Read them one by one with openWeights`,
    { file },
  );
}

async function openByContent(source: OpenFile, options: StateOptions): Promise<TensorFile> {
  const { file, size } = source;
  const head = await source.read(0, Math.min(size, headBytes));
  if (isNpy(head)) return openNpy(source);
  if (beginsWith(head, "PK\x03\x04") || beginsWith(head, "PK\x05\x06")) return openArchive(source, options);
  if (isLegacy(head)) return openLegacy(source, options);
  if (isPickle(head)) return openPaddle(source, options);
  for (const [magic, name, wayOut] of foreign) {
    if (beginsWith(head, magic)) throw new UnsupportedError(`${file}: it is ${name}; ${wayOut}`);
  }
  if (head[8] === openingBrace) return openSafetensors(source);
  const found = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  throw new FormatError(
    `no format of weights begins with ${found || "nothing"}; expected safetensors, PyTorch, Paddle, .npy or .npz`,
    { file, offset: 0 },
  );
}

async function openArchive(source: OpenFile, options: StateOptions): Promise<TensorFile> {
  const members = await zipDirectory(source);
  const root = torchRoot(members);
  if (root !== null) return openZipped(source, members, root, options);
  const names = [...members.keys()];
  if (names.length === 0 || names.some((name) => name.endsWith(".npy"))) return openNpz(source);
  throw new FormatError(
    `it is a zip archive without data.pkl (PyTorch) and without .npy files (NumPy); found ${names.slice(0, 3).join(", ")}`,
    { file: source.file },
  );
}

function beginsWith(bytes: Uint8Array, text: string): boolean {
  return Array.from(text).every((character, i) => bytes[i] === character.charCodeAt(0));
}
