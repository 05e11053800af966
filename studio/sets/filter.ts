// Which pictures of a set are shown: by class, part, name and findings. Knows no page.
import type { SetAnswer } from "../../src/studio/shared/sets.ts";

/** What is asked for; null asks for nothing. */
export interface Filter {
  /** Number of a class; -1 for pictures without one. */
  readonly label: number | null;
  readonly split: string | null;
  /** Part of the name, in whichever case; of pictures without names, their number. */
  readonly text: string;
  /** Only these. */
  readonly among: ReadonlySet<number> | null;
}

export const noFilter: Filter = { label: null, split: null, text: "", among: null };

/** Numbers of the pictures that fit, rising. */
export function filtered(
  { names, labels, splits }: SetAnswer,
  { label, split, text, among }: Filter,
): Int32Array {
  const wanted = text.trim().toLowerCase();
  const part = split === null ? null : splits.find(({ name }) => name === split);
  const [from, to] = part ? [part.from, part.from + part.count] : [0, split === null ? names.length : 0];
  const found = new Int32Array(names.length);
  let count = 0;
  for (let i = from; i < to; i++) {
    if (label !== null && labels[i] !== label) continue;
    if (wanted !== "" && !(names[i] || String(i)).toLowerCase().includes(wanted)) continue;
    if (among !== null && !among.has(i)) continue;
    found[count++] = i;
  }
  return found.slice(0, count);
}

/** The part that a picture belongs to; null for none. */
export function splitOf({ splits }: SetAnswer, index: number): string | null {
  return splits.find(({ from, count }) => index >= from && index < from + count)?.name ?? null;
}

/** Pictures of a class, in all and in each part. */
export interface ClassCount {
  /** Number of the class; -1 for pictures without one. */
  readonly label: number;
  readonly total: number;
  /** In the order of the set's parts. */
  readonly bySplit: readonly number[];
}

/** Counts of all classes, and of pictures without a class where there are any. */
export function classCounts({ classes, labels, splits }: SetAnswer): ClassCount[] {
  const counts = Array.from({ length: classes.length + 1 }, () => splits.map(() => 0));
  const totals = new Array<number>(classes.length + 1).fill(0);
  for (const [i, label] of labels.entries()) {
    const row = label < 0 ? classes.length : label;
    totals[row]!++;
    const part = splits.findIndex(({ from, count }) => i >= from && i < from + count);
    if (part >= 0) counts[row]![part]!++;
  }
  const rows = totals.map((total, row) => ({
    label: row === classes.length ? -1 : row,
    total,
    bySplit: counts[row]!,
  }));
  return rows.filter(({ label, total }) => label >= 0 || total > 0);
}

/** How many times as many pictures the largest class has as the smallest that has any, among training pictures where there are parts; null below two classes. */
export function imbalanceOf(counts: readonly ClassCount[]): number | null {
  const sizes = counts
    .filter(({ label }) => label >= 0)
    .map(({ total, bySplit }) => bySplit[0] ?? total)
    .filter((size) => size > 0);
  return sizes.length < 2 ? null : Math.max(...sizes) / Math.min(...sizes);
}
