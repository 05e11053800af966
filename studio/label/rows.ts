// What the labels say of each picture of a set, which pictures are shown, and which comes next. Numbers alone; knows no page.
import type { LabelState, LabelsAnswer } from "../../src/studio/shared/labels.ts";

/** The pictures of a set with their labels, by number. */
export interface Rows {
  readonly classes: readonly string[];
  /** Index of the class; -1 for none. */
  readonly labels: Int32Array;
  readonly isSkipped: readonly boolean[];
  readonly isDropped: readonly boolean[];
}

/** Which pictures are shown: those of a class by its name, or of a kind. */
export type Filter =
  | { readonly kind: "all" | "unlabelled" | "skipped" | "dropped" | "suggested" | "suspected" }
  | { readonly kind: "class"; readonly name: string };

/** Pictures that models have something to say of, in the order in which they are to be looked at. */
export interface Said {
  readonly suggested: readonly number[];
  readonly suspected: readonly number[];
}

/** Where all pictures stand. `open`: without a label, and neither skipped nor dropped. */
export interface Counts {
  readonly all: number;
  readonly labelled: number;
  readonly unlabelled: number;
  readonly skipped: number;
  readonly dropped: number;
  readonly byClass: readonly number[];
}

/** The rows of a set, given what its folder says and the acts. */
export function rowsOf(names: readonly string[], { folders, own }: LabelsAnswer, state: LabelState): Rows {
  const classes = state.classes(folders);
  const indices = new Map(classes.map((name, i) => [name, i]));
  const labels = new Int32Array(names.length);
  const [isSkipped, isDropped]: [boolean[], boolean[]] = [[], []];
  for (const [i, name] of names.entries()) {
    const label = state.classOf(name, folders[own[i] ?? -1] ?? null);
    labels[i] = label === null ? -1 : (indices.get(label) ?? -1);
    const fate = state.fateOf(name);
    isSkipped.push(fate === "skipped");
    isDropped.push(fate === "dropped");
  }
  return { classes, labels, isSkipped, isDropped };
}

/** Counts of all kinds of pictures. Dropped ones count as nothing else. */
export function countsOf({ classes, labels, isSkipped, isDropped }: Rows): Counts {
  const byClass = classes.map(() => 0);
  const counts = { labelled: 0, unlabelled: 0, skipped: 0, dropped: 0 };
  for (const [i, label] of labels.entries()) {
    if (isDropped[i]) counts.dropped++;
    else {
      if (label >= 0) {
        counts.labelled++;
        byClass[label]!++;
      } else if (!isSkipped[i]) counts.unlabelled++;
      if (isSkipped[i]) counts.skipped++;
    }
  }
  return { all: labels.length, ...counts, byClass };
}

/** The pictures that a filter shows. */
export function shownOf(rows: Rows, filter: Filter, said: Said): readonly number[] {
  const { classes, labels, isSkipped, isDropped } = rows;
  if (filter.kind === "suggested") return said.suggested.filter((i) => isOpen(rows, i));
  if (filter.kind === "suspected") return said.suspected;
  const label = filter.kind === "class" ? classes.indexOf(filter.name) : -1;
  const fits: (i: number) => boolean = {
    all: () => true,
    unlabelled: (i: number) => isOpen(rows, i),
    skipped: (i: number) => isSkipped[i]!,
    dropped: (i: number) => isDropped[i]!,
    class: (i: number) => labels[i] === label && !isDropped[i],
  }[filter.kind];
  return Array.from(labels.keys()).filter(fits);
}

/** Whether a picture waits for a label. */
export function isOpen({ labels, isSkipped, isDropped }: Rows, i: number): boolean {
  return labels[i] === -1 && !isSkipped[i] && !isDropped[i];
}

/**
 * The picture to go to after acts on some of those shown: where everything is shown, the next that waits for a label; else the next of those shown. From the last it goes round to the first;
 * null where there is none.
 */
export function nextAfter(
  rows: Rows,
  filter: Filter,
  before: readonly number[],
  done: ReadonlySet<number>,
): number | null {
  const last = before.findLastIndex((i) => done.has(i));
  const round = [...before.slice(last + 1), ...before.slice(0, last + 1)].filter((i) => !done.has(i));
  const fits = filter.kind === "all" ? round.find((i) => isOpen(rows, i)) : round[0];
  return fits ?? null;
}
