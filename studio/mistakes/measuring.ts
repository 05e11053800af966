// The state of the tab: measuring the chosen model on its held-out pictures, and which of them are looked at.
import { signal } from "@preact/signals";
import type { HeldOutChoice } from "../../src/studio/shared/heldOut.ts";
import { CancelledError, compute } from "../compute/client.ts";
import type { ModelRef } from "../compute/models.ts";
import { loadSet } from "../sets/api.ts";
import { loadHeldOut } from "./api.ts";
import type { Outcome } from "./outcome.ts";

/** How far it is. */
export type Stage =
  | { readonly kind: "idle" }
  | { readonly kind: "measuring"; readonly share: number }
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly reason: string; readonly isSetMissing: boolean }
  | { readonly kind: "done"; readonly outcome: Outcome };

export const stage = signal<Stage>({ kind: "idle" });
export const choice = signal<HeldOutChoice>("auto");
/** What `stage` is about, so that a model is measured once. */
let measured = "";
let abort: AbortController | null = null;

/** Measures a model on the pictures that were held back from its data, unless that is done. */
export async function measureModel(model: ModelRef, data: string, isAgain = false): Promise<void> {
  const key = JSON.stringify([model, data, choice.value]);
  if (key === measured && !isAgain) return;
  measured = key;
  abort?.abort();
  const own = new AbortController();
  abort = own;
  const tell = (next: Stage) => {
    if (abort === own) stage.value = next;
  };
  tell({ kind: "measuring", share: 0 });
  let isSetMissing = true;
  try {
    const held = await loadHeldOut(data, choice.value);
    isSetMissing = false;
    const set = await loadSet(held.set);
    const found = await compute(
      "evaluate",
      { model, held, state: set.state },
      { signal: own.signal, onProgress: (share) => tell({ kind: "measuring", share }) },
    );
    tell({ kind: "done", outcome: { held, set, found } });
  } catch (error) {
    if (error instanceof CancelledError) return;
    const reason = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", reason, isSetMissing });
  }
}

/** Gives the measuring up. */
export function stopMeasuring(): void {
  abort?.abort();
  abort = null;
  stage.value = { kind: "stopped" };
}
