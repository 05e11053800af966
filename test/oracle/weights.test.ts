// Files of weights that the owners of the formats made are read bit for bit, and what we write is what the owners were seen to read
// (`python3 weights.py check`).
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { type DType, viewOf } from "../../src/base/dtype.ts";
import { encodeNpy, encodeNpz } from "../../src/interop/npy.ts";
import { encodePaddle } from "../../src/interop/paddle/write.ts";
import { encodePyTorch } from "../../src/interop/pytorch/write.ts";
import { encodeSafetensors } from "../../src/interop/safetensors.ts";
import type { ArrayToStore } from "../../src/interop/stored/arrays.ts";
import { openWeights, readWeights } from "../../src/interop/weights.ts";

const folder = new URL("../../../test/oracle/weights/", import.meta.url);

/** What is in a file: the type, sizes, elements as they are stored and elements as they are read, in hexadecimal. */
interface Expected {
  readonly format: string;
  readonly root: string;
  readonly prefix: string;
  readonly metadata: Record<string, unknown>;
  readonly tensors: Record<string, [type: string, shape: number[], raw: string, read: string]>;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

for (const owner of ["torch", "numpy", "safetensors", "paddle"]) {
  const files = JSON.parse(readFileSync(new URL(`${owner}.json`, folder), "utf8")) as Record<
    string,
    Expected
  >;
  for (const [name, expected] of Object.entries(files)) {
    test(`${owner}: ${name}`, async () => {
      const file = await openWeights(new URL(name, folder));
      try {
        const { format, root, prefix } = file;
        assert.deepEqual([format, root, prefix], [expected.format, expected.root, expected.prefix]);
        for (const [key, value] of Object.entries(expected.metadata)) {
          assert.equal(file.metadata.get(key), value, key);
        }
        assert.deepEqual([...file.tensors.keys()].sort(), Object.keys(expected.tensors).sort());
        for (const [key, [type, shape, raw, read]] of Object.entries(expected.tensors)) {
          const tensor = file.tensors.get(key)!;
          assert.deepEqual([tensor.storedAs, tensor.shape], [type, shape], key);
          assert.equal(hex(await tensor.raw()), raw, key);
          const { dtype, data } = await tensor.read();
          assert.deepEqual([...data], elementsOf(dtype, read), key);
        }
      } finally {
        await file.close();
      }
    });
  }
}

/** Elements, which are compared as numbers: NaN has many bit patterns. */
function elementsOf(dtype: DType, text: string): number[] {
  const bytes = Uint8Array.from(Buffer.from(text, "hex"));
  const width = { float64: 8, float32: 4, int32: 4, uint8: 1, bool: 1 }[dtype];
  return [...viewOf(dtype, bytes.buffer, 0, bytes.length / width)];
}

const floats = Float32Array.of(
  0,
  -0,
  1.5,
  -3.25,
  1.401298464324817e-45,
  3.4028234663852886e38,
  Infinity,
  -Infinity,
);
const brain = Float32Array.of(1, -2.5, 3e38);
/** The arrays that weights.py expects in what we write. */
const written = new Map<string, ArrayToStore>([
  ["conv.weight", { dtype: "float32", shape: [2, 1, 2, 2], data: floats }],
  ["half", { dtype: "float32", shape: [3], data: Float32Array.of(1, -2.5, 2 ** -24), storedAs: "F16" }],
  ["brain", { dtype: "float32", shape: [3], data: brain, storedAs: "BF16" }],
  ["count", { dtype: "int32", shape: [], data: Int32Array.of(7), storedAs: "I64" }],
  ["small", { dtype: "int32", shape: [2], data: Int32Array.of(-128, 127), storedAs: "I8" }],
  ["bytes", { dtype: "uint8", shape: [2, 0], data: new Uint8Array(0) }],
  ["flags", { dtype: "bool", shape: [3], data: Uint8Array.of(1, 0, 1) }],
  ["double", { dtype: "float64", shape: [1], data: Float64Array.of(0.1) }],
]);
const withoutBrain = new Map([...written].filter(([name]) => name !== "brain"));

for (const [name, encode] of [
  ["written-by-fovea.pt", () => encodePyTorch(written)],
  ["written-by-fovea.pdparams", () => encodePaddle(written)],
  ["written-by-fovea.safetensors", () => encodeSafetensors(written, new Map([["format", "pt"]]))],
  ["written-by-fovea.npz", () => encodeNpz(withoutBrain)],
  ["written-by-fovea.npy", () => encodeNpy(written.get("conv.weight")!)],
] as const) {
  test(`${name} is written as the owners were seen to read it (record with UPDATE_SNAPSHOTS=1)`, async () => {
    const url = new URL(name, folder);
    const bytes = encode();
    if (process.env.UPDATE_SNAPSHOTS) writeFileSync(url, bytes);
    assert.ok(existsSync(url), `${name} is missing; record it, and run weights.py check`);
    assert.equal(hex(bytes), readFileSync(url).toString("hex"));
    const { tensors } = await readWeights(bytes);
    for (const [key, { dtype, shape, data }] of name.endsWith(".npy") ? [] : withoutBrain) {
      assert.deepEqual(tensors.get(key), { dtype, shape, data }, key);
    }
  });
}
