// Numbers that look random and are the same on every side, so that all of them compute the same thing and their
// results can be compared. bench/peers/torch_numbers.py has the same functions for PyTorch.

/** 32 well mixed bits for a place in a stream (the finaliser of MurmurHash3). */
function bitsAt(index: number, seed: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The stream that belongs to a name: its FNV-1a hash. */
function seedOf(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h;
}

/** Numbers spread evenly over ±bound. */
export function uniform(name: string, count: number, bound = 1): Float32Array<ArrayBuffer> {
  const seed = seedOf(name);
  return Float32Array.from({ length: count }, (_, i) => ((bitsAt(i, seed) >>> 8) / 2 ** 23 - 1) * bound);
}

/** Pictures in colour with their classes. */
export interface Pictures {
  /** `[count, 3, 32, 32]`. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/** Noise whose brightness tells the class, so that a network can learn it. */
export function colourPictures(count = 4096): Pictures {
  const size = 3 * 32 * 32;
  const seed = seedOf("pictures");
  const data = new Uint8Array(count * size);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 10);
  for (let i = 0; i < data.length; i++)
    data[i] = (bitsAt(i, seed) >>> 25) + 12 * labels[Math.floor(i / size)]!;
  return { data, labels };
}

/** How much of a result there is, whatever its layout: the mean of the absolute values. NaN where one of them is. */
export function magnitude(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.abs(values[i]!);
  return sum / values.length;
}
