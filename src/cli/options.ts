// Options of commands: what kinds there are, and how arguments become checked values. `epochs=10`, `--epochs 10` and
// `--epochs=10` mean the same. Knows no single command.
import { nearest, OptionError } from "../base/errors.ts";

/** One option: how it is written in help, what it is when not given, and how its text becomes a value. */
export interface Option<T> {
  /** Stands for the value in help; empty for flags, which need none. */
  readonly placeholder: string;
  readonly fallback: T;
  readonly help: string;
  /** The numbers that it takes; undefined for options that are no numbers. */
  readonly numbers?: "whole" | "real";
  /** Throws OptionError where the text is outside the option's rule. */
  readonly parse: (text: string, name: string) => T;
}

/** Options by name. */
export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values of some options. */
export type Values<O extends Options> = {
  -readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never;
};

/** Any text. */
export function text<T extends string | null>(
  fallback: T,
  placeholder: string,
  help: string,
): Option<string | T> {
  return { placeholder, fallback, help, parse: (raw) => raw };
}

/** A number within [min, max], or above `above`. */
export function number<T extends number | null>(
  fallback: T,
  help: string,
  {
    min = Number.NEGATIVE_INFINITY,
    above = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    integer = false,
  } = {},
): Option<number | T> {
  const parts = [
    min > Number.NEGATIVE_INFINITY ? `of at least ${min}` : "",
    above > Number.NEGATIVE_INFINITY ? `above ${above}` : "",
    max < Number.POSITIVE_INFINITY ? `of at most ${max}` : "",
  ].filter((part) => part !== "");
  const rule = `${integer ? "a whole number" : "a number"} ${parts.join(" and ")}`.trim();
  const parse = (raw: string, name: string): number => {
    const value = raw.trim() === "" ? Number.NaN : Number(raw);
    const fits = Number.isFinite(value) && value >= min && value > above && value <= max;
    if (!fits || (integer && !Number.isSafeInteger(value)))
      throw new OptionError(`${name} must be ${rule}; got "${raw}"`);
    return value;
  };
  return { placeholder: integer ? "<n>" : "<x>", numbers: integer ? "whole" : "real", fallback, help, parse };
}

/** A whole number of at least `min` (by default 1). */
export function integer<T extends number | null>(
  fallback: T,
  help: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER } = {},
): Option<number | T> {
  const option = number(fallback, help, { min, integer: true });
  return {
    ...option,
    parse: (raw, name) => {
      const value = option.parse(raw, name);
      if (value !== null && value > max)
        throw new OptionError(`${name} must be at most ${max}; got "${raw}"`);
      return value;
    },
  };
}

const byteUnits: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** A number of bytes, such as 2GB, 512MB or 1.5GiB. */
export function bytes<T extends number | null>(fallback: T, help: string): Option<number | T> {
  const parse = (raw: string, name: string): number => {
    const [, digits = "", unit = ""] = /^\s*([\d.]+)\s*([kmg]?i?b?)\s*$/i.exec(raw) ?? [];
    const value = Number(digits) * (byteUnits[unit.toLowerCase()] ?? Number.NaN);
    if (Number.isFinite(value) && value >= 1) return Math.floor(value);
    throw new OptionError(`${name} must be a number of bytes such as 2GB, 512MB or 1.5GiB; got "${raw}"`);
  };
  return { placeholder: "<size>", fallback, help, parse };
}

/** An option that may also be the word `auto`. */
export function orAuto<T>(option: Option<T>): Option<T | "auto"> {
  return {
    ...option,
    placeholder: `${option.placeholder}|auto`,
    parse: (raw, name) => (raw === "auto" ? raw : option.parse(raw, name)),
  };
}

/** One of some names. */
export function choice<const N extends string>(
  names: readonly N[],
  fallback: NoInfer<N>,
  help: string,
): Option<N> {
  const parse = (raw: string, name: string): N => {
    const found = names.find((known) => known === raw);
    if (found === undefined)
      throw new OptionError(`${name} has no choice "${raw}"; ${suggestion(raw, names)}`);
    return found;
  };
  return { placeholder: names.join("|"), fallback, help, parse };
}

/** Off unless given: `--json`, `json=true`. */
export function flag(help: string): Option<boolean> {
  return { placeholder: "", fallback: false, help, parse: yesOrNo };
}

/** On unless turned off: `report=false`. */
export function toggle(help: string): Option<boolean> {
  return { placeholder: "true|false", fallback: true, help, parse: yesOrNo };
}

function yesOrNo(raw: string, name: string): boolean {
  if (/^(true|yes|1)$/i.test(raw)) return true;
  if (/^(false|no|0)$/i.test(raw)) return false;
  throw new OptionError(`${name} is true or false; got "${raw}"`);
}

/** "did you mean …?" where a known name is near, else the list of them. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const near = nearest(name, names);
  return near === null ? `known are ${names.join(", ")}` : `did you mean "${near}"?`;
}

/** What was found among a command's arguments. */
export interface Parsed<O extends Options> {
  readonly values: Values<O>;
  /** Names of the options that were given. */
  readonly given: ReadonlySet<keyof O & string>;
  /** What is no option: files. */
  readonly operands: readonly string[];
}

/**
 * Reads arguments. `isOperand` is asked about an argument `a=b` whose `a` is no option: a file may have such a name.
 * Throws OptionError for an unknown option, with the nearest known one, for a value outside its rule, and for a missing one.
 */
export function parseArguments<O extends Options>(
  args: readonly string[],
  options: O,
  { isOperand = () => false }: { isOperand?: (argument: string) => boolean } = {},
): Parsed<O> {
  const names = new Map(Object.keys(options).map((name) => [plain(name), name]));
  const values: Record<string, unknown> = {};
  for (const [name, option] of Object.entries(options)) values[name] = option.fallback;
  const given = new Set<string>();
  const operands: string[] = [];

  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    const match = /^(--?)?([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(argument);
    const [, dashes, written = "", inline] = match ?? [];
    const isOption = match !== null && (dashes !== undefined || inline !== undefined);
    const name = isOption ? names.get(plain(written)) : undefined;
    if (!isOption || (name === undefined && dashes === undefined && isOperand(argument))) {
      if (argument.startsWith("-") && argument !== "-") throw unknown(argument, options);
      const meant = isOperand(argument) ? undefined : names.get(plain(argument));
      if (meant !== undefined)
        throw new OptionError(`${meant} is an option; write ${form(meant, options[meant]!)}`);
      operands.push(argument);
      continue;
    }
    if (name === undefined || dashes === "-") throw unknown(`${dashes ?? ""}${written}`, options);
    const option = options[name]!;
    let raw = inline;
    if (raw === undefined && option.placeholder === "") raw = "true";
    if (raw === undefined) {
      raw = args[++i];
      if (raw === undefined || raw.startsWith("--")) {
        throw new OptionError(`${name} needs a value: ${form(name, option)}`);
      }
    }
    values[name] = option.parse(raw, name);
    given.add(name);
  }
  return { values: values as Values<O>, given, operands };
}

function unknown(written: string, options: Options): OptionError {
  return new OptionError(
    `unknown option "${written}"; ${suggestion(written.replace(/^-+/, ""), Object.keys(options))}`,
  );
}

/** How an option is written: `epochs=<n>`, or `--json` for a flag. */
export function form(name: string, { placeholder }: Option<unknown>): string {
  return placeholder === "" ? `--${name}` : `${name}=${placeholder}`;
}

/** `existOk`, `exist_ok` and `exist-ok` are one name. */
function plain(name: string): string {
  return name.replaceAll(/[-_]/g, "").toLowerCase();
}
