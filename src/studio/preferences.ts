// What a person has chosen to see, kept by the server so that every tab shows the same.
import { fieldsOf, HttpError } from "./server/http.ts";
import { languages, type Preferences, themes } from "./shared/protocol.ts";

/** Nothing chosen. */
export const noPreferences: Preferences = { language: null, theme: null, shown: [], set: null };

const mostShown = 8;

/** The preferences with what a page asks for. Throws HttpError 400 for what is none. */
export function changedPreferences(old: Preferences, body: Record<string, unknown>): Preferences {
  const {
    language = old.language,
    theme = old.theme,
    shown = old.shown,
    set = old.set,
  } = fieldsOf(body, ["language", "theme", "shown", "set"]);
  return {
    language: oneOf("language", language, languages),
    theme: oneOf("theme", theme, themes),
    shown: idsOf(shown),
    set: idOf(set),
  };
}

function oneOf<const T extends string>(name: string, value: unknown, known: readonly T[]): T | null {
  if (value === null) return null;
  const found = known.find((one) => one === value);
  if (found === undefined) throw new HttpError(400, `${name} is ${known.join(" or ")}, or null`);
  return found;
}

function idsOf(value: unknown): string[] {
  const isList = Array.isArray(value) && value.length <= mostShown;
  if (!isList || !value.every((id) => typeof id === "string" && id.length <= 1000)) {
    throw new HttpError(400, `shown is a list of at most ${mostShown} runs`);
  }
  return value as string[];
}

function idOf(value: unknown): string | null {
  if (value === null || (typeof value === "string" && value.length <= 1000)) return value;
  throw new HttpError(400, "set is the id of a set of pictures, or null");
}
