// Pickles and files of PyTorch made by hand, right or with what is wrong about them.
import { makeZip, type ZipEntry } from "./archives.ts";

/** Opcodes and what follows them: text is taken as Latin-1. */
export function bytesOf(...parts: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));
}

/** A string as BINUNICODE. */
export function text(value: string): Buffer {
  const encoded = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(encoded.length);
  return bytesOf("X", length, encoded);
}

/** A whole number as BININT or LONG1. */
export function whole(value: number): Buffer {
  const isInt = value === (value | 0);
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return isInt ? bytesOf("J", bytes.subarray(0, 4)) : bytesOf("\x8a\x08", bytes);
}

/** A tuple. */
export function tuple(...items: readonly Uint8Array[]): Buffer {
  return bytesOf("(", ...items, "t");
}

/** A tensor as PyTorch pickles it; `part` is what the legacy form has behind a storage's size. */
export function tensor({
  storage = "FloatStorage",
  key = "0",
  elements = 6,
  offset = 0,
  shape = [2, 3],
  strides = [3, 1],
  part = [] as readonly Uint8Array[],
} = {}): Buffer {
  const id = tuple(
    text("storage"),
    bytesOf(`ctorch\n${storage}\n`),
    text(key),
    text("cpu"),
    whole(elements),
    ...part,
  );
  const args = [bytesOf(id, "Q"), whole(offset), tuple(...shape.map(whole)), tuple(...strides.map(whole))];
  const hooks = bytesOf("ccollections\nOrderedDict\n)R");
  return bytesOf("ctorch._utils\n_rebuild_tensor_v2\n", tuple(...args, bytesOf("\x89"), hooks), "R");
}

/** A dictionary. */
export function dictionary(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const items = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return bytesOf("}(", ...items, "u");
}

/** A pickle of protocol 2. */
export function pickle(value: Uint8Array): Buffer {
  return bytesOf("\x80\x02", value, ".");
}

/** Six floats, 0 to 5, as a storage. */
export const sixFloats = new Uint8Array(Float32Array.from({ length: 6 }, (_, i) => i).buffer);

/** A file in the zip form; `members` come beside the pickle and storage 0. */
export function torchZip(value: Uint8Array, members: readonly ZipEntry[] = []): Buffer {
  const own = [
    { name: "archive/data.pkl", bytes: pickle(value), stored: true },
    { name: "archive/data/0", bytes: sixFloats, stored: true },
  ];
  const names = members.map(({ name }) => name);
  return makeZip([...own.filter(({ name }) => !names.includes(name)), ...members]);
}

/** A file in the legacy form. */
export function torchLegacy(
  value: Uint8Array,
  {
    keys = ["0"],
    storages = [sixFloats],
    counts = [6],
    magic = Buffer.from("6cfc9c46f9206aa85019", "hex"),
    protocol = 1001,
  } = {},
): Buffer {
  const list = bytesOf("](", ...keys.map(text), "e");
  const data = storages.flatMap((storage, i) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(counts[i]!));
    return [count, storage];
  });
  return bytesOf(
    pickle(bytesOf("\x8a\x0a", magic)),
    pickle(whole(protocol)),
    pickle(dictionary({ little_endian: bytesOf("\x88") })),
    pickle(value),
    pickle(list),
    ...data,
  );
}
