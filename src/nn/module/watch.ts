// Watching a model: everything that its parts are called with, and what they give, for as long as it is watched.
import { nearest, OptionError } from "../../base/errors.ts";
import { Tensor } from "../../tensor/tensor.ts";
import type { Part } from "./module.ts";

/** One call of a part of a model. */
export interface WatchedCall {
  readonly part: Part;
  /** The first path under which the model has the part; empty for the model itself. */
  readonly path: string;
  readonly inputs: readonly unknown[];
}

/**
 * Has `around` called where a part's `forward` is, until the function that comes back ends it. `body` does what `forward` does; what `around`
 * gives is what the caller gets.
 */
export function watchCalls(
  model: Part,
  around: (call: WatchedCall, body: () => unknown) => unknown,
): () => void {
  const paths = new Map<Part, string>();
  for (const [path, part] of model.namedModules()) if (!paths.has(part)) paths.set(part, path);
  const before = Array.from(paths, ([part, path]) => {
    const own = Object.getOwnPropertyDescriptor(part, "forward");
    const { forward } = part;
    const value = (...inputs: never[]): unknown =>
      around({ part, path, inputs }, () => forward.apply(part, inputs));
    Object.defineProperty(part, "forward", { value, configurable: true });
    return [part, own] as const;
  });
  return () => {
    for (const [part, own] of before) {
      if (own) Object.defineProperty(part, "forward", own);
      else Reflect.deleteProperty(part, "forward");
    }
  };
}

/** The part under a dotted path; throws OptionError that suggests the nearest known one. */
export function partAt(op: string, model: Part, path: string): Part {
  const parts = new Map(model.namedModules());
  const part = parts.get(path);
  if (part) return part;
  const known = [...parts.keys()].filter((name) => name !== "");
  const near = nearest(path, known);
  throw new OptionError(
    `${op}: ${model.constructor.name} has no layer "${path}"; ` +
      (near ? `did you mean "${near}"?` : `it has ${known.join(", ") || "none; leave layer out"}`),
  );
}

/** What `body` gives while all parts of a model are in evaluation mode; afterwards each is in the mode that it was in. */
export function inEvaluation<T>(model: Part, body: () => T): T {
  const modes = Array.from(model.namedModules(), ([, part]) => [part, part.training] as const);
  model.eval();
  try {
    return body();
  } finally {
    for (const [part, mode] of modes) part.training = mode;
  }
}

/** The tensors in what a module takes or gives: one, or several in arrays and plain objects. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.values(value).flatMap(tensorsIn);
  }
  return [];
}
