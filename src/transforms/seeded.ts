// Random numbers for one sample of one epoch, so that any sample can be made again.
import { threefry2x32 } from "../kernel/threefry.ts";
import { Random } from "../tensor/random.ts";

/** Keeps the bits that change pictures apart from those that shuffle and those that initialise weights under the same seed. */
const augmentStream = 0x6175676d;

/**
 * The random numbers of a sample: a pure function of (seed, epoch, index), whatever has been drawn before and on whichever thread or machine.
 */
export function sampleRandom(seed: number, epoch: number, index: number): Random {
  const high = (Math.floor(seed / 2 ** 32) ^ augmentStream) | 0;
  const key = threefry2x32(seed | 0, high, epoch, index);
  return new Random(key, threefry2x32(seed | 0, ~high, epoch, index));
}
