// Which colours the page has now, for what is drawn rather than styled.
import { computed, signal } from "@preact/signals";
import { preferences } from "./state.ts";

const wantsDark = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(wantsDark.matches);
wantsDark.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

/** "light" or "dark": what was chosen, or the system's. */
export const lookOfPage = computed(() => preferences.value.theme ?? (systemIsDark.value ? "dark" : "light"));
