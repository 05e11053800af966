// From the names in a file to a model's: rules that users give. Knows neither files nor models.
import { OptionError } from "../../base/errors.ts";

/**
 * How a name in a file becomes a model's: a beginning that is taken away where it is there, one that is put before, a replacement as
 * `String.replace` does it, a function (null leaves the tensor out), or several of these, one after the other.
 */
export type NameRule =
  | { readonly stripPrefix: string }
  | { readonly addPrefix: string }
  | { readonly replace: string | RegExp; readonly with: string }
  | ((name: string) => string | null)
  | readonly NameRule[];

const forms =
  '{ stripPrefix: "module." }, { addPrefix: "net." }, { replace: /^linear\\./, with: "fc." }, a function from name to name or null, or a list of these';

/** The function that a rule stands for. Throws OptionError for what is no rule. */
export function renamer(rule: NameRule): (name: string) => string | null {
  if (typeof rule === "function") {
    return (name) => {
      const found: unknown = rule(name);
      if (typeof found === "string" || found === null) return found;
      throw new OptionError(`map: the function must give a name or null; got ${String(found)} for "${name}"`);
    };
  }
  if (Array.isArray(rule)) {
    const steps = rule.map(renamer);
    return (name) => steps.reduce((now: string | null, step) => (now === null ? null : step(now)), name);
  }
  const fields = (typeof rule === "object" && rule !== null ? rule : {}) as Readonly<Record<string, unknown>>;
  const { stripPrefix, addPrefix, replace, with: replacement } = fields;
  const names = Object.keys(fields).sort().join();
  if (names === "stripPrefix" && typeof stripPrefix === "string") {
    return (name) => (name.startsWith(stripPrefix) ? name.slice(stripPrefix.length) : name);
  }
  if (names === "addPrefix" && typeof addPrefix === "string") return (name) => addPrefix + name;
  const isPattern = typeof replace === "string" || replace instanceof RegExp;
  if (names === "replace,with" && isPattern && typeof replacement === "string") {
    return (name) => name.replace(replace, replacement);
  }
  throw new OptionError(`map: a rule is ${forms}; got ${JSON.stringify(rule) ?? String(rule)}`);
}

/** What a list of names becomes: by name in the file, the new one, or null for what is left out. Throws OptionError where two become one. */
export function renamed(names: Iterable<string>, rule: NameRule): Map<string, string | null> {
  const rename = renamer(rule);
  const found = new Map<string, string | null>();
  const origins = new Map<string, string>();
  for (const name of names) {
    const now = rename(name);
    found.set(name, now);
    if (now === null) continue;
    const other = origins.get(now);
    if (other !== undefined) {
      throw new OptionError(
        `map: "${other}" and "${name}" would both become "${now}"; give rules that keep them apart, or null for one of them`,
      );
    }
    origins.set(now, name);
  }
  return found;
}

/** The text up to a dot that all names begin with; "" where there is none. */
export function commonPrefix(names: readonly string[]): string {
  const [first = "", ...others] = names;
  let prefix = first.slice(0, first.lastIndexOf(".") + 1);
  while (prefix !== "" && !others.every((name) => name.startsWith(prefix))) {
    prefix = prefix.slice(0, prefix.lastIndexOf(".", prefix.length - 2) + 1);
  }
  return prefix;
}
