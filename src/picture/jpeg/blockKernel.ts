// Reads one block of a baseline scan, as WebAssembly: its codes, its coefficients, and its samples by the transform. Knows no order of blocks.
// Source: ITU-T T.81, F.2.2.
import type { FunctionBuilder, Local } from "../../backend/wasm/assembler.ts";
import { acEnd, acPart, acTable, type Huffman, lookBits } from "./huffman.ts";
import { zigzag } from "./segments.ts";

/** Where the frequencies of the block are, 64 int32 in rows, and behind them the places of coefficients in bytes. */
export const blockAddress = 0;
const placesAddress = 256;
/** First byte that is neither's. */
export const firstAddress = 320;

// A table: what is looked up by the next bits, then limits and offsets by length as int32, then symbols.
const limitBytes = 4 * 18;
const offsetBytes = 4 * 17;
const tailBytes = limitBytes + offsetBytes + 256;
const dcLook = 2 << lookBits;
const acLook = 4 << lookBits;
// A part of a scan: the last lowest coefficient, the steps, and its tables.
const stepsAt = 4;
const dcAt = stepsAt + 4 * 64;
const acAt = dcAt + dcLook + tailBytes;
/** Bytes of what `writePart` writes; a multiple of 4. */
export const partBytes = acAt + acLook + tailBytes;

/** What every picture's memory begins with. */
export function writePlaces(bytes: Uint8Array): void {
  for (let k = 0; k < 64; k++) bytes[placesAddress + k] = 4 * zigzag[k]!;
}

/** Writes what the kernel reads of a part of a scan. */
export function writePart(
  bytes: Uint8Array,
  address: number,
  steps: Uint16Array,
  dc: Huffman,
  ac: Huffman,
): void {
  const view = new Int32Array(bytes.buffer, address, stepsAt / 4 + 64);
  view[0] = 0;
  view.set(steps, stepsAt / 4);
  new Uint16Array(bytes.buffer, address + dcAt, dcLook / 2).set(dc.short);
  new Int32Array(bytes.buffer, address + acAt, acLook / 4).set(acTable(ac));
  writeTail(bytes, address + dcAt + dcLook, dc);
  writeTail(bytes, address + acAt + acLook, ac);
}

function writeTail(bytes: Uint8Array, address: number, { limits, offsets, symbols }: Huffman): void {
  const to = new Int32Array(bytes.buffer, address, 18 + 17);
  // The upper 16 bits are enough, as no code is longer.
  for (let length = 0; length <= 16; length++) to[length] = limits[length]! / 65536;
  to[17] = 0x7fffffff;
  to.set(offsets, 18);
  bytes.set(symbols, address + limitBytes + offsetBytes);
}

/** Sets the lowest coefficient that the next block's is counted from to 0. */
export function restartPart(bytes: Uint8Array, address: number): void {
  bytes.fill(0, address, address + 4);
}

/**
 * Writes the function's body: (place in bits, address of the first 4 bytes, which lie in reverse order, address of the part, where the samples
 * go, bytes from row to row) → the place behind the block, or −1 where the bits make no sense.
 */
export function writeReadBlock(f: FunctionBuilder, transform: number, flat: number): void {
  const [at, base, part, to, stride] = [0, 1, 2, 3, 4] as const;
  const locals = Array.from({ length: 8 }, () => f.local("i32"));
  const [word, entry, size, skip, value, k, any, length] = locals as [
    ...[Local, Local, Local, Local],
    ...[Local, Local, Local, Local],
  ];
  /** Pushes 32 bits from `at` on, of which at least 25 are the data's. */
  const peek = () => {
    f.get(base).get(at).i32(3).op("i32.shr_u").op("i32.sub").mem("i32.load", 0, 0);
    return f.get(at).i32(7).op("i32.and").op("i32.shl");
  };
  const advance = (by: Local) => f.get(at).get(by).op("i32.add").set(at);
  const giveUp = () => f.i32(-1).op("return");
  /** Sets `entry` to the symbol of a code longer than the bits looked at, and goes past it. */
  const longCode = (tail: number) => {
    f.i32(lookBits).set(length);
    f.loop(() => {
      f.increment(length, 1);
      f.get(word).i32(16).op("i32.shr_u");
      f.get(part).get(length).i32(2).op("i32.shl").op("i32.add").mem("i32.load", tail);
      f.op("i32.ge_s").brIf(0);
    });
    f.get(length).i32(16).op("i32.gt_s").if(giveUp);
    f.get(part);
    f.get(word).i32(32).get(length).op("i32.sub").op("i32.shr_u");
    f.get(part)
      .get(length)
      .i32(2)
      .op("i32.shl")
      .op("i32.add")
      .mem("i32.load", tail + limitBytes);
    f.op("i32.add")
      .op("i32.add")
      .mem("i32.load8_u", tail + limitBytes + offsetBytes)
      .set(entry);
    advance(length);
  };
  /** Sets `value` to the signed number of the next `size` bits, and goes past them: those with a leading 0 are negative. */
  const readNumber = () => {
    peek().set(word);
    f.get(word).i32(32).get(size).op("i32.sub").op("i32.shr_u");
    f.get(word).i32(0).op("i32.lt_s").i32(1).op("i32.sub").i32(1).get(size).op("i32.shl").i32(1);
    f.op("i32.sub").op("i32.and").op("i32.sub").set(value);
    advance(size);
  };
  const nothing = () => f.i32(0).set(value);

  peek()
    .tee(word)
    .i32(32 - lookBits)
    .op("i32.shr_u")
    .i32(1)
    .op("i32.shl")
    .get(part)
    .op("i32.add");
  f.mem("i32.load16_u", dcAt).tee(entry).op("i32.eqz");
  f.if(
    () => longCode(dcAt + dcLook),
    () => {
      f.get(entry).i32(8).op("i32.shr_u").set(length);
      advance(length);
    },
  );
  f.get(entry).i32(255).op("i32.and").tee(size).i32(15).op("i32.gt_s").if(giveUp);
  f.get(size).if(readNumber, nothing);
  f.get(part).get(part).mem("i32.load").get(value).op("i32.add").tee(value).mem("i32.store");
  f.get(value).get(part).mem("i32.load", stepsAt).op("i32.mul").set(value);
  f.i32(blockAddress).get(value).mem("i32.store");

  f.i32(1).set(k);
  f.i32(0).set(any);
  f.block(() => {
    f.loop(() => {
      peek()
        .tee(word)
        .i32(32 - lookBits)
        .op("i32.shr_u")
        .i32(2)
        .op("i32.shl")
        .get(part)
        .op("i32.add");
      f.mem("i32.load", acAt).tee(entry).i32(31).op("i32.and").set(length);
      advance(length);
      f.get(entry).i32(8).op("i32.shr_u").i32(255).op("i32.and").set(skip);
      f.get(entry).i32(16).op("i32.shr_s").set(value);
      f.get(entry).i32(acPart).op("i32.and");
      f.if(() => {
        f.get(value).set(size);
        f.get(length).op("i32.eqz");
        f.if(() => {
          longCode(acAt + acLook);
          f.get(entry).i32(15).op("i32.and").set(size);
          f.get(entry).i32(4).op("i32.shr_u").set(skip);
          f.get(size).op("i32.eqz").get(skip).i32(15).op("i32.lt_s").op("i32.and");
          f.if(() => f.i32(acEnd).set(skip));
        });
        f.get(size).if(readNumber, nothing);
      });
      f.get(k).get(skip).op("i32.add").tee(k).i32(63).op("i32.gt_s");
      f.if(() => {
        f.get(skip).i32(acEnd).op("i32.lt_s").if(giveUp);
        f.br(2);
      });
      f.get(k).mem("i32.load8_u", placesAddress);
      f.get(part).get(k).i32(2).op("i32.shl").op("i32.add").mem("i32.load", stepsAt);
      f.get(value).op("i32.mul").mem("i32.store", blockAddress);
      f.i32(1).set(any);
      f.get(k).i32(1).op("i32.add").tee(k).i32(64).op("i32.lt_s").brIf(0);
    });
  });
  f.get(any);
  f.if(
    () => f.get(to).get(stride).call(transform),
    () => {
      // The mean of the block, in samples.
      f.i32(blockAddress).mem("i32.load").i32(4).op("i32.add").i32(3).op("i32.shr_s").i32(128);
      f.op("i32.add").set(value);
      f.i32(0).get(value).get(value).i32(0).op("i32.lt_s").op("select").set(value);
      f.lesser(value, 255).get(to).get(stride).call(flat);
    },
  );
  f.get(at);
}
