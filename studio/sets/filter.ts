// Which pictures of a set are shown: by class, part, name and findings. Knows no page.
import type { SetAnswer, SetParts } from "../../src/studio/shared/sets.ts";

/** What is asked for; null asks for nothing. */
export interface Filter {
  /** Number of a class; -1 for pictures without one. */
  readonly label: number | null;
  /** Name of a part. */
  readonly part: string | null;
  /** Part of the name, in whichever case; of pictures without names, their number. */
  readonly text: string;
  /** Only these. */
  readonly among: ReadonlySet<number> | null;
}

export const noFilter: Filter = { label: null, part: null, text: "", among: null };

/** Numbers of the pictures that fit, rising. */
export function filtered(
  { names, labels }: Pick<SetAnswer, "names" | "labels">,
  parts: SetParts,
  { label, part, text, among }: Filter,
): Int32Array {
  const wanted = text.trim().toLowerCase();
  const partNumber = part === null ? null : parts.names.indexOf(part);
  const found = new Int32Array(names.length);
  let count = 0;
  for (let i = 0; i < names.length; i++) {
    if (label !== null && labels[i] !== label) continue;
    if (partNumber !== null && (partNumber < 0 || parts.of[i] !== partNumber)) continue;
    if (wanted !== "" && !(names[i] || String(i)).toLowerCase().includes(wanted)) continue;
    if (among !== null && !among.has(i)) continue;
    found[count++] = i;
  }
  return found.slice(0, count);
}

/** The parts that a set comes divided into, as long as it is not known how training divides it. */
export function ownParts({ names, splits }: Pick<SetAnswer, "names" | "splits">): SetParts {
  const of = new Array<number>(names.length).fill(-1);
  for (const [part, { from, count }] of splits.entries()) of.fill(part, from, from + count);
  return { names: splits.map(({ name }) => name), of, isDrawn: false };
}

/** Pictures of a class, in all and in each part. */
export interface ClassCount {
  /** Number of the class; -1 for pictures without one. */
  readonly label: number;
  readonly total: number;
  /** In the order of the parts. */
  readonly byPart: readonly number[];
}

/** Counts of all classes, and of pictures without a class where there are any. */
export function classCounts(
  { classes, labels }: Pick<SetAnswer, "classes" | "labels">,
  parts: SetParts,
): ClassCount[] {
  const counts = Array.from({ length: classes.length + 1 }, () => parts.names.map(() => 0));
  const totals = new Array<number>(classes.length + 1).fill(0);
  for (const [i, label] of labels.entries()) {
    const row = label < 0 ? classes.length : label;
    totals[row]!++;
    const part = parts.of[i]!;
    if (part >= 0) counts[row]![part]!++;
  }
  const rows = totals.map((total, row) => ({
    label: row === classes.length ? -1 : row,
    total,
    byPart: counts[row]!,
  }));
  return rows.filter(({ label, total }) => label >= 0 || total > 0);
}

/** How many times as many pictures the largest class has as the smallest that has any, among training pictures where there are parts; null below two classes. */
export function imbalanceOf(counts: readonly ClassCount[]): number | null {
  const sizes = counts
    .filter(({ label }) => label >= 0)
    .map(({ total, byPart }) => byPart[0] ?? total)
    .filter((size) => size > 0);
  return sizes.length < 2 ? null : Math.max(...sizes) / Math.min(...sizes);
}
