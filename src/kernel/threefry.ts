// Threefry-2x32 with 20 rounds: random bits as a pure function of (key, counter), the same on every backend.

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/**
 * First word of Threefry-2x32-20 of the counter (c0, c1) under the key (k0, k1); all words are int32 bit patterns.
 * Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export function threefry2x32(k0: number, k1: number, c0: number, c1: number): number {
  const key = [k0 | 0, k1 | 0, parity ^ k0 ^ k1];
  let x0 = (c0 + k0) | 0;
  let x1 = (c1 + k1) | 0;
  for (let block = 0; block < 5; block++) {
    for (let i = 0; i < 4; i++) {
      const r = rotations[(block % 2) * 4 + i]!;
      x0 = (x0 + x1) | 0;
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0;
    }
    x0 = (x0 + key[(block + 1) % 3]!) | 0;
    x1 = (x1 + key[(block + 2) % 3]! + block + 1) | 0;
  }
  return x0;
}
