// Seeded damage: flipped bits, cuts, lengths that lie, parts that move.
import type { Random } from "../../src/tensor/random.ts";

type Mutation = (bytes: Buffer, random: Random, donor: Uint8Array) => Buffer;

const bytesOfInterest = [0, 1, 0x20, 0x2e, 0x28, 0x7f, 0x80, 0xff];
const numbersOfInterest = [
  0n,
  1n,
  8n,
  255n,
  65535n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const place = (bytes: Uint8Array, random: Random) => random.integer(Math.max(1, bytes.length));

/** A stretch of bytes, mostly short. */
function stretch(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = place(bytes, random);
  const most = random.integer(4) === 0 ? bytes.length : 16;
  return [start, Math.min(bytes.length, start + 1 + random.integer(Math.max(1, most)))];
}

const mutations: readonly Mutation[] = [
  function flipBit(bytes, random) {
    if (bytes.length > 0) bytes[place(bytes, random)]! ^= 1 << random.integer(8);
    return bytes;
  },
  function setByte(bytes, random) {
    const value =
      random.integer(2) === 0
        ? random.integer(256)
        : bytesOfInterest[random.integer(bytesOfInterest.length)]!;
    if (bytes.length > 0) bytes[place(bytes, random)] = value;
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, place(bytes, random));
  },
  function remove(bytes, random) {
    const [start, end] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeat(bytes, random) {
    const [start, end] = stretch(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function splice(bytes, random, donor) {
    const [start, end] = stretch(donor, random);
    const at = place(bytes, random);
    const keep = random.integer(2) === 0 ? at : Math.min(bytes.length, at + end - start);
    return Buffer.concat([bytes.subarray(0, at), donor.subarray(start, end), bytes.subarray(keep)]);
  },
  function setNumber(bytes, random) {
    const width = [2, 4, 8][random.integer(3)]!;
    const size = BigInt(bytes.length);
    const values = [...numbersOfInterest, size, size - 1n, size + 1n];
    const value = BigInt.asUintN(8 * width, values[random.integer(values.length)]!);
    const at = place(bytes, random);
    if (at + width > bytes.length) return bytes;
    for (let i = 0; i < width; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n);
    return bytes;
  },
  function changeDigit(bytes, random) {
    const digits = Array.from(bytes.keys()).filter((i) => bytes[i]! >= 0x30 && bytes[i]! <= 0x39);
    if (digits.length === 0) return bytes;
    const at = digits[random.integer(digits.length)]!;
    if (random.integer(2) === 0) bytes[at] = 0x30 + random.integer(10);
    else
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from("9".repeat(1 + random.integer(12))),
        bytes.subarray(at),
      ]);
    return bytes;
  },
];

/** A damaged copy of `bytes`; `donor` is another valid file, of which parts may be put in. */
export function mutate(bytes: Uint8Array, donor: Uint8Array, random: Random): Buffer {
  let damaged: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.integer(3); left > 0; left--) {
    damaged = mutations[random.integer(mutations.length)]!(damaged, random, donor);
  }
  return damaged;
}
