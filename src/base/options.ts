// Rules for options that users give: the names that exist, and the values that they may have.
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

/** Throws OptionError unless `value` is a finite number that keeps a rule; `rule` completes "must be …". */
export function checkNumber(
  who: string,
  name: string,
  value: number,
  rule = "a finite number",
  fits: (value: number) => boolean = () => true,
): void {
  if (Number.isFinite(value) && fits(value)) return;
  throw new OptionError(
    `${who}: ${name} must be ${rule}; got ${typeof value === "string" ? `"${value}"` : String(value)}`,
  );
}

/** `checkNumber` for a number above 0. */
export function checkPositive(who: string, name: string, value: number): void {
  checkNumber(who, name, value, "a number above 0", (x) => x > 0);
}

/** `checkNumber` for a number of at least 0. */
export function checkNotNegative(who: string, name: string, value: number): void {
  checkNumber(who, name, value, "a number of at least 0", (x) => x >= 0);
}
