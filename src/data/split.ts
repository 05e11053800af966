// Two parts of a data set by a seeded draw; names and order of files never decide.
import { OptionError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { Random } from "../tensor/random.ts";

/** Keeps these draws apart from those of other things under the same seed. */
const splitStream = 0x73706c74;

/** How samples are drawn. */
export interface SplitOptions {
  /** Which draw; the same seed gives the same parts on every machine. Default 0. */
  readonly seed?: number;
  /** The same share of every class (default), or of all samples whatever their class. */
  readonly stratify?: boolean;
}

/**
 * Numbers of the samples of two parts, in rising order: the first has `round(share · n)` of the n samples. With `stratify`, of each class with c samples
 * it has `share · c` rounded down or up, up where the remainder is largest. Throws OptionError for a share outside 0 to 1.
 */
export function splitIndices(
  labels: ArrayLike<number>,
  share: number,
  options: SplitOptions = {},
): [first: Int32Array, rest: Int32Array] {
  checkOptions("split", options, ["seed", "stratify"]);
  const { seed = 0, stratify = true } = options;
  if (!(share >= 0 && share <= 1)) {
    throw new OptionError(`split: share is a part of 1, such as 0.8; got ${share}`);
  }
  const count = labels.length;
  const order = new Random(seed, splitStream).permutation(count);
  const total = Math.round(share * count);
  const groups = new Map<number, number[]>();
  for (const i of order) {
    const key = stratify ? labels[i]! : 0;
    const group = groups.get(key);
    if (group) group.push(i);
    else groups.set(key, [i]);
  }
  const quotas = Array.from(groups, ([label, members]) => {
    const exact = share * members.length;
    return { label, members, taken: Math.floor(exact), remainder: exact - Math.floor(exact) };
  });
  let missing = total - quotas.reduce((sum, { taken }) => sum + taken, 0);
  quotas.sort((a, b) => b.remainder - a.remainder || a.label - b.label);
  for (const quota of quotas) {
    if (missing <= 0) break;
    quota.taken++;
    missing--;
  }
  const isFirst = new Uint8Array(count);
  for (const { members, taken } of quotas) for (const i of members.slice(0, taken)) isFirst[i] = 1;
  const numbers = Int32Array.from({ length: count }, (_, i) => i);
  return [numbers.filter((i) => isFirst[i] === 1), numbers.filter((i) => isFirst[i] === 0)];
}
