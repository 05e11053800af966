// Acts on their way to the server, kept in the browser until they are in the journal: a page that dies loses none, and each is written once, by its id.
import type { SentAct } from "../../src/studio/shared/labels.ts";

/** Where acts are kept; the browser's `localStorage`. */
export type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "fovea-labels";

/** The acts of one tab on one set, in their order. */
export class Outbox {
  readonly #keep: Keep;
  readonly #key: string;
  readonly #tab: string;
  #count = 0;
  #acts: readonly SentAct[] = [];
  /** Why the browser does not keep them; null where it does. */
  problem: string | null = null;

  constructor(keep: Keep, set: string, tab: string) {
    this.#keep = keep;
    this.#tab = tab;
    this.#key = `${prefix} ${set} ${tab}`;
  }

  get acts(): readonly SentAct[] {
    return this.#acts;
  }

  /** An id for the next act. */
  newId(): string {
    return `${this.#tab}-${++this.#count}`;
  }

  push(act: SentAct): void {
    this.#acts = [...this.#acts, act];
    this.#store();
  }

  /** Takes out acts whose ids are written, or refused. */
  remove(ids: ReadonlySet<string>): void {
    const left = this.#acts.filter(({ id }) => !ids.has(id));
    if (left.length === this.#acts.length) return;
    this.#acts = left;
    this.#store();
  }

  /** Takes over what tabs have left that are gone. */
  adopt(set: string, alive: ReadonlySet<string>): void {
    const keys = Array.from({ length: this.#keep.length }, (_, i) => this.#keep.key(i)!);
    for (const key of keys) {
      const [, of, tab] = key.startsWith(`${prefix} `) ? key.split(" ") : [];
      if (of !== set || tab === undefined || tab === this.#tab || alive.has(tab)) continue;
      this.#acts = [...parsed(this.#keep.getItem(key)), ...this.#acts];
      this.#store();
      this.#keep.removeItem(key); // after they are kept here: at worst both have them, and the ids tell
    }
  }

  #store(): void {
    try {
      if (this.#acts.length === 0) this.#keep.removeItem(this.#key);
      else this.#keep.setItem(this.#key, JSON.stringify(this.#acts));
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }
}

function parsed(text: string | null): SentAct[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? (value as SentAct[]) : [];
  } catch {
    return [];
  }
}
