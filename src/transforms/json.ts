// Transforms from JSON, by lists of the classes that a reader knows. Has no list of its own, so that a page loads only what it names.
import { FormatError, nearest } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { shown } from "./functional/check.ts";
import type { Step } from "./transform.ts";

// biome-ignore lint/suspicious/noExplicitAny: every class checks its own arguments
type Maker = new (...args: any[]) => Step;

/** How a class is made from its arguments by name. */
export interface Definition {
  readonly make: Maker;
  /** The arguments that stand in order. */
  readonly positional?: readonly string[];
  /** Those of the options object behind them. */
  readonly options?: readonly string[];
}

/** The classes that a reader knows, by name. */
export type Definitions = Readonly<Record<string, Definition>>;

/**
 * A reader of the plain JSON that `toJSON` gives (text is parsed first). Unknown names and arguments are errors that name the nearest known one;
 * values go through the same checks as in code. `hint` ends the message for an unknown name.
 */
export function reader(definitions: Definitions, hint = ""): (json: unknown) => Step {
  const read = (json: unknown): Step => {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new FormatError(`fromJSON: a transform is an object with a name; got ${shown(json)}`);
    }
    const { name, ...given } = json as Record<string, unknown>;
    if (typeof name !== "string" || !Object.hasOwn(definitions, name)) {
      const near = typeof name === "string" ? nearest(name, Object.keys(definitions)) : null;
      throw new FormatError(
        `fromJSON: there is no transform ${shown(name)}; ${near ? `did you mean "${near}"? ` : ""}Known: ${Object.keys(definitions).join(", ")}${hint}`,
      );
    }
    const { make: Class, positional = [], options = [] } = definitions[name]!;
    checkOptions(`fromJSON: ${name}`, given, [...positional, ...options]);
    const argumentOf = (argument: string) =>
      argument === "transforms" && Array.isArray(given[argument])
        ? given[argument].map(read)
        : given[argument];
    const used = Object.fromEntries(
      options.flatMap((option) => (Object.hasOwn(given, option) ? [[option, given[option]]] : [])),
    );
    const args = positional.map(argumentOf);
    return new Class(...args, ...(options.length > 0 ? [used] : []));
  };
  return (json) => read(parsed("fromJSON", json));
}

/** What text means, or the object that it already is. */
export function parsed(op: string, json: unknown): unknown {
  if (typeof json !== "string") return json;
  try {
    return JSON.parse(json);
  } catch {
    const start = json.length > 40 ? `${json.slice(0, 40)}…` : json;
    throw new FormatError(`${op}: the text is no JSON; it begins with ${shown(start)}`);
  }
}
