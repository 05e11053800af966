// The text of a labels journal: a head and one JSON object a line. Says which lines count after a write that was cut short. Knows no file system.
import { FormatError, FoveaError } from "../../base/errors.ts";
import { checkAct, checkCount, checkId, type LabelEntry } from "./acts.ts";
import { LabelState } from "./labelState.ts";

/** The name of the journal in a folder of pictures. */
export const journalName = "labels.jsonl";
/** Bytes of the largest journal that is read. */
export const mostJournalBytes = 2 ** 28;
/** Bytes of the longest line, its end included. */
export const longestLine = 2 ** 24;

const format = "fovea-labels";
const version = 1;

/** The first line of a journal, its end included. */
export const headLine = `${JSON.stringify({ format, version })}\n`;

/** A journal as it was read. */
export interface JournalContent {
  readonly state: LabelState;
  /** The acts in the file, undone ones and undoing among them. */
  readonly entries: readonly LabelEntry[];
  /** The number of the last act; 0 for none. */
  readonly last: number;
  /** The acts' numbers by their ids. */
  readonly ids: ReadonlyMap<string, number>;
  /** Bytes that count. What follows them was cut short while it was written, and never counted. */
  readonly bytes: number;
  /** Whether the last line that counts lacks its end, which the next act has to write first. */
  readonly isOpen: boolean;
}

/** The line of an act, its end included. */
export function lineOf({ n, at, id, act }: LabelEntry): string {
  return `${JSON.stringify({ n, at, ...(id !== null && { id }), ...act })}\n`;
}

/**
 * Reads a journal. What stands after the last end of line counts where it is a whole act, and is left out where it is not: such is what a process leaves that is killed
 * while it writes. Throws FormatError, with the number of the line, for any other line that is no act, a number that does not count up, an act that can't be done where it
 * stands, and a head of another format or of a later version.
 */
export function readJournal(content: Uint8Array, file: string): JournalContent {
  const reader = new Reader(file);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [start, line] = [0, 1];
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, start)) {
    reader.add(textOf(decoder, content.subarray(start, end)), line++);
    start = end + 1;
  }
  const tail = content.subarray(start);
  const isOpen = tail.length > 0 && reader.addIfWhole(textOf(decoder, tail), line);
  const { state, entries, last, ids } = reader;
  return { state, entries, last, ids, bytes: isOpen ? content.length : start, isOpen };
}

class Reader {
  readonly state = new LabelState();
  readonly ids = new Map<string, number>();
  readonly #file: string;
  readonly entries: LabelEntry[] = [];
  last = 0;
  #hasHead = false;

  constructor(file: string) {
    this.#file = file;
  }

  add(text: string | null, line: number): void {
    const value = text === null ? null : objectOf(text);
    if (this.#hasHead) this.#act(value, line);
    else this.#head(value, line);
  }

  /** Takes in a last line without its end, where it is whole; says whether it was. */
  addIfWhole(text: string | null, line: number): boolean {
    if (text === null || objectOf(text) === null) return false;
    this.add(text, line);
    return true;
  }

  #act(value: Readonly<Record<string, unknown>> | null, line: number): void {
    if (value === null) {
      this.#fail(line, "it is damaged, no JSON object. Correct or remove the line; each stands for one act");
    }
    try {
      const entry = entryOf(value);
      if (entry.n <= this.last)
        this.#fail(line, `its number is ${entry.n}, after ${this.last}; numbers count up`);
      if (entry.id !== null && this.ids.has(entry.id))
        this.#fail(line, `its id ${entry.id} is there already`);
      this.state.apply(entry);
      this.last = entry.n;
      this.entries.push(entry);
      if (entry.id !== null) this.ids.set(entry.id, entry.n);
    } catch (error) {
      if (error instanceof FormatError || !(error instanceof FoveaError)) throw error;
      this.#fail(line, error.message);
    }
  }

  #head(value: Readonly<Record<string, unknown>> | null, line: number): void {
    if (value?.format !== format) {
      this.#fail(
        line,
        `no journal of labels, which begins with ${headLine.trim()}. Rename the file if it is something else`,
      );
    }
    if (value.version !== version) {
      this.#fail(
        line,
        `version ${JSON.stringify(value.version) ?? "none"} of the format; this Fovea reads ${version}. Use the version that wrote it`,
      );
    }
    this.#hasHead = true;
  }

  #fail(line: number, message: string): never {
    throw new FormatError(`line ${line}: ${message}`, { file: this.#file });
  }
}

function entryOf(value: Readonly<Record<string, unknown>>): LabelEntry {
  const { n, at, id } = value;
  const act = checkAct(value);
  return { n: checkCount("n", n), at: typeof at === "string" ? at : "", id: checkId(id), act };
}

function objectOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch {
    return null;
  }
}

/** Null for bytes that are no text. */
function textOf(decoder: TextDecoder, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
