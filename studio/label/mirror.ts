// The labels as the page has them: what the journal holds, and over it the acts that are still on their way. Knows no server.
import { type LabelAct, type LabelEntry, LabelState, type SentAct } from "../../src/studio/shared/labels.ts";

/** Numbers of acts that are on their way: above all that a journal gives. */
const firstOwn = 2 ** 40;

/** The labels of one set in one page. */
export class Mirror {
  /** The number of the last act of the journal that is in it. */
  last = 0;
  #base = new LabelState();
  #view = new LabelState();
  #next = firstOwn;
  /** Numbers of acts by their ids, in the journal and in the view; and ids by numbers in the view. */
  readonly #numbers = new Map<string, number>();
  #shown = new Map<string, number>();
  #ids = new Map<number, string>();

  /** Labels with the acts on their way. */
  get view(): LabelState {
    return this.#view;
  }

  /** Takes in acts of the journal, the next ones, and puts those on their way over them. */
  confirm(entries: readonly LabelEntry[], pending: readonly SentAct[]): void {
    for (const entry of entries) {
      this.#base.apply(entry);
      this.last = entry.n;
      if (entry.id !== null) this.#numbers.set(entry.id, entry.n);
    }
    this.#view = this.#base.clone();
    this.#shown = new Map(this.#numbers);
    this.#ids = new Map(Array.from(this.#numbers, ([id, n]) => [n, id]));
    for (const act of pending) {
      try {
        this.push(act);
      } catch {
        // Another tab has done what forbids it; the server will say so.
      }
    }
  }

  /** Takes in that the act at the head of those on their way is the journal's next. */
  confirmOwn(act: SentAct, n: number): void {
    this.#base.apply({ n, act: numbered(act, this.#numbers) });
    this.last = n;
    this.#numbers.set(act.id, n);
  }

  /** Puts an act over the others. Throws OptionError where it can't be done. */
  push(act: SentAct): void {
    const n = this.#next++;
    this.#view.apply({ n, act: numbered(act, this.#shown) });
    this.#shown.set(act.id, n);
    this.#ids.set(n, act.id);
  }

  /** The act that takes back the last one, or brings it back; null where there is none. */
  step(kind: "undo" | "redo", id: string): SentAct | null {
    const next = kind === "undo" ? this.#view.toUndo : this.#view.toRedo;
    return next && { act: kind, id, of: this.#ids.get(next.n) ?? next.n };
  }
}

/** An act with the number of the one that it takes back, or brings back, in the place of an id. */
function numbered(act: SentAct, numbers: ReadonlyMap<string, number>): LabelAct {
  if (!("of" in act)) return act;
  return { act: act.act, of: typeof act.of === "number" ? act.of : (numbers.get(act.of) ?? -1) };
}
