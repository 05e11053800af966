// The texts of the frame around all pages, in the language in use.
import { en } from "./en.ts";
import { texts } from "./language.ts";
import { zh } from "./zh.ts";

/** A text of the frame. */
export type Key = keyof typeof en;

export const t = texts(en, zh);
