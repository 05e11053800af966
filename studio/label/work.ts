// What a person is at: which pictures are shown and chosen, and what a command does to them. Knows no components.
import { batch, computed, signal } from "@preact/signals";
import type { LabelAct } from "../../src/studio/shared/labels.ts";
import type { SetAnswer } from "../../src/studio/shared/sets.ts";
import type { Command } from "./keys.ts";
import type { Wish } from "./labelling.ts";
import { countsOf, type Filter, isOpen, nextAfter, type Rows, rowsOf, shownOf } from "./rows.ts";
import { forgetSaid, suggestions, suspects } from "./said.ts";
import { labelling, opened } from "./session.ts";

export const filter = signal<Filter>({ kind: "all" });
/** Pictures that are chosen, by their names: numbers change as pictures come. */
const chosenNames = signal<ReadonlySet<string>>(new Set());
/** The picture that is to be shown in large, by its name; null for the first that waits for a label. */
const currentName = signal<string | null>(null);
/** Why the last command did nothing. */
export const complaint = signal<string | null>(null);

/** The set with its labels as they are now; null until all is loaded. */
export const labelled = computed<{ readonly set: SetAnswer; readonly rows: Rows } | null>(() => {
  const own = labelling.value;
  if (!own || !opened.value || own.version.value < 0) return null;
  const { set, answer } = opened.value;
  const rows = rowsOf(set.names, answer, own.state);
  return { set: { ...set, classes: rows.classes, labels: Array.from(rows.labels) }, rows };
});

/** Numbers of the set's pictures by their names. */
const places = computed(() => new Map(opened.value?.set.names.map((name, i) => [name, i])));

/** Pictures that are chosen. */
export const selected = computed<ReadonlySet<number>>(
  () => new Set([...chosenNames.value].flatMap((name) => places.value.get(name) ?? [])),
);

/** Chooses pictures. */
export function select(numbers: Iterable<number>): void {
  const names = opened.peek()?.set.names ?? [];
  chosenNames.value = new Set(Array.from(numbers, (i) => names[i]!));
}

/** Shows a picture in large. */
export function show(index: number): void {
  currentName.value = opened.peek()?.set.names[index] ?? null;
}

/** What is suggested for a picture: the class that a doubt or a suggestion names. */
export function proposalFor(index: number): string | undefined {
  const name = opened.value?.set.names[index] ?? "";
  return suspects.value.get(name)?.suggested ?? suggestions.value.get(name)?.class;
}

export const counts = computed(() => labelled.value && countsOf(labelled.value.rows));

/** Pictures that are shown, in their order. */
export const shown = computed<readonly number[]>(() => {
  const suggested = [...suggestions.value].sort(([, a], [, b]) => a.probability - b.probability);
  const said = {
    suggested: suggested.flatMap(([name]) => places.value.get(name) ?? []),
    suspected: openSuspects.value,
  };
  return labelled.value ? shownOf(labelled.value.rows, filter.value, said) : [];
});

/** Labels in doubt that nobody has looked at: they are as they were, and neither kept nor dropped. */
export const openSuspects = computed<readonly number[]>(() => {
  const now = labelled.value;
  const own = labelling.value;
  if (!now || !own) return [];
  const { set, rows } = now;
  return [...suspects.value].flatMap(([name, { given }]) => {
    const i = places.value.get(name) ?? -1;
    const isAsBefore = i >= 0 && set.classes[rows.labels[i]!] === given;
    return isAsBefore && !rows.isDropped[i] && !own.state.isKept(name) ? i : [];
  });
});

/** The picture in large: the chosen one, or the first of those shown. */
export const large = computed<number | null>(() => {
  const all = shown.value;
  const rows = labelled.value?.rows;
  if (!rows || all.length === 0) return null;
  const wanted = currentName.value === null ? undefined : places.value.get(currentName.value);
  if (wanted !== undefined && all.includes(wanted)) return wanted;
  return all.find((i) => isOpen(rows, i)) ?? all[0]!;
});

/** Pictures that a command is for: those chosen, or the one in large. */
export const targets = computed<readonly number[]>(() => {
  const chosen = shown.value.filter((i) => selected.value.has(i));
  return chosen.length > 0 ? chosen : large.value === null ? [] : [large.value];
});

/** Another set: nothing is chosen of it. */
export function startAfresh(): void {
  currentName.value = null;
  select([]);
  filter.value = { kind: "all" };
  complaint.value = null;
  forgetSaid();
}

/** Does what a key or a button asks for. */
export function command(asked: Command): void {
  complaint.value = null;
  const { kind } = asked;
  if (kind === "move") move(asked.by);
  else if (kind === "undo" || kind === "redo") step(kind);
  else if (kind === "class") {
    const name = labelled.value?.rows.classes[asked.index];
    if (name !== undefined) label(name);
  } else if (
    kind === "skip" ||
    kind === "drop" ||
    kind === "restore" ||
    kind === "unlabel" ||
    kind === "keep"
  ) {
    onTargets((pictures) => ({ act: kind, pictures }), kind !== "restore" && kind !== "unlabel");
  } else if (kind === "accept") accept();
}

/** Gives the pictures in question a class. */
export function label(name: string): void {
  onTargets((pictures) => ({ act: "label", class: name, pictures }), true);
}

/** Acts on classes. Gives whether it could be done. */
export function changeClass(wish: Extract<Wish, { readonly class: string }>): boolean {
  return attempt(() => labelling.peek()?.act(wish));
}

function accept(): void {
  const index = large.value;
  if (index === null) return;
  const name = proposalFor(index);
  if (name === undefined) move(1);
  else if (selected.value.size > 1) acceptAll();
  else label(name);
}

/** Gives each chosen picture the class that is suggested for it. */
function acceptAll(): void {
  const byClass = new Map<string, number[]>();
  for (const i of targets.value) {
    const name = proposalFor(i);
    if (name !== undefined) byClass.set(name, [...(byClass.get(name) ?? []), i]);
  }
  const names = labelled.value!.set.names;
  const [before, done] = [shown.value, new Set(targets.value)];
  for (const [name, indices] of byClass) {
    attempt(() =>
      labelling.peek()?.act({ act: "label", class: name, pictures: indices.map((i) => names[i]!) }),
    );
  }
  advance(before, done);
}

function onTargets(wishOf: (pictures: string[]) => Wish, isDone: boolean): void {
  const now = labelled.value;
  const chosen = targets.value;
  if (!now || chosen.length === 0) return;
  const before = shown.value;
  const wish = wishOf(chosen.map((i) => now.set.names[i]!));
  batch(() => {
    if (!attempt(() => labelling.peek()?.act(wish))) return;
    if (isDone) advance(before, new Set(chosen));
  });
}

function advance(before: readonly number[], done: ReadonlySet<number>): void {
  select([]);
  const next = labelled.value && nextAfter(labelled.value.rows, filter.value, before, done);
  if (next !== null) show(next);
}

function move(by: 1 | -1): void {
  const all = shown.value;
  const at = large.value === null ? -1 : all.indexOf(large.value);
  const to = all[at + by];
  if (to === undefined) return;
  select([]);
  show(to);
}

/** Takes an act back or brings it back, and shows what it was about. */
function step(kind: "undo" | "redo"): void {
  let about: LabelAct | null = null;
  attempt(() => {
    about = labelling.peek()?.step(kind) ?? null;
  });
  const act = about as LabelAct | null;
  if (!act || !("pictures" in act)) return;
  const names = labelled.value?.set.names ?? [];
  const index = names.indexOf(act.pictures[0]!);
  if (index < 0) return;
  select([]);
  if (!shown.value.includes(index)) filter.value = { kind: "all" };
  show(index);
}

function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    complaint.value = error instanceof Error ? error.message : String(error);
    return false;
  }
}
