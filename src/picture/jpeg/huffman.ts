// JPEG's prefix codes as tables to look bits up in. Knows nothing of blocks or scans. Source: ITU-T T.81, annexes C and F.2.2.

/** Bits that one look into a table decides on; longer codes, which are rare, are searched for. */
export const lookBits = 9;
const lookShift = 32 - lookBits;

/** Flag of an `ac` entry whose coefficient does not fit into the bits looked at. */
export const acPart = 32;
/** What an end of block adds to the place in the block, so that it lies behind any that there is. */
export const acEnd = 128;

/** One table of codes. */
export interface Huffman {
  /** By the next bits: length of the code in the upper byte, its symbol in the lower one; 0 where the code is longer. */
  readonly short: Uint16Array;
  /** One more than the largest code of each length, moved to the left of 32 bits; index is the length. */
  readonly limits: Float64Array;
  /** What added to a code of a length gives its place in `symbols`. */
  readonly offsets: Int32Array;
  readonly symbols: Uint8Array;
  /**
   * For the other 63 coefficients of a baseline block, by the next bits: bits used (5 bits), `acPart`, zeros before the coefficient (from
   * bit 8), the coefficient (from bit 16). With `acPart` only the code is used, and its size stands in place of the coefficient; with no
   * bits used the code is longer. Made when first asked for.
   */
  ac: Int32Array | null;
}

/** The table for codes of the lengths 1 … 16, `counts` of each, in order of `symbols`; null where there can't be so many. */
export function huffman(counts: Uint8Array, symbols: Uint8Array): Huffman | null {
  const short = new Uint16Array(1 << lookBits);
  const limits = new Float64Array(18);
  const offsets = new Int32Array(17);
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    const count = counts[length - 1]!;
    if (code + count > 1 << length) return null;
    offsets[length] = at - code;
    if (length <= lookBits) {
      const spread = 1 << (lookBits - length);
      let to = code * spread;
      for (let i = at; i < at + count; i++) {
        const entry = (length << 8) | symbols[i]!;
        for (const end = to + spread; to < end; to++) short[to] = entry;
      }
    }
    at += count;
    code += count;
    limits[length] = code * 2 ** (32 - length);
  }
  limits[17] = Infinity;
  return { short, limits, offsets, symbols, ac: null };
}

/** Length (upper byte) and symbol of the code that `word`, 32 bits, begins with; 0 where there is no such code. */
export function longCode({ limits, offsets, symbols }: Huffman, word: number): number {
  const bits = word >>> 0;
  let length = lookBits + 1;
  while (bits >= limits[length]!) length++;
  if (length > 16) return 0;
  return (length << 8) | symbols[(bits >>> (32 - length)) + offsets[length]!]!;
}

/** The table `ac`, for all codes whose coefficients fit into the bits looked at. */
export function acTable(table: Huffman): Int32Array {
  if (table.ac) return table.ac;
  const ac = new Int32Array(1 << lookBits);
  for (let bits = 0; bits < ac.length; bits++) {
    const code = table.short[bits]!;
    const length = code >> 8;
    const run = (code >> 4) & 15;
    const size = code & 15;
    if (length === 0) ac[bits] = acPart;
    else if (size === 0) ac[bits] = length | ((run === 15 ? 15 : acEnd) << 8);
    else if (length + size > lookBits) ac[bits] = length | acPart | (run << 8) | (size << 16);
    else {
      const value = extended((bits << (lookShift + length)) >>> (32 - size), size);
      ac[bits] = (length + size) | (run << 8) | (value << 16);
    }
  }
  table.ac = ac;
  return ac;
}

/** The signed number that `size` bits stand for: those with a leading 0 are negative. */
export function extended(bits: number, size: number): number {
  return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
}
