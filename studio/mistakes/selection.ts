// Which pictures are looked at: those of a cell of the matrix, of a class, of points, or all mistakes.
import { signal } from "@preact/signals";
import { isWrong, type Order, type Outcome, sortedRows, truthOf } from "./outcome.ts";

export type Meant =
  | { readonly kind: "mistakes" }
  | { readonly kind: "cell"; readonly truth: number; readonly answer: number }
  | { readonly kind: "class"; readonly truth: number }
  | { readonly kind: "points"; readonly rows: readonly number[] };

export const meant = signal<Meant>({ kind: "mistakes" });
export const order = signal<Order>("byLoss");
/** The row of the picture that is looked at; null for none. */
export const lookedAt = signal<number | null>(null);

/** Looks at other pictures. */
export function mean(next: Meant): void {
  meant.value = next;
  lookedAt.value = next.kind === "points" && next.rows.length === 1 ? next.rows[0]! : null;
}

/** The rows that are meant, the worst first. */
export function rowsOf(outcome: Outcome, what: Meant, by: Order): number[] {
  switch (what.kind) {
    case "mistakes":
      return sortedRows(outcome, by, (row) => isWrong(outcome, row));
    case "cell":
      return sortedRows(
        outcome,
        by,
        (row) => truthOf(outcome, row) === what.truth && outcome.found.answers[row] === what.answer,
      );
    case "class":
      return sortedRows(outcome, by, (row) => truthOf(outcome, row) === what.truth && isWrong(outcome, row));
    case "points": {
      const rows = new Set(what.rows);
      return sortedRows(outcome, by, (row) => rows.has(row));
    }
  }
}
