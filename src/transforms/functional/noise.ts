// Random fields with a value for every pixel, made from one seed so that the seed alone has to be kept.

/**
 * Numbers of Marsaglia's xorshift with 128 bits of state: for fields of many pixels, where the counter-based generator would take
 * most of a transform's time. Source: Marsaglia, "Xorshift RNGs", Journal of Statistical Software, 2003.
 */
class FieldRandom {
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  constructor(seed: number) {
    this.#x = mixed(seed);
    this.#y = mixed(this.#x ^ 0x159a55e5);
    this.#z = mixed(this.#y ^ 0x1f123bb5);
    // A state of zeros alone would stay so.
    this.#w = mixed(this.#z ^ 0x05491333) | 1;
  }

  bits(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8);
    return this.#w >>> 0;
  }
}

/** Bits without a trace of the pattern among seeds (the finaliser of MurmurHash3, by Appleby). */
export function mixed(seed: number): number {
  let h = seed | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** `length` normal numbers of mean 0 and deviation 1, in pairs by Marsaglia's polar method. */
export function normalField(length: number, seed: number): Float32Array {
  const random = new FieldRandom(seed);
  const field = new Float32Array(length);
  for (let i = 0; i < length; ) {
    const u = random.bits() * 2 ** -31 - 1;
    const v = random.bits() * 2 ** -31 - 1;
    const square = u * u + v * v;
    if (square >= 1 || square === 0) continue;
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    field[i++] = u * factor;
    if (i < length) field[i++] = v * factor;
  }
  return field;
}

/** `length` random bytes. */
export function byteField(length: number, seed: number): Uint8Array {
  const random = new FieldRandom(seed);
  const field = new Uint8Array(length);
  for (let i = 0; i < length; i++) field[i] = random.bits() >>> 24;
  return field;
}
