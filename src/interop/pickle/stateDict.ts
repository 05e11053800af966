// From what a pickle holds to named tensors: dictionaries within each other become names with dots.
import { FormatError, nearest, OptionError } from "../../base/errors.ts";
import type { MetadataValue } from "../stored/tensorFile.ts";
import { kindOf, PickleObject, type PickleValue, Tuple } from "./values.ts";

/** How the tensors of a checkpoint are picked. */
export interface StateOptions {
  /**
   * The dictionary that is meant, by keys with dots between; "" for everything in the file. By default the first of `state_dict`,
   * `model_state_dict`, `model`, `net`, `network`, `module`, `params` and `weights` that a checkpoint has beside other things.
   */
  readonly root?: string | undefined;
  /** Leaves `module.` out, with which names begin where a model was saved inside of DataParallel. Default false. */
  readonly stripPrefix?: boolean | undefined;
}

/** Names of the options, for checks. */
export const stateOptionNames = ["root", "stripPrefix"];

/** What was found. */
export interface State<T> {
  readonly tensors: ReadonlyMap<string, T>;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly root: string;
  readonly prefix: string;
}

const usualRoots = [
  "state_dict",
  "model_state_dict",
  "model",
  "net",
  "network",
  "module",
  "params",
  "weights",
];
const wrapperPrefix = "module.";
/** The name of a tensor that was saved alone. */
const onlyName = "tensor";
/** Deeper and larger than any checkpoint; a small pickle can refer to itself, or spell out exponentially much. */
const limits = { depth: 100, values: 1_000_000, name: 4096 };

/** Names the tensors in `value`. Throws OptionError for a root that is not there, and FormatError where two names are the same. */
export function stateOf<T extends PickleObject>(
  value: PickleValue,
  isTensor: (object: PickleObject) => object is T,
  file: string,
  { root, stripPrefix = false }: StateOptions,
): State<T> {
  const walk = new Walk(isTensor, file);
  walk.visit(value, "", 0);
  const chosen = root ?? usualRootOf(value, walk.tensors, isTensor);
  const start = chosen === "" ? "" : `${chosen}.`;
  const inRoot = [...walk.tensors].filter(([name]) => name.startsWith(start));
  if (root && inRoot.length === 0) throw noRoot(root, walk.tensors, file);
  let named = inRoot.map(([name, tensor]): [string, T] => [name.slice(start.length), tensor]);
  const isWrapped = named.length > 0 && named.every(([name]) => name.startsWith(wrapperPrefix));
  const prefix = isWrapped ? wrapperPrefix : "";
  if (stripPrefix) named = named.map(([name, tensor]) => [name.slice(prefix.length), tensor]);
  return { tensors: new Map(named), metadata: walk.metadata, root: chosen, prefix };
}

class Walk<T extends PickleObject> {
  readonly tensors = new Map<string, T>();
  readonly metadata = new Map<string, MetadataValue>();
  #visited = 0;
  readonly #isTensor: (object: PickleObject) => object is T;
  readonly #file: string;

  constructor(isTensor: (object: PickleObject) => object is T, file: string) {
    this.#isTensor = isTensor;
    this.#file = file;
  }

  visit(value: PickleValue, name: string, depth: number): void {
    if (depth > limits.depth) this.#fail(`dictionaries lie more than ${limits.depth} deep`);
    if (++this.#visited > limits.values) this.#fail(`more than ${limits.values} values are spelled out`);
    for (const [key, child] of childrenOf(value)) {
      this.visit(child, name === "" ? key : `${name}.${key}`, depth + 1);
    }
    if (value instanceof PickleObject && this.#isTensor(value))
      this.#add(this.tensors, name || onlyName, value);
    else if (isPlain(value)) this.#add(this.metadata, name, value);
  }

  #add<V>(to: Map<string, V>, name: string, value: V): void {
    if (name.length > limits.name)
      this.#fail(`a name has ${name.length} characters; at most ${limits.name} are read`);
    if (to.has(name)) this.#fail(`two values would both be called ${JSON.stringify(name)}`);
    to.set(name, value);
  }

  #fail(message: string): never {
    throw new FormatError(message, { file: this.#file });
  }
}

function* childrenOf(value: PickleValue): Generator<[string, PickleValue]> {
  if (value instanceof Map) {
    for (const [key, child] of value) yield [typeof key === "object" ? kindOf(key) : String(key), child];
  } else if (Array.isArray(value) || value instanceof Tuple) {
    const items = Array.isArray(value) ? value : value.items;
    for (const [index, child] of items.entries()) yield [String(index), child];
  }
}

function isPlain(value: PickleValue): value is MetadataValue {
  return value === null || typeof value !== "object";
}

/** The usual name of a dictionary that holds tensors. Beside tensors it is one only where there is more that makes a checkpoint. */
function usualRootOf(
  value: PickleValue,
  tensors: ReadonlyMap<string, unknown>,
  isTensor: (object: PickleObject) => boolean,
): string {
  if (!(value instanceof Map)) return "";
  const values = [...value.values()];
  const hasTensors = values.some((item) => item instanceof PickleObject && isTensor(item));
  const isCheckpoint = values.some(isPlain) || values.filter((item) => item instanceof Map).length > 1;
  if (hasTensors && !isCheckpoint) return "";
  const names = [...tensors.keys()];
  const holdsTensors = (key: string) =>
    value.get(key) instanceof Map && names.some((name) => name.startsWith(`${key}.`));
  return usualRoots.find(holdsTensors) ?? "";
}

function noRoot(root: string, tensors: ReadonlyMap<string, unknown>, file: string): OptionError {
  const parents = new Set<string>();
  for (const name of tensors.keys()) {
    for (let at = name.lastIndexOf("."); at > 0; at = name.lastIndexOf(".", at - 1)) {
      parents.add(name.slice(0, at));
    }
  }
  const near = nearest(root, parents);
  const known = [...parents].filter((name) => !name.includes("."));
  return new OptionError(
    `${file}: there are no tensors under root ${JSON.stringify(root)}; ${near ? `did you mean ${JSON.stringify(near)}? ` : ""}There is ${known.join(", ") || "no dictionary in it"}`,
  );
}
