// The texts of the page Label, in the language in use.
import { texts } from "../i18n/language.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

/** A text of the page. */
export type Key = keyof typeof en;

export const t = texts(en, zh);
