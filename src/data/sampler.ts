// The order in which an epoch goes through a data set: a pure function of seed and epoch.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { Random } from "../tensor/random.ts";

/** Keeps the bits that shuffle apart from those that initialise weights under the same seed. */
const shuffleStream = 0x73687566;
/** The same for draws with weights, and for strata. */
const weightStream = 0x77656967;
const stratumStream = 0x73747261;

/** Decides which samples an epoch has, and in which order. */
export interface Sampler {
  /** Samples in an epoch. */
  readonly length: number;
  /** Numbers of samples in their order: the same for the same seed and epoch, on every machine. */
  order(seed: number, epoch: number): Int32Array;
}

/** Sample numbers 0 … length − 1 in order. */
export function sequentialOrder(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** A random order of 0 … length − 1: a pure function of (length, seed, epoch), equally likely to be any order. */
export function shuffledOrder(length: number, seed: number, epoch: number): Int32Array {
  return new Random(seed, shuffleStream + epoch).permutation(length);
}

/** All samples in order. */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  order(): Int32Array {
    return sequentialOrder(this.length);
  }
}

/** All samples, in another random order in each epoch. */
export class RandomSampler implements Sampler {
  readonly length: number;

  constructor(length: number) {
    this.length = length;
  }

  order(seed: number, epoch: number): Int32Array {
    return shuffledOrder(this.length, seed, epoch);
  }
}

/** How a WeightedRandomSampler draws. */
export interface WeightedSamplerOptions {
  /** Draws in an epoch; by default as many as there are weights. */
  readonly numSamples?: number;
  /** Whether a sample can be drawn again. Default true. */
  readonly replacement?: boolean;
}

/**
 * Draws samples with probabilities in proportion to their weights. Without replacement, each draw is among those that are left (Efraimidis and
 * Spirakis, "Weighted random sampling with a reservoir", 2006).
 */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  readonly replacement: boolean;
  readonly #weights: Float64Array;
  readonly #sums: Float64Array;

  /** Throws OptionError for a weight that is negative or no number, for weights that are all 0, and for more draws than there are samples to draw. */
  constructor(weights: ArrayLike<number>, options: WeightedSamplerOptions = {}) {
    checkOptions("WeightedRandomSampler", options, ["numSamples", "replacement"]);
    const { numSamples = weights.length, replacement = true } = options;
    this.#weights = Float64Array.from(weights);
    const bad = this.#weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
    if (bad >= 0) {
      throw new OptionError(
        `WeightedRandomSampler: weight ${bad} must be a number of at least 0; got ${weights[bad]}`,
      );
    }
    let sum = 0;
    this.#sums = this.#weights.map((weight) => (sum += weight));
    if (!(sum > 0)) throw new OptionError("WeightedRandomSampler: all weights are 0; nothing can be drawn");
    const drawable = replacement ? Number.POSITIVE_INFINITY : this.#weights.filter((w) => w > 0).length;
    if (!(Number.isInteger(numSamples) && numSamples > 0 && numSamples <= drawable)) {
      const most = replacement ? "" : ` and at most ${drawable}, the samples with a weight above 0`;
      throw new OptionError(
        `WeightedRandomSampler: numSamples must be an integer of at least 1${most}; got ${numSamples}`,
      );
    }
    this.length = numSamples;
    this.replacement = replacement;
  }

  order(seed: number, epoch: number): Int32Array {
    const random = new Random(seed, weightStream + epoch);
    return this.replacement ? this.#withReplacement(random) : this.#without(random);
  }

  #withReplacement(random: Random): Int32Array {
    const sums = this.#sums;
    const total = sums.at(-1)!;
    return Int32Array.from({ length: this.length }, () => {
      const target = random.uniform() * total;
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle]! > target) high = middle;
        else low = middle + 1;
      }
      return low;
    });
  }

  #without(random: Random): Int32Array {
    const keys = this.#weights.map((weight) => -Math.log(1 - random.uniform()) / weight);
    const order = sequentialOrder(keys.length).filter((i) => this.#weights[i]! > 0);
    order.sort((a, b) => keys[a]! - keys[b]! || a - b);
    return order.slice(0, this.length);
  }
}

/** For each sample 1 / (samples of its class): with them, a WeightedRandomSampler draws every class equally often. */
export function balancedWeights(labels: ArrayLike<number>): Float64Array {
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) counts.set(labels[i]!, (counts.get(labels[i]!) ?? 0) + 1);
  return Float64Array.from(labels, (label) => 1 / counts.get(label)!);
}

/**
 * All samples in a random order in which the classes are spread evenly: each stretch, and so each batch, has them in nearly the shares of the
 * whole. Sample j of the n of a class, in random order, stands at (j + u) / n of the epoch, u drawn from 0 … 1.
 */
export class StratifiedSampler implements Sampler {
  readonly length: number;
  readonly #labels: ArrayLike<number>;

  constructor(labels: ArrayLike<number>) {
    this.length = labels.length;
    this.#labels = labels;
  }

  order(seed: number, epoch: number): Int32Array {
    const random = new Random(seed, stratumStream + epoch);
    const shuffled = random.permutation(this.length);
    const classes = new Map<number, number[]>();
    for (const i of shuffled) {
      const members = classes.get(this.#labels[i]!);
      if (members) members.push(i);
      else classes.set(this.#labels[i]!, [i]);
    }
    const places = new Float64Array(this.length);
    for (const members of classes.values()) {
      for (const [j, i] of members.entries()) places[i] = (j + random.uniform()) / members.length;
    }
    // The shuffled order decides between equal places.
    return shuffled.sort((a, b) => places[a]! - places[b]!);
  }
}
