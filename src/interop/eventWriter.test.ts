// Event files byte by byte, and what may not be written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { OptionError } from "../base/errors.ts";
import { encodePng } from "../picture/encode.ts";
import { EventWriter, eventFileName } from "./eventWriter.ts";
import { crc32c, encodeRecord } from "./tfrecord.ts";

/** The records of a file as they stand in it. */
function recordsOf(file: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at < file.length; ) {
    const end = at + Number(file.readBigUInt64LE(at)) + 16;
    records.push(file.subarray(at, end));
    at = end;
  }
  return records;
}

const at = (milliseconds: number) => ({ now: () => milliseconds });

test("CRC-32C of RFC 3720's examples", () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});

test("a file has the bytes that TensorBoard was seen to read", async () => {
  const parts: Uint8Array[] = [];
  const events = new EventWriter((bytes) => void parts.push(bytes), at(1_500_000_000_250));
  events.scalar("train/loss", 0.5, 300);
  events.histogram("weights/a", [-1, 0, 0, 2, Number.NaN], 1);
  const picture = { width: 1, height: 2, channels: 1, data: Uint8Array.of(9, 200) };
  await events.image("first", picture, 0);
  events.restart(7);
  await events.flush();
  const records = recordsOf(Buffer.concat(parts)).map((record) => record.toString("hex"));
  assert.deepEqual([records[0], records[1], records[2], records[4]], [version, scalar, histogram, restart]);
  // The picture's bytes are zlib's; the fields around them are fixed.
  const png = Buffer.from(await encodePng(picture)).toString("hex");
  const length = (png.length / 2).toString(16);
  assert.ok(
    records[3]!.includes(`0a05666972737422${(png.length / 2 + 8).toString(16)}08021001180122${length}${png}`),
  );
});

test("bytes are handed on when they are many, in their order, and once", async () => {
  const sizes: number[] = [];
  const write = async (bytes: Uint8Array) => {
    await new Promise((resolve) => setTimeout(resolve, sizes.length === 0 ? 5 : 0));
    sizes.push(bytes.length);
  };
  const events = new EventWriter(write, { bufferBytes: 100, ...at(0) });
  for (let step = 0; step < 10; step++) events.scalar("a", step, step);
  await events.flush();
  await events.flush();
  assert.ok(sizes.length > 2 && sizes[0]! > 100, sizes.join());
  const one: Uint8Array[] = [];
  const whole = new EventWriter((bytes) => void one.push(bytes), { bufferBytes: 1e6, ...at(0) });
  for (let step = 0; step < 10; step++) whole.scalar("a", step, step);
  await whole.flush();
  assert.equal(
    sizes.reduce((a, b) => a + b, 0),
    one[0]!.length,
  );
});

test("a failure to write is told by flush", async () => {
  const events = new EventWriter(() => Promise.reject(new Error("disk full")), { bufferBytes: 0 });
  events.scalar("a", 1, 1);
  await assert.rejects(events.flush(), /disk full/);
});

test("records carry their length and sums", () => {
  const record = encodeRecord(Uint8Array.of(1, 2, 3));
  assert.equal(record.length, 19);
  assert.deepEqual([...record.subarray(0, 8)], [3, 0, 0, 0, 0, 0, 0, 0]);
});

test("names of files are safe", () => {
  assert.equal(eventFileName("my lab/7", 1_500_000_000_999), "events.out.tfevents.1500000000.my_lab_7");
});

test("tags are names and steps are whole", async () => {
  const events = new EventWriter(() => {});
  assert.throws(() => events.scalar("", 1, 1), OptionError);
  assert.throws(() => events.histogram("a", [1], 0.5), OptionError);
  await assert.rejects(
    events.image("a", { width: 0, height: 1, channels: 1, data: new Uint8Array(0) }, 1),
    OptionError,
  );
});

/** Record by record: file version, scalar, histogram, restart. */
const [version, scalar, histogram, restart] = [
  "1a00000000000000129bd82d09000010c00b5ad64110001a0d627261696e2e4576656e743a32aad0218c",
  "2100000000000000017becf609000010c00b5ad64110ac022a130a110a0a747261696e2f6c6f7373150000003f3533798b",
  "32020000000000001879759d09000010c00b5ad64110012aa4040aa1040a09776569676874732f612a930409000000000000" +
    "f0bf11000000000000004019000000000000104021000000000000f03f29000000000000144032f001cdccccccccccecbf9a" +
    "9999999999e9bf666666666666e6bf333333333333e3bf000000000000e0bf989999999999d9bf323333333333d3bf989999" +
    "999999c9bf989999999999b9bf0000000000000000a09999999999b93fa09999999999c93f343333333333d33f9c99999999" +
    "99d93f000000000000e03f343333333333e33f686666666666e63f9a9999999999e93fceccccccccccec3f000000000000f0" +
    "3f9a9999999999f13f343333333333f33fceccccccccccf43f686666666666f63f000000000000f83f9a9999999999f93f34" +
    "3333333333fb3fceccccccccccfc3f686666666666fe3f00000000000000403af001000000000000f03f0000000000000000" +
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
    "0000000000000000000000000000000000000000004000000000000000000000000000000000000000000000000000000000" +
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000" +
    "00000000000000000000000000000000000000000000f03ffe20d48d",
  "0f000000000000006d532b0909000010c00b5ad64110073a020801788bfb56",
];
