// The texts of the tab Mistakes, in the language in use.
import { texts } from "../i18n/language.ts";
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export const t = texts(en, zh);
