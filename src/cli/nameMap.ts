// Options that rename tensors: beginnings, and substitutions as sed has them.
import { OptionError } from "../base/errors.ts";
import type { NameRule } from "../interop/model/names.ts";
import { text, type Values } from "./options.ts";

/** Options of commands that rename. */
export const nameOptions = {
  "strip-prefix": text(null, "<text>", "beginning that names lose, such as module."),
  map: text(
    null,
    "<rules>|order",
    "how names change, as in sed: 's/^linear\\./fc./; s/gamma/weight/'; order, with model=, goes by order and shape",
  ),
};

/** The rule that the options stand for; null where names stay. Throws OptionError where one of them does nothing to any name. */
export function nameRule(values: Values<typeof nameOptions>, names: readonly string[]): NameRule | null {
  const rules: NameRule[] = [];
  const prefix = values["strip-prefix"];
  if (prefix !== null) {
    if (!names.some((name) => name.startsWith(prefix))) {
      throw new OptionError(
        `strip-prefix: no name begins with "${prefix}"; the first is "${names[0] ?? ""}"`,
      );
    }
    rules.push({ stripPrefix: prefix });
  }
  if (values.map !== null) rules.push(...substitutions(values.map));
  return rules.length > 0 ? rules : null;
}

const escaped = String.raw`(?:\\.|(?!\1)[^\\])*`;
const substitution = new RegExp(
  String.raw`\s*s([^\w\s\\])(${escaped})\1(${escaped})\1([gi]*)\s*(?:;|$)`,
  "sy",
);

/** The replacements of `s/…/…/; s|…|…|g`. Throws OptionError where the text is no such list. */
export function substitutions(text: string): { replace: RegExp; with: string }[] {
  const found: { replace: RegExp; with: string }[] = [];
  substitution.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    const match = substitution.exec(text);
    if (!match) {
      throw new OptionError(
        `map: expected substitutions such as s/^linear\\./fc./; got "${text.slice(at)}". Write several with ; between`,
      );
    }
    at = substitution.lastIndex;
    const [, mark, pattern, replacement, flags] = match;
    const plain = (part: string) => part.replaceAll(`\\${mark}`, mark!);
    found.push({
      replace: expression(plain(pattern!), flags!),
      with: plain(replacement!).replaceAll(/\\(\d)/g, "$$$1"),
    });
  }
  return found;
}

function expression(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    throw new OptionError(`map: "${pattern}" is no regular expression: ${(error as Error).message}`);
  }
}
