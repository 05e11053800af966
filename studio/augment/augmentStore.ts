// The augmentation that is tried: its steps, the picture, the seed, and what comes of them. The server computes it with the code of training.
import { computed, effect, signal } from "@preact/signals";
import type { TransformJson } from "../../src/entry/transforms.ts";
import { type AugmentAnswer, type AugmentRequest, numberHeader } from "../../src/studio/shared/augment.ts";
import { type SetAnswer, sheetColumns, tilesHeader } from "../../src/studio/shared/sets.ts";
import { ask } from "../ask.ts";
import type { Piece } from "../sets/piece.ts";

/** A step that can be left out for a while. */
export interface EditedStep {
  readonly id: number;
  readonly json: TransformJson;
  readonly isOn: boolean;
}

/** What the steps have made of the picture. */
export interface Outcomes {
  readonly pieces: readonly Piece[];
  /** The picture's number in the training part; null where it is kept for validation or test. */
  readonly number: number | null;
  /** The first of the epochs. */
  readonly epoch: number;
}

/** Outcomes that are shown. */
export const outcomeCount = 12;
/** Time that sliders have to come to rest before they are followed, ms. */
const rest = 120;

const set = signal<SetAnswer | null>(null);
export const preset = signal<AugmentAnswer | null>(null);
export const steps = signal<readonly EditedStep[]>([]);
export const seed = signal(0);
export const picture = signal(0);
export const outcomes = signal<Outcomes | null>(null);
export const augmentProblem = signal<string | null>(null);
export const isBusy = signal(false);

/** The steps that are on, as training would take them. */
export const activeSteps = computed(() => steps.value.flatMap(({ json, isOn }) => (isOn ? [json] : [])));
/** Whether they are those of the preset, untouched. */
export const isPreset = computed(
  () => JSON.stringify(activeSteps.value) === JSON.stringify(preset.value?.steps),
);

let nextId = 0;

export function edited(json: TransformJson): EditedStep {
  return { id: nextId++, json, isOn: true };
}

/** Takes the steps of an augmentation by name; null: those that training takes by itself. */
export async function choosePreset(name: string | null, size: number | null): Promise<void> {
  const id = set.peek()?.id;
  if (id === undefined) return;
  isBusy.value = true;
  const query = new URLSearchParams({
    ...(name !== null && { preset: name }),
    ...(size !== null && { size: String(size) }),
  });
  try {
    const answer = await ask<AugmentAnswer>("GET", `/api/augment/${id}?${query}`);
    if (set.peek()?.id !== id) return;
    steps.value = answer.steps.map(edited);
    preset.value = answer;
    augmentProblem.value = null;
  } catch (error) {
    augmentProblem.value = messageOf(error);
  } finally {
    isBusy.value = false;
  }
}

/** The view calls it as it is opened on a set, and what it gives as it is left: meanwhile outcomes follow what is chosen. */
export function watchAugmentation(of: SetAnswer, first: number): () => void {
  if (set.peek()?.id !== of.id || set.peek()?.state !== of.state) {
    preset.value = null;
    outcomes.value = null;
    augmentProblem.value = null;
    picture.value = first;
    set.value = of;
    void choosePreset(null, null);
  } else if (first !== 0) picture.value = first;
  let stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    const size = preset.value?.size;
    if (size === undefined) return;
    const asked: AugmentRequest = {
      steps: activeSteps.value,
      size,
      seed: seed.value,
      epoch: 0,
      count: outcomeCount,
      index: picture.value,
    };
    clearTimeout(timer);
    stop.abort();
    stop = new AbortController();
    timer = setTimeout(() => void follow(of.id, asked, stop.signal), rest);
  });
  return () => {
    end();
    clearTimeout(timer);
    stop.abort();
  };
}

async function follow(id: string, asked: AugmentRequest, signal: AbortSignal): Promise<void> {
  isBusy.value = true;
  try {
    const found = await load(id, asked, signal);
    if (signal.aborted) return;
    const old = outcomes.peek()?.pieces[0]?.sheet;
    outcomes.value = found;
    augmentProblem.value = null;
    if (old) URL.revokeObjectURL(old);
  } catch (error) {
    if (!signal.aborted) augmentProblem.value = messageOf(error);
  } finally {
    if (!signal.aborted) isBusy.value = false;
  }
}

async function load(id: string, asked: AugmentRequest, signal: AbortSignal): Promise<Outcomes> {
  const response = await fetch(`/api/augment/${id}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
    signal,
  });
  if (!response.ok) throw new Error(((await response.json()) as { error: string }).error);
  const image = new Image();
  image.src = URL.createObjectURL(await response.blob());
  await image.decode();
  const number = Number(response.headers.get(numberHeader));
  const tiles = (response.headers.get(tilesHeader) ?? "").split(" ");
  const { size: side } = asked;
  const pieces = tiles.map(
    (_, i): Piece => ({
      sheet: image.src,
      sheetWidth: image.naturalWidth,
      sheetHeight: image.naturalHeight,
      left: (i % sheetColumns) * side,
      top: Math.floor(i / sheetColumns) * side,
      width: side,
      height: side,
    }),
  );
  return { pieces, number: Number.isNaN(number) ? null : number, epoch: asked.epoch };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
