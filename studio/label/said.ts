// What models say of the pictures of the set: classes for those without a label, and labels that are probably wrong. Asked for by a person, and kept while the page is open.
import { signal } from "@preact/signals";
import type { Suggestion, Suspect } from "../../src/studio/shared/labels.ts";

/** What was suggested, by the picture's name. */
export const suggestions = signal<ReadonlyMap<string, Suggestion>>(new Map());
/** Labels in doubt, by the picture's name, the most certain first. */
export const suspects = signal<ReadonlyMap<string, Suspect>>(new Map());

/** Nothing is known of another set. */
export function forgetSaid(): void {
  suggestions.value = new Map();
  suspects.value = new Map();
}
