// The check of the set that the page is about, asked for again and again while it is in progress.
import { computed, effect, signal } from "@preact/signals";
import type { CheckAnswer, CheckFinding } from "../../src/studio/shared/check.ts";
import { ask } from "../ask.ts";
import { currentSet } from "../sets/setStore.ts";

/** Time between two questions, ms. */
const askEvery = 400;

/** How the check stands; null until the server has said so. */
export const check = signal<CheckAnswer | null>(null);
/** Why the check could not be started or asked about. */
export const checkProblem = signal<string | null>(null);

/** What was found; empty where nothing was checked. */
export const findings = computed<readonly CheckFinding[]>(() =>
  check.value?.status === "done" ? check.value.result.findings : [],
);

/** The worst finding of each picture that has one. */
export const findingOf = computed(() => {
  const worst = new Map<number, CheckFinding>();
  for (const finding of findings.value) {
    for (const { pictures } of finding.cases) {
      for (const index of pictures) if (!worst.has(index)) worst.set(index, finding);
    }
  }
  return worst;
});

export function startCheck(): void {
  void tell("start");
}

export function cancelCheck(): void {
  void tell("cancel");
}

async function tell(action: "start" | "cancel"): Promise<void> {
  const id = currentSet.peek()?.id;
  if (id !== undefined) await take(id, () => ask("POST", `/api/check/${id}`, { action }));
}

/** A page calls it as it is opened, and what it gives as it is left: meanwhile the check of the chosen set is followed. */
export function watchCheck(): () => void {
  const stop = effect(() => {
    const set = currentSet.value;
    check.value = null;
    checkProblem.value = null;
    if (set) void look(set.id);
  });
  const timer = setInterval(() => {
    const id = currentSet.peek()?.id;
    if (id !== undefined && check.peek()?.status === "running") void look(id);
  }, askEvery);
  return () => {
    stop();
    clearInterval(timer);
  };
}

function look(id: string): Promise<void> {
  return take(id, () => ask("GET", `/api/check/${id}`));
}

async function take(id: string, request: () => Promise<CheckAnswer>): Promise<void> {
  try {
    const answer = await request();
    if (currentSet.peek()?.id !== id) return;
    check.value = answer;
    checkProblem.value = null;
  } catch (error) {
    if (currentSet.peek()?.id === id)
      checkProblem.value = error instanceof Error ? error.message : String(error);
  }
}
