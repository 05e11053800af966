import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeTar, makeZip, type TarEntry, type ZipEntry } from "../../test/support/archives.ts";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import type { FileParts } from "./files.ts";
import { inflated } from "./gzip.ts";
import { readTar } from "./tar.ts";
import { readZipMember, zipDirectory } from "./zip.ts";

const file = "archive";
const one = Uint8Array.from({ length: 700 }, (_, i) => i & 255);
const two = Uint8Array.of(1, 2, 3);

/** Bytes in pieces of a length that fits no block. */
async function* pieces(bytes: Uint8Array, length = 333): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function tarOf(
  archive: Uint8Array,
  wanted: readonly string[],
  maxBytes = 10_000,
): Promise<Record<string, number[]>> {
  const found = await readTar(pieces(archive), new Set(wanted), { file, maxBytes });
  return Object.fromEntries(Array.from(found, ([name, bytes]) => [name, [...bytes]]));
}

function isFormatError(message: RegExp, offset?: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, message);
    assert.ok(error.message.startsWith(`${file}: `), error.message);
    if (offset !== undefined) assert.equal(error.offset, offset);
    return true;
  };
}

test("tar: the members that are wanted, whatever lies between them", async () => {
  const entries: TarEntry[] = [
    { name: "folder/", bytes: new Uint8Array(0), type: "5" },
    { name: "other", bytes: one },
    { name: "./folder/one", bytes: one },
    { name: "link", bytes: new Uint8Array(0), type: "2" },
    { name: "folder/empty", bytes: new Uint8Array(0), type: "\0" },
    { name: "folder/two", bytes: two },
  ];
  const wanted = ["folder/one", "folder/two", "folder/empty", "folder/none"];
  const expected = { "folder/one": [...one], "folder/empty": [], "folder/two": [...two] };
  assert.deepEqual(await tarOf(makeTar(entries), wanted), expected);
  assert.deepEqual(await tarOf(makeTar(entries, { end: false }), wanted), expected);
  assert.deepEqual(await tarOf(new Uint8Array(0), wanted), {});
});

test("tar: long names of ustar, GNU and pax, and pax's sizes", async () => {
  const deep = `${"d/".repeat(60)}file`;
  const prefixed: TarEntry = {
    name: "file",
    bytes: two,
    header: (block) => block.write("a/prefix", 345),
  };
  const gnu: TarEntry[] = [
    { name: "././@LongLink", type: "L", bytes: Buffer.from(`${deep}\0`) },
    { name: deep, bytes: two },
  ];
  const record = ` path=${deep}x\n`;
  const pax: TarEntry[] = [
    {
      name: "PaxHeader",
      type: "x",
      bytes: Buffer.from(`${record.length + 3}${record}11 size=700\n`),
    },
    { name: "short", bytes: one, header: (block) => block.write("00000000000\0", 124) },
  ];
  const archive = makeTar([prefixed, ...gnu, ...pax, { name: "last", bytes: two }]);
  assert.deepEqual(await tarOf(archive, ["a/prefix/file", deep, `${deep}x`, "last"]), {
    "a/prefix/file": [...two],
    [deep]: [...two],
    [`${deep}x`]: [...one],
    last: [...two],
  });
});

test("tar: reading ends with the last member that is wanted, and stops the decompression", async () => {
  const archive = makeTar([
    { name: "two", bytes: two },
    { name: "bad", bytes: one, header: (block) => block.write("zz", 124) },
  ]);
  assert.deepEqual(await tarOf(archive, ["two"]), { two: [...two] });
  const stream = inflated(gzipSync(archive), "gzip");
  assert.equal((await readTar(stream, new Set(["two"]))).size, 1);
  assert.equal((await stream.next()).done, true);
});

test("tar: damaged archives are named with the place", async () => {
  const archive = makeTar([
    { name: "one", bytes: one },
    { name: "two", bytes: two },
  ]);
  await assert.rejects(
    tarOf(archive.subarray(0, 1000), ["one"]),
    isFormatError(/byte 1000: the archive ends within one; 212 bytes/),
  );
  await assert.rejects(tarOf(archive.subarray(0, 300), ["one"]), isFormatError(/ends within header/, 300));
  const flipped = Buffer.from(archive);
  flipped[1536]! ^= 1;
  await assert.rejects(
    tarOf(flipped, ["two"]),
    isFormatError(/byte 1536: the header's checksum is \d+; it says \d+/, 1536),
  );
  await assert.rejects(
    tarOf(archive, ["one"], 600),
    isFormatError(/one has 700 bytes; expected at most 600/, 0),
  );
  const sizes = makeTar([{ name: "one", bytes: one, header: (block) => block.write("xyz", 124) }]);
  await assert.rejects(tarOf(sizes, ["one"]), isFormatError(/size is no octal number/, 0));
  const bomb = makeTar([
    { name: "L", type: "L", bytes: two, header: (block) => block.write("77777777777", 124) },
  ]);
  await assert.rejects(tarOf(bomb, ["one"]), isFormatError(/a header of 8589934591 bytes/, 0));
  await assert.rejects(tarOf(Buffer.from("<html>".repeat(200)), ["one"]), isFormatError(/checksum/, 0));
});

function partsOf(bytes: Uint8Array): FileParts {
  const read = async (start: number, length: number): Promise<Uint8Array> => {
    assert.ok(start >= 0 && start + length <= bytes.length, `${start} + ${length}`);
    return bytes.slice(start, start + length);
  };
  return { file, size: bytes.length, read };
}

async function zipMember(archive: Uint8Array, name: string): Promise<Uint8Array> {
  const parts = partsOf(archive);
  return readZipMember(parts, (await zipDirectory(parts)).get(name)!);
}

test("zip: stored and deflated members, with a comment behind them", async () => {
  const archive = makeZip(
    [
      { name: "a/one", bytes: one },
      { name: "two", bytes: two, stored: true },
      { name: "empty", bytes: new Uint8Array(0) },
    ],
    { comment: "PK\x05\x06 is not the end" },
  );
  assert.deepEqual([...(await zipDirectory(partsOf(archive))).keys()], ["a/one", "two", "empty"]);
  assert.deepEqual(await zipMember(archive, "a/one"), one);
  assert.deepEqual([...(await zipMember(archive, "two"))], [...two]);
  assert.equal((await zipMember(archive, "empty")).length, 0);
});

test("zip: what is wrong is named with the place", async () => {
  const make = (entry: Partial<ZipEntry>, end?: (record: Buffer) => void) =>
    makeZip([{ name: "one", bytes: one, ...entry }], end ? { end } : {});
  const refused = (archive: Uint8Array, message: RegExp) =>
    assert.rejects(zipMember(archive, "one"), isFormatError(message));
  await refused(Buffer.alloc(0), /no end of a directory/);
  await refused(Buffer.alloc(100_000), /no end of a directory/);
  await refused(make({}).subarray(0, -30), /no end of a directory/);
  await refused(
    make({}, (record) => record.writeUInt32LE(10_000_000, 12)),
    /the directory of 10000000 bytes at \d+ reaches beyond its end/,
  );
  await refused(
    make({}, (record) => {
      record.writeUInt16LE(2, 8);
      record.writeUInt16LE(2, 10);
    }),
    /expected entry 2 of 2/,
  );
  await refused(make({ central: (header) => header.writeUInt16LE(500, 28) }), /entry 1 reaches beyond/);
  await refused(make({ central: (header) => header.writeUInt32LE(2 ** 31, 42) }), /reaches beyond the data/);
  await refused(make({ local: (header) => header.write("two", 30) }), /its own header calls it two/);
  await refused(make({ local: (header) => header.writeUInt16LE(0, 8) }), /names another method/);
  await refused(make({ local: (header) => header.writeUInt32LE(0, 0) }), /expected the header of a member/);
  await refused(
    make({ local: (header) => header.writeUInt16LE(60_000, 28) }),
    /its data reach beyond the file/,
  );
  await refused(make({ central: (header) => header.writeUInt32LE(5, 24) }), /more than the 5 bytes/);
  await refused(
    make({ central: (header) => header.writeUInt32LE(5000, 24) }),
    /700 bytes; the directory says 5000/,
  );
  await refused(
    make({ central: (header) => header.writeUInt32LE(5, 16) }),
    /checksum is 0x[0-9a-f]{8}; the directory says 0x00000005/,
  );
  const unsupported = (archive: Uint8Array, message: RegExp) =>
    assert.rejects(
      zipMember(archive, "one"),
      (error) => error instanceof UnsupportedError && message.test(error.message),
    );
  const method = (header: Buffer) => header.writeUInt16LE(14, header.length === 33 ? 8 : 10);
  await unsupported(make({ local: method, central: method }), /compressed by method 14/);
  await unsupported(
    make({}, (record) => record.writeUInt32LE(0xffffffff, 16)),
    /ZIP64/,
  );
  await unsupported(
    make({}, (record) => record.writeUInt16LE(1, 4)),
    /several parts/,
  );
});

test("zip: a deflated bomb ends at the size that the directory says", async () => {
  const bomb = makeZip([
    { name: "one", bytes: new Uint8Array(50_000_000), central: (header) => header.writeUInt32LE(100, 24) },
  ]);
  await assert.rejects(zipMember(bomb, "one"), isFormatError(/more than the 100 bytes/));
});
