// What is fuzzed: small valid files of each format, and the functions that read them.
import { readFileSync } from "node:fs";
import { encodeNpy, encodeNpz } from "../../src/interop/npy.ts";
import { encodePaddle } from "../../src/interop/paddle/write.ts";
import { encodePyTorch } from "../../src/interop/pytorch/write.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/interop/safetensors.ts";
import type { ArrayData, ArrayToStore } from "../../src/interop/stored/arrays.ts";
import { readWeights } from "../../src/interop/weights.ts";
import { makeZip } from "../../test/support/archives.ts";
import {
  bytesOf,
  dictionary,
  pickle,
  sixFloats,
  tensor,
  text,
  torchLegacy,
  whole,
} from "../../test/support/pickles.ts";

/** A valid file, or the part of one that is damaged before the file is built around it. */
export interface Seed {
  readonly bytes: Uint8Array;
  readonly build?: (bytes: Uint8Array) => Uint8Array;
}

/** A format, and how it is read. */
export interface Target {
  readonly name: string;
  readonly seeds: readonly Seed[];
  read(bytes: Uint8Array): Promise<Iterable<ArrayData>>;
}

const read = async (bytes: Uint8Array) => (await readWeights(bytes)).tensors.values();
const oracle = (name: string): Seed => ({
  bytes: readFileSync(new URL(`../../../test/oracle/weights/${name}`, import.meta.url)),
});

const arrays = new Map<string, ArrayToStore>([
  ["w", { dtype: "float32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ["h", { dtype: "float32", shape: [3], data: Float32Array.of(1, 2, 3), storedAs: "F16" }],
  ["n", { dtype: "int32", shape: [], data: Int32Array.of(5), storedAs: "I64" }],
  ["f", { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }],
]);
const npy = encodeNpy(arrays.get("w")!);
const checkpoint = dictionary({
  epoch: whole(3),
  state_dict: dictionary({
    "module.a": tensor(),
    "module.b": tensor({ offset: 1, shape: [2], strides: [3] }),
    "module.c": bytesOf(tensor({ shape: [3, 2], strides: [1, 3] }), "q\x00"),
    "module.d": bytesOf("h\x00"),
  }),
  note: text("é"),
});
/** An archive of a pickle, whose sizes and checksums are right whatever is in it. */
const zipped = (bytes: Uint8Array) =>
  makeZip([
    { name: "a/data.pkl", bytes, stored: true },
    { name: "a/data/0", bytes: sixFloats, stored: true },
  ]);

/** All formats. */
export const targets: readonly Target[] = [
  {
    name: "safetensors",
    seeds: [
      { bytes: encodeSafetensors(arrays, new Map([["a", "b"]])) },
      { bytes: encodeSafetensors(new Map()) },
    ],
    read: async (bytes) => decodeSafetensors(bytes).tensors.values(),
  },
  {
    name: "safetensors-file",
    seeds: [{ bytes: encodeSafetensors(arrays) }, oracle("written-by-fovea.safetensors")],
    read,
  },
  {
    name: "npy",
    seeds: [{ bytes: npy }, oracle("numpy-v1.npy"), oracle("numpy-v2.npy"), oracle("numpy-v3.npy")],
    read,
  },
  {
    name: "npz",
    seeds: [
      { bytes: encodeNpz(arrays) },
      { bytes: makeZip([{ name: "w.npy", bytes: npy }]) },
      { bytes: npy, build: (bytes) => makeZip([{ name: "w.npy", bytes }]) },
      oracle("numpy-compressed.npz"),
    ],
    read,
  },
  {
    name: "pytorch-zip",
    seeds: [
      { bytes: encodePyTorch(arrays) },
      { bytes: pickle(checkpoint), build: zipped },
      { bytes: pickle(dictionary({ a: tensor() })), build: zipped },
      oracle("torch-views.pt"),
      oracle("torch-unchecked.pt"),
    ],
    read,
  },
  {
    name: "pytorch-legacy",
    seeds: [{ bytes: torchLegacy(checkpoint) }, oracle("torch-views-legacy.pt")],
    read,
  },
  {
    name: "paddle",
    seeds: [
      { bytes: encodePaddle(arrays) },
      oracle("paddle-2.pdparams"),
      oracle("paddle-nested.pdparams"),
      oracle("paddle-parts.pdparams"),
    ],
    read,
  },
];
