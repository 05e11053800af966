// The language of the page: that which was chosen, or the browser's; and texts in it.
import { computed } from "@preact/signals";
import type { Preferences } from "../../src/studio/shared/protocol.ts";
import { preferences } from "../state.ts";

export type Language = NonNullable<Preferences["language"]>;

/** The language in use. */
export const language = computed<Language>(
  () => preferences.value.language ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en"),
);

/** Gives a text by its key in the language in use; `{name}` in it stands for a value. */
export type Translate<K extends string> = (
  key: K,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** The texts of one page. A key that is missing in Chinese does not compile. */
export function texts<K extends string>(
  en: Readonly<Record<K, string>>,
  zh: Readonly<Record<NoInfer<K>, string>>,
): Translate<K> {
  const dictionaries: Readonly<Record<Language, Readonly<Record<K, string>>>> = { en, zh };
  return (key, values = {}) =>
    dictionaries[language.value][key].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    );
}
