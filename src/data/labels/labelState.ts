// The labels of a folder as the acts of its journal leave them. Pure: the same acts give the same state, in a page as in the library.
import { OptionError } from "../../base/errors.ts";
import type { LabelAct, LabelEntry } from "./acts.ts";
import { type ClassKey, ClassTable } from "./classTable.ts";

/** What is done with a picture beside its label. */
export type PictureFate = "skipped" | "dropped";

/** What acts say of one picture. */
interface Mark {
  /** Its class; null where the label was taken away, undefined where no act gave one: the folder's counts. */
  readonly label: ClassKey | null | undefined;
  readonly fate: PictureFate | null;
  readonly isKept: boolean;
}

const unmarked: Mark = { label: undefined, fate: null, isKept: false };

/** An act, and its number. */
export type NumberedAct = Pick<LabelEntry, "n" | "act">;

/** An act in force, and what it takes to take it back. */
interface Done {
  readonly n: number;
  readonly act: LabelAct;
  /** The marks that it changed, as they were. */
  readonly marks: ReadonlyMap<string, Mark | undefined>;
  /** The classes before it; null where it left them as they were. */
  readonly classes: ClassTable | null;
}

/** The labels that acts give, over those that folders give. */
export class LabelState {
  #classes = new ClassTable();
  readonly #marks = new Map<string, Mark>();
  readonly #done: Done[] = [];
  readonly #undone: NumberedAct[] = [];

  /** The act that `undo` would take back; null for none. */
  get toUndo(): NumberedAct | null {
    return this.#done.at(-1) ?? null;
  }

  /** The act that `redo` would bring back; null for none. */
  get toRedo(): NumberedAct | null {
    return this.#undone.at(-1) ?? null;
  }

  /** The same state, which goes its own way from here on. */
  clone(): LabelState {
    const clone = new LabelState();
    clone.#classes = this.#classes; // replaced by acts, never changed
    for (const [picture, mark] of this.#marks) clone.#marks.set(picture, mark);
    clone.#done.push(...this.#done);
    clone.#undone.push(...this.#undone);
    return clone;
  }

  /** Takes in the next act. Throws OptionError, and changes nothing, where it can't be done. */
  apply({ n, act }: NumberedAct): void {
    if (act.act === "undo") this.#undo(act.of);
    else if (act.act === "redo") this.#redo(act.of);
    else {
      this.#do(n, act);
      this.#undone.length = 0;
    }
  }

  /** The class of a picture, given that of its folder; null for none. */
  classOf(picture: string, folder: string | null): string | null {
    const label = this.#marks.get(picture)?.label;
    const key = label === undefined ? folder : label;
    return key === null ? null : this.#classes.nameOf(key);
  }

  /** Whether a picture is skipped or dropped; null for neither. */
  fateOf(picture: string): PictureFate | null {
    return this.#marks.get(picture)?.fate ?? null;
  }

  /** Whether the label of a picture was looked at and stands. */
  isKept(picture: string): boolean {
    return this.#marks.get(picture)?.isKept ?? false;
  }

  /** What became of the class of a folder: its name now, null where it was removed. */
  className(folder: string): string | null {
    return this.#classes.nameOf(folder);
  }

  /** The classes that there are, given the folders': theirs first, then those that were added, in the order in which they came. */
  classes(folders: readonly string[]): string[] {
    const present = folders.map((folder) => this.#classes.follow(folder));
    const used = this.#labels();
    const added = this.#classes.keys().filter((key) => this.#classes.isAdded(key) || used.has(key));
    const keys = new Set([...present, ...added]);
    return [...keys].flatMap((key) => (key === null ? [] : [this.#classes.nameOf(key)!]));
  }

  /** Classes that pictures have by acts. */
  #labels(): Set<ClassKey> {
    const used = new Set<ClassKey>();
    for (const { label } of this.#marks.values()) {
      const key = label === undefined || label === null ? null : this.#classes.follow(label);
      if (key !== null) used.add(key);
    }
    return used;
  }

  #do(n: number, act: LabelAct): void {
    const marks = new Map<string, Mark | undefined>();
    const before = this.#classes;
    if ("pictures" in act) {
      if (act.act === "label" && !before.has(act.class)) this.#classes = before.with(act.class);
      const change = this.#changeOf(act);
      for (const picture of act.pictures) {
        const mark = this.#marks.get(picture);
        marks.set(picture, mark);
        this.#marks.set(picture, { ...(mark ?? unmarked), ...change });
      }
    } else {
      const after = before.copy();
      if (act.act === "class") after.add(act.class, n);
      if (act.act === "rename") after.rename(act.class, act.to);
      if (act.act === "merge") after.end(act.class, act.into);
      if (act.act === "remove") after.end(act.class, null);
      this.#classes = after;
    }
    this.#done.push({ n, act, marks, classes: before === this.#classes ? null : before });
  }

  #changeOf(act: Extract<LabelAct, { readonly pictures: readonly string[] }>): Partial<Mark> {
    switch (act.act) {
      case "label":
        return { label: this.#classes.named(act.class), fate: null, isKept: false };
      case "unlabel":
        return { label: null, isKept: false };
      case "skip":
        return { fate: "skipped" };
      case "drop":
        return { fate: "dropped" };
      case "restore":
        return { fate: null };
      case "keep":
        return { isKept: true };
    }
  }

  #undo(of: number): void {
    const last = this.#done.at(-1);
    if (last?.n !== of) {
      throw new OptionError(`labels: act ${of} can't be undone; ${next("undone", last?.n)}`);
    }
    this.#done.pop();
    for (const [picture, mark] of last.marks) {
      if (mark) this.#marks.set(picture, mark);
      else this.#marks.delete(picture);
    }
    if (last.classes) this.#classes = last.classes;
    this.#undone.push(last);
  }

  #redo(of: number): void {
    const last = this.#undone.at(-1);
    if (last?.n !== of) {
      throw new OptionError(`labels: act ${of} can't be done again; ${next("done again", last?.n)}`);
    }
    this.#undone.pop();
    this.#do(last.n, last.act);
  }
}

function next(what: string, n: number | undefined): string {
  return n === undefined ? `there is nothing to be ${what}` : `the next to be ${what} is act ${n}`;
}
