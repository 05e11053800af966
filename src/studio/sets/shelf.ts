// The studio's sets of pictures: which there are, their pictures by number, and thumbnails. What was read is kept as long as nothing has changed.
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { HttpError } from "../server/http.ts";
import type { HeldOutChoice } from "../shared/heldOut.ts";
import { mostOnSheet, type SetAnswer, type SetParts, type SetSummary } from "../shared/sets.ts";
import type { HeldOutFiles } from "./heldOut.ts";
import { type FolderListing, isUnchanged } from "./listing.ts";
import { partsOfSplits } from "./parts.ts";
import { type LoadedSet, placesOf, type SetPlace, type SetSources } from "./places.ts";
import { realPathBelow, type Sheet } from "./sheet.ts";
import { SheetCache } from "./sheetCache.ts";
import type { SetSource } from "./source.ts";
import { SetThreads } from "./threads.ts";

/** Longer side of thumbnails of files, pixels. */
const fileSide = 128;
/** Version and state of sets that never change. */
const fixed = "1";
/** Bytes of public sets that are kept; the one in use always is. */
const mostLoaded = 256 * 1024 * 1024;

/** A sheet with what tells it from one of other pictures. */
export interface TaggedSheet {
  readonly tag: string;
  /** Draws it, or has it still. */
  draw(signal: AbortSignal): Promise<Sheet>;
}

/** What runs say of data. */
export interface TrainedOn {
  readonly project: string;
  /** The `data` of each run. */
  readonly data: () => Iterable<string>;
}

/** All sets of a studio. */
export class SetShelf {
  readonly #sources: SetSources;
  readonly #trained: TrainedOn;
  readonly #threads = new SetThreads();
  readonly #listings = new Map<string, Promise<FolderListing>>();
  readonly #loaded = new Map<string, Promise<LoadedSet>>();
  readonly #sheets = new SheetCache();

  constructor(sources: SetSources, trained: TrainedOn) {
    this.#sources = sources;
    this.#trained = trained;
  }

  /** All sets, the one to show first at the head. */
  list(): Promise<SetSummary[]> {
    return Promise.all(this.#places().map((place) => this.#summary(place)));
  }

  /** Where a set lies. Throws HttpError 404 where there is none. */
  place(id: string): SetPlace {
    const place = this.#places().find((one) => one.id === id);
    if (!place) throw new HttpError(404, `there is no set ${id}`);
    return place;
  }

  /** All pictures of a set, read anew where its folder has changed. */
  async answer(id: string): Promise<SetAnswer> {
    const place = this.place(id);
    const { name, kind } = place;
    if (place.kind === "known") {
      const { classes, splits, shape } = place.set;
      const labels = Array.from((await this.#load(place)).labels);
      const names = labels.map(() => "");
      const side = Math.max(shape[1], shape[2]);
      const unchanging = { version: fixed, state: fixed };
      return {
        id,
        name,
        kind,
        isEditable: false,
        data: name,
        ...unchanging,
        classes,
        names,
        labels,
        splits,
        side,
      };
    }
    const { stamps: _, own: __, ...listing } = await this.#listing(place.folder);
    const data = path.relative(process.cwd(), place.folder) || ".";
    return { id, name, kind, isEditable: true, data, side: fileSide, ...listing };
  }

  /** The parts that training divides a set into. */
  async parts(id: string): Promise<SetParts> {
    const place = this.place(id);
    if (place.kind === "known") return partsOfSplits(place.set.length, place.set.splits);
    const { names, splits } = await this.#listing(place.folder);
    return this.#threads.do({ kind: "parts", folder: place.folder, names, splits });
  }

  /** A set as another thread can open it. */
  async source(id: string): Promise<SetSource> {
    const place = this.place(id);
    const { name } = place;
    if (place.kind === "known") {
      const { classes, splits, shape } = place.set;
      return { kind: "known", name, classes, splits, shape, ...(await this.#load(place)) };
    }
    const { names, labels, classes, splits } = await this.#listing(place.folder);
    return { kind: "folder", name, classes, splits, folder: place.folder, names, labels };
  }

  /** The file of a picture of a folder, or a picture in memory as a file. Throws HttpError 404 where there is none. */
  async picture(id: string, index: number): Promise<{ file: string } | { png: Uint8Array; tag: string }> {
    const place = this.place(id);
    const tag = `${id}-${index}`;
    if (place.kind === "known") {
      const sheet = await this.sheet(id, index, 1);
      return { png: (await sheet.draw(new AbortController().signal)).bytes, tag };
    }
    const { names } = await this.#known(place.folder);
    const name = names[index];
    const file = name === undefined ? null : await realPathBelow(place.folder, path.join(place.folder, name));
    if (file === null) throw new HttpError(404, `there is no picture ${index} in ${place.name}`);
    return { file };
  }

  /** Thumbnails of pictures `from` up to `from + count`. Throws HttpError for numbers that the set does not have. */
  async sheet(id: string, from: number, count: number, version?: string): Promise<TaggedSheet> {
    const place = this.place(id);
    if (!(count >= 1 && count <= mostOnSheet)) {
      throw new HttpError(400, `a sheet has 1 to ${mostOnSheet} pictures`);
    }
    if (place.kind === "known") {
      const { length, shape } = place.set;
      checkRange(from, count, length);
      const tag = `${id}-${from}-${count}`;
      const draw = async (signal: AbortSignal): Promise<Sheet> => {
        const { data } = await this.#load(place);
        const pictures = { kind: "bytes", data, shape, from, count } as const;
        return this.#threads.do({ kind: "sheet", pictures, side: Math.max(shape[1], shape[2]) }, signal);
      };
      return { tag, draw: (signal) => this.#sheets.get(tag, () => draw(signal)) };
    }
    const { names, version: current } = await this.#known(place.folder);
    if (version !== undefined && version !== current) {
      throw new HttpError(409, `the pictures of ${place.name} have changed; ask for the set again`);
    }
    checkRange(from, count, names.length);
    const files = names.slice(from, from + count).map((name) => path.join(place.folder, name));
    const tag = `${id}-${await stateOf(files)}`;
    const pictures = { kind: "files", root: place.folder, files } as const;
    const draw = (signal: AbortSignal) =>
      this.#threads.do({ kind: "sheet", pictures, side: fileSide }, signal);
    return { tag, draw: (signal) => this.#sheets.get(tag, () => draw(signal)) };
  }

  /** The set that `data=` of a run means. Throws HttpError 404 where the studio does not have it. */
  placeOfData(data: string): SetPlace {
    const places = this.#places();
    const own = placesOf({ folders: [], known: [] }, [data], this.#trained.project)[0]?.id;
    const place =
      places.find(({ kind, name }) => kind === "known" && name === data) ??
      places.find(({ id }) => id === own) ??
      places.find(({ kind, name }) => kind === "folder" && name === data.split(/[/\\]/).at(-1));
    if (!place) throw new HttpError(404, `the studio has no set ${data}; open it with data=${data}`);
    return place;
  }

  /** Which pictures of a folder were held back from training. */
  heldOut({ folder }: Extract<SetPlace, { kind: "folder" }>, choice: HeldOutChoice): Promise<HeldOutFiles> {
    return this.#threads.do({ kind: "heldOut", folder, choice });
  }

  /** Samples of a public set, `[count, channels, height, width]` as bytes. Throws HttpError for numbers that it does not have, and for folders. */
  async samples(id: string, from: number, count: number): Promise<Uint8Array> {
    const place = this.place(id);
    if (place.kind === "folder")
      throw new HttpError(409, `${place.name} is a folder; its pictures are files`);
    checkRange(from, count, place.set.length);
    const size = place.set.shape.reduce((product, side) => product * side, 1);
    return (await this.#load(place)).data.slice(from * size, (from + count) * size);
  }

  /** The pictures of a set in a folder as they are listed, with the folder. Throws HttpError for sets in memory, which nobody can label. */
  async folder(id: string): Promise<FolderListing & { readonly folder: string }> {
    const place = this.place(id);
    if (place.kind === "known")
      throw new HttpError(409, `${place.name} is a public set; its labels stay as they are`);
    return { folder: place.folder, ...(await this.#listing(place.folder)) };
  }

  /** Whether bytes are a picture that can be read; gives its format. Throws FoveaError with the reason where they are none. */
  async check(bytes: Uint8Array): Promise<string> {
    return (await this.#threads.do({ kind: "check", bytes })).format;
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  #places(): SetPlace[] {
    return placesOf(this.#sources, this.#trained.data(), this.#trained.project);
  }

  async #summary(place: SetPlace): Promise<SetSummary> {
    const { id, name, kind } = place;
    const common = { id, name, kind, isEditable: kind === "folder", problem: null };
    if (place.kind === "known") {
      const { length, classes } = place.set;
      return { ...common, length, classes: classes.length, state: fixed };
    }
    try {
      const { names, classes, state } = await this.#listing(place.folder);
      return { ...common, length: names.length, classes: classes.length, state };
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { ...common, length: 0, classes: 0, state: "", problem };
    }
  }

  /** The listing as it was last asked for: numbers mean what the page knows. */
  #known(folder: string): Promise<FolderListing> {
    return this.#listings.get(folder) ?? this.#listing(folder);
  }

  async #listing(folder: string): Promise<FolderListing> {
    const known = this.#listings.get(folder);
    if (known && (await isUnchanged(await known))) return known;
    if (this.#listings.get(folder) !== known) return this.#listing(folder);
    const read = this.#threads.do({ kind: "list", folder });
    this.#listings.set(folder, read);
    read.catch(() => this.#listings.delete(folder));
    return read;
  }

  async #load({ id, set }: Extract<SetPlace, { kind: "known" }>): Promise<LoadedSet> {
    const kept = this.#loaded.get(id) ?? set.load();
    // The one that was used last stands at the end.
    this.#loaded.delete(id);
    this.#loaded.set(id, kept);
    kept.catch(() => this.#loaded.delete(id));
    const loaded = await kept;
    let bytes = 0;
    for (const [other, one] of [...this.#loaded].reverse()) {
      bytes += (await one).data.length;
      if (bytes > mostLoaded && other !== id) this.#loaded.delete(other);
    }
    return loaded;
  }
}

function checkRange(from: number, count: number, length: number): void {
  if (from >= 0 && from + count <= length) return;
  throw new HttpError(
    404,
    `pictures ${from} to ${from + count - 1} are not all there: the set has ${length}`,
  );
}

/** Changes where one of the files does. */
async function stateOf(files: readonly string[]): Promise<string> {
  const stats = await Promise.all(files.map((file) => fs.stat(file).catch(() => null)));
  const sum = createHash("sha256");
  for (const [i, stat] of stats.entries()) sum.update(`${files[i]}\0${stat?.size}\0${stat?.mtimeMs}\0`);
  return sum.digest("base64url").slice(0, 22);
}
