// Seeded random numbers from a counter-based generator: every number is a pure function of (seed, stream, index).
import { threefry2x32 } from "../kernel/threefry.ts";

/** A stream of random numbers; two streams of different (seed, stream) keys are independent. */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  #counter = 0;

  constructor(seed: number, stream = 0) {
    this.#key0 = seed | 0;
    this.#key1 = (Math.floor(seed / 2 ** 32) ^ Math.imul(stream, 0x9e3779b1)) | 0;
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    return threefry2x32(this.#key0, this.#key1, this.#counter++, 1) >>> 0;
  }

  /** A number in [0, 1) with 24 random bits. */
  uniform(): number {
    return (this.bits() >>> 8) * 2 ** -24;
  }

  /** A normal number with mean 0 and deviation 1, by Box and Muller's transform. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** An integer in [0, below), without bias. */
  integer(below: number): number {
    const limit = Math.floor(2 ** 32 / below) * below;
    for (;;) {
      const bits = this.bits();
      if (bits < limit) return bits % below;
    }
  }

  /** A random order of 0 … length − 1 (Fisher and Yates). */
  permutation(length: number): Int32Array {
    const order = Int32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const swap = order[i]!;
      order[i] = order[j]!;
      order[j] = swap;
    }
    return order;
  }
}

let generator = new Random(0);
let seedInUse = 0;
let draws = 0;

/** Sets the seed of initialisers, dropout and the random factories. */
export function manualSeed(seed: number): void {
  generator = new Random(seed);
  seedInUse = seed;
  draws = 0;
}

/** Runs `body` with the random numbers of another generator; afterwards the present one goes on as if nothing had been drawn. */
export function withRandom<T>(random: Random, body: () => T): T {
  const before = { generator, seedInUse, draws };
  generator = random;
  try {
    return body();
  } finally {
    ({ generator, seedInUse, draws } = before);
  }
}

/** The generator behind the random factories. */
export function defaultRandom(): Random {
  return generator;
}

/** A fresh pair of keys for random bits that are drawn inside a kernel, one for each call since the seed was set. */
export function drawKey(): [number, number] {
  draws++;
  return [seedInUse | 0, (Math.imul(draws, 0x85ebca6b) ^ Math.floor(seedInUse / 2 ** 32) ^ 0x2545f491) | 0];
}
