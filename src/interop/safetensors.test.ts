import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { DType, TypedArray } from "../base/dtype.ts";
import { DTypeError, FormatError, ShapeError, UnsupportedError } from "../base/errors.ts";
import { partsOfBytes } from "../data/memoryFile.ts";
import { type ArrayData, decodeSafetensors, encodeSafetensors, openSafetensors } from "./safetensors.ts";

const utf8 = new TextEncoder();

/** A file with the given header text and as many data bytes, the length word telling the header's length. */
function fileOf(header: string | Uint8Array, dataBytes = 0, headerBytes?: number | bigint): Uint8Array {
  const text = typeof header === "string" ? utf8.encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** Header entry of one tensor. */
function entry(name: string, dtype: string, shape: string, begin: number, end: number): string {
  return `${JSON.stringify(name)}:{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;
}

/** Checks that a file is refused, where, and with what words. */
function refused(bytes: Uint8Array, message: RegExp, offset: number): void {
  assert.throws(
    () => decodeSafetensors(bytes, { file: "model.safetensors" }),
    (error) => {
      assert.ok(error instanceof FormatError, String(error));
      assert.match(error.message, /^model\.safetensors: safetensors: byte \d+: /);
      assert.match(error.message, message);
      assert.equal(error.file, "model.safetensors");
      assert.equal(error.offset, offset);
      return true;
    },
  );
}

function array(dtype: DType, shape: number[], data: TypedArray): ArrayData {
  return { dtype, shape, data };
}

const special = Float32Array.of(0, -0, 1.5, -3.25, 1.401298464324817e-45, 3.4028235e38, Infinity, -Infinity);
const oracle: [string, ArrayData][] = [
  ["conv1.weight", array("float32", [2, 1, 2, 2], special)],
  ["f64", array("float64", [2], Float64Array.of(0.1, -1e300))],
  ["i32", array("int32", [2, 2], Int32Array.of(1, -2, 3, -4))],
  ["u8", array("uint8", [3], Uint8Array.of(0, 255, 7))],
  ["bool", array("bool", [3], Uint8Array.of(1, 0, 1))],
  ["scalar", array("float32", [], Float32Array.of(2.5))],
  ["empty", array("float32", [0, 3], new Float32Array(0))],
  ["__proto__", array("float32", [1], Float32Array.of(1))],
  ['名字 "quoted"\n', array("float32", [1], Float32Array.of(4))],
];

test("what is written is read back to the last bit, in the same order, padded and aligned", () => {
  const metadata = new Map([
    ["format", "pt"],
    ["__proto__", "ü"],
  ]);
  const bytes = encodeSafetensors(new Map(oracle), metadata);
  const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(headerBytes % 8, 0);
  assert.match(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)), /^\{.*\} *$/s);
  const read = decodeSafetensors(bytes);
  assert.deepEqual([...read.tensors], oracle);
  assert.deepEqual(read.metadata, metadata);
  // From a view at an odd place too, as a file inside an archive would be.
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  assert.deepEqual([...decodeSafetensors(shifted.subarray(3)).tensors], oracle);
  assert.deepEqual([...decodeSafetensors(encodeSafetensors(new Map())).tensors], []);
});

test("a file of Python's safetensors is read, with conversion of the other element types", () => {
  const url = new URL("../../../test/oracle/safetensors/written-by-python.safetensors", import.meta.url);
  const { tensors, metadata } = decodeSafetensors(readFileSync(url));
  assert.deepEqual(
    Object.fromEntries(metadata),
    Object.fromEntries([
      ["format", "pt"],
      ["__proto__", "ü"],
    ]),
  );
  for (const [name, want] of oracle) assert.deepEqual(tensors.get(name), want);
  const values = (name: string) => Array.from(tensors.get(name)!.data);
  assert.deepEqual(values("nan"), [Number.NaN]);
  // 6e-8 and 1e-40 are below the normal range of their types: 2⁻²⁴, and 1 · 2⁻¹³³ to the nearest.
  assert.deepEqual(values("f16"), [1, -2.5, 2 ** -24, 65504, Number.POSITIVE_INFINITY]);
  assert.deepEqual(values("bf16"), [1, -2.5, 2 ** -133, 226 * 2 ** 120].map(Math.fround));
  assert.deepEqual(values("i64"), [-1, 2147483647, -2147483648]);
  assert.deepEqual(values("i16"), [-32768, 32767]);
  assert.deepEqual(values("i8"), [-128, 127]);
  assert.equal(tensors.get("i8")!.dtype, "int32");
  assert.equal(tensors.size, 15);
});

test("case 1: under 8 bytes", () => {
  refused(new Uint8Array(7), /expected 8 bytes of header length; the file has 7/, 0);
  refused(new Uint8Array(0), /the file has 0/, 0);
});

test("case 2: header length over the cap or past the file", () => {
  refused(fileOf("{}", 0, 100_000_001), /100000001 is over the cap of 100000000/, 0);
  refused(fileOf("{}", 0, 2n ** 64n - 1n), /18446744073709551615 is over the cap/, 0);
  refused(fileOf("{}", 0, 3), /3 goes past the file, which has 10 bytes/, 0);
});

test("case 3: header not UTF-8", () => {
  refused(fileOf(Uint8Array.of(0x7b, 0xff, 0x7d)), /3 bytes are not UTF-8/, 8);
  // A surrogate written in UTF-8, and an overlong form.
  refused(fileOf(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d)), /not UTF-8/, 8);
  refused(fileOf(Uint8Array.of(0xc0, 0xaf)), /not UTF-8/, 8);
});

test("case 4: not JSON or not starting with {", () => {
  refused(fileOf(""), /must begin with "\{"; found ""/, 8);
  refused(fileOf(" {}"), /must begin with "\{"; found " "/, 8);
  refused(fileOf("\ufeff{}"), /must begin with "\{"/, 8);
  refused(fileOf("[]"), /must begin with "\{"; found "\["/, 8);
  refused(fileOf('{"a"'), /expected ":", found the end/, 12);
  refused(fileOf("{'a':1}"), /expected a string in double quotes, found "'a':1}"/, 9);
  refused(fileOf('{"ü":01}'), /expected "," or "}", found "1}"/, 15);
  refused(fileOf('{"a":nul}'), /expected a JSON value, found "nul}"/, 13);
  refused(fileOf('{"a":"\n"}'), /control character/, 13);
  refused(fileOf('{"a":"\\x"}'), /unknown escape/, 13);
  refused(fileOf('{"a\\":1}'), /without a closing quote/, 9);
  refused(fileOf('{"\\ud800":1}'), /half of a surrogate pair/, 9);
  refused(fileOf('{"a":1,}'), /expected a string in double quotes/, 15);
  refused(fileOf(`{"a":${"[".repeat(100_000)}`), /nested deeper than 3 levels/, 15);
  refused(fileOf('{"a":1}'), /tensor "a" must be an object; found the number/, 13);
});

test("case 5: padding other than spaces", () => {
  assert.equal(decodeSafetensors(fileOf("{}      ")).tensors.size, 0);
  refused(fileOf("{} \n"), /padded with spaces alone; found "\\n"/, 11);
  refused(fileOf("{}\0"), /padded with spaces alone/, 10);
  refused(fileOf("{} {}"), /padded with spaces alone; found "\{"/, 11);
});

test("case 6: duplicate key", () => {
  const a = entry("a", "U8", "[1]", 0, 1);
  refused(fileOf(`{${a},${a}}`, 1), /key "a" appears twice/, 8 + 1 + a.length + 1);
  refused(fileOf(`{${a},${a.replace("a", "\\u0061")}}`, 1), /key "a" appears twice/, 8 + 1 + a.length + 1);
  refused(fileOf('{"__metadata__":{"k":"1","k":"2"}}'), /key "k" appears twice/, 33);
  refused(fileOf('{"a":{"dtype":"U8","dtype":"I8"}}'), /key "dtype" appears twice/, 27);
  refused(fileOf('{"__proto__":{},"__proto__":{}}'), /key "__proto__" appears twice/, 24);
});

test("case 7: __metadata__ that is not an object of strings", () => {
  refused(
    fileOf('{"__metadata__":{"epoch":3}}'),
    /__metadata__\["epoch"\] must be a string; found the number/,
    33,
  );
  refused(fileOf('{"__metadata__":{"a":null}}'), /must be a string; found null/, 29);
  refused(fileOf('{"__metadata__":"x"}'), /__metadata__ must be an object; found a string/, 24);
});

test("cases 8 to 11: overlap, hole, trailing bytes, data cut short", () => {
  const a = entry("a", "F32", "[2]", 0, 8);
  const file = (b: string, dataBytes: number) => fileOf(`{${a},${b}}`, dataBytes);
  const at = 8 + 1 + a.length + 1 + 4;
  refused(file(entry("b", "F32", "[1]", 4, 8), 8), /"b": data_offsets \[4, 8\] overlap .* ends at 8/, at);
  refused(file(entry("b", "F32", "[1]", 12, 16), 16), /"b".* leave a hole; expected to begin at 8/, at);
  refused(fileOf(`{${entry("b", "U8", "[1]", 1, 2)}}`, 2), /leave a hole; expected to begin at 0/, 13);
  const exact = file(entry("b", "F32", "[1]", 8, 12), 12);
  assert.equal(decodeSafetensors(exact).tensors.size, 2);
  const trailing = file(entry("b", "F32", "[1]", 8, 12), 13);
  refused(trailing, /1 bytes follow the last tensor; expected the file to end/, trailing.length - 1);
  refused(exact.subarray(0, exact.length - 1), /"b": data_offsets \[8, 12\] go past the file's 11 bytes/, at);
  refused(fileOf("{}", 1), /1 bytes follow/, 10);
});

test("case 12: shape and dtype disagree with the bytes", () => {
  const b = (shape: string, end: number) => fileOf(`{${entry("b", "F32", shape, 0, end)}}`, end);
  const at = 8 + '{"b":{"dtype":"F32","shape":'.length;
  refused(b("[3]", 8), /"b": F32 \[3\] needs 12 bytes; data_offsets \[0, 8\] hold 8/, at);
  refused(b("[]", 0), /F32 \[\] needs 4 bytes/, at);
  refused(b("[0,5]", 4), /F32 \[0, 5\] needs 0 bytes/, at);
  // A product that wraps around to the right size in 64-bit arithmetic.
  refused(b("[4294967296,4294967296,4]", 0), /needs \d+ bytes/, at);
  refused(b("[4503599627370496,4096]", 0), /needs \d+ bytes/, at);
  refused(b(`[${"1,".repeat(1024)}1]`, 4), /list of more than 1024 items/, at + 1 + 2048);
});

test("case 13: a dimension negative, fractional or beyond 2^53", () => {
  const at = 8 + '{"b":{"dtype":"F32","shape":['.length;
  for (const size of [
    "-1",
    "1.5",
    "1.0",
    "1e0",
    "9007199254740992",
    "99999999999999999999",
    '"1"',
    "null",
    "[1]",
  ]) {
    refused(
      fileOf(`{${entry("b", "F32", `[${size}]`, 0, 4)}}`, 4),
      size === "[1]"
        ? /found a array|nested deeper/
        : /"b": shape must hold integers from 0 to 2\^53 - 1; found/,
      at,
    );
  }
  refused(
    fileOf(`{${entry("b", "F32", "3", 0, 4)}}`, 4),
    /shape must be a list of integers; found the number/,
    at - 1,
  );
});

test("case 14: unknown dtype", () => {
  refused(
    fileOf(`{${entry("b", "F31", "[1]", 0, 4)}}`, 4),
    /"b": unknown dtype "F31"; expected one of F64, F32/,
    22,
  );
  refused(fileOf(`{${entry("b", "f32", "[1]", 0, 4)}}`, 4), /unknown dtype "f32"/, 22);
  refused(fileOf('{"b":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}', 4), /dtype must be a string/, 22);
  refused(fileOf('{"b":{"shape":[1],"data_offsets":[0,4]}}', 4), /"b": field dtype is missing/, 13);
  refused(
    fileOf('{"b":{"strides":[1]}}'),
    /"b": unknown field "strides"; expected dtype, shape, data_offsets/,
    24,
  );
  refused(fileOf(`{${entry("b", "C128", "[1]", 0, 16)}}`, 16), /unknown dtype "C128"/, 22);
  const known = fileOf(`{${entry("b", "F4", "[2]", 0, 1)}}`, 1);
  assert.throws(
    () => decodeSafetensors(known, { file: "f4.safetensors" }),
    (error) => error instanceof UnsupportedError && /f4\.safetensors.*"b": dtype F4/.test(error.message),
  );
});

test("case 15: begin after end, and offsets that are not two integers", () => {
  const at = 8 + '{"b":{"dtype":"F32","shape":[1],"data_offsets":'.length;
  const file = (offsets: string) => fileOf(`{"b":{"dtype":"F32","shape":[1],"data_offsets":${offsets}}}`, 4);
  refused(file("[4,0]"), /"b": data_offsets begin at 4, after their end 0/, at);
  refused(file("[0]"), /data_offsets must be \[begin, end\]; found 1 numbers/, at);
  refused(file("[0,4,8]"), /found 3 numbers/, at);
  refused(file("[-4,0]"), /data_offsets must hold integers/, at + 1);
  refused(file("[0,4.0]"), /found 4\.0/, at + 3);
});

test("case 16: tensors named __proto__ or constructor work", () => {
  const tensors = new Map<string, ArrayData>(
    ["__proto__", "constructor", "toString", "1", ""].map((name, i) => [
      name,
      array("int32", [1], Int32Array.of(i)),
    ]),
  );
  assert.deepEqual(decodeSafetensors(encodeSafetensors(tensors)).tensors, tensors);
  assert.equal(({} as Record<string, unknown>).dtype, undefined);
});

test("elements that the dtype here can't hold are named with their place", () => {
  const wide = fileOf(`{${entry("w", "I64", "[2]", 0, 16)}}`, 16);
  new DataView(wide.buffer).setBigInt64(wide.length - 8, 2n ** 31n, true);
  refused(wide, /"w": I64 element 2147483648 does not fit int32/, wide.length - 8);
  const unsigned = fileOf(`{${entry("w", "U32", "[1]", 0, 4)}}`, 4);
  unsigned.fill(255, unsigned.length - 4);
  refused(unsigned, /U32 element 4294967295 does not fit int32/, unsigned.length - 4);
  const bool = fileOf(`{${entry("w", "BOOL", "[3]", 0, 3)}}`, 3);
  bool[bool.length - 2] = 2;
  refused(bool, /BOOL element 2 does not fit bool/, bool.length - 2);
});

test("arrays that contradict themselves are not written", () => {
  const write = (name: string, value: ArrayData) => () => encodeSafetensors(new Map([[name, value]]));
  const two = Float32Array.of(1, 2);
  assert.throws(
    write("w", array("float32", [3], two)),
    (e) => e instanceof ShapeError && /"w": shape \[3\]/.test(e.message),
  );
  assert.throws(
    write("w", array("int32", [2], two)),
    (e) => e instanceof DTypeError && /Float32Array/.test(e.message),
  );
  assert.throws(
    write("w", array("bool", [1], Uint8Array.of(2))),
    (e) => e instanceof DTypeError && /got 2/.test(e.message),
  );
  assert.throws(
    write("__metadata__", array("float32", [2], two)),
    (e) => e instanceof FormatError && /reserved/.test(e.message),
  );
  assert.throws(write("\ud800", array("float32", [2], two)), FormatError);
});

test("a file that is opened is refused as one that is read, in the same words", async () => {
  const bytes = encodeSafetensors(new Map(oracle), new Map([["k", "v"]]));
  const outcome = async (read: () => unknown) => {
    try {
      await read();
      return null;
    } catch (error) {
      return String(error);
    }
  };
  for (let at = 0; at < 400; at++) {
    const damaged = bytes.slice(0, at % 3 === 0 ? bytes.length - at : bytes.length);
    damaged[at % damaged.length]! ^= 1 << (at % 8);
    const file = "a.safetensors";
    const opened = await outcome(async () => {
      const { tensors } = await openSafetensors(partsOfBytes(damaged, file));
      for (const tensor of tensors.values()) await tensor.read();
    });
    assert.equal(opened, await outcome(() => decodeSafetensors(damaged, { file })), String(at));
  }
});

test("every cut and every flipped header byte is refused with a typed error or read without harm", () => {
  const bytes = encodeSafetensors(new Map(oracle), new Map([["k", "v"]]));
  const end = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const attempt = (damaged: Uint8Array) => {
    try {
      decodeSafetensors(damaged);
      return true;
    } catch (error) {
      assert.ok(error instanceof FormatError || error instanceof UnsupportedError, String(error));
      return false;
    }
  };
  for (let cut = 0; cut < bytes.length; cut++) assert.equal(attempt(bytes.subarray(0, cut)), false);
  for (let i = 0; i < end; i++) {
    for (const mask of [1, 4, 32, 128]) {
      const damaged = bytes.slice();
      damaged[i]! ^= mask;
      attempt(damaged);
    }
  }
});
