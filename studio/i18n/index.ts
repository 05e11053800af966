// The language of the page: that which was chosen, or the browser's.
import { computed } from "@preact/signals";
import type { Preferences } from "../../src/studio/shared/protocol.ts";
import { preferences } from "../state.ts";
import { en, type Key } from "./en.ts";
import { zh } from "./zh.ts";

export type { Key } from "./en.ts";
export type Language = NonNullable<Preferences["language"]>;

const dictionaries: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, zh };

/** The language in use. */
export const language = computed<Language>(
  () => preferences.value.language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
);

/** A text in the language in use, with values in it. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return dictionaries[language.value][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}
