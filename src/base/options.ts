// Checks of option objects, which callers without types may have misspelt.
import { nearest, OptionError } from "./errors.ts";

/** Throws OptionError where `options` has a name that is not `known`, with the nearest that is. */
export function checkOptions(op: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new OptionError(
      `${op}: there is no option "${name}"; ${near ? `did you mean "${near}"? ` : ""}Known: ${known.join(", ")}`,
    );
  }
}
