// The order in which an epoch goes through a data set.
import { Random } from "../tensor/random.ts";

/** Keeps the bits that shuffle apart from those that initialise weights under the same seed. */
const shuffleStream = 0x73687566;

/** Sample numbers 0 … length − 1 in order. */
export function sequentialOrder(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** A random order of 0 … length − 1: a pure function of (length, seed, epoch), equally likely to be any order. */
export function shuffledOrder(length: number, seed: number, epoch: number): Int32Array {
  return new Random(seed, shuffleStream + epoch).permutation(length);
}
