// What a folder of labelled pictures holds: classes, parts, and what is odd about them. Looks at names and labels alone, opens no picture, and leaves it
// to others what counts as an error.
import { files } from "#files";
import { FormatError } from "../base/errors.ts";
import { checkOptions } from "../base/options.ts";
import { readLabels } from "./labels/labelJournal.ts";
import type { LabelState } from "./labels/labelState.ts";
import { type FoundPicture, type Overlaid, overlay } from "./labels/overlay.ts";
import { type Found, isPictureName, join, PictureWalk, type Skipped } from "./pictureWalk.ts";

/** A picture before it is read. */
export interface PictureFile {
  /** Its path, as it can be opened. */
  readonly file: string;
  /** The index of its class. */
  readonly label: number;
}

/** The parts of a data set that folders have names for. */
export type PartName = "train" | "val" | "test";

/** All pictures of a folder. */
export interface PictureListing {
  readonly root: string;
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** Parts that have folders of their own; null where the classes lie right under the root. */
  readonly parts: ReadonlyMap<PartName, readonly PictureFile[]> | null;
  /** All pictures as folders and tables have them, whatever the journal says: labels do not change their order. */
  readonly found: readonly (FoundPicture & { readonly part: PartName | null })[];
  /** All labelled pictures, part by part, class by class, sorted by path. */
  readonly pictures: readonly PictureFile[];
  /** Paths of pictures without a label: beside the class folders, not in a table, or unlabelled by the journal. */
  readonly unlabelled: readonly string[];
  /** Paths of pictures that the journal keeps out of training. */
  readonly dropped: readonly string[];
  /** Paths of classes without a picture: folders, and such as the folders of classes that the journal has would have. */
  readonly emptyClasses: readonly string[];
  /** Classes that a part has and the training part has not: the part's folder and the class. */
  readonly strangers: readonly { readonly part: PartName; readonly name: string }[];
  /** Rows of a table that name a file that is not there. */
  readonly missing: readonly { readonly table: string; readonly line: number; readonly file: string }[];
  readonly skipped: readonly Skipped[];
}

/** What counts as a folder of pictures. */
export interface ListingOptions {
  /** True takes a folder without any class too, all of whose pictures are without a label. Default false: it is an error. */
  readonly isClassless?: boolean;
}

/** Folder names of the parts. */
const partFolders: Readonly<Record<PartName, readonly string[]>> = {
  train: ["train"],
  val: ["val", "valid", "validation"],
  test: ["test"],
};

/**
 * Lists a folder of pictures: `root/{train,val|valid|validation,test}/<class>/…`, or `root/<class>/…`; in the place of class folders
 * there may be a table `metadata.jsonl`, `metadata.csv` or `labels.csv` with `file_name` and `label`. Class folders may have folders inside.
 * A journal `root/labels.jsonl` has the last word on every label (`LabelJournal`).
 * Hidden files and folders (a dot before the name) are left out, and so are a folder `runs` with runs of training. Names of files never decide anything. Throws FoveaError where the folder can't be
 * read, FormatError where a table or the journal is damaged, two folders stand for one part, or there is neither class nor table nor label.
 */
export async function listPictures(root: string, options: ListingOptions = {}): Promise<PictureListing> {
  checkOptions("listPictures", options, ["isClassless"]);
  const walk = new PictureWalk();
  const items = await files.list(root);
  const state = (await readLabels(root))?.state ?? null;
  const present = (Object.keys(partFolders) as PartName[]).flatMap((part) => {
    const folders = items.filter(({ name, kind }) => kind === "folder" && partFolders[part].includes(name));
    if (folders.length > 1) {
      throw new FormatError(
        `two folders for one part, ${folders.map(({ name }) => name).join(" and ")}; rename or remove one`,
        { file: root },
      );
    }
    return folders.map(({ name }) => ({ part, folder: join(root, name) }));
  });
  const isDivided = present.some(({ part }) => part === "train");
  const places: Place[] = [];
  for (const { part, folder } of isDivided ? present : [{ part: null, folder: root }]) {
    places.push({ part, folder, found: await walk.place(folder) });
  }
  if (isDivided) {
    const taken = new Set(present.map(({ folder }) => folder));
    const beside: Found[] = [];
    for (const { name, kind } of items) {
      const path = join(root, name);
      if (taken.has(path)) continue;
      if (name.startsWith(".")) walk.skip(path, "hidden");
      else if (kind === "folder") walk.skip(path, "beside the classes");
      else if (isPictureName(name)) beside.push(walk.beside(path));
    }
    // What lies beside the parts was put there to be labelled, and is then there to be trained on.
    places[0] = { ...places[0]!, found: [...places[0]!.found, ...beside] };
  }
  return new Listing(root, walk, places, state).result(options.isClassless ?? false);
}

/** A folder of classes, before the journal was asked; `part` is null where it is the whole. */
interface Place {
  readonly part: PartName | null;
  readonly folder: string;
  readonly found: readonly Found[];
}

/** The same with what the journal makes of its pictures. */
interface LabelledPlace extends Overlaid {
  readonly part: PartName | null;
  readonly folder: string;
  readonly found: readonly FoundPicture[];
}

/** Numbers what was found. */
class Listing {
  readonly #root: string;
  readonly #walk: PictureWalk;
  readonly #places: readonly LabelledPlace[];
  readonly #state: LabelState | null;

  constructor(root: string, walk: PictureWalk, places: readonly Place[], state: LabelState | null) {
    this.#root = root;
    this.#walk = walk;
    this.#state = state;
    const prefix = join(root, "").length;
    this.#places = places.map((place) => {
      const found = place.found.map((one) => ({ ...one, path: one.file.slice(prefix) }));
      return { ...place, found, ...overlay(found, state) };
    });
  }

  result(isClassless: boolean): PictureListing {
    const [leading, ...others] = this.#places;
    const emptyClasses = this.#emptyClasses(leading!);
    if (!isClassless) this.#checkClasses(emptyClasses);
    const emptyNames = emptyClasses
      .filter((path) => path.startsWith(`${leading!.folder}/`))
      .map((path) => path.slice(path.lastIndexOf("/") + 1));
    const names = new Set([...leading!.labelled.map(({ name }) => name), ...emptyNames]);
    const strangers = others.flatMap(({ part, labelled }) =>
      [...new Set(labelled.map(({ name }) => name))]
        .filter((name) => !names.has(name))
        .map((name) => ({ part: part!, name })),
    );
    for (const { labelled } of others) for (const { name } of labelled) names.add(name);
    // By code units: the same order on every machine, whatever its language.
    const classes = [...names].sort((a, b) => (a < b ? -1 : 1));
    const index = new Map(classes.map((name, i) => [name, i]));
    const numbered = this.#places.map(({ part, labelled }) => ({
      part,
      list: labelled.map(({ file, name }): PictureFile => ({ file, label: index.get(name)! })),
    }));
    const isDivided = leading!.part !== null;
    const taken = new Set(
      this.#places.flatMap(({ labelled, dropped }) => [...labelled.map(({ file }) => file), ...dropped]),
    );
    return {
      root: this.#root,
      classes,
      parts: isDivided ? new Map(numbered.map(({ part, list }) => [part!, list])) : null,
      found: this.#places.flatMap(({ part, found }) => found.map((one) => ({ ...one, part }))),
      pictures: numbered.flatMap(({ list }) => list),
      unlabelled: this.#places.flatMap(({ unlabelled }) => unlabelled),
      dropped: this.#places.flatMap(({ dropped }) => dropped),
      emptyClasses,
      strangers,
      missing: this.#walk.missing,
      skipped: this.#walk.skipped.filter(({ path }) => !taken.has(path)),
    };
  }

  /** Paths of class folders that have no picture, and of the journal's classes that have none to train on. */
  #emptyClasses(leading: LabelledPlace): string[] {
    const { empty } = this.#walk;
    const state = this.#state;
    if (!state) return empty.map(({ path }) => path);
    const named = new Map(
      this.#places.map(({ folder, labelled }) => [folder, new Set(labelled.map(({ name }) => name))]),
    );
    const folders = empty.filter(({ path, name }) => {
      const own = state.className(name);
      return own !== null && !named.get(path.slice(0, path.lastIndexOf("/")))?.has(own);
    });
    const paths = folders.map(({ path, name }) => path.slice(0, -name.length) + state.className(name)!);
    const own = [...leading.found.flatMap(({ name }) => name ?? [])];
    const present = named.get(leading.folder)!;
    const without = state.classes([...new Set(own)]).filter((name) => !present.has(name));
    return [...new Set([...paths, ...without.map((name) => join(leading.folder, name))])];
  }

  #checkClasses(emptyClasses: readonly string[]): void {
    const bare = this.#places.find(
      ({ folder, labelled, found }) =>
        labelled.length === 0 &&
        found.every(({ name }) => name === null) &&
        !emptyClasses.some((path) => path.startsWith(`${folder}/`)),
    );
    if (!bare || this.#walk.missing.length > 0) return;
    throw new FormatError(
      `no class in this folder. Put the pictures of each class into a folder of its own (${join(bare.folder, "cat")}, ${join(bare.folder, "dog")}), ` +
        "or add a metadata.jsonl with file_name and label, or label them with fovea studio",
      { file: bare.folder },
    );
  }
}
