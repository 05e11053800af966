// Samples that training and validation share, looked for among sets that lie in memory.

import { ArrayDataset } from "../data/dataset.ts";
import type { Case } from "../design/index.ts";
import type { FitData } from "../train/fitOptions.ts";
import type { RunRuleText } from "./findings.ts";

/** Share of the validation samples from which it is told. */
const share = 0.01;
/** Bytes that are looked through at most; larger sets are left to fovea data check. */
const mostBytes = 2 ** 28;
/** Elements of a sample that its hash is made of, about; equal hashes are compared in full. */
const hashed = 48;

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
  const [ours, theirs] = [rowsOf(train), rowsOf(val)];
  if (theirs.width !== ours.width) return [];
  // The few are put into the table, and the many are looked up in it.
  const rows = new Map<number, number[]>();
  for (let i = 0; i < val.length; i++) {
    const key = hash(theirs, i);
    const same = rows.get(key);
    if (same) same.push(i);
    else rows.set(key, [i]);
  }
  const found = new Set<number>();
  for (let i = 0; i < train.length; i++) {
    for (const other of rows.get(hash(ours, i)) ?? []) if (isSame(ours, i, theirs, other)) found.add(other);
  }
  const shared = found.size;
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

/** A number that equal rows share, from a few dozen of their elements. */
function hash({ values, width }: Rows, row: number): number {
  const distance = Math.max(1, Math.floor(width / hashed));
  let sum = 0x811c9dc5;
  for (let i = row * width; i < (row + 1) * width; i += distance) {
    sum = Math.imul(sum ^ values[i]!, 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum & 0x3fffffff; // what fits a small integer is a fast key
}

function isSame(ours: Rows, i: number, theirs: Rows, k: number): boolean {
  const { width } = ours;
  for (let j = 0; j < width; j++) {
    if (ours.values[i * width + j] !== theirs.values[k * width + j]) return false;
  }
  return true;
}
