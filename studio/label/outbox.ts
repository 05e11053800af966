// Acts on their way to the server, kept in the browser until they are in the journal: a page that dies loses none, and each is written once, by its id.
import type { SentAct } from "../../src/studio/shared/labels.ts";

/** Where acts are kept; the browser's `localStorage`. */
export type Keep = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "fovea-labels";

/** The acts of one owner on one set, in their order. An owner is a set that is open in a tab: opened again it has another name, so that ids never come twice. */
export class Outbox {
  readonly #keep: Keep;
  readonly #key: string;
  readonly #owner: string;
  #count = 0;
  #acts: readonly SentAct[] = [];
  #isClosed = false;
  /** Why the browser does not keep them; null where it does. */
  problem: string | null = null;

  constructor(keep: Keep, set: string, owner: string) {
    this.#keep = keep;
    this.#owner = owner;
    this.#key = `${prefix} ${set} ${owner}`;
  }

  get acts(): readonly SentAct[] {
    return this.#acts;
  }

  /** An id for the next act. */
  newId(): string {
    return `${this.#owner}-${++this.#count}`;
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

  /** Takes over what owners have left that are gone. */
  adopt(set: string, isAlive: (owner: string) => boolean): void {
    const keys = Array.from({ length: this.#keep.length }, (_, i) => this.#keep.key(i)!);
    for (const key of keys) {
      const [, of, owner] = key.startsWith(`${prefix} `) ? key.split(" ") : [];
      if (of !== set || owner === undefined || owner === this.#owner || isAlive(owner)) continue;
      this.#acts = [...parsed(this.#keep.getItem(key)), ...this.#acts];
      this.#store();
      this.#keep.removeItem(key); // after they are kept here: at worst both have them, and the ids tell
    }
  }

  /** Leaves what is kept to the next owner. */
  close(): void {
    this.#isClosed = true;
  }

  #store(): void {
    if (this.#isClosed) return;
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
