// The sets of pictures as the pages know them, and the one that they are about. Sets whose folders change are loaded anew.
import { computed, effect, signal } from "@preact/signals";
import type { SetAnswer, SetParts, SetSummary } from "../../src/studio/shared/sets.ts";
import { savePreferences } from "../savePreferences.ts";
import { isConnected, preferences } from "../state.ts";
import { loadParts, loadSet, loadSets } from "./api.ts";
import { ownParts } from "./filter.ts";

/** How often folders are asked for changes while a page that shows them is seen, ms. */
const lookEvery = 3000;

/** All sets; null until the server has said which there are. */
export const sets = signal<readonly SetSummary[] | null>(null);
/** Why the set that is chosen, or the list of all, can't be had. */
export const setProblem = signal<string | null>(null);
const opened = signal<SetAnswer | null>(null);

/** The set that pages are about: the one that was chosen, or the first that can be read. */
export const chosenSet = computed<SetSummary | null>(() => {
  const all = sets.value ?? [];
  const { set } = preferences.value;
  // What is on the page stays there, also while its folder can't be read.
  const wanted = set ?? opened.value?.id;
  return all.find(({ id }) => id === wanted) ?? all.find(({ problem }) => problem === null) ?? all[0] ?? null;
});

/** Its pictures; null while they are loaded. */
export const currentSet = computed<SetAnswer | null>(() =>
  opened.value && opened.value.id === chosenSet.value?.id ? opened.value : null,
);

const divided = signal<{ readonly id: string; readonly state: string; readonly parts: SetParts } | null>(
  null,
);

/** Its parts as training divides it; until that is known those that it comes divided into. */
export const currentParts = computed<SetParts>(() => {
  const set = currentSet.value;
  if (!set) return { names: [], of: [], isDrawn: false };
  const known = divided.value;
  return known?.id === set.id && known.state === set.state ? known.parts : ownParts(set);
});

/** Chooses a set, in all tabs. */
export function chooseSet(id: string): void {
  void savePreferences({ set: id });
}

/** Asks which sets there are, and loads the chosen one anew where it has changed. */
export async function refreshSets(): Promise<void> {
  try {
    const found = await loadSets();
    if (JSON.stringify(found) !== JSON.stringify(sets.peek())) sets.value = found;
    await openChosen();
  } catch (error) {
    setProblem.value = messageOf(error);
  }
}

/** A page calls it as it is opened, and what it gives as it is left: meanwhile sets are kept up. */
export function watchSets(): () => void {
  void refreshSets();
  const look = () => {
    if (!document.hidden && isConnected.peek()) void refreshSets();
  };
  const timer = setInterval(look, lookEvery);
  const stop = effect(() => {
    if (chosenSet.value) void openChosen();
  });
  return () => {
    clearInterval(timer);
    stop();
  };
}

/** The set that is being loaded, so that it is asked for once. */
let loading: string | null = null;

async function openChosen(): Promise<void> {
  const chosen = chosenSet.peek();
  if (!chosen) return;
  const { id, state, problem } = chosen;
  const isThere = opened.peek()?.id === id && opened.peek()?.state === state;
  if (problem !== null || isThere) {
    setProblem.value = problem;
    return;
  }
  const asked = `${id} ${state}`;
  if (loading === asked) return;
  loading = asked;
  try {
    const answer = await loadSet(id);
    if (chosenSet.peek()?.id !== id) return;
    opened.value = answer;
    setProblem.value = null;
    if (answer.kind === "folder") {
      // What training divides otherwise is no reason to show no pictures.
      const parts = await loadParts(id).catch(() => null);
      if (parts) divided.value = { id, state: answer.state, parts };
    }
  } catch (error) {
    if (chosenSet.peek()?.id === id) setProblem.value = messageOf(error);
  } finally {
    if (loading === asked) loading = null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
