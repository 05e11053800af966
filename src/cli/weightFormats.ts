// The formats that weights are written in, by name and by the ends of files' names, and how arrays are stored in each.
import fs from "node:fs/promises";
import path from "node:path";
import { nearest, OptionError } from "../base/errors.ts";
import {
  type ArrayToStore,
  type ElementName,
  encodeNpy,
  encodeNpz,
  encodePaddle,
  encodePyTorch,
  encodeSafetensors,
  type MetadataValue,
} from "../interop/index.ts";
import { writeAtomically } from "../train/runFolder.ts";
import { choice, flag } from "./options.ts";

/** Names of the formats, which are also how their files end. */
export const formatNames = ["safetensors", "pt", "pdparams", "npz", "npy"] as const;

/** Name of a format. */
export type FormatName = (typeof formatNames)[number];

/** Options of commands that write weights. */
export const writeOptions = {
  format: choice(["auto", ...formatNames], "auto", "format; by default what the file's name ends with"),
  dtype: choice(
    ["auto", "float32", "float16", "bfloat16"],
    "auto",
    "what floating numbers are stored as, rounded to the nearest; by default as they are",
  ),
  "exist-ok": flag("replace the file where it exists"),
};

const otherEnds: Readonly<Record<string, FormatName>> = { pth: "pt", th: "pt", pdopt: "pdparams" };
const elementTypes = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;
/** What can't be stored anywhere, and what some formats lack; the dtype that it is read as can be, without loss. */
const nowhere = /^F8|^F4|^F6|^C/;
const lacking: Readonly<Partial<Record<FormatName, RegExp>>> = {
  npz: /^BF16$/,
  npy: /^BF16$/,
  pdparams: /^U(16|32|64)$/,
};

/** The format of a file that is to be written. Throws OptionError where neither its name nor `format` tells. */
export function formatOf(file: string, format: FormatName | "auto"): FormatName {
  if (format !== "auto") return format;
  const end = path.extname(file).slice(1).toLowerCase();
  const found = otherEnds[end] ?? formatNames.find((name) => name === end);
  if (found) return found;
  const near = nearest(end, formatNames);
  throw new OptionError(
    `${file}: its name does not tell the format${near ? `; did you mean .${near}?` : ""} Known are ${formatNames.map((name) => `.${name}`).join(", ")}; or give format=`,
  );
}

/** Throws OptionError where a file exists and must stay. */
export async function checkFree(file: string, existOk: boolean): Promise<void> {
  const isThere = await fs.stat(file).then(
    () => true,
    () => false,
  );
  if (isThere && !existOk) {
    throw new OptionError(`${file} is there already; give another name, or exist-ok to replace it`);
  }
}

/** What floats are stored as, by the option `dtype`. */
export type FloatName = keyof typeof elementTypes | "auto";

/** An array with the element type that it gets in a file: the one asked for, or the one that it had (`before`) where the format has it. */
export function stored(
  array: ArrayToStore,
  before: ElementName | undefined,
  dtype: FloatName,
  format: FormatName,
): ArrayToStore {
  const isFloat = array.dtype === "float32" || array.dtype === "float64";
  if (isFloat && dtype !== "auto") return { ...array, storedAs: elementTypes[dtype] };
  if (before === undefined) return array;
  const isSameKind = /^B?F\d/.test(before) === isFloat;
  const isHeld = isSameKind && !nowhere.test(before) && !lacking[format]?.test(before);
  return isHeld
    ? { ...array, storedAs: before }
    : { dtype: array.dtype, shape: array.shape, data: array.data };
}

/** Writes arrays as a file; gives its size in bytes. Only safetensors keeps what is said beside the tensors. */
export async function writeWeights(
  file: string,
  format: FormatName,
  arrays: ReadonlyMap<string, ArrayToStore>,
  metadata: ReadonlyMap<string, MetadataValue>,
): Promise<number> {
  const bytes = encode(file, format, arrays, metadata);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await writeAtomically(file, bytes);
  return bytes.length;
}

function encode(
  file: string,
  format: FormatName,
  arrays: ReadonlyMap<string, ArrayToStore>,
  metadata: ReadonlyMap<string, MetadataValue>,
): Uint8Array {
  if (format === "pt") return encodePyTorch(arrays);
  if (format === "pdparams") return encodePaddle(arrays);
  if (format === "npz") return encodeNpz(arrays);
  if (format === "safetensors") {
    return encodeSafetensors(arrays, new Map(Array.from(metadata, ([key, value]) => [key, String(value)])));
  }
  const [only, ...more] = arrays.values();
  if (only === undefined || more.length > 0) {
    throw new OptionError(`${file}: a .npy file holds one array; got ${arrays.size}. Write a .npz`);
  }
  return encodeNpy(only);
}
