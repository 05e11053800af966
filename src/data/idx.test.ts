import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { FormatError, FoveaError } from "../base/errors.ts";
import { decodeIdx, type IdxArray, idxDataset, readIdx } from "./idx.ts";
import { mnist } from "./mnist.ts";

const file = "images-idx3-ubyte";

/** An IDX file of bytes. */
function idxFile(shape: readonly number[], data: readonly number[], code = 0x08): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0, 0, code, shape.length]);
  shape.forEach((size, d) => {
    view.setUint32(4 + 4 * d, size);
  });
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

function isFormatError(message: RegExp, offset: number | undefined): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`${file}: `), error.message);
    assert.equal(error.offset, offset);
    return true;
  };
}

function refused(bytes: Uint8Array, message: RegExp, offset: number): void {
  assert.throws(() => decodeIdx(bytes, { file }), isFormatError(message, offset));
}

test("uint8 elements are a view on the file, other types are read as big-endian", () => {
  const bytes = idxFile([2, 3], [1, 2, 3, 4, 5, 6]);
  const read = decodeIdx(bytes);
  assert.deepEqual(read.shape, [2, 3]);
  assert.deepEqual(read.data, Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.equal(read.data.buffer, bytes.buffer);
  assert.deepEqual(decodeIdx(idxFile([], [7])).data, Uint8Array.of(7));
  assert.equal(decodeIdx(idxFile([0, 28, 28], [])).data.length, 0);
  assert.deepEqual(decodeIdx(idxFile([2], [255, 1], 0x09)).data, Int32Array.of(-1, 1));
  assert.deepEqual(decodeIdx(idxFile([2], [255, 254, 1, 0], 0x0b)).data, Int32Array.of(-2, 256));
  assert.deepEqual(decodeIdx(idxFile([1], [255, 255, 255, 253], 0x0c)).data, Int32Array.of(-3));
  assert.deepEqual(decodeIdx(idxFile([1], [0x3f, 0xc0, 0, 0], 0x0d)).data, Float32Array.of(1.5));
  assert.deepEqual(decodeIdx(idxFile([1], [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], 0x0e)).data, Float64Array.of(-1.5));
});

test("case 41: wrong magic number or type", () => {
  refused(new Uint8Array(3), /expected 4 bytes of magic number; the file has 3/, 0);
  refused(Uint8Array.of(0x89, 0x50, 8, 3), /expected two zero bytes; found 0x8950/, 0);
  refused(idxFile([1], [0], 0x0a), /unknown type code 0x0a; expected one of 0x08, 0x09, 0x0b/, 2);
  refused(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1), /expected 3 sizes in 12 bytes; the file has 4 bytes/, 4);
});

test("case 42: the sizes' product differs from the file, without allocating for it", () => {
  refused(idxFile([2, 3], [1, 2, 3, 4, 5]), /sizes \[2, 3\] need 6 bytes of data; the file has 5/, 4);
  refused(idxFile([2, 3], [1, 2, 3, 4, 5, 6, 7]), /need 6 bytes of data; the file has 7/, 4);
  refused(idxFile([2], [1, 2, 3, 4], 0x0c), /sizes \[2\] need 8 bytes of data; the file has 4/, 4);
  refused(idxFile([2 ** 32 - 1, 2 ** 20], [1]), /need 4503599626321920 bytes of data; the file has 1/, 4);
  refused(idxFile([2 ** 31, 2 ** 31, 4], []), /are beyond any file/, 4);
});

test("case 43: labels and images differ in number", () => {
  const images = decodeIdx(idxFile([2, 1, 2], [1, 2, 3, 4]));
  const pair = (labels: IdxArray) => () => idxDataset(images, labels, ["a", "b"], { file });
  assert.throws(
    pair(decodeIdx(idxFile([3], [0, 1, 0]))),
    isFormatError(/3 labels for 2 images; expected as many/, 4),
  );
  assert.throws(pair(decodeIdx(idxFile([2, 1], [0, 1]))), isFormatError(/one axis; found uint8 \[2, 1\]/, 2));
  const floats = decodeIdx(idxFile([1], [0, 0, 0, 0], 0x0d));
  assert.throws(pair(floats), isFormatError(/labels must be integers with one axis; found float32 \[1\]/, 2));
});

test("case 44: a label that is no class", () => {
  const images = decodeIdx(idxFile([2, 1, 2], [1, 2, 3, 4]));
  const pair = (labels: IdxArray) => () => idxDataset(images, labels, ["a", "b"], { file });
  assert.throws(
    pair(decodeIdx(idxFile([2], [1, 2]))),
    isFormatError(/label 2 of image 1 is no class; expected 0 to 1/, 9),
  );
  assert.throws(
    pair(decodeIdx(idxFile([2], [0, 255], 0x09))),
    isFormatError(/label -1 of image 1/, undefined),
  );
  const dataset = pair(decodeIdx(idxFile([2], [1, 0])))();
  assert.deepEqual(dataset.sampleShape, [1, 1, 2]);
  assert.deepEqual(Array.from(dataset.labels), [1, 0]);
});

test("gzip is read, and ends as soon as it gives more than the header asks for", async () => {
  const plain = idxFile([2, 3], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(await readIdx(plain, { file }), decodeIdx(plain));
  assert.deepEqual((await readIdx(gzipSync(plain), { file })).data, Uint8Array.of(1, 2, 3, 4, 5, 6));
  const large = idxFile(
    [1000, 100],
    Array.from({ length: 100_000 }, (_, i) => (i * i) & 255),
  );
  assert.deepEqual((await readIdx(gzipSync(large), { file })).data, decodeIdx(large).data);
  const refusedLater = (bytes: Uint8Array, message: RegExp, offset: number | undefined) =>
    assert.rejects(readIdx(bytes, { file }), isFormatError(message, offset));
  const more = new Uint8Array(50_000_000);
  more.set(idxFile([2, 3], []));
  await refusedLater(gzipSync(more), /larger than the 18 bytes that its own header says/, 0);
  await refusedLater(gzipSync(large.subarray(0, 90_000)), /need 100000 bytes of data; the file has 89988/, 4);
  await refusedLater(gzipSync(large).subarray(0, -12), /gzip: damaged or cut short/, undefined);
  await refusedLater(gzipSync(plain).fill(255, 12, 16), /gzip: damaged or cut short/, undefined);
  await refusedLater(gzipSync(Uint8Array.of(1, 2, 3, 4)), /expected two zero bytes; found 0x0102/, 0);
  await refusedLater(gzipSync(new Uint8Array(0)), /the file has 0/, 0);
});

test("mnist reads the package's files", async () => {
  const [training, held] = await Promise.all([mnist(), mnist({ train: false })]);
  assert.equal(training.length, 60_000);
  assert.equal(held.length, 10_000);
  assert.deepEqual(training.sampleShape, [1, 28, 28]);
  assert.equal(training.dtype, "uint8");
  assert.deepEqual(Array.from(training.labels.subarray(0, 8)), [5, 0, 4, 1, 9, 2, 1, 3]);
  assert.deepEqual(Array.from(held.labels.subarray(0, 8)), [7, 2, 1, 0, 4, 1, 4, 9]);
  // Mean of the training pixels, as the data set's users know it: 0.1307 of 255.
  const total = (training.data as Uint8Array).reduce((sum, x) => sum + x, 0);
  assert.equal((total / training.data.length / 255).toFixed(4), "0.1307");
});

test("mnist reads another folder, compressed or not, and says what is missing", async () => {
  const root = mkdtempSync(join(tmpdir(), "fovea-idx-"));
  try {
    await assert.rejects(mnist({ root }), (error) => {
      assert.ok(error instanceof FoveaError);
      assert.match(
        error.message,
        /neither train-images-idx3-ubyte nor train-images-idx3-ubyte\.gz is in .*check root/,
      );
      return true;
    });
    writeFileSync(join(root, "train-images-idx3-ubyte.gz"), gzipSync(idxFile([1, 2, 2], [9, 8, 7, 6])));
    writeFileSync(join(root, "train-labels-idx1-ubyte"), idxFile([1], [1]));
    const dataset = await mnist({ root, classes: ["shirt", "shoe"] });
    assert.deepEqual(dataset.data, Uint8Array.of(9, 8, 7, 6));
    assert.equal(dataset.classes[dataset.labels[0]!], "shoe");
    await assert.rejects(mnist({ root, classes: ["shirt"] }), (error) => {
      assert.ok(error instanceof FormatError);
      assert.match(
        error.message,
        /train-labels-idx1-ubyte: idx: label 1 of image 0 is no class; expected 0 to 0/,
      );
      return true;
    });
  } finally {
    rmSync(root, { recursive: true });
  }
});
