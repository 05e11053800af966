// Constants in a graph that say which elements meet: index lists, and matrices with zeros outside a band.

import type { TypedArray } from "../base/dtype.ts";
import type { Node } from "../graph/node.ts";

/** The elements of a node that are on the host for good; null for computed ones and for parameters. */
export function constantOf({ op, storage }: Node): TypedArray | null {
  return op.kind === "leaf" && storage && !storage.resident ? storage.read() : null;
}

/** Where the numbers other than 0 of each result lie along the axis that a matrix product sums over. */
export interface Band {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

/** The band of each column of a constant matrix, or of each row; null for what is not constant. */
export function bandOf(matrix: Node, ofColumns: boolean): Band | null {
  let node = matrix;
  let byColumn = ofColumns;
  while (node.op.kind === "view") {
    const { view } = node.op;
    const from = node.inputs[0]!;
    if (view.kind === "permute" && view.axes.join() === "1,0") byColumn = !byColumn;
    else if (view.kind !== "expand" || from.shape.length !== 2) return null;
    node = from;
  }
  const data = constantOf(node);
  if (!data || node.shape.length !== 2) return null;
  const [rows, columns] = node.shape as [number, number];
  const [results, summed] = byColumn ? [columns, rows] : [rows, columns];
  const [perResult, perTerm] = byColumn ? [1, columns] : [columns, 1];
  const band: Band = { first: new Int32Array(results), last: new Int32Array(results) };
  for (let i = 0; i < results; i++) {
    let first = 0;
    let last = summed - 1;
    while (first < last && data[i * perResult + first * perTerm] === 0) first++;
    while (last > first && data[i * perResult + last * perTerm] === 0) last--;
    band.first[i] = first;
    band.last[i] = last;
  }
  return band;
}
