// What the studio's server and its page say to each other about the check of a set. Knows neither of the two.
import type { FindingId, Severity } from "../../review/index.ts";

/** One thing that was found: pictures that belong together, or files that are none, or neither. */
export interface CheckCase {
  /** Numbers of pictures of the set. */
  readonly pictures: readonly number[];
  /** Paths of files that are not among them. */
  readonly files: readonly string[];
  /** What was seen, in numbers. */
  readonly detail: string;
}

/** All that was found of one kind. */
export interface CheckFinding {
  readonly id: FindingId;
  readonly severity: Severity;
  readonly title: string;
  readonly rule: string;
  readonly why: string;
  readonly fix: string;
  /** Number of cases; `cases` has the first of them. */
  readonly count: number;
  readonly cases: readonly CheckCase[];
}

/** What a check says in the end. Errors come first, then warnings, then notes. */
export interface CheckResult {
  readonly findings: readonly CheckFinding[];
  readonly pictures: number;
  readonly readable: number;
  /** Smallest and largest width and height; null without a readable picture. */
  readonly sizes: {
    readonly smallest: readonly [number, number];
    readonly largest: readonly [number, number];
  } | null;
  /** Mean and deviation of the training pictures' channels, 0 … 1. */
  readonly normalize: { readonly mean: readonly number[]; readonly std: readonly number[] } | null;
}

/** How the check of a set stands. `none`: it was not asked for, was cancelled, or the set has changed since. */
export type CheckAnswer =
  | { readonly status: "none" }
  | { readonly status: "running"; readonly done: number; readonly total: number }
  | { readonly status: "failed"; readonly problem: string }
  | { readonly status: "done"; readonly result: CheckResult };
