// Which view of the set the page Data shows, and which pictures in it; kept while other pages are looked at, and started afresh with another set.
import { effect, signal } from "@preact/signals";
import { type Filter, noFilter } from "../sets/filter.ts";
import { chosenSet } from "../sets/setStore.ts";

/** The views of a set. */
export const views = ["pictures", "check", "augmentation"] as const;

/** Which view is open. */
export const view = signal<(typeof views)[number]>("pictures");
export const filter = signal<Filter>(noFilter);
/** Numbers of the pictures that are chosen in the grid. */
export const selected = signal<ReadonlySet<number>>(new Set());

let shown: string | null = null;
effect(() => {
  const id = chosenSet.value?.id ?? null;
  if (shown !== null && id !== shown) {
    filter.value = noFilter;
    selected.value = new Set();
  }
  shown = id;
});
