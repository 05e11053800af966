// The journal of a folder's labels, to be read and to be added to. An act counts when the disk has its line.
import { labelFiles } from "#labelFiles";
import { FoveaError, OptionError } from "../../base/errors.ts";
import { checkOptions } from "../../base/options.ts";
import { checkAct, checkId, type LabelAct, type LabelEntry } from "./acts.ts";
import {
  headLine,
  type JournalContent,
  journalName,
  lineOf,
  longestLine,
  mostJournalBytes,
  readJournal,
} from "./journalText.ts";
import type { LabelState } from "./labelState.ts";
import type { GrowingFile } from "./store.ts";

/** How often a journal that seems damaged is read again while it changes. */
const tries = 5;

/** Reads the labels journal of a folder; null where it has none. Throws what `LabelJournal.open` throws for a damaged one. */
export async function readLabels(folder: string): Promise<JournalContent | null> {
  const file = labelFiles.join(folder, journalName);
  let content = await labelFiles.read(file, mostJournalBytes);
  for (let left = tries; ; left--) {
    if (!content || content.length === 0) return null;
    try {
      return contentOf(content, file);
    } catch (error) {
      // A line that another process is just putting in the place of one that was cut short may be half the one and half the other.
      const again = await labelFiles.read(file, mostJournalBytes);
      const isSame = again?.length === content.length && again.every((byte, i) => byte === content![i]);
      if (isSame || left === 0) throw error;
      content = again;
    }
  }
}

/** What a journal is opened with. */
export interface LabelJournalOptions {
  /** Gives the time of an act, ISO 8601. By default the clock's. */
  readonly now?: () => string;
}

/** What became of an act that was handed in. */
export interface Written {
  readonly n: number;
  /** False where the journal had its id already, and nothing was written. */
  readonly isNew: boolean;
  readonly act: LabelAct;
}

/** An act to be written; `undo` and `redo` without a number mean the act that is next. */
export type NewAct = (
  | Exclude<LabelAct, { readonly act: "undo" | "redo" }>
  | { readonly act: "undo" | "redo"; readonly of?: number }
) & {
  /** 1 to 64 letters, digits, `-`, `_` and `.`; an act whose id the journal has is not written again. */
  readonly id?: string;
};

/** An open journal. One process may have it open; acts that are handed in together or one after the other are written in their order. */
export class LabelJournal {
  readonly file: string;
  readonly #handle: GrowingFile;
  readonly #now: () => string;
  #content: JournalContent;
  #entries: LabelEntry[];
  #ids: Map<string, number>;
  #generation = 0;
  #work: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(file: string, handle: GrowingFile, content: JournalContent, now: () => string) {
    this.file = file;
    this.#handle = handle;
    this.#now = now;
    this.#content = content;
    this.#entries = [...content.entries];
    this.#ids = new Map(content.ids);
  }

  /**
   * Opens the journal of a folder, `labels.jsonl`, which is made with the first act. Throws FoveaError where another process has it open or the folder can't be
   * written to, FormatError with the number of the line for a damaged journal.
   */
  static async open(folder: string, options: LabelJournalOptions = {}): Promise<LabelJournal> {
    checkOptions("LabelJournal.open", options, ["now"]);
    const { now = () => new Date().toISOString() } = options;
    const file = labelFiles.join(folder, journalName);
    const handle = await labelFiles.openAlone(folder, journalName);
    try {
      const content = contentOf((await labelFiles.read(file, mostJournalBytes)) ?? new Uint8Array(), file);
      return new LabelJournal(file, handle, content, now);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The labels, with every act that was written. */
  get state(): LabelState {
    return this.#content.state;
  }

  /** The number of the last act; 0 for none. */
  get last(): number {
    return this.#content.last;
  }

  /** All acts that were written. */
  get entries(): readonly LabelEntry[] {
    return this.#entries;
  }

  /** Counts how often another hand has changed the file: numbers from before may mean other acts since. */
  get generation(): number {
    return this.#generation;
  }

  /** The number of the act with an id; null for none. */
  numberOf(id: string): number | null {
    return this.#ids.get(id) ?? null;
  }

  /**
   * Writes acts, all or none, and resolves when the disk has them. Throws OptionError for an act that is none or can't be done, FoveaError where the disk refuses; the
   * journal is then as it was before.
   */
  async add(acts: readonly NewAct[]): Promise<readonly Written[]> {
    if (this.#isClosed) throw new FoveaError(`${this.file} is closed; add before close()`);
    const work = this.#work.then(() => this.#add(acts));
    this.#work = work.catch(() => {});
    return work;
  }

  /** Lets other processes write, when what was handed in is written. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#work;
    await this.#handle.close();
  }

  async #add(acts: readonly NewAct[]): Promise<readonly Written[]> {
    if ((await this.#handle.size()) !== this.#content.bytes) {
      await this.#reload();
      this.#generation++;
    }
    const written: Written[] = [];
    const entries: LabelEntry[] = [];
    try {
      for (const act of acts) {
        const one = this.#take(act);
        written.push(one.written);
        if (one.entry) entries.push(one.entry);
      }
      if (entries.length > 0) await this.#write(entries);
    } catch (error) {
      if (entries.length > 0) await this.#reload();
      throw error;
    }
    return written;
  }

  /** Checks an act and does it in memory. */
  #take({ id, ...given }: NewAct): { readonly written: Written; readonly entry: LabelEntry | null } {
    const { state, last } = this.#content;
    const known = checkId(id);
    const before = known === null ? undefined : this.#ids.get(known);
    if (before !== undefined) {
      return { written: { n: before, isNew: false, act: given as LabelAct }, entry: null };
    }
    const act = checkAct(numbered(given, state));
    const entry: LabelEntry = { n: last + 1, at: this.#now(), id: known, act };
    state.apply(entry);
    if (known !== null) this.#ids.set(known, entry.n);
    this.#content = { ...this.#content, last: entry.n };
    return { written: { n: entry.n, isNew: true, act }, entry };
  }

  async #write(entries: readonly LabelEntry[]): Promise<void> {
    const { bytes, isOpen } = this.#content;
    const before = bytes === 0 ? headLine : isOpen ? "\n" : "";
    const lines = entries.map(lineOf);
    const text = new TextEncoder().encode(before + lines.join(""));
    if (lines.some((line) => line.length > longestLine) || bytes + text.length > mostJournalBytes) {
      throw new OptionError(
        `${this.file}: at most ${longestLine} bytes a line and ${mostJournalBytes} in all are written`,
      );
    }
    await this.#handle.write(bytes, text);
    this.#entries.push(...entries);
    this.#content = { ...this.#content, bytes: bytes + text.length, isOpen: false };
  }

  /** Reads the file anew: somebody else has changed it, or acts were done in memory and not written. */
  async #reload(): Promise<void> {
    const content = (await labelFiles.read(this.file, mostJournalBytes)) ?? new Uint8Array();
    this.#content = contentOf(content, this.file);
    this.#entries = [...this.#content.entries];
    this.#ids = new Map(this.#content.ids);
  }
}

/** A journal of which only part of the head was written is empty. */
function contentOf(content: Uint8Array, file: string): JournalContent {
  const head = new TextEncoder().encode(headLine);
  const isTornHead = content.length < head.length && content.every((byte, i) => byte === head[i]);
  return readJournal(isTornHead ? new Uint8Array() : content, file);
}

/** `undo` and `redo` with the number of the act that they mean. */
function numbered(act: Omit<NewAct, "id">, state: LabelState): object {
  const given = act as { readonly act?: unknown; readonly of?: unknown };
  if (given.of !== undefined) return act;
  const next = given.act === "undo" ? state.toUndo : given.act === "redo" ? state.toRedo : undefined;
  if (next === null) throw new OptionError(`labels: there is nothing to ${given.act}`);
  return next === undefined ? act : { ...act, of: next.n };
}
