import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { makeZip, type ZipEntry } from "../../../test/support/archives.ts";
import {
  bytesOf,
  dictionary,
  pickle,
  sixFloats,
  tensor,
  text,
  torchLegacy,
  torchZip,
  tuple,
  whole,
} from "../../../test/support/pickles.ts";
import { DTypeError, FormatError, OptionError, UnsupportedError } from "../../base/errors.ts";
import { type OpenWeightsOptions, openWeights, readWeights } from "../weights.ts";
import { encodePyTorch } from "./write.ts";

const file = "m.pt";
const open = (bytes: Uint8Array, options: OpenWeightsOptions = {}) =>
  openWeights(bytes, { file, ...options });
const valuesOf = async (bytes: Uint8Array) => {
  const { tensors } = await readWeights(bytes, { file });
  return Object.fromEntries(Array.from(tensors, ([name, { shape, data }]) => [name, [shape, [...data]]]));
};

/** Checks that a file is refused when it is opened, and with what words. */
async function refused(bytes: Uint8Array, message: RegExp, offset?: number): Promise<void> {
  await assert.rejects(open(bytes), (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^m\.pt: /);
    if (offset !== undefined) assert.equal(error.offset, offset);
    return true;
  });
}

/** Both forms of a file with one dictionary. */
const bothForms = (value: Uint8Array) => [torchZip(value), torchLegacy(value)];

test("tensors of any stride and offset that share a storage, in both forms", async () => {
  const value = dictionary({
    whole: tensor(),
    turned: tensor({ shape: [3, 2], strides: [1, 3] }),
    column: tensor({ offset: 1, shape: [2], strides: [3] }),
    last: tensor({ offset: 5, shape: [], strides: [] }),
    repeated: tensor({ offset: 2, shape: [2, 2], strides: [0, 1] }),
    none: tensor({ offset: 6, shape: [0, 9], strides: [9, 1] }),
    one: tensor({ offset: 3, shape: [1, 2], strides: [77, 1] }),
  });
  for (const bytes of bothForms(value)) {
    assert.deepEqual(await valuesOf(bytes), {
      whole: [
        [2, 3],
        [0, 1, 2, 3, 4, 5],
      ],
      turned: [
        [3, 2],
        [0, 3, 1, 4, 2, 5],
      ],
      column: [[2], [1, 4]],
      last: [[], [5]],
      repeated: [
        [2, 2],
        [2, 3, 2, 3],
      ],
      none: [[0, 9], []],
      one: [
        [1, 2],
        [3, 4],
      ],
    });
  }
});

test("legacy storages that are parts of others", async () => {
  const part = tuple(text("0"), whole(2), whole(3));
  const bytes = torchLegacy(
    dictionary({ a: tensor({ shape: [3], strides: [1], part: [part] }), b: tensor() }),
  );
  assert.deepEqual((await valuesOf(bytes)).a, [[3], [2, 3, 4]]);
  const beyond = torchLegacy(dictionary({ a: tensor({ part: [tuple(text("0"), whole(4), whole(3))] }) }));
  await refused(beyond, /a part of storage 0 ends behind it/);
});

test("big-endian archives, and compressed ones", async () => {
  const swapped = Buffer.from(sixFloats).swap32();
  const members = [
    { name: "archive/byteorder", bytes: Buffer.from("big") },
    { name: "archive/data/0", bytes: swapped },
  ];
  const value = dictionary({ a: tensor(), b: tensor({ offset: 1, shape: [2], strides: [2] }) });
  assert.deepEqual(await valuesOf(torchZip(value, members)), {
    a: [
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ],
    b: [[2], [1, 3]],
  });
  const order = [{ name: "archive/byteorder", bytes: Buffer.from("middle") }];
  await refused(torchZip(value, order), /byteorder should say little or big; found "middle"/);
});

test("names within each other, the usual root, and what is no tensor", async () => {
  const state = dictionary({ "conv.weight": tensor(), "bn.bias": tensor() });
  const checkpoint = dictionary({
    epoch: whole(3),
    name: text("tiny"),
    flag: bytesOf("\x88"),
    model: state,
    optimizer: dictionary({ state: bytesOf("}(", whole(0), dictionary({ momentum: tensor() }), "u") }),
    history: bytesOf("](", whole(1), whole(2), "e"),
  });
  const found = await open(torchZip(checkpoint));
  assert.equal(found.root, "model");
  assert.deepEqual([...found.tensors.keys()], ["conv.weight", "bn.bias"]);
  assert.deepEqual(Object.fromEntries(found.metadata), {
    epoch: 3,
    name: "tiny",
    flag: true,
    "history.0": 1,
    "history.1": 2,
  });
  const all = await open(torchZip(checkpoint), { root: "" });
  assert.deepEqual(
    [...all.tensors.keys()],
    ["model.conv.weight", "model.bn.bias", "optimizer.state.0.momentum"],
  );
  const chosen = await open(torchZip(checkpoint), { root: "optimizer.state" });
  assert.deepEqual([...chosen.tensors.keys()], ["0.momentum"]);
  await assert.rejects(
    open(torchZip(checkpoint), { root: "modle" }),
    (error) =>
      error instanceof OptionError && /did you mean "model"\? There is model, optimizer/.test(error.message),
  );
  // Beside tensors, a dictionary called "model" is a part of the network.
  const network = await open(torchZip(dictionary({ scale: tensor(), model: state })));
  assert.deepEqual([network.root, network.tensors.size], ["", 3]);
  const withRandomState = await open(torchZip(dictionary({ rng: tensor(), model: state, epoch: whole(1) })));
  assert.equal(withRandomState.root, "model");
  assert.deepEqual([...(await open(torchZip(tensor()))).tensors.keys()], ["tensor"]);
  await assert.rejects(open(torchZip(tensor()), { rooot: "" } as object), /did you mean "root"/);
});

test("module. is reported, and left out if asked", async () => {
  const wrapped = torchZip(dictionary({ "module.a": tensor(), "module.b": tensor() }));
  assert.equal((await open(wrapped)).prefix, "module.");
  const stripped = await open(wrapped, { stripPrefix: true });
  assert.deepEqual([stripped.prefix, ...stripped.tensors.keys()], ["module.", "a", "b"]);
  const partly = await open(torchZip(dictionary({ "module.a": tensor(), b: tensor() })), {
    stripPrefix: true,
  });
  assert.deepEqual([partly.prefix, ...partly.tensors.keys()], ["", "module.a", "b"]);
});

test("case 28: whole models, code and other globals are refused with the way out", async () => {
  for (const bytes of bothForms(bytesOf("c__main__\nNet\n)\x81"))) {
    await refused(bytes, /asks for __main__\.Net, which is not among .* save the state dictionary alone/);
  }
  await refused(torchZip(bytesOf("cposix\nsystem\n", text("id"), "\x85R")), /asks for posix\.system/);
  await assert.rejects(
    open(torchZip(tensor(), [{ name: "archive/constants.pkl", bytes: pickle(whole(1)) }])),
    (error) => error instanceof UnsupportedError && /TorchScript archive.*state_dict\(\)/.test(error.message),
  );
});

test("case 29: underflow within a file is told with its place", async () => {
  const bytes = torchZip(bytesOf("K\x01\x86"));
  await refused(bytes, /byte \d+: the stack is empty/, bytes.indexOf("\x86", "latin1"));
  await refused(torchLegacy(bytesOf("h\x09")), /byte \d+: the memo has no value 9/);
});

test("case 30: a storage missing or of the wrong size", async () => {
  const elsewhere = dictionary({ a: tensor({ key: "7" }) });
  await refused(torchZip(elsewhere), /storage 7 is missing; expected a member archive\/data\/7/);
  await refused(torchLegacy(elsewhere, { keys: [], storages: [] }), /storage 7 is missing/);
  await refused(torchLegacy(elsewhere), /storage 0 belongs to no tensor/);
  const one = dictionary({ a: tensor() });
  const short = [{ name: "archive/data/0", bytes: sixFloats.subarray(0, 20) }];
  await refused(torchZip(one, short), /storage 0 should have 24 bytes; archive\/data\/0 has 20/);
  await refused(torchZip(dictionary({ a: tensor({ storage: "DoubleStorage" }) })), /should have 48 bytes/);
  await refused(torchLegacy(one, { counts: [5] }), /storage 0 has 5 elements; expected 6/);
  await refused(torchLegacy(one, { counts: [-1] }), /storage 0 has -1 elements/);
  await refused(torchLegacy(one).subarray(0, -1), /storage 0 of 24 bytes goes past the file's/);
  await refused(torchLegacy(one).subarray(0, -28), /the file ends before storage 0/);
  await refused(
    torchLegacy(one, { keys: ["0", "0"], storages: [sixFloats, sixFloats], counts: [6, 6] }),
    /listed twice/,
  );
  const two = dictionary({ a: tensor(), b: tensor({ elements: 5 }) });
  await refused(torchLegacy(two), /storage 0 has two types or sizes/);
  await refused(torchZip(dictionary({ a: tensor({ key: "../../x" }) })), /storage \.\.\/\.\.\/x is missing/);
});

test("case 31: strides and offsets outside of the storage", async () => {
  const bad: [Parameters<typeof tensor>[0], RegExp][] = [
    [{ offset: 1 }, /\[2, 3\] with strides \[3, 1\] at element 1 ends at byte 28 of storage 0, which has 24/],
    [{ strides: [4, 1] }, /ends at byte 28/],
    [{ shape: [7], strides: [1] }, /ends at byte 28/],
    [{ offset: 2 ** 52 }, /ends at byte \d+/],
    [{ shape: [2 ** 40, 2 ** 40], strides: [2 ** 50, 1] }, /ends at byte \d/],
    [{ offset: -1 }, /a tensor's offset must be a whole number from 0 to 2\^53 - 1; found the number -1/],
    [{ strides: [-3, 1] }, /each number of a tensor's stride must be a whole number/],
    [{ shape: [-2, 3] }, /each number of a tensor's size/],
    [{ strides: [1] }, /2 axes has 1 strides/],
    [{ elements: -6 }, /a storage's size must be a whole number/],
    [{ shape: new Array(65).fill(1), strides: new Array(65).fill(0) }, /65 axes; at most 64/],
  ];
  for (const [options, message] of bad) {
    for (const bytes of bothForms(dictionary({ a: tensor(options) }))) await refused(bytes, message);
  }
});

test("small files whose tensors repeat themselves are not spelled out", async () => {
  const expanded = torchZip(dictionary({ a: tensor({ shape: [2 ** 40], strides: [0] }) }));
  const { tensors } = await open(expanded);
  await assert.rejects(
    tensors.get("a")!.read(),
    /repeats 4 bytes until they are 4398046511104; save it without expand/,
  );
  await assert.rejects(
    readWeights(expanded, { file }),
    /1 tensors share elements and have 4398046511104 bytes in all/,
  );
  const modest = await open(torchZip(dictionary({ a: tensor({ shape: [1000], strides: [0] }) })));
  assert.equal((await modest.tensors.get("a")!.read()).data.length, 1000);
});

test("pickles that refer to themselves or spell out too much", async () => {
  await refused(torchZip(bytesOf("]q\x00h\x00a")), /lie more than 100 deep/);
  // Each list holds the one before ten times.
  const nested = bytesOf(
    "]q\x00",
    ...Array.from({ length: 9 }, () => bytesOf(`](${"h\x00".repeat(10)}eq\x00`)),
  );
  await refused(torchZip(nested), /more than 1000000 values are spelled out/);
  await refused(
    torchZip(dictionary({ a: dictionary({ b: tensor() }), "a.b": tensor() })),
    /both be called "a\.b"/,
  );
  await refused(torchZip(dictionary({ ["x".repeat(5000)]: tensor() })), /a name has 5000 characters/);
});

test("other damage", async () => {
  await refused(torchLegacy(tensor(), { magic: Buffer.alloc(10, 1) }), /.*/);
  await assert.rejects(open(torchLegacy(tensor(), { protocol: 1000 })), UnsupportedError);
  const flipped = torchZip(dictionary({ a: tensor() }));
  flipped[flipped.indexOf(Buffer.from(sixFloats)) + 9]! ^= 1;
  await assert.rejects(readWeights(flipped, { file }), /archive\/data\/0: the checksum is/);
  const other: ZipEntry[] = [{ name: "readme.txt", bytes: Buffer.from("hi") }];
  await refused(
    makeZip(other),
    /without data\.pkl \(PyTorch\) and without \.npy files \(NumPy\); found readme\.txt/,
  );
});

test("what is written begins at multiples of 64 bytes and is read back", async () => {
  const data = Float32Array.of(1, -2, 3.5);
  const bytes = encodePyTorch(
    new Map([
      ["a", { dtype: "float32", shape: [3, 1], data }],
      ["n", { dtype: "int32", shape: [], data: Int32Array.of(9), storedAs: "I64" }],
      ["u", { dtype: "int32", shape: [1], data: Int32Array.of(9), storedAs: "U16" }],
    ]),
  );
  assert.equal(Buffer.from(bytes).indexOf(Buffer.from(data.buffer)) % 64, 0);
  const types = Array.from((await open(bytes)).tensors.values(), ({ storedAs }) => storedAs);
  assert.deepEqual(types, ["F32", "I64", "U16"]);
  assert.deepEqual(await valuesOf(bytes), {
    a: [
      [3, 1],
      [1, -2, 3.5],
    ],
    n: [[], [9]],
    u: [[1], [9]],
  });
  const halves = encodePyTorch(new Map([["a", { dtype: "float32", shape: [3], data }]]), { floats: "F16" });
  assert.equal((await open(halves)).tensors.get("a")!.storedAs, "F16");
  assert.throws(
    () =>
      encodePyTorch(new Map([["a", { dtype: "bool", shape: [1], data: Uint8Array.of(1), storedAs: "I8" }]])),
    DTypeError,
  );
});

const resnet = new URL("../../../../../shared/data/weights/resnet20-cifar10.th", import.meta.url);
test("a published checkpoint of 2018", { skip: !existsSync(resnet) }, async () => {
  const { tensors, metadata, root, prefix } = await readWeights(resnet, { stripPrefix: true });
  assert.deepEqual([root, prefix, tensors.size], ["state_dict", "module.", 97]);
  assert.ok(Math.abs((metadata.get("best_prec1") as number) - 91.78) < 1e-3);
  assert.deepEqual(tensors.get("conv1.weight")!.shape, [16, 3, 3, 3]);
});
