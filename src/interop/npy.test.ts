import assert from "node:assert/strict";
import { test } from "node:test";
import { makeZip } from "../../test/support/archives.ts";
import type { DType, TypedArray } from "../base/dtype.ts";
import { DTypeError, FormatError, OptionError, UnsupportedError } from "../base/errors.ts";
import { partsOfBytes } from "../data/memoryFile.ts";
import { encodeNpy, encodeNpz, openNpy, openNpz } from "./npy.ts";
import type { ArrayData, ArrayToStore } from "./stored/arrays.ts";

/** A file with a header text as it stands. */
function npyOf(header: string, data = 0, { version = 1, length = header.length } = {}): Uint8Array {
  const lengthWord = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) lengthWord.writeUInt16LE(length);
  else lengthWord.writeUInt32LE(length);
  const prefix = Buffer.from([0x93, ...Buffer.from("NUMPY"), version, 0]);
  return new Uint8Array(Buffer.concat([prefix, lengthWord, Buffer.from(header), Buffer.alloc(data)]));
}

const header = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

const openBytes = (bytes: Uint8Array) => openNpy(partsOfBytes(bytes, "a.npy"));
const readOne = async (bytes: Uint8Array) => (await openBytes(bytes)).tensors.get("arr_0")!.read();

/** Checks that a file is refused when it is opened, where, and with what words. */
async function refused(bytes: Uint8Array, message: RegExp, offset?: number): Promise<void> {
  await assert.rejects(openBytes(bytes), (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, /^a\.npy: npy: byte \d+: /);
    assert.match(error.message, message);
    if (offset !== undefined) assert.equal(error.offset, offset);
    return true;
  });
}

const array = (dtype: DType, shape: number[], data: TypedArray): ArrayData => ({ dtype, shape, data });
const arrays: [string, ArrayData][] = [
  ["w", array("float32", [2, 3], Float32Array.of(1, -0, 2.5, Infinity, 1e-45, 7))],
  ["d/x", array("float64", [1], Float64Array.of(0.1))],
  ["i", array("int32", [2], Int32Array.of(-5, 2 ** 31 - 1))],
  ["b", array("bool", [2], Uint8Array.of(1, 0))],
  ["scalar", array("uint8", [], Uint8Array.of(9))],
  ["empty", array("float32", [0, 4], new Float32Array(0))],
  ["__proto__", array("uint8", [1], Uint8Array.of(1))],
];

test("what is written is read back, alone and in an archive", async () => {
  for (const [, value] of arrays) {
    const bytes = encodeNpy(value);
    assert.deepEqual(await readOne(bytes), value);
    assert.equal((bytes.length - value.data.byteLength) % 64, 0);
  }
  const archive = encodeNpz(new Map(arrays));
  const { tensors } = await openNpz(partsOfBytes(archive, "a.npz"));
  assert.deepEqual([...tensors.keys()], [...new Map(arrays).keys()]);
  for (const [name, value] of arrays) assert.deepEqual(await tensors.get(name)!.read(), value);
});

test("floats of 16 bits and whole numbers of other widths, where every value fits", async () => {
  const stored = async (value: ArrayToStore) => {
    const bytes = encodeNpy(value);
    const tensor = (await openBytes(bytes)).tensors.get("arr_0")!;
    return [tensor.storedAs, ...(await tensor.read()).data];
  };
  const floats = array("float32", [5], Float32Array.of(1, 65504, 2 ** -24, 1 + 2 ** -11, 1 + 3 * 2 ** -11));
  assert.deepEqual(await stored({ ...floats, storedAs: "F16" }), ["F16", 1, 65504, 2 ** -24, 1, 1 + 2 ** -9]);
  const whole = array("int32", [2], Int32Array.of(-1, 127));
  for (const storedAs of ["I8", "I16", "I64"] as const) {
    assert.deepEqual(await stored({ ...whole, storedAs }), [storedAs, -1, 127]);
  }
  assert.throws(() => encodeNpy({ ...whole, storedAs: "U32" }), DTypeError);
  assert.throws(
    () => encodeNpy({ ...array("float32", [1], Float32Array.of(65520)), storedAs: "F16" }),
    (error) => error instanceof DTypeError && /element 0 is 65520, which F16 can't hold/.test(error.message),
  );
  assert.throws(
    () => encodeNpy({ ...floats, storedAs: "BF16" }),
    /NumPy has no BF16; store it as F32 or F16/,
  );
  assert.throws(
    () => encodeNpy({ ...floats, storedAs: "I8" }),
    /float32 can't be stored as I8; choose one of F64/,
  );
});

test("versions 2 and 3, Python 2's long sizes, other spacing and quotes", async () => {
  const plain = header("<f4", "(1,)");
  for (const version of [1, 2, 3]) {
    assert.deepEqual((await readOne(npyOf(plain, 4, { version }))).data, new Float32Array(1));
  }
  for (const text of [
    "{'shape':(1L,),'descr':\"<f4\",'fortran_order':False}",
    "  { \"descr\" : '<f4' , 'shape' : ( 1 , ) , 'fortran_order' : True }  \n",
  ]) {
    assert.deepEqual((await readOne(npyOf(text, 4))).shape, [1], text);
  }
});

test("columns first becomes rows first", async () => {
  const bytes = npyOf(header("|u1", "(2, 3, 2)", "True"), 12);
  for (let i = 0; i < 12; i++) bytes[bytes.length - 12 + i] = i;
  const { shape, data } = await readOne(bytes);
  assert.deepEqual(
    [shape, [...data]],
    [
      [2, 3, 2],
      [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11],
    ],
  );
});

test("case 17: bad magic or version", async () => {
  await refused(Buffer.from("\x93NUMPX\x01\x00", "latin1"), /magic .*found 93 4e 55 4d 50 58/, 0);
  await refused(new Uint8Array(0), /found nothing/, 0);
  await refused(npyOf(header("<f4", "()"), 4, { version: 4 }), /expected version 1, 2 or 3; found 4\.0/, 6);
  await refused(npyOf("").subarray(0, 9), /ends within its header/, 9);
  await refused(npyOf("", 0, { version: 2 }).subarray(0, 11), /ends within its header/, 11);
});

test("case 18: a header over 10,000 bytes", async () => {
  await refused(npyOf(header("<f4", "()").padEnd(10_001), 4), /has 10001 bytes; at most 10000/, 8);
  await refused(npyOf("", 0, { version: 2, length: 2 ** 32 - 1 }), /has 4294967295 bytes/, 8);
  await refused(npyOf("{}", 0, { length: 100 }), /100 bytes go past the file's 12/, 8);
  assert.deepEqual((await readOne(npyOf(header("<f4", "()").padEnd(10_000), 4))).shape, []);
});

test("case 19: a header that is no literal dictionary", async () => {
  const bad: [string, RegExp][] = [
    ["", /the header: expected "\{"; found ""/],
    ["__import__('os').system('x')", /expected "\{"; found "__import__\('os'/],
    ["{'descr': f(), 'fortran_order': False, 'shape': ()}", /a type in quotes/],
    ["{'descr': '<f4', 'fortran_order': 0, 'shape': ()}", /True or False/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", /a whole number; found "-1/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (1.5,)}", /expected "," or "\)"; found "\.5/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': [1]}", /expected "\("/],
    [`{'descr': '<f4', 'fortran_order': False, 'shape': (${"1,".repeat(65)})}`, /more than 64 axes/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740992,)}", /less than 2\^53/],
    ["{'descr': '<f4', 'fortran_order': False}", /key shape is missing/],
    ["{'descr': '<f4', 'descr': '<f4'}", /"descr" appears twice/],
    ["{'__proto__': '<f4'}", /unknown key "__proto__"/],
    [`${header("<f4", "()")} {}`, /goes on after its end: "\{\}"/],
  ];
  for (const [text, message] of bad) await refused(npyOf(text, 4), message);
  const notUtf8 = npyOf("{'descr':", 0, { version: 3 });
  notUtf8[13] = 0xff;
  await refused(notUtf8, /not UTF-8/, 12);
});

test("case 20: objects, and other elements that are no numbers", async () => {
  for (const descr of ["|O", "<U5", "|S3", "|V2", "<M8[ns]", "<f16"]) {
    await assert.rejects(
      openBytes(npyOf(header(descr, "(1,)"), 8)),
      (error) => error instanceof UnsupportedError && error.message.includes(JSON.stringify(descr)),
    );
  }
  await refused(
    npyOf("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': ()}"),
    /descr lists fields/,
  );
  const complex = (await openBytes(npyOf(header("<c8", "(1,)"), 8))).tensors.get("arr_0")!;
  assert.equal(complex.dtype, null);
  assert.equal((await complex.raw()).length, 8);
  await assert.rejects(complex.read(), UnsupportedError);
});

test("case 21: 80 bytes that claim 32 GiB", async () => {
  const bytes = npyOf(header("<f8", "(4294967296,)"), 0);
  const padded = npyOf(header("<f8", "(4294967296,)"), 80 - bytes.length);
  assert.equal(padded.length, 80);
  const before = process.memoryUsage().arrayBuffers;
  await refused(padded, /descr "<f8" \[4294967296\] needs 34359738368 bytes; 4 follow the header/, 76);
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
  await refused(npyOf(header("<f8", `(${"4294967296,".repeat(3)})`), 8), /needs \d/);
  await refused(npyOf(header("<f4", "(2,)"), 9), /needs 8 bytes; 9 follow/);
});

test("case 22: malformed descr", async () => {
  for (const descr of ["", "f4", "<", "<q9", "<f3", "<f4x", "<f4[2]", "x4", ">", "<i16"]) {
    await refused(npyOf(header(descr, "(1,)"), 4), /is no type; expected one such as <f4/);
  }
  await refused(npyOf(header("|f4", "(1,)"), 4), /leaves the order of bytes open/);
});

test("case 23: big-endian elements are converted", async () => {
  const floats = npyOf(header(">f4", "(2,)"), 8);
  new DataView(floats.buffer).setFloat32(floats.length - 8, 1.5);
  new DataView(floats.buffer).setFloat32(floats.length - 4, -3);
  assert.deepEqual((await readOne(floats)).data, Float32Array.of(1.5, -3));
  const longs = npyOf(header(">i8", "(1,)"), 8);
  new DataView(longs.buffer).setBigInt64(longs.length - 8, -77n);
  assert.deepEqual((await readOne(longs)).data, Int32Array.of(-77));
  const halves = npyOf(header(">f2", "(1, 1)", "True"), 2);
  new DataView(halves.buffer).setUint16(halves.length - 2, 0x3c00);
  assert.deepEqual((await readOne(halves)).data, Float32Array.of(1));
});

const member = encodeNpy(array("uint8", [3], Uint8Array.of(1, 2, 3)));
const openArchive = (bytes: Uint8Array) => openNpz(partsOfBytes(bytes, "a.npz"));
const isFormatError = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof FormatError, String(error));
  assert.match(error.message, message);
  assert.match(error.message, /^a\.npz: /);
  return true;
};

test("archives, compressed or not, with members that are no arrays", async () => {
  const archive = makeZip([
    { name: "a.npy", bytes: member },
    { name: "b/c.npy", bytes: member, stored: true },
    { name: "notes.txt", bytes: Buffer.from("hello") },
  ]);
  const { tensors } = await openArchive(archive);
  assert.deepEqual([...tensors.keys()], ["a", "b/c"]);
  for (const tensor of tensors.values()) assert.deepEqual((await tensor.read()).data, Uint8Array.of(1, 2, 3));
  assert.throws(() => encodeNpz(new Map([["", arrays[0]![1]]])), OptionError);
  assert.throws(() => encodeNpz(new Map([["../up", arrays[0]![1]]])), FormatError);
});

test("case 24: a bomb is refused from what the headers say", async () => {
  // Headers that agree on 70 MiB in 90 kB, which would be nothing out of the ordinary for deflate.
  const head = npyOf(header("|u1", `(${70 * 2 ** 20},)`));
  const noise = Uint8Array.from({ length: 90_000 }, (_, i) => (Math.sin(i) * 1e6) & 255);
  const size = head.length + 70 * 2 ** 20;
  const entry = {
    name: "z.npy",
    bytes: Buffer.concat([head, noise]),
    local: (h: Buffer) => h.writeUInt32LE(size, 22),
    central: (h: Buffer) => h.writeUInt32LE(size, 24),
  };
  const bomb = await openArchive(makeZip([entry]));
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(bomb.tensors.get("z")!.read(), isFormatError(/taken for a bomb/));
  assert.ok(process.memoryUsage().arrayBuffers - before < 1e6);
  const lying = npyOf(header("<f8", "(4294967296,)"), 8);
  await assert.rejects(
    openArchive(makeZip([{ name: "z.npy", bytes: lying }])),
    isFormatError(/z\.npy: byte \d+: descr "<f8" \[4294967296\] needs 34359738368 bytes/),
  );
});

test("cases 25 to 27: names that lead elsewhere, headers that disagree, members that overlap", async () => {
  await assert.rejects(
    openArchive(makeZip([{ name: "../a.npy", bytes: member }])),
    isFormatError(/called "\.\.\/a\.npy"; expected a path inside/),
  );
  const local = (h: Buffer) => h.writeUInt32LE(5, 22);
  await assert.rejects(
    openArchive(makeZip([{ name: "a.npy", bytes: member, local }])),
    isFormatError(/a\.npy: its own header says size 5, the directory 131/),
  );
  const twice = [
    { name: "a.npy", bytes: member },
    { name: "b.npy", bytes: member, central: (h: Buffer) => h.writeUInt32LE(0, 42) },
  ];
  await assert.rejects(openArchive(makeZip(twice)), isFormatError(/a\.npy overlaps b\.npy/));
});

test("a damaged member is told by its checksum", async () => {
  const archive = makeZip([{ name: "a.npy", bytes: member, stored: true }]);
  archive[archive.indexOf(Buffer.from([1, 2, 3]))] = 9;
  const { tensors } = await openArchive(archive);
  await assert.rejects(tensors.get("a")!.read(), isFormatError(/a\.npy: the checksum is/));
});
