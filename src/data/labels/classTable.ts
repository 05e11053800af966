// Which classes there are and what they are called, while classes are added, renamed, merged and removed. A class stays the same one under another name.
import { nearest, OptionError } from "../../base/errors.ts";

/** A class, whatever it is called: the first one of a name, `folder` among them, is that name; later ones have a number before it. */
export type ClassKey = string;

/** The names of the classes, and what became of those that are gone. */
export class ClassTable {
  /** Names of the classes that there are, in the order in which they came up. */
  readonly #names = new Map<ClassKey, string>();
  readonly #keys = new Map<string, ClassKey>();
  /** Classes that are gone: the one that they were merged into, or null. */
  readonly #gone = new Map<ClassKey, ClassKey | null>();
  /** Classes that were added, which are there without a picture too. */
  readonly #added = new Set<ClassKey>();

  /** The same table, to go on from or to come back to. */
  copy(): ClassTable {
    const copy = new ClassTable();
    for (const [key, name] of this.#names) copy.#names.set(key, name);
    for (const [name, key] of this.#keys) copy.#keys.set(name, key);
    for (const [key, into] of this.#gone) copy.#gone.set(key, into);
    for (const key of this.#added) copy.#added.add(key);
    return copy;
  }

  /** The same table with the class of a folder in it. */
  with(folder: string): ClassTable {
    const copy = this.copy();
    copy.named(folder);
    return copy;
  }

  /** Whether there is a class of a name. */
  has(name: string): boolean {
    return this.#keys.has(name);
  }

  /** The class that pictures of a key are in now; null where it was removed. */
  follow(key: ClassKey): ClassKey | null {
    let now: ClassKey | null = key;
    while (now !== null && this.#gone.has(now)) now = this.#gone.get(now)!;
    return now;
  }

  /** What a class is called now; null where it was removed. */
  nameOf(key: ClassKey): string | null {
    const now = this.follow(key);
    return now === null ? null : (this.#names.get(now) ?? now);
  }

  /** Whether a class was added by an act, rather than by a folder or a label. */
  isAdded(key: ClassKey): boolean {
    return this.#added.has(key);
  }

  /** The classes that there are. */
  keys(): ClassKey[] {
    return [...this.#names.keys()];
  }

  /** The class of a name. A name that no act has spoken of is the class of a folder. Throws OptionError for one that is gone. */
  named(name: string): ClassKey {
    const key = this.#keys.get(name);
    if (key !== undefined) return key;
    if (!this.#isFresh(name)) {
      const near = nearest(name, this.#keys.keys());
      throw new OptionError(`labels: there is no class "${name}"${near ? `; did you mean "${near}"?` : ""}`);
    }
    this.#put(name, name);
    return name;
  }

  /** Adds a class. `number` tells it from earlier ones that had the name. Throws OptionError where there is one of that name. */
  add(name: string, number: number): void {
    const present = this.#keys.get(name);
    if (present !== undefined && this.#added.has(present)) this.#refuse(name);
    const key = present ?? (this.#isFresh(name) ? name : `${number}/${name}`);
    this.#put(key, name);
    this.#added.add(key);
  }

  /** Throws OptionError where another class has the name, or the class is not there. */
  rename(name: string, to: string): void {
    const key = this.named(name);
    if (name === to || this.#keys.has(to)) this.#refuse(to);
    this.#keys.delete(name);
    this.#put(key, to);
  }

  /** Ends a class; its pictures go over to `into`, or have none. */
  end(name: string, into: string | null): void {
    const key = this.named(name);
    const target = into === null ? null : this.named(into);
    if (target === key) throw new OptionError(`labels: the class "${name}" can't be merged into itself`);
    this.#keys.delete(name);
    this.#names.delete(key);
    this.#added.delete(key);
    this.#gone.set(key, target);
  }

  #put(key: ClassKey, name: string): void {
    this.#names.set(key, name);
    this.#keys.set(name, key);
  }

  /** Whether no class has ever had this name as its first. */
  #isFresh(name: string): boolean {
    return !this.#names.has(name) && !this.#gone.has(name);
  }

  #refuse(name: string): never {
    throw new OptionError(
      `labels: there is a class "${name}" already; give another name, or merge the one into the other`,
    );
  }
}
