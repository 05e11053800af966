// Samples that lie side by side in memory, compared byte by byte.
import type { ArrayDataset } from "../data/dataset.ts";
import type { Twins } from "./twins.ts";

/** Samples with the same bytes, each with the first of its kind; numbers go on from one set to the next. */
export function equalSamples(sets: readonly ArrayDataset[]): Twins[] {
  const twins: Twins[] = [];
  const firsts = new Map<number, { index: number; data: ArrayLike<number> }[]>();
  let index = 0;
  for (const set of sets) {
    for (let i = 0; i < set.length; i++, index++) {
      const { data } = set.get(i);
      const sum = hash(data);
      const alike = firsts.get(sum);
      const first = alike?.find((other) => equal(other.data, data));
      if (first)
        twins.push({ first: first.index, second: index, kind: "equal pixels", likeness: 1, turn: 1 });
      else if (alike) alike.push({ index, data });
      else firsts.set(sum, [{ index, data }]);
    }
  }
  return twins;
}

/** FNV-1a (Fowler, Noll and Vo) over bytes; what it takes for equal is compared in full. */
function hash(data: ArrayLike<number>): number {
  let sum = 0x811c9dc5;
  for (let i = 0; i < data.length; i++) sum = Math.imul(sum ^ data[i]!, 0x01000193);
  return sum;
}

function equal(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
