// Samples that training and validation share, looked for among sets that lie in memory.

import { ArrayDataset } from "../data/dataset.ts";
import type { Case } from "../design/index.ts";
import type { FitData } from "../train/fitOptions.ts";
import type { RunRuleText } from "./findings.ts";

/** Share of the validation samples from which it is told. */
const share = 0.01;
/** Bytes that are looked through at most; larger sets are left to fovea data check. */
const mostBytes = 2 ** 28;

/** The finding's text; the data are looked at once, before the first step. */
export const leakRule: RunRuleText = {
  id: "leak",
  severity: "warning",
  title: "Validation samples are among the training samples",
  rule: `at least ${100 * share}% of the validation samples are equal to a training sample, bit by bit; of sets in memory alone`,
  why: "What was trained on is recognised by heart, so the validation accuracy flatters, and the best epoch is chosen by it.",
  fix: "Split before copies are made, by person, place or day; fovea data check finds near copies in folders too.",
  docs: "docs/doctor.md#leak",
  automatic: null,
};

/** Validation samples that are training samples as well. */
export function leakCases({ train, val }: FitData): Case[] {
  if (!(train instanceof ArrayDataset && val instanceof ArrayDataset)) return [];
  if (train.data.byteLength + val.data.byteLength > mostBytes || train.dtype !== val.dtype) return [];
  const known = new Map<number, number>();
  const ours = rowsOf(train);
  for (let i = 0; i < train.length; i++) known.set(hash(ours, i), i);
  const theirs = rowsOf(val);
  if (theirs.width !== ours.width) return [];
  let shared = 0;
  for (let i = 0; i < val.length; i++) {
    const other = known.get(hash(theirs, i));
    if (other !== undefined && isSame(ours, other, theirs, i)) shared++;
  }
  if (shared < share * val.length) return [];
  const percent = ((100 * shared) / val.length).toFixed(1);
  return [{ layer: "", evidence: `${shared} of ${val.length} validation samples (${percent}%)` }];
}

/** Samples as rows of whole numbers. */
interface Rows {
  readonly values: Int32Array | Uint8Array;
  readonly width: number;
}

/** As words where samples consist of such, which is four times as fast. */
function rowsOf({ data, length }: ArrayDataset): Rows {
  const { buffer, byteOffset, byteLength } = data;
  const bytes = length === 0 ? 0 : byteLength / length;
  const isWords = byteOffset % 4 === 0 && bytes % 4 === 0;
  return isWords
    ? { values: new Int32Array(buffer, byteOffset, byteLength / 4), width: bytes / 4 }
    : { values: new Uint8Array(buffer, byteOffset, byteLength), width: bytes };
}

/** A number of 52 bits that equal rows share. */
function hash({ values, width }: Rows, row: number): number {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = row * width; i < (row + 1) * width; i++) {
    a = Math.imul(a ^ values[i]!, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b + values[i]!, 0x85ebca6b) ^ (b >>> 13);
  }
  return (a >>> 0) * 2 ** 20 + (b >>> 12);
}

function isSame(ours: Rows, i: number, theirs: Rows, k: number): boolean {
  const { width } = ours;
  for (let j = 0; j < width; j++) {
    if (ours.values[i * width + j] !== theirs.values[k * width + j]) return false;
  }
  return true;
}
