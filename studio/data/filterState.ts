// Which pictures the page Data shows; kept while other pages are looked at, and started afresh with another set.
import { effect, signal } from "@preact/signals";
import { type Filter, noFilter } from "../sets/filter.ts";
import { chosenSet } from "../sets/setStore.ts";

export const filter = signal<Filter>(noFilter);

let shown: string | null = null;
effect(() => {
  const id = chosenSet.value?.id ?? null;
  if (shown !== null && id !== shown) filter.value = noFilter;
  shown = id;
});
