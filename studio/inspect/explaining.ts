// The map that is laid over the input: Grad-CAM or occlusion, computed anew when the picture or what is asked changes, and given up when it changes again.
import { batch, effect, signal } from "@preact/signals";
import { CancelledError, compute } from "../compute/client.ts";
import { input } from "./look.ts";
import { chosen, facts, wordsOf } from "./modelChoice.ts";
import { explanation } from "./overlay.ts";

export const methods = ["none", "gradCam", "occlusion"] as const;
export type Method = (typeof methods)[number];

export const method = signal<Method>("none");
/** Path of the layer that Grad-CAM looks at; empty: the last one with maps. */
export const layer = signal("");
/** The class that is explained; null: the likeliest. */
export const target = signal<number | null>(null);
/** Side of the patch, and the way to the next, in pixels of the input; null: by the input's size. */
export const patch = signal<number | null>(null);
export const stride = signal<number | null>(null);
/** Share that is done; null where nothing is computed. */
export const progress = signal<number | null>(null);
export const explainProblem = signal<string | null>(null);

/** Time without change after which it is computed, ms: while a line is drawn the picture changes with every event. */
const patience = 120;
let current: AbortController | null = null;

/** Gives up what is being computed. */
export function giveUp(): void {
  current?.abort();
  current = null;
  progress.value = null;
}

/** Computes whenever something changes, until it is told to stop. */
export function watchExplanations(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const asked = {
      ...{ method: method.value, layer: layer.value, target: target.value },
      ...{ size: patch.value, stride: stride.value },
    };
    const isReady = facts.value !== null && input.value !== null;
    clearTimeout(timer);
    giveUp();
    if (asked.method === "none" || !isReady) explanation.value = null;
    else timer = setTimeout(() => void explain(asked), patience);
  });
  return () => {
    stop();
    clearTimeout(timer);
    giveUp();
  };
}

interface Asked {
  readonly method: Method;
  readonly layer: string;
  readonly target: number | null;
  readonly size: number | null;
  readonly stride: number | null;
}

async function explain({ method, layer, target, size, stride }: Asked): Promise<void> {
  const model = chosen.value;
  if (!model) return;
  const own = new AbortController();
  current = own;
  progress.value = 0;
  try {
    const { signal } = own;
    const onProgress = (share: number) => {
      if (current === own) progress.value = share;
    };
    const answer =
      method === "gradCam"
        ? await compute("gradCam", { model, layer, target }, { signal })
        : await compute("occlusion", { model, target, size, stride }, { signal, onProgress });
    batch(() => {
      explanation.value = answer;
      explainProblem.value = null;
    });
  } catch (error) {
    if (error instanceof CancelledError) return;
    explanation.value = null;
    explainProblem.value = wordsOf(error);
  }
  if (current === own) progress.value = null;
}
