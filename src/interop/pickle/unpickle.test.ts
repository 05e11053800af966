import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, dictionary, text, whole } from "../../../test/support/pickles.ts";
import { FormatError } from "../../base/errors.ts";
import { partsOfBytes } from "../../data/memoryFile.ts";
import { pythonGlobals } from "./collections.ts";
import { numpyGlobals } from "./numpy.ts";
import { unpickle, unpickleAt } from "./unpickle.ts";
import { type PickleValue, Tuple } from "./values.ts";
import { PickleWriter } from "./writer.ts";

const failAt = (message: string, offset: number): never => {
  throw new FormatError(message, { offset });
};
const globals = new Map<string, PickleValue>([...pythonGlobals, ...numpyGlobals]);
const read = (...parts: (string | Uint8Array)[]) => unpickle(bytesOf(...parts), { globals }, failAt).value;

/** Checks that a pickle is refused, where, and with what words. */
function refused(parts: (string | Uint8Array)[], message: RegExp, offset?: number): void {
  assert.throws(
    () => read(...parts),
    (error) => {
      assert.ok(error instanceof FormatError, String(error));
      assert.match(error.message, message);
      if (offset !== undefined) assert.equal(error.offset, offset);
      return true;
    },
  );
}

test("plain data of protocols 2 to 5", () => {
  assert.equal(read("\x80\x02N."), null);
  assert.deepEqual(
    read("\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00](\x88\x89K\x07M\x01\x02J\xff\xff\xff\xffe."),
    [true, false, 7, 513, -1],
  );
  assert.equal(read("\x8a\x00."), 0);
  assert.equal(read("\x8a\x01\xff."), -1);
  assert.equal(read("\x8b\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01."), 2n ** 64n);
  assert.equal(read("G\x3f\xe0\x00\x00\x00\x00\x00\x00."), 0.5);
  assert.deepEqual(
    read("(U\x01\xe9T\x02\x00\x00\x00ab", text("ü名"), "\x8c\x01xt."),
    new Tuple(["é", "ab", "ü名", "x"]),
  );
  assert.deepEqual(read("B\x02\x00\x00\x00\x01\x02."), Buffer.from([1, 2]));
  assert.deepEqual(read("K\x01K\x02K\x03\x87."), new Tuple([1, 2, 3]));
  assert.deepEqual(read("(K\x01K\x02d."), new Map([[1, 2]]));
  assert.deepEqual(read("}K\x01K\x02s."), new Map([[1, 2]]));
  assert.deepEqual(read("\x8f(K\x01K\x01\x90."), new Set([1]));
  assert.deepEqual(read("]K\x05a2\x86."), new Tuple([[5], [5]]));
  assert.deepEqual(read("K\x01K\x020(K\x03K\x041."), 1);
});

test("the memo, dictionaries with attributes, and ordered ones", () => {
  assert.deepEqual(read("K\x07q\x00h\x00\x86."), new Tuple([7, 7]));
  assert.deepEqual(read("K\x07\x94K\x08\x94h\x01\x86\x86."), new Tuple([7, new Tuple([8, 8])]));
  const ordered = read(
    "ccollections\nOrderedDict\n)R",
    text("a"),
    "K\x01s",
    dictionary({ _metadata: whole(1) }),
    "b.",
  );
  assert.deepEqual(ordered, new Map([["a", 1]]));
  assert.deepEqual(read("ccollections\nOrderedDict\n](K\x01K\x02\x86e\x85R."), new Map([[1, 2]]));
});

test("counters and sets", () => {
  assert.deepEqual(read("ccollections\nCounter\n}K\x05K\x01s\x85R."), new Map([[5, 1]]));
  assert.deepEqual(read("ccollections\nCounter\n)R."), new Map());
  assert.deepEqual(read("c__builtin__\nset\n](K\x01K\x02e\x85R."), new Set([1, 2]));
  refused(["ccollections\nCounter\nN\x85R."], /expected a dictionary; found None/);
});

test("numbers of NumPy", () => {
  const scalar = (code: string, order: string, bytes: string) =>
    read(
      "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n",
      text(code),
      "\x89\x88\x87R(K\x03",
      text(order),
      "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
      `C${String.fromCharCode(bytes.length)}${bytes}`,
      "\x86R.",
    );
  assert.equal(scalar("f8", "<", "\x00\x00\x00\x00\x00\x00\xe0\x3f"), 0.5);
  assert.equal(scalar("f8", ">", "\x3f\xe0\x00\x00\x00\x00\x00\x00"), 0.5);
  assert.equal(scalar("i8", "<", "\x00\x00\x00\x00\x01\x00\x00\x00"), 2n ** 32n);
  assert.equal(scalar("b1", "|", "\x01"), true);
  assert.throws(() => scalar("f4", "<", "\x00"), /a f4 has 4 bytes; found 1/);
  assert.throws(() => scalar("O8", "|", "\x00"), /dtype "O8" holds no numbers/);
});

test("what the writer writes is read", () => {
  const bytes = new PickleWriter(4)
    .mark()
    .text("é")
    .whole(255)
    .whole(256)
    .whole(-1)
    .whole(2 ** 40)
    .bytes(Uint8Array.of(1))
    .bool(true)
    .none()
    .wholes([3, 4])
    .global("collections", "OrderedDict")
    .emptyTuple()
    .reduce()
    .global("collections", "OrderedDict")
    .tuple()
    .end();
  const { value } = unpickle(bytes, { globals }, failAt);
  assert.deepEqual(
    value,
    new Tuple([
      "é",
      255,
      256,
      -1,
      2 ** 40,
      Uint8Array.of(1),
      true,
      null,
      new Tuple([3, 4]),
      new Map(),
      globals.get("collections OrderedDict")!,
    ]),
  );
  assert.throws(() => new PickleWriter(2).text("\ud800"), FormatError);
});

test("case 28: globals outside of the list, by name or from the stack", () => {
  refused(
    ["\x80\x02cos\nsystem\n", text("id"), "\x85R."],
    /asks for os\.system, which is not among the \d+ names/,
    2,
  );
  refused([text("builtins"), text("eval"), "\x93."], /asks for builtins\.eval/);
  refused(["ccollections\n__class__\n."], /collections\.__class__/);
  refused(["c__proto__\nconstructor\n."], /__proto__\.constructor/);
  refused(["K\x01K\x02\x93."], /a global's name must be a string/);
  // Opcodes that import, build or refer to whatever a file names.
  for (const opcode of ["i", "o", "P", "\x82", "\x92", "\x97", "I", "S", "V"]) {
    refused([`(${opcode}`], /opcode 0x[0-9a-f]{2} is none that weights need/, 1);
  }
  refused(["K\x01Q."], /refers to something outside of the file/);
  refused(["\x80\x01N."], /protocol 1 is not read/);
});

test("case 29: underflow of stack, marks and memo", () => {
  refused(["."], /the stack is empty/, 0);
  refused(["0"], /the stack is empty/);
  refused(["K\x01\x86"], /the stack is empty/);
  refused(["K\x01(\x85"], /the stack is empty/);
  refused(["q\x00"], /the stack is empty/);
  refused(["t"], /no mark on the stack/);
  refused(["K\x01u"], /no mark/);
  refused(["h\x05."], /memo has no value 5/);
  refused(["j\xff\xff\xff\xff."], /memo has no value 4294967295/);
  refused(["}(K\x01u."], /a key has no value/);
  refused(["](K\x01K\x02u."], /items are set on a list; expected a dictionary/);
  refused(["}K\x01a."], /items are appended to a dictionary; expected a list/);
  refused(["](K\x01\x90."], /added to a list; expected a set/);
  refused(["K\x01Nb."], /state is set on the number 1, which has none/);
  refused(["K\x01)R."], /calls something that is no function/);
  refused(["ccollections\nOrderedDict\nNR."], /arguments must be a tuple; found None/);
  refused(["ccollections\nOrderedDict\nNb."], /state is set on the function collections\.OrderedDict/);
});

test("pickles that end early, and lengths beyond them", () => {
  for (const cut of [
    "",
    "\x80",
    "(",
    "X\x05\x00\x00\x00ab",
    "cos",
    "\x8e\xff\xff\xff\xff\x00\x00\x00\x00a",
    "G\x00",
  ]) {
    refused([cut], /ends before its last opcode/, cut.length);
  }
  refused(["\x8e\xff\xff\xff\xff\xff\xff\xff\xff"], /a length of 18446744073709552000 is beyond 2\^53/, 0);
  refused(["\x8b\x00\x10\x00\x00"], /a whole number of 4096 bytes/, 0);
  refused(["X\x01\x00\x00\x00\xff."], /not UTF-8/, 0);
});

test("small pickles that would become large are refused", () => {
  const encode = bytesOf(
    "c_codecs\nencode\nq\x00",
    text("x".repeat(200_000)),
    "q\x01",
    text("latin1"),
    "q\x02",
  );
  const again = "h\x00h\x01h\x02\x86R".repeat(10);
  refused([encode, again, "."], /makes more bytes than it has/);
  // A dictionary that is made anew from the same list each time.
  const unique = Array.from({ length: 1000 }, (_, i) => bytesOf(whole(i), "N\x86"));
  const list = bytesOf("](", ...unique, "eq\x00");
  refused(
    ["ccollections\nOrderedDict\nq\x01", list, "h\x01h\x00\x85R".repeat(1100), "."],
    /more than 1000000 objects/,
  );
});

test("a pickle within a file is read in windows, and its places are the file's", async () => {
  const long = bytesOf("](", "K\x01".repeat(100_000), "e.");
  const file = partsOfBytes(bytesOf("head", long, "tail"), "a.pkl");
  let most = 0;
  const counted = {
    ...file,
    read: (start: number, length: number) => {
      most = Math.max(most, length);
      return file.read(start, length);
    },
  };
  const { value, end } = await unpickleAt(counted, 4, { globals }, failAt);
  assert.equal((value as PickleValue[]).length, 100_000);
  assert.equal(end, 4 + long.length);
  assert.ok(most <= 2 ** 18, String(most));
  const refusedAt = (bytes: Uint8Array) => unpickleAt(partsOfBytes(bytes, "a.pkl"), 4, { globals }, failAt);
  await assert.rejects(refusedAt(bytesOf("headK\x01i")), (e) => e instanceof FormatError && e.offset === 6);
  await assert.rejects(refusedAt(bytesOf("headK\x01")), (e) => e instanceof FormatError && e.offset === 6);
});
