// Journals of the sets that are being labelled: each open as long as the studio is, so that no other process writes to it, and told to every page as it grows.
import { randomBytes } from "node:crypto";
import { OptionError } from "../../base/errors.ts";
import { LabelJournal, type NewAct } from "../../data/labels/labelJournal.ts";
import { HttpError } from "../server/http.ts";
import type { Hub } from "../server/hub.ts";
import type { SetShelf } from "../sets/shelf.ts";
import {
  type ActResult,
  type ActsAnswer,
  type LabelsAnswer,
  mostEntries,
  type SentAct,
  type SentAnswer,
} from "../shared/labels.ts";

/** A set whose journal is open. */
interface OpenSet {
  readonly journal: LabelJournal;
  /** Classes that the folder gives, as of the last look at it. */
  folders: readonly string[];
}

/** All open journals. */
export class LabelDesk {
  readonly #shelf: SetShelf;
  readonly #hub: Hub;
  /** Numbers of another server's life may mean other acts. */
  readonly #life = randomBytes(6).toString("hex");
  readonly #open = new Map<string, Promise<OpenSet>>();

  constructor(shelf: SetShelf, hub: Hub) {
    this.#shelf = shelf;
    this.#hub = hub;
  }

  /** What a page begins with. Throws HttpError for sets that can't be labelled, FoveaError where the journal can't be had. */
  async answer(id: string): Promise<LabelsAnswer> {
    const { own, version, folder } = await this.#shelf.folder(id);
    const open = await this.#set(id);
    open.folders = [...new Set(own.filter((name) => name !== null))].sort((a, b) => (a < b ? -1 : 1));
    const indices = new Map(open.folders.map((name, i) => [name, i]));
    return {
      life: this.#lifeOf(open),
      last: open.journal.last,
      folder,
      version,
      folders: open.folders,
      own: own.map((name) => (name === null ? -1 : indices.get(name)!)),
    };
  }

  /** The acts after a number. */
  async acts(id: string, after: number): Promise<ActsAnswer> {
    const open = await this.#set(id);
    const { entries, last } = open.journal;
    const start = entries.findLastIndex(({ n }) => n <= after) + 1;
    return { life: this.#lifeOf(open), last, entries: entries.slice(start, start + mostEntries) };
  }

  /** Writes acts in their order. One that can't be done is told, and those behind it are tried nevertheless. */
  async add(id: string, acts: readonly SentAct[]): Promise<SentAnswer> {
    const open = await this.#set(id);
    const results: ActResult[] = [];
    for (const act of acts) results.push(await this.#one(open, act));
    const life = this.#lifeOf(open);
    this.#hub.send({ type: "labels", set: id, life, last: open.journal.last });
    return { life, results };
  }

  /** Lets other processes write. */
  async close(): Promise<void> {
    for (const opening of this.#open.values()) {
      const open = await opening.catch(() => null);
      await open?.journal.close();
    }
    this.#open.clear();
  }

  async #one({ journal, folders }: OpenSet, sent: SentAct): Promise<ActResult> {
    const { id } = sent;
    try {
      const known = journal.numberOf(id);
      if (known !== null) return { id, n: known };
      const act = numbered(sent, journal);
      checkClasses(act, journal.state.classes(folders));
      const [written] = await journal.add([act]);
      return { id, n: written!.n };
    } catch (error) {
      // What the disk refuses is no fault of the act's: it stays with the page, which sends it again.
      if (!(error instanceof OptionError || error instanceof HttpError)) throw error;
      return { id, problem: error.message };
    }
  }

  #set(id: string): Promise<OpenSet> {
    const known = this.#open.get(id);
    if (known) return known;
    const opening = this.#begin(id);
    this.#open.set(id, opening);
    opening.catch(() => this.#open.delete(id));
    return opening;
  }

  async #begin(id: string): Promise<OpenSet> {
    const { folder, own } = await this.#shelf.folder(id);
    return {
      journal: await LabelJournal.open(folder),
      folders: [...new Set(own.filter((name) => name !== null))],
    };
  }

  #lifeOf({ journal }: OpenSet): string {
    return `${this.#life}-${journal.generation}`;
  }
}

/** An act with the number of the one that it undoes in the place of an id. */
function numbered(sent: SentAct, journal: LabelJournal): NewAct {
  if (!("of" in sent) || typeof sent.of === "number") return sent as NewAct;
  const of = journal.numberOf(String(sent.of));
  if (of === null)
    throw new HttpError(409, `labels: there is no act ${JSON.stringify(sent.of)} to be undone`);
  return { ...sent, of };
}

/** The library takes any class of a folder that it has not seen; a page's acts are about those that there are. Throws HttpError for others. */
function checkClasses(act: NewAct, classes: readonly string[]): void {
  const isThere = "class" in act && classes.includes(act.class);
  if (act.act === "class" && isThere)
    throw new HttpError(409, `labels: there is a class "${act.class}" already`);
  if ("class" in act && act.act !== "class" && !isThere)
    throw new HttpError(409, `labels: there is no class "${act.class}"`);
  if (act.act === "rename" && classes.includes(act.to)) {
    throw new HttpError(409, `labels: there is a class "${act.to}" already; merge the one into the other`);
  }
}
