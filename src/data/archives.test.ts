import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { makeTar, makeZip, type TarEntry, type ZipEntry } from "../../test/support/archives.ts";
import { FormatError, UnsupportedError } from "../base/errors.ts";
import { inflated } from "./gzip.ts";
import { partsOfBytes } from "./memoryFile.ts";
import { readTar } from "./tar.ts";
import { zipDirectory } from "./zip.ts";
import { isStored, readZipHead, readZipMember } from "./zipMember.ts";

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

const partsOf = (bytes: Uint8Array) => partsOfBytes(bytes, file);

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

/** Makes a local header that leaves sizes and checksum to what follows the data. */
const noSizes = (header: Buffer) => header.fill(0, 14, 26).writeUInt16LE(8, 6);

test("zip: members whose sizes follow their data, and a checksum that was not computed", async () => {
  assert.deepEqual(await zipMember(makeZip([{ name: "one", bytes: one, local: noSizes }]), "one"), one);
  const clear = (at: number) => (header: Buffer) => header.writeUInt32LE(0, at);
  const parts = partsOf(makeZip([{ name: "one", bytes: one, local: clear(14), central: clear(16) }]));
  const member = (await zipDirectory(parts)).get("one")!;
  await assert.rejects(readZipMember(parts, member), isFormatError(/the directory says 0x00000000/));
  assert.deepEqual(await readZipMember(parts, member, { mayLackChecksum: true }), one);
});

test("zip: the beginning of a member, without the rest", async () => {
  const large = new Uint8Array(3_000_000).fill(7);
  for (const stored of [true, false]) {
    const parts = partsOf(makeZip([{ name: "large", bytes: large, stored }]));
    const member = (await zipDirectory(parts)).get("large")!;
    assert.equal(isStored(member), stored);
    assert.deepEqual(await readZipHead(parts, member, 1000), large.subarray(0, 1000));
    assert.deepEqual(await readZipHead(parts, member, 5_000_000), large);
  }
});

test("zip: sizes of 64 bits", async () => {
  // The last field of each header in turn, as writers do that do not know the sizes beforehand.
  const wide = (archive: Buffer): Buffer => {
    const end = archive.length - 22;
    const [count, length, start] = [
      archive.readUInt16LE(end + 10),
      archive.readUInt32LE(end + 12),
      archive.readUInt32LE(end + 16),
    ];
    const record = Buffer.alloc(56 + 20);
    record.writeUInt32LE(0x06064b50, 0);
    for (const [at, value] of [
      [24, count],
      [32, count],
      [40, length],
      [48, start],
      [56 + 8, end],
    ] as const)
      record.writeBigUInt64LE(BigInt(value), at);
    record.writeUInt32LE(0x07064b50, 56);
    const last = Buffer.from(archive.subarray(end));
    last.fill(255, 8, 20);
    return Buffer.concat([archive.subarray(0, end), record, last]);
  };
  const archive = wide(
    makeZip([
      { name: "one", bytes: one },
      { name: "two", bytes: two },
    ]),
  );
  assert.deepEqual(await zipMember(archive, "one"), one);
  await assert.rejects(
    zipMember(archive.subarray(-22), "one"),
    isFormatError(/said to stand in a ZIP64 record/),
  );
  const damaged = Buffer.from(archive);
  damaged.writeBigUInt64LE(2n ** 60n, archive.length - 22 - 12);
  await assert.rejects(
    zipMember(damaged, "one"),
    isFormatError(/names 1152921504606847000 bytes, more than/),
  );
});

test("zip: names that lead elsewhere, twins and members that overlap", async () => {
  for (const name of ["../up", "a/../../up", "/etc/x", "C:\\x", "a\\..\\b", "a\0b"]) {
    await assert.rejects(
      zipDirectory(partsOf(makeZip([{ name, bytes: two }]))),
      isFormatError(/expected a path inside/),
    );
  }
  const twins = [
    { name: "two", bytes: two },
    { name: "two", bytes: one },
  ];
  await assert.rejects(zipDirectory(partsOf(makeZip(twins))), isFormatError(/two is there twice/));
  const central = (header: Buffer) => header.writeUInt32LE(20, 42);
  const overlapping = makeZip([
    { name: "one", bytes: one, stored: true },
    { name: "two", bytes: two, central },
  ]);
  await assert.rejects(
    zipDirectory(partsOf(overlapping)),
    isFormatError(/one overlaps two, which begins at 20/),
  );
  // Within what the directory tells, but not with the names and extra fields of the headers themselves.
  const extra = (header: Buffer) => header.writeUInt16LE(20, 28);
  const reaching = makeZip([
    { name: "one", bytes: two, stored: true, local: extra },
    { name: "two", bytes: one },
  ]);
  await assert.rejects(zipMember(reaching, "one"), isFormatError(/its data overlap what begins at 36/));
});

test("zip: headers that disagree", async () => {
  for (const [at, what] of [
    [14, "checksum"],
    [18, "compressed size"],
    [22, "size"],
  ] as const) {
    const archive = makeZip([{ name: "one", bytes: one, local: (header) => header.writeUInt32LE(77, at) }]);
    const message = new RegExp(`its own header says ${what} 77, the directory \\d+`);
    await assert.rejects(zipMember(archive, "one"), isFormatError(message));
  }
});

test("zip: bombs are refused before anything is inflated", async () => {
  const sized = (size: number, bytes = one) =>
    makeZip([
      {
        name: "one",
        bytes,
        local: (header) => header.writeUInt32LE(size, 22),
        central: (header) => header.writeUInt32LE(size, 24),
      },
    ]);
  await assert.rejects(
    zipMember(sized(4_000_000_000), "one"),
    isFormatError(/says 4000000000 bytes; \d+ compressed ones can't hold so many/),
  );
  const noise = Uint8Array.from({ length: 90_000 }, (_, i) => (Math.sin(i) * 1e6) & 255);
  const bomb = sized(65 * 2 ** 20, noise);
  await assert.rejects(
    zipMember(bomb, "one"),
    isFormatError(/would become 68157440, which is taken for a bomb/),
  );
  const stored = makeZip([
    {
      name: "one",
      bytes: one,
      stored: true,
      local: noSizes,
      central: (header) => header.writeUInt32LE(5, 24),
    },
  ]);
  await assert.rejects(
    zipMember(stored, "one"),
    isFormatError(/stored with 700 bytes; the directory says 5/),
  );
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
  await refused(
    make({ central: (header) => header.writeUInt16LE(500, 28) }),
    /entry 1 of 1 of the directory reaches beyond/,
  );
  await refused(make({ central: (header) => header.writeUInt32LE(2 ** 31, 42) }), /reaches beyond the data/);
  await refused(make({ local: (header) => header.write("two", 30) }), /its own header calls it two/);
  await refused(make({ local: (header) => header.writeUInt16LE(0, 8) }), /names another method/);
  await refused(make({ local: (header) => header.writeUInt32LE(0, 0) }), /expected the header of a member/);
  await refused(
    make({ local: (header) => header.writeUInt16LE(60_000, 28) }),
    /its data reach beyond the file/,
  );
  await refused(
    make({ local: noSizes, central: (header) => header.writeUInt32LE(5, 24) }),
    /more than the 5 bytes/,
  );
  await refused(
    make({ local: noSizes, central: (header) => header.writeUInt32LE(5000, 24) }),
    /700 bytes; the directory says 5000/,
  );
  await refused(
    make({ local: noSizes, central: (header) => header.writeUInt32LE(5, 16) }),
    /checksum is 0x[0-9a-f]{8}; the directory says 0x00000005/,
  );
  const unsupported = (archive: Uint8Array, message: RegExp) =>
    assert.rejects(
      zipMember(archive, "one"),
      (error) => error instanceof UnsupportedError && message.test(error.message),
    );
  const method = (header: Buffer) => header.writeUInt16LE(14, header.length === 33 ? 8 : 10);
  await unsupported(make({ local: method, central: method }), /compressed by method 14/);
  await unsupported(make({ central: (header) => header.writeUInt16LE(1, 8) }), /one is encrypted/);
  await unsupported(
    make({}, (record) => record.writeUInt16LE(1, 4)),
    /several parts/,
  );
});

test("zip: a deflated bomb ends at the size that the directory says", async () => {
  const bomb = makeZip([
    {
      name: "one",
      bytes: new Uint8Array(50_000_000),
      local: noSizes,
      central: (header) => header.writeUInt32LE(100, 24),
    },
  ]);
  await assert.rejects(zipMember(bomb, "one"), isFormatError(/more than the 100 bytes/));
});
