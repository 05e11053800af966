// Which tensor of a file goes into which of a model: by name, or by order and shape.
import { type Shape, sameShape } from "../../base/shape.ts";
import type { Target } from "./layout.ts";

/** What is known of a tensor in a file. */
export interface Entry {
  readonly name: string;
  readonly shape: Shape;
}

/** A tensor of a file and the one of the model that it goes into, or would if its shape were right. */
export interface Pair<E extends Entry> {
  readonly target: Target;
  readonly entry: E;
}

/** What came of it. */
export interface Match<E extends Entry> {
  readonly pairs: readonly Pair<E>[];
  /** Of one name but of different shapes. */
  readonly reshaped: readonly Pair<E>[];
  readonly missing: readonly Target[];
  readonly unexpected: readonly E[];
  /** Counters that the file lacks, which older files of PyTorch and all of Paddle do: they stay as they are. */
  readonly kept: readonly Target[];
}

/** Matches by name: `nameOf` gives the model's name, or Paddle's for it, for an entry. */
export function matchByName<E extends Entry>(
  targets: readonly Target[],
  entries: readonly E[],
  nameOf: (entry: E) => string,
): Match<E> {
  const byName = new Map(entries.map((entry) => [nameOf(entry), entry]));
  const named = targets.flatMap((target) => {
    const entry = byName.get(target.storedName) ?? byName.get(target.name);
    return entry ? [{ target, entry }] : [];
  });
  const fits = ({ target, entry }: Pair<E>) => sameShape(target.storedShape, entry.shape);
  const reshaped = named.filter((pair) => !fits(pair));
  return { pairs: named.filter(fits), reshaped, ...leftOver(targets, entries, named) };
}

/** What a last part of a name says of the tensor's role, in the words of several libraries. */
const roles: ReadonlyMap<string, string> = new Map([
  ...["weight", "kernel", "gamma", "scale", "_weight", "w"].map((leaf) => [leaf, "weight"] as const),
  ...["bias", "beta", "offset", "b"].map((leaf) => [leaf, "bias"] as const),
  ...["running_mean", "_mean", "moving_mean", "mean"].map((leaf) => [leaf, "mean"] as const),
  ...["running_var", "_variance", "moving_variance", "var"].map((leaf) => [leaf, "variance"] as const),
  ["num_batches_tracked", "counter"],
]);

/**
 * Matches by order and shape, whatever the names: of the tensors that have one shape, and one role where all names tell theirs, the
 * first of the file goes into the first of the model, and so on.
 */
export function matchByOrder<E extends Entry>(targets: readonly Target[], entries: readonly E[]): Match<E> {
  const hasRoles = entries.every(({ name }) => roles.has(leafOf(name)));
  const keyOf = (name: string, shape: Shape) => `${hasRoles ? roles.get(leafOf(name)) : ""} ${shape.join()}`;
  const queues = new Map<string, E[]>();
  for (const entry of entries) {
    const key = keyOf(entry.name, entry.shape);
    const queue = queues.get(key);
    if (queue) queue.push(entry);
    else queues.set(key, [entry]);
  }
  const pairs = targets.flatMap((target) => {
    const entry = queues.get(keyOf(target.name, target.storedShape))?.shift();
    return entry ? [{ target, entry }] : [];
  });
  return { pairs, reshaped: [], ...leftOver(targets, entries, pairs) };
}

function leafOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function leftOver<E extends Entry>(
  targets: readonly Target[],
  entries: readonly E[],
  found: readonly Pair<E>[],
): Pick<Match<E>, "missing" | "unexpected" | "kept"> {
  const taken = new Set<Entry | Target>(found.flatMap(({ target, entry }) => [target, entry]));
  const left = targets.filter((target) => !taken.has(target));
  return {
    missing: left.filter(({ isCounter }) => !isCounter),
    kept: left.filter(({ isCounter }) => isCounter),
    unexpected: entries.filter((entry) => !taken.has(entry)),
  };
}
