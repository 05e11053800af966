import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { encodeNpy, encodeNpz } from "./npy.ts";
import { encodePaddle } from "./paddle/write.ts";
import { encodePyTorch } from "./pytorch/write.ts";
import { encodeSafetensors } from "./safetensors.ts";
import type { ArrayData } from "./stored/arrays.ts";
import { openWeights, readWeights } from "./weights.ts";

const array: ArrayData = { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) };
const arrays = new Map([["w", array]]);
const formats: [string, Uint8Array][] = [
  ["safetensors", encodeSafetensors(arrays)],
  ["pytorch", encodePyTorch(arrays)],
  ["paddle", encodePaddle(arrays)],
  ["npz", encodeNpz(arrays)],
  ["npy", encodeNpy(array)],
];

test("the content tells the format, whatever the name is", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "weights-"));
  try {
    for (const [format, bytes] of formats) {
      const file = path.join(folder, "any.bin");
      fs.writeFileSync(file, bytes);
      const sources = [
        file,
        pathToFileURL(file),
        bytes,
        new Blob([Uint8Array.from(bytes)]),
        bytes.slice().buffer,
      ];
      for (const source of sources) {
        const read = await readWeights(source);
        assert.equal(read.format, format);
        assert.deepEqual([...read.tensors.values()], [array]);
      }
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

test("what is no file of weights is told by what it is", async () => {
  const refused = (content: string, type: typeof FormatError | typeof UnsupportedError, message: RegExp) =>
    assert.rejects(
      openWeights(Buffer.from(content, "latin1"), { file: "x.bin" }),
      (error) => error instanceof type && message.test(error.message) && error.message.startsWith("x.bin: "),
    );
  await refused(
    "",
    FormatError,
    /begins with nothing; expected safetensors, PyTorch, Paddle, \.npy or \.npz/,
  );
  await refused("hello world", FormatError, /begins with 68 65 6c 6c 6f/);
  await refused("\x89HDF\r\n\x1a\n", UnsupportedError, /it is HDF5 \(Keras\); save the weights with/);
  await refused("GGUF\x03\x00\x00\x00", UnsupportedError, /it is GGUF/);
  await refused("\x1f\x8b\x08", UnsupportedError, /it is gzip; unpack it/);
  await refused("version https://git-lfs.github.com/spec/v1\n", UnsupportedError, /git lfs pull/);
  await refused("<!DOCTYPE html>", UnsupportedError, /a page of HTML/);
  await refused("\x02\x00\x00\x00\x00\x00\x00\x00{]", FormatError, /safetensors: byte 9/);
  await refused("PK\x03\x04", FormatError, /zip: .*no end of a directory/);
  await assert.rejects(
    openWeights("/no/such/file.pt"),
    /\/no\/such\/file\.pt can't be read: there is no such file/,
  );
  await assert.rejects(openWeights(os.tmpdir()), /is no file; give the path of one/);
});

test("a large file is opened by its header, and one tensor is read alone", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "weights-"));
  try {
    const file = path.join(folder, "large.safetensors");
    const [small, large] = [8, 200 * 2 ** 20];
    const header = JSON.stringify({
      large: { dtype: "F32", shape: [large / 4], data_offsets: [0, large] },
      small: { dtype: "F32", shape: [2], data_offsets: [large, large + small] },
    });
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(header.length));
    fs.writeFileSync(file, Buffer.concat([prefix, Buffer.from(header)]));
    fs.truncateSync(file, 8 + header.length + large + small);
    const before = process.memoryUsage().arrayBuffers;
    const weights = await openWeights(file);
    assert.deepEqual((await weights.tensors.get("small")!.read()).data, new Float32Array(2));
    assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 20);
    assert.equal(weights.tensors.get("large")!.byteLength, large);
    assert.equal(weights.size, fs.statSync(file).size);
    await weights.close();
    await weights.close();
    await assert.rejects(
      weights.tensors.get("small")!.read(),
      /large\.safetensors is closed; read before close/,
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

/** A server of one file; `ranges` says whether it does ranges, and `bytes` may be replaced in between. */
async function withServer(
  state: { bytes: Uint8Array; ranges: boolean },
  use: (address: string, requests: string[]) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const server = http.createServer(({ url, headers }, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "");
    requests.push(headers.range ?? "all");
    if (url !== "/w") return void response.writeHead(404).end();
    if (!range || !state.ranges) return void response.writeHead(200).end(state.bytes);
    const [start, end] = [Number(range[1]), Math.min(Number(range[2]), state.bytes.length - 1)];
    const size = state.bytes.length;
    response.writeHead(206, { "Content-Range": `bytes ${start}-${end}/${size}`, ETag: `"${size}"` });
    response.end(state.bytes.subarray(start, end + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("over HTTP, ranges are asked for where the server does them", async () => {
  const large: ArrayData = { dtype: "float32", shape: [500_000], data: new Float32Array(500_000).fill(3) };
  const bytes = encodeSafetensors(new Map([["large", large], ...arrays]));
  await withServer({ bytes, ranges: true }, async (address, requests) => {
    const weights = await openWeights(`${address}/w`);
    assert.deepEqual(requests, ["bytes=0-65535"]);
    assert.deepEqual(await weights.tensors.get("w")!.read(), array);
    assert.equal(requests.length, 2);
    assert.deepEqual(await weights.tensors.get("large")!.read(), large);
    assert.equal(requests.length, 3);
    await assert.rejects(openWeights(`${address}/none`), /can't be fetched: the server answers 404/);
  });
  const many = new Map(
    Array.from({ length: 60 }, (_, i) => [
      `w${i}`,
      { ...large, shape: [100, 500], data: new Float32Array(50_000) },
    ]),
  );
  await withServer({ bytes: encodeSafetensors(many), ranges: true }, async (address, requests) => {
    assert.equal((await readWeights(`${address}/w`)).tensors.size, 60);
    assert.ok(requests.length < 12, requests.join());
  });
  await withServer({ bytes, ranges: false }, async (address, requests) => {
    assert.deepEqual((await readWeights(new URL(`${address}/w`))).tensors.get("w"), array);
    assert.equal(requests.length, 1);
  });
  const state = { bytes, ranges: true };
  await withServer(state, async (address) => {
    const weights = await openWeights(`${address}/w`);
    state.bytes = bytes.subarray(0, -4);
    await assert.rejects(weights.tensors.get("w")!.read(), /it changed on the server while it was read/);
  });
  await assert.rejects(openWeights("http://127.0.0.1:1/w"), /can't be fetched: fetch failed/);
});

test("floats of 16 bits are written by every format that has them", async () => {
  for (const [encode, floats] of [
    [(o: object) => encodeSafetensors(arrays, new Map(), o), "BF16"],
    [(o: object) => encodePyTorch(arrays, o), "BF16"],
    [(o: object) => encodePaddle(arrays, o), "BF16"],
    [(o: object) => encodeNpz(arrays, o), "F16"],
    [(o: object) => encodeNpy(array, o), "F16"],
  ] as const) {
    const file = await openWeights(encode({ floats }));
    const [tensor] = file.tensors.values();
    assert.equal(tensor!.storedAs, floats);
    assert.deepEqual(await tensor!.read(), array);
  }
});
