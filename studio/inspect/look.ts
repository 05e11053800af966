// The state of "Look inside": the picture, what every step gave, the number that is looked at, and how long it takes from the pen to the maps.
import { batch, type Signal, signal } from "@preact/signals";
import { CancelledError, compute } from "../compute/client.ts";
import type { PictureFacts, PictureSource } from "../compute/models.ts";
import type { UnitSight, Values } from "../compute/protocol.ts";
import type { Spelling } from "../compute/spell/spelling.ts";
import { chosen, facts, wordsOf } from "./modelChoice.ts";

/** Maps that are all sent with every picture; networks with more of them send those of the layers that are open. */
export const mostMaps = 400;
/** Pictures that the median of times is taken over. */
const timesKept = 60;

/** A number of a step's output. */
export interface Focus {
  readonly step: number;
  readonly cell: readonly number[];
}

export const source = signal<PictureSource | null>(null);
/** Whether a drawing is brought to the network as MNIST's digits were made; null: where the model was trained on such data. */
export const asDigit = signal<boolean | null>(null);
/** What the network got; null before the first picture. */
export const input = signal<PictureFacts | null>(null);
export const probabilities = signal<Float32Array | null>(null);
/** What each step gave, by its number. Canvases draw themselves whenever one is set. */
export const values: Signal<readonly Signal<Values | null>[]> = signal([]);
export const pictureProblem = signal<string | null>(null);
/** Steps that are open, of a network with many maps. */
export const opened = signal<ReadonlySet<number>>(new Set());
export const focus = signal<Focus | null>(null);
/** Whether the focus stays where it is when the pointer moves on. */
export const isPinned = signal(false);
export const spelling = signal<Spelling | null>(null);
export const sight = signal<UnitSight | null>(null);
/** Median time from an event to the maps being drawn, ms; null before the first. */
export const medianTime = signal<number | null>(null);
let times: number[] = [];

/** Whether a drawing is centred as a digit now. */
export function isDigit(): boolean {
  return asDigit.value ?? /mnist/.test(facts.value?.data ?? "");
}

/** Whether all maps are drawn with every picture. */
export function showsAll(): boolean {
  const maps = (facts.value?.steps ?? []).map(({ shape }) => (shape.length === 3 ? shape[0]! : 1));
  return maps.reduce((sum, count) => sum + count, 0) <= mostMaps;
}

/** Begins with a model that has just been opened: the picture stays, where there is one. */
export function begin(): void {
  const { steps } = facts.value!;
  const isSmall = showsAll();
  batch(() => {
    values.value = steps.map(() => signal(null));
    opened.value = new Set(isSmall ? steps.keys() : firstMaps());
    focus.value = null;
    isPinned.value = false;
    spelling.value = null;
    sight.value = null;
    probabilities.value = null;
    input.value = null;
    medianTime.value = null;
  });
  times = [];
  const picture = source.value;
  if (picture) void show(picture.kind === "drawing" ? { ...picture, asDigit: isDigit() } : picture);
}

/** The first step and the last one with maps. */
function firstMaps(): number[] {
  const { steps } = facts.value!;
  const last = steps.findLastIndex(({ shape }) => shape.length === 3 && shape[1]! * shape[2]! > 1);
  return [...new Set([0, last])].filter((step) => step >= 0);
}

/** Runs a picture; `since`: when the event came that it is from, on the clock of `performance.now`. */
export async function show(picture: PictureSource, since = performance.now()): Promise<void> {
  source.value = picture;
  const model = chosen.value;
  if (!model || !facts.value) return;
  try {
    const steps = [...opened.value];
    const answer = await compute("run", { model, picture, steps }, { latest: "run" });
    if (chosen.value !== model) return;
    batch(() => {
      pictureProblem.value = null;
      input.value = answer.input;
      probabilities.value = answer.probabilities;
      // What is closed now is not drawn with an earlier picture later on.
      for (const [step, one] of values.value.entries()) if (!opened.value.has(step)) one.value = null;
    });
    const isSmall = showsAll();
    for (const { step, shape, data } of answer.steps) {
      values.value[step]!.value = { shape, data };
      // Large maps take their time; the page answers between them.
      if (!isSmall) await new Promise((resolve) => setTimeout(resolve, 0));
      if (chosen.value !== model) return;
    }
    note(performance.now() - since);
    look();
  } catch (error) {
    if (!(error instanceof CancelledError)) pictureProblem.value = wordsOf(error);
  }
}

function note(time: number): void {
  times = [...times.slice(1 - timesKept), time];
  const sorted = times.toSorted((a, b) => a - b);
  medianTime.value = sorted[sorted.length >> 1]!;
}

/** Opens or closes a step of a network with many maps. */
export async function toggle(step: number): Promise<void> {
  const open = new Set(opened.value);
  if (!open.delete(step)) open.add(step);
  opened.value = open;
  const model = chosen.value;
  if (!open.has(step) || !model || !input.value) return;
  try {
    const [answer] = await compute("steps", { model, steps: [step] });
    if (chosen.value === model && answer) values.value[step]!.value = answer;
  } catch (error) {
    pictureProblem.value = wordsOf(error);
  }
}

/** Looks at a number; null looks away. */
export function point(next: Focus | null): void {
  focus.value = next;
  look();
}

/** Asks how the number in focus came about, and what its unit sees. */
function look(): void {
  const [model, at] = [chosen.value, focus.value];
  if (!model || !at || !input.value) {
    spelling.value = null;
    sight.value = null;
    return;
  }
  const asked = { model, ...at };
  const isCurrent = () => chosen.value === model && focus.value === at;
  compute("spell", asked, { latest: "spell" }).then((answer) => {
    if (isCurrent()) spelling.value = answer;
  }, ignored);
  compute("unit", asked, { latest: "unit" }).then((answer) => {
    if (isCurrent()) sight.value = answer;
  }, ignored);
}

/** Requests for a number are given up whenever the pointer moves on; what else may fail is told by the picture's own. */
function ignored(error: unknown): void {
  if (!(error instanceof CancelledError)) pictureProblem.value = wordsOf(error);
}
