// A picture in words.
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import { t } from "./texts.ts";

/** Name and class of a picture, as they are read out. */
export function spokenName({ names, labels, classes }: SetAnswer, index: number, sign?: string): string {
  const name = names[index] || t("number", { number: index });
  // As they stand in the picture and below it.
  return [name, ...(sign === undefined ? [] : [sign]), classes[labels[index]!] ?? t("noClass")].join(", ");
}
