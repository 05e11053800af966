// From JPEG's frequencies to samples, in the whole numbers that libjpeg's "islow" computes with, so that the bytes are the same. Source:
// Loeffler, Ligtenberg, Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications", 1989.

/** Between the two passes. */
const columns = new Int32Array(64);

/** All 64 samples from the lowest frequency alone. */
export function flatBlock(lowest: number, to: Uint8ClampedArray, at: number, stride: number): void {
  const value = ((lowest + 4) >> 3) + 128;
  for (let y = 0, line = at; y < 8; y++, line += stride) to.fill(value, line, line + 8);
}

/** Writes a block's samples to `to` from `at` on, in rows `stride` apart, and sets the block to zero. */
export function inverseTransform(block: Int32Array, to: Uint8ClampedArray, at: number, stride: number): void {
  for (let x = 0; x < 8; x++) {
    const b0 = block[x]!;
    const b1 = block[x + 8]!;
    const b2 = block[x + 16]!;
    const b3 = block[x + 24]!;
    const b4 = block[x + 32]!;
    const b5 = block[x + 40]!;
    const b6 = block[x + 48]!;
    const b7 = block[x + 56]!;
    if ((b1 | b2 | b3 | b4 | b5 | b6 | b7) === 0) {
      const value = b0 << 2;
      block[x] = 0;
      columns[x] = value;
      columns[x + 8] = value;
      columns[x + 16] = value;
      columns[x + 24] = value;
      columns[x + 32] = value;
      columns[x + 40] = value;
      columns[x + 48] = value;
      columns[x + 56] = value;
      continue;
    }
    block[x] = 0;
    block[x + 8] = 0;
    block[x + 16] = 0;
    block[x + 24] = 0;
    block[x + 32] = 0;
    block[x + 40] = 0;
    block[x + 48] = 0;
    block[x + 56] = 0;
    const shared = Math.imul(b2 + b6, 4433);
    const low = shared + Math.imul(b2, 6270);
    const high = shared - Math.imul(b6, 15137);
    const sum = ((b0 + b4) << 13) + 1024;
    const difference = ((b0 - b4) << 13) + 1024;
    const all = Math.imul(b7 + b3 + b5 + b1, 9633);
    const z71 = Math.imul(b7 + b1, -7373);
    const z53 = Math.imul(b5 + b3, -20995);
    const z73 = Math.imul(b7 + b3, -16069) + all;
    const z51 = Math.imul(b5 + b1, -3196) + all;
    const o7 = Math.imul(b7, 2446) + z71 + z73;
    const o5 = Math.imul(b5, 16819) + z53 + z51;
    const o3 = Math.imul(b3, 25172) + z53 + z73;
    const o1 = Math.imul(b1, 12299) + z71 + z51;
    columns[x] = (sum + low + o1) >> 11;
    columns[x + 56] = (sum + low - o1) >> 11;
    columns[x + 8] = (difference + high + o3) >> 11;
    columns[x + 48] = (difference + high - o3) >> 11;
    columns[x + 16] = (difference - high + o5) >> 11;
    columns[x + 40] = (difference - high - o5) >> 11;
    columns[x + 24] = (sum - low + o7) >> 11;
    columns[x + 32] = (sum - low - o7) >> 11;
  }
  for (let y = 0, line = at; y < 64; y += 8, line += stride) {
    const b0 = columns[y]!;
    const b1 = columns[y + 1]!;
    const b2 = columns[y + 2]!;
    const b3 = columns[y + 3]!;
    const b4 = columns[y + 4]!;
    const b5 = columns[y + 5]!;
    const b6 = columns[y + 6]!;
    const b7 = columns[y + 7]!;
    const shared = Math.imul(b2 + b6, 4433);
    const low = shared + Math.imul(b2, 6270);
    const high = shared - Math.imul(b6, 15137);
    // Half a level for rounding, and the 128 that samples are stored less.
    const sum = ((b0 + b4) << 13) + 33685504;
    const difference = ((b0 - b4) << 13) + 33685504;
    const all = Math.imul(b7 + b3 + b5 + b1, 9633);
    const z71 = Math.imul(b7 + b1, -7373);
    const z53 = Math.imul(b5 + b3, -20995);
    const z73 = Math.imul(b7 + b3, -16069) + all;
    const z51 = Math.imul(b5 + b1, -3196) + all;
    const o7 = Math.imul(b7, 2446) + z71 + z73;
    const o5 = Math.imul(b5, 16819) + z53 + z51;
    const o3 = Math.imul(b3, 25172) + z53 + z73;
    const o1 = Math.imul(b1, 12299) + z71 + z51;
    to[line] = (sum + low + o1) >> 18;
    to[line + 7] = (sum + low - o1) >> 18;
    to[line + 1] = (difference + high + o3) >> 18;
    to[line + 6] = (difference + high - o3) >> 18;
    to[line + 2] = (difference - high + o5) >> 18;
    to[line + 5] = (difference - high - o5) >> 18;
    to[line + 3] = (sum - low + o7) >> 18;
    to[line + 4] = (sum - low - o7) >> 18;
  }
}
