// What the checks of a review work on: samples with their classes and parts, and what was seen of each. Knows no files and no rules.
import type { PartName } from "../data/pictureListing.ts";
import type { FindingCase, FindingId } from "./findings.ts";
import type { Glance } from "./glance.ts";

/** A sample of the data set. */
export interface ReviewSample {
  /** Path, or a name such as "train 12". */
  readonly name: string;
  /** Null where the set has no parts. */
  readonly part: PartName | null;
  readonly label: number;
}

/** All samples, and what was seen of those that can be read, by number. */
export interface Samples {
  readonly all: readonly ReviewSample[];
  readonly classes: readonly string[];
  /** Parts in the order train, val, test; empty where there are none. */
  readonly parts: readonly PartName[];
  readonly glances: ReadonlyMap<number, Glance>;
}

/** Cases by kind, as checks collect them. */
export class Cases extends Map<FindingId, FindingCase[]> {
  add(id: FindingId, files: readonly string[], detail: string): void {
    const list = this.get(id);
    if (list) list.push({ files, detail });
    else this.set(id, [{ files, detail }]);
  }
}

/** How many samples each class has in a part; null counts all. */
export function countsOf({ all, classes }: Samples, part: PartName | null): number[] {
  const counts = classes.map(() => 0);
  for (const sample of all) if (part === null || sample.part === part) counts[sample.label]!++;
  return counts;
}

/** True for the samples that a network is trained on: the training part, or all where there are no parts. */
export function isTraining({ part }: ReviewSample): boolean {
  return part === null || part === "train";
}

/** The value that a share of the others do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** A share as "12.3%". */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
