import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, dictionary, pickle, text, tuple, whole } from "../../../test/support/pickles.ts";
import { DTypeError, FormatError } from "../../base/errors.ts";
import type { ArrayToStore } from "../stored/arrays.ts";
import { openWeights, readWeights } from "../weights.ts";
import { encodePaddle } from "./write.ts";

const file = "m.pdparams";

/** An array as NumPy pickles it; `data` is a pickled string or bytes. */
function array(
  data: Uint8Array,
  { code = "f4", shape = [2], order = "<", isFortran = false, home = "numpy.core.multiarray" } = {},
): Buffer {
  const state = tuple(
    whole(1),
    tuple(...shape.map(whole)),
    bytesOf(
      "cnumpy\ndtype\n",
      text(code),
      "\x89\x88\x87R(K\x03",
      text(order),
      "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
    ),
    bytesOf(isFortran ? "\x88" : "\x89"),
    data,
  );
  return bytesOf(`c${home}\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R`, state, "b");
}

const raw = (...bytes: number[]) => bytesOf("C", Uint8Array.of(bytes.length), Uint8Array.from(bytes));
const two = raw(0, 0, 128, 63, 0, 0, 0, 64); // 1 and 2

async function refused(value: Uint8Array, message: RegExp): Promise<void> {
  await assert.rejects(openWeights(pickle(value), { file }), (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^m\.pdparams: paddle: byte \d+: /);
    return true;
  });
}

async function one(value: Uint8Array): Promise<unknown[]> {
  const { dtype, shape, data } = (await readWeights(pickle(value), { file })).tensors.get("tensor")!;
  return [dtype, shape, [...data]];
}

test("arrays of both homes of NumPy, of either order, and of Python 2", async () => {
  assert.deepEqual(await one(array(two)), ["float32", [2], [1, 2]]);
  assert.deepEqual(await one(array(two, { home: "numpy._core.multiarray" })), ["float32", [2], [1, 2]]);
  assert.deepEqual(await one(array(raw(63, 128, 0, 0), { order: ">", shape: [1] })), ["float32", [1], [1]]);
  const columns = array(raw(1, 2, 3, 4, 5, 6), { code: "u1", order: "|", shape: [2, 3], isFortran: true });
  assert.deepEqual(await one(columns), ["uint8", [2, 3], [1, 3, 5, 2, 4, 6]]);
  assert.deepEqual(await one(array(bytesOf("U\x08\x00\x00\x80\x3f\x00\x00\x00\x40"))), [
    "float32",
    [2],
    [1, 2],
  ]);
  const encoded = bytesOf(
    "c_codecs\nencode\n",
    text("\x00\x00\x80\x3f\x00\x00\x00\x40"),
    text("latin1"),
    "\x86R",
  );
  assert.deepEqual(await one(array(encoded)), ["float32", [2], [1, 2]]);
  assert.deepEqual(await one(array(raw(0x80, 0x3f), { code: "u2", shape: [1] })), ["float32", [1], [1]]);
});

test("named tensors, the names of variables, and parts that are joined", async () => {
  const named = bytesOf("cbuiltins\ntuple\n", text("eager_tmp_0"), array(two), "\x86\x85R");
  const names = dictionary({ w: text("linear_0.w_0") });
  const found = await openWeights(pickle(dictionary({ w: named, "StructuredToParameterName@@": names })), {
    file,
  });
  assert.deepEqual([...found.tensors.keys()], ["w"]);
  assert.equal(found.metadata.get("StructuredToParameterName@@.w"), "linear_0.w_0");
  const slices = bytesOf("](", text("w.0"), text("w.1"), "e");
  const info = (shape: number[]) =>
    dictionary({ w: dictionary({ OriginShape: tuple(...shape.map(whole)), slices }) });
  const parts = { "w.0": array(two), "w.1": array(two) };
  const cut = pickle(dictionary({ "UnpackBigParamInfor@@": info([4, 1]), ...parts }));
  const { tensors } = await readWeights(cut, { file });
  assert.deepEqual([...tensors.keys()], ["w"]);
  assert.deepEqual(tensors.get("w"), { dtype: "float32", shape: [4, 1], data: Float32Array.of(1, 2, 1, 2) });
  await refused(
    dictionary({ "UnpackBigParamInfor@@": info([5]), ...parts }),
    /parts of w have 4 elements of 1 types; \[5\] needs 5/,
  );
  await refused(
    dictionary({ "UnpackBigParamInfor@@": info([4]), "w.0": array(two) }),
    /the part "w\.1" is missing/,
  );
});

test("case 28: globals outside of the list", async () => {
  await refused(bytesOf("cpaddle\nTensor\n)\x81"), /asks for paddle\.Tensor/);
  await refused(bytesOf("ctorch\nFloatStorage\n"), /asks for torch\.FloatStorage/);
  await refused(
    bytesOf("cnumpy.core.multiarray\n_reconstruct\n", text("x"), "\x85R"),
    /expected numpy\.ndarray/,
  );
  await refused(
    bytesOf("c_codecs\nencode\n", text("x"), text("utf-8"), "\x86R"),
    /expected the encoding latin1/,
  );
});

test("arrays that contradict themselves", async () => {
  await refused(array(two, { shape: [3] }), /an array of f4 \[3\] needs 12 bytes; found 8/);
  await refused(array(two, { shape: [2 ** 32, 2 ** 32] }), /needs \d+ bytes; found 8/);
  await refused(array(two, { shape: [-2] }), /each number of an array's shape must be a whole number/);
  await refused(array(two, { code: "O8" }), /dtype "O8" holds no numbers/);
  await refused(array(two, { order: "?" }), /one of < > \| =; found \?/);
  await refused(array(text("名")), /an array's data must be Latin-1; found the character 21517/);
  await refused(array(whole(1)), /an array's data must be a string; found the number 1/);
  await assert.rejects(
    openWeights(bytesOf(pickle(array(two)), "x"), { file }),
    /1 bytes follow the pickle; expected the file to end/,
  );
});

test("case 29 and cut files", async () => {
  const bytes = pickle(array(two));
  for (let length = 2; length < bytes.length; length += 7) {
    await assert.rejects(openWeights(bytes.subarray(0, length), { file }), FormatError);
  }
  await refused(bytesOf("b"), /the stack is empty/);
});

test("arrays that are one in the pickle are not spelled out without bound", async () => {
  const large = bytesOf("B\x40\x42\x0f\x00", new Uint8Array(1_000_000));
  const shared = bytesOf(array(large, { code: "u1", order: "|", shape: [1_000_000] }), "q\x00");
  const many = pickle(bytesOf("](", shared, "h\x00".repeat(50), "e"));
  await assert.rejects(
    readWeights(many, { file }),
    /51 tensors share elements and have 51000000 bytes in all/,
  );
});

test("what is written is read back, bfloat16 as uint16", async () => {
  const half: ArrayToStore = { dtype: "float32", shape: [2], data: Float32Array.of(1, 2), storedAs: "BF16" };
  const bytes = encodePaddle(new Map([["h", half]]));
  const found = await openWeights(bytes, { file });
  assert.equal(found.tensors.get("h")!.storedAs, "BF16");
  assert.deepEqual(await found.tensors.get("h")!.read(), { dtype: "float32", shape: [2], data: half.data });
  const unsigned: ArrayToStore = { dtype: "int32", shape: [1], data: Int32Array.of(1), storedAs: "U16" };
  assert.throws(() => encodePaddle(new Map([["u", unsigned]])), DTypeError);
  assert.throws(() => encodePaddle(new Map([["StructuredToParameterName@@", half]])), FormatError);
});
