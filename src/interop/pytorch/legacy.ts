// PyTorch's files before 1.6: pickles one after another, then the storages. Source: torch/serialization.py, `_legacy_save` and `_legacy_load`.
import { FormatError, UnsupportedError } from "../../base/errors.ts";
import type { OpenFile } from "../../data/files.ts";
import type { StateOptions } from "../pickle/stateDict.ts";
import { unpickleAt } from "../pickle/unpickle.ts";
import { itemsOf, kindOf, type PickleValue, type Refuse, stringOf } from "../pickle/values.ts";
import { elementType } from "../stored/elements.ts";
import type { TensorFile } from "../stored/tensorFile.ts";
import { type Storage, storageOf, torchGlobals } from "./globals.ts";
import { torchFile } from "./tensors.ts";

/** The number that the first pickle holds. */
const magic = 0x1950a86a20f9469cfc6cn;
/** The first pickle: protocol 2, a whole number of ten bytes, the end. */
const magicBytes = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const protocol = 1001;
/** Before the elements of a storage stands their number. */
const countBytes = 8;

/** True for bytes that begin as such files do. */
export function isLegacy(bytes: Uint8Array): boolean {
  return magicBytes.every((byte, i) => bytes[i] === byte);
}

/** Opens a file: its pickles are run, and of the storages only the sizes are read. */
export async function openLegacy(source: OpenFile, options: StateOptions): Promise<TensorFile> {
  const { file, size } = source;
  const failAt = (message: string, offset: number): never => {
    throw new FormatError(`pytorch: byte ${offset}: ${message}`, { file, offset });
  };
  const storages = new Map<string, Storage>();
  const persistent = (id: PickleValue, fail: Refuse): Storage => {
    const storage = storageOf(id, fail);
    const known = storages.get(storage.key);
    if (known && (known.storedAs !== storage.storedAs || known.wholeLength !== storage.wholeLength)) {
      fail(`storage ${storage.key} has two types or sizes`);
    }
    storages.set(storage.key, storage);
    return storage;
  };
  const rules = { globals: torchGlobals, persistent };
  let at = 0;
  const next = async (): Promise<PickleValue> => {
    const { value, end } = await unpickleAt(source, at, rules, failAt);
    at = end;
    return value;
  };
  const found = await next();
  if (found !== magic) failAt(`expected the magic number of PyTorch; found ${kindOf(found)}`, 0);
  const version = await next();
  if (version !== protocol) {
    throw new UnsupportedError(`${file}: pytorch: legacy protocol ${kindOf(version)}; known is ${protocol}`);
  }
  // The system that wrote it: sizes of its numbers, which do not matter, as storages are always little-endian.
  await next();
  const value = await next();
  const keysAt = at;
  const refuse: Refuse = (message) => failAt(message, keysAt);
  const keys = itemsOf(await next(), "the list of storages", refuse).map((key) =>
    stringOf(key, "a storage's key", refuse),
  );
  const starts = new Map<string, number>();
  for (const key of keys) {
    const storage = storages.get(key) ?? failAt(`storage ${key} belongs to no tensor`, keysAt);
    if (starts.has(key)) failAt(`storage ${key} is listed twice`, keysAt);
    const start = at + countBytes;
    if (start > size) failAt(`the file ends before storage ${key}`, size);
    const count = new DataView((await source.read(at, countBytes)).buffer).getBigInt64(0, true);
    const unit = storage.storedAs === null ? 1 : elementType(storage.storedAs).bits / 8;
    const expected = storage.wholeLength / unit;
    if (count !== BigInt(expected)) failAt(`storage ${key} has ${count} elements; expected ${expected}`, at);
    at = start + storage.wholeLength;
    if (at > size) {
      failAt(
        `storage ${key} of ${storage.wholeLength} bytes goes past the file's ${size}; it is cut short`,
        start,
      );
    }
    starts.set(key, start);
  }
  for (const key of storages.keys()) if (!starts.has(key)) failAt(`storage ${key} is missing`, keysAt);
  const read = (storage: Storage, start: number, length: number) =>
    source.read(starts.get(storage.key)! + start, length);
  return torchFile(source, value, read, options);
}
