import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeTar, makeZip } from "../../test/support/archives.ts";
import { FormatError, FoveaError, OptionError } from "../base/errors.ts";
import { cifar100Coarse, publicSets } from "./catalogue.ts";
import { cifar10, cifar100 } from "./cifar.ts";
import { emnist, fashionMnist, kmnist, mnist } from "./mnist.ts";
import { channelStatistics } from "./statistics.ts";

const debian = "/usr/share/datasets/fashion-mnist";

/** Runs `body` with a folder that is empty before, and gone afterwards. */
async function inFolder(body: (folder: string) => unknown): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "fovea-sets-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function put(folder: string, name: string, bytes: Uint8Array): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 8, shape.length]);
  for (const [d, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * d);
  return Buffer.concat([header, Uint8Array.from(data)]);
}

test("the catalogue: counts, sums and addresses", () => {
  assert.equal(publicSets.size, 11);
  for (const [name, set] of publicSets) {
    assert.equal(name, set.name);
    assert.equal(new Set(set.classes).size, set.classes.length, name);
    for (const file of set.files) {
      assert.match(file.sum.value, /^[0-9a-f]{64}$/);
      assert.ok(file.bytes > 4000 && file.urls.length > 0);
      for (const url of file.urls) assert.ok(url.endsWith(`/${file.name}`) && URL.canParse(url), url);
    }
  }
  const classes = Object.fromEntries(Array.from(publicSets, ([name, set]) => [name, set.classes.length]));
  assert.deepEqual(classes, {
    mnist: 10,
    "fashion-mnist": 10,
    kmnist: 10,
    "emnist-balanced": 47,
    "emnist-letters": 26,
    "emnist-digits": 10,
    "emnist-byclass": 62,
    "emnist-bymerge": 47,
    "emnist-mnist": 10,
    cifar10: 10,
    cifar100: 100,
  });
  const fine = publicSets.get("cifar100")!.classes;
  assert.deepEqual(fine, [...fine].sort());
  assert.equal(cifar100Coarse.length, 20);
});

test("statistics of MNIST are those that its users know", async () => {
  const { mean, std } = channelStatistics(await mnist());
  assert.deepEqual([mean[0]!.toFixed(4), std[0]!.toFixed(4)], ["0.1307", "0.3081"]);
});

test("Fashion-MNIST from Debian's package", { skip: !existsSync(debian) }, async () => {
  await inFolder(async (cache) => {
    const [train, held] = [await fashionMnist({ cache }), await fashionMnist({ cache, train: false })];
    assert.deepEqual([train.length, held.length], [60_000, 10_000]);
    const { mean, std } = channelStatistics(train);
    assert.deepEqual([mean[0]!.toFixed(4), std[0]!.toFixed(4)], ["0.2860", "0.3530"]);
    const counts = new Int32Array(10);
    for (const label of train.labels) counts[label]!++;
    assert.ok(counts.every((count) => count === 6000));
    assert.equal(train.classes[train.labels[0]!], "Ankle boot");
  });
});

test("the sums of Fashion-MNIST are those of Debian's files with their names put back", {
  skip: !existsSync(debian),
}, () => {
  const times: Record<string, number> = { train: 1504176606, t10k: 1504176627 }; // 31 August 2017
  for (const { name, bytes, sum } of publicSets.get("fashion-mnist")!.files) {
    const stripped = readFileSync(path.join(debian, name));
    const header = Buffer.from(stripped.subarray(0, 10));
    header[3] = 8; // a name follows
    header.writeUInt32LE(times[name.split("-")[0]!]!, 4);
    const original = Buffer.concat([header, Buffer.from(name.replace(".gz", "\0")), stripped.subarray(10)]);
    assert.equal(original.length, bytes);
    assert.equal(createHash(sum.algorithm).update(original).digest("hex"), sum.value);
  }
});

test("the cache comes before packages, and root before both", async () => {
  await inFolder(async (cache) => {
    const small = (value: number) => [idx([1, 1, 2], [value, value]), idx([1], [3])] as const;
    const [cached, labels] = small(7);
    put(cache, "mnist/train-images-idx3-ubyte.gz", gzipSync(cached));
    assert.equal((await mnist({ cache })).length, 60_000);
    put(cache, "mnist/train-labels-idx1-ubyte.gz", gzipSync(labels));
    assert.deepEqual([...(await mnist({ cache })).data], [7, 7]);
    const [own, ownLabels] = small(9);
    put(cache, "own/MNIST/raw/train-images-idx3-ubyte", own);
    put(cache, "own/MNIST/raw/train-labels-idx1-ubyte", ownLabels);
    assert.deepEqual([...(await mnist({ cache, root: path.join(cache, "own") })).data], [9, 9]);
  });
});

test("what is missing is named with the places and the ways to get it", async () => {
  await inFolder(async (cache) => {
    await assert.rejects(kmnist({ cache }), (error) => {
      assert.ok(error instanceof FoveaError);
      assert.equal(
        error.message,
        `kmnist: not found in ${cache}/kmnist. "fovea data get kmnist" or the option download: true downloads it; or give root, a folder of its files`,
      );
      return true;
    });
    await assert.rejects(cifar10({ root: cache }), (error) => {
      assert.ok(error instanceof FoveaError);
      assert.equal(
        error.message,
        `cifar10: neither data_batch_1.bin nor cifar-10-binary.tar.gz is in ${cache}; check root`,
      );
      return true;
    });
    await assert.rejects(
      kmnist({ rooot: cache } as object),
      /kmnist: there is no option "rooot"; did you mean "root"\?/,
    );
  });
});

test("EMNIST's pictures are turned upright, and its letters counted from 0", async () => {
  await inFolder(async (root) => {
    // One picture of 2 × 3, column by column as the files have it.
    put(root, "emnist-digits-train-images-idx3-ubyte", idx([1, 3, 2], [1, 4, 2, 5, 3, 6]));
    put(root, "emnist-digits-train-labels-idx1-ubyte", idx([1], [9]));
    const digits = await emnist({ root, split: "digits" });
    assert.deepEqual([...digits.data], [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(digits.sampleShape, [1, 2, 3]);
    put(root, "gzip/emnist-letters-test-images-idx3-ubyte.gz", gzipSync(idx([2, 1, 1], [8, 9])));
    put(root, "gzip/emnist-letters-test-labels-idx1-ubyte.gz", gzipSync(idx([2], [1, 26])));
    const letters = await emnist({ root, split: "letters", train: false });
    assert.deepEqual(
      Array.from(letters.labels, (label) => letters.classes[label]),
      ["a", "z"],
    );
    await assert.rejects(
      emnist({ root }),
      /emnist-balanced: neither emnist-balanced-train-images-idx3-ubyte nor .*gz nor gzip\.zip is in/,
    );
    await assert.rejects(emnist({ split: "letter" as "letters" }), OptionError);
    await assert.rejects(emnist({ split: "__proto__" as "letters" }), OptionError);
    put(root, "gzip/emnist-letters-test-labels-idx1-ubyte.gz", gzipSync(idx([2], [0, 26])));
    await assert.rejects(
      emnist({ root, split: "letters", train: false }),
      (error) =>
        error instanceof FormatError &&
        /letters-test-labels-idx1-ubyte\.gz: idx: label -1 of image 0 is no class; expected 0 to 25/.test(
          error.message,
        ),
    );
  });
});

test("EMNIST out of its archive", async () => {
  await inFolder(async (cache) => {
    const balanced = {
      name: "gzip/emnist-balanced-train-images-idx3-ubyte.gz",
      bytes: gzipSync(idx([2, 1, 1], [5, 6])),
      stored: true,
    };
    const labels = {
      name: "gzip/emnist-balanced-train-labels-idx1-ubyte.gz",
      bytes: gzipSync(idx([2], [10, 46])),
    };
    put(cache, "emnist/gzip.zip", makeZip([balanced, labels]));
    const dataset = await emnist({ cache });
    assert.deepEqual([...dataset.data], [5, 6]);
    assert.deepEqual(
      Array.from(dataset.labels, (label) => dataset.classes[label]),
      ["A", "t"],
    );
    await assert.rejects(emnist({ cache, train: false }), /holds no emnist-balanced-test-images-idx3-ubyte/);
  });
});

/** A record of CIFAR: labels, then planes of one value each. */
function record(labels: readonly number[], [r, g, b]: readonly [number, number, number]): Buffer {
  return Buffer.concat([
    Uint8Array.from(labels),
    Buffer.alloc(1024, r),
    Buffer.alloc(1024, g),
    Buffer.alloc(1024, b),
  ]);
}

test("CIFAR-10 from the archive, and from its files", async () => {
  await inFolder(async (root) => {
    const batch = (i: number) => Buffer.concat([record([i], [i, 2, 3]), record([i + 1], [i, 5, 6])]);
    const entries = [1, 2, 3, 4, 5].map((i) => ({
      name: `cifar-10-batches-bin/data_batch_${i}.bin`,
      bytes: batch(i),
    }));
    const test = { name: "cifar-10-batches-bin/test_batch.bin", bytes: record([9], [1, 2, 3]) };
    // In the order of the real archive, which is none.
    const shuffled = [entries[0]!, entries[3]!, entries[2]!, entries[1]!, entries[4]!];
    put(root, "cifar-10-binary.tar.gz", gzipSync(makeTar([...shuffled, test])));
    const train = await cifar10({ root });
    assert.deepEqual([...train.labels], [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]);
    assert.deepEqual(train.sampleShape, [3, 32, 32]);
    const sample = train.get(3);
    assert.deepEqual([sample.data[0], sample.data[1024], sample.data[3071], sample.label], [2, 5, 6, 3]);
    const held = await cifar10({ root, train: false });
    assert.equal(held.classes[held.labels[0]!], "truck");
    for (const { name, bytes } of entries) put(root, name, bytes);
    rmSync(path.join(root, "cifar-10-binary.tar.gz"));
    assert.deepEqual((await cifar10({ root })).data, train.data);
    const bad = (bytes: Uint8Array, message: RegExp) => {
      put(root, "cifar-10-batches-bin/data_batch_5.bin", bytes);
      return assert.rejects(cifar10({ root }), (error) => {
        assert.ok(error instanceof FormatError && message.test(error.message), String(error));
        return true;
      });
    };
    await bad(
      batch(5).subarray(0, 5000),
      /data_batch_5\.bin: cifar: expected whole records of 3073 bytes; the file has 5000 bytes/,
    );
    await bad(Buffer.alloc(0), /the file has 0 bytes/);
    await bad(record([10], [0, 0, 0]), /byte 0: label 10 is no class; expected 0 to 9/);
  });
});

test("CIFAR-100 with fine and coarse labels", async () => {
  await inFolder(async (root) => {
    put(root, "cifar-100-binary/test.bin", record([4, 0], [1, 2, 3]));
    const fine = await cifar100({ root, train: false });
    assert.equal(fine.classes[fine.labels[0]!], "apple");
    const coarse = await cifar100({ root, train: false, labels: "coarse" });
    assert.equal(coarse.classes[coarse.labels[0]!], "fruit_and_vegetables");
    await assert.rejects(cifar100({ labels: "both" as "fine" }), OptionError);
  });
});
