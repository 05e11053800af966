// What a folder of labelled pictures holds: classes, parts, and what is odd about them. Looks at names alone, opens no picture, and leaves it
// to others what counts as an error.
import { files } from "#files";
import { FormatError } from "../base/errors.ts";
import { csvLabels, jsonlLabels, type LabelledFile } from "./labelTable.ts";

/** A picture before it is read. */
export interface PictureFile {
  /** Its path, as it can be opened. */
  readonly file: string;
  /** The index of its class. */
  readonly label: number;
}

/** The parts of a data set that folders have names for. */
export type PartName = "train" | "val" | "test";

/** Whether a file counts as a picture by its name; what it is, its content says. */
export function isPictureName(name: string): boolean {
  return pictureName.test(name);
}

/** Something in the folder that is not taken as a picture, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: "hidden" | "no picture by its name" | "broken link" | "no file" | "beside the classes";
}

/** All pictures of a folder. */
export interface PictureListing {
  readonly root: string;
  /** Names of the classes, sorted. */
  readonly classes: readonly string[];
  /** Parts that have folders of their own; null where the classes lie right under the root. */
  readonly parts: ReadonlyMap<PartName, readonly PictureFile[]> | null;
  /** All pictures, part by part, class by class, sorted by path. */
  readonly pictures: readonly PictureFile[];
  /** Paths of class folders without a picture. */
  readonly emptyClasses: readonly string[];
  /** Classes that a part has and the training part has not: the part's folder and the class. */
  readonly strangers: readonly { readonly part: PartName; readonly name: string }[];
  /** Rows of a table that name a file that is not there. */
  readonly missing: readonly { readonly table: string; readonly line: number; readonly file: string }[];
  readonly skipped: readonly Skipped[];
}

/** Folder names of the parts. */
const partFolders: Readonly<Record<PartName, readonly string[]>> = {
  train: ["train"],
  val: ["val", "valid", "validation"],
  test: ["test"],
};

/** Names of tables of labels, in the order in which they are looked for. */
const tables = ["metadata.jsonl", "metadata.csv", "labels.csv"] as const;

/** By these endings a file counts as a picture; what it really is, its content says when it is read. */
const pictureName = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp|tiff?|avif|heic)$/i;

/**
 * Lists a folder of pictures: `root/{train,val|valid|validation,test}/<class>/…`, or `root/<class>/…`; in the place of class folders
 * there may be a table `metadata.jsonl`, `metadata.csv` or `labels.csv` with `file_name` and `label`. Class folders may have folders inside.
 * Hidden files and folders (a dot before the name) are left out. Names of files never decide anything. Throws FoveaError where the folder can't be
 * read, FormatError where a table is damaged, two folders stand for one part, or there is neither class nor table.
 */
export async function listPictures(root: string): Promise<PictureListing> {
  const walk = new Walk();
  const items = await files.list(root);
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
  if (!present.some(({ part }) => part === "train")) return walk.result(root, await walk.place(root), null);
  const places = new Map<PartName, readonly Named[]>();
  for (const { part, folder } of present) places.set(part, await walk.place(folder));
  const taken = new Set(present.map(({ folder }) => folder));
  for (const { name, kind } of items) {
    const path = join(root, name);
    if (taken.has(path)) continue;
    if (name.startsWith(".")) walk.skip(path, "hidden");
    else if (kind === "folder" || pictureName.test(name)) walk.skip(path, "beside the classes");
  }
  return walk.result(root, [...places.values()].flat(), places);
}

/** A picture with its class by name. */
interface Named {
  readonly file: string;
  readonly name: string;
}

class Walk {
  readonly #skipped: Skipped[] = [];
  readonly #missing: { table: string; line: number; file: string }[] = [];
  /** Class folders that hold no picture, by path. */
  readonly #empty: string[] = [];

  skip(path: string, reason: Skipped["reason"]): void {
    this.#skipped.push({ path, reason });
  }

  /** The pictures of a folder of classes, or of one with a table. */
  async place(folder: string): Promise<Named[]> {
    const items = await files.list(folder);
    const table = tables.find((name) => items.some((item) => item.name === name && item.kind === "file"));
    if (table) return this.#table(folder, join(folder, table));
    const found: Named[] = [];
    let classes = 0;
    for (const { name, kind } of items) {
      const path = join(folder, name);
      if (name.startsWith(".")) this.skip(path, "hidden");
      else if (kind === "folder") {
        classes++;
        const pictures: string[] = [];
        await this.#collect(path, pictures);
        if (pictures.length === 0) this.#empty.push(path);
        for (const file of pictures) found.push({ file, name });
      } else if (kind === "broken") this.skip(path, "broken link");
      else if (pictureName.test(name)) this.skip(path, "beside the classes");
    }
    if (classes === 0) {
      throw new FormatError(
        `no class in this folder. Put the pictures of each class into a folder of its own (${join(folder, "cat")}, ${join(folder, "dog")}), ` +
          "or add a metadata.jsonl with file_name and label",
        { file: folder },
      );
    }
    return found;
  }

  async #collect(folder: string, pictures: string[]): Promise<void> {
    for (const { name, kind } of await files.list(folder)) {
      const path = join(folder, name);
      if (name.startsWith(".")) this.skip(path, "hidden");
      else if (kind === "folder") await this.#collect(path, pictures);
      else if (kind === "broken") this.skip(path, "broken link");
      else if (kind === "other") this.skip(path, "no file");
      else if (!pictureName.test(name)) this.skip(path, "no picture by its name");
      else pictures.push(path);
    }
  }

  async #table(folder: string, file: string): Promise<Named[]> {
    const content = await files.read(file);
    const rows: readonly LabelledFile[] = file.endsWith(".jsonl")
      ? jsonlLabels(content, { file })
      : csvLabels(content, { file });
    const present = new Set<string>();
    await this.#paths(folder, "", present);
    const found: Named[] = [];
    for (const row of rows) {
      const name = row.file.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
      if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.split("/").includes("..")) {
        throw new FormatError(
          `line ${row.line}: ${JSON.stringify(row.file)} leads out of the folder; names are relative to the table`,
          { file },
        );
      }
      if (present.has(name)) found.push({ file: join(folder, name), name: row.label });
      else this.#missing.push({ table: file, line: row.line, file: row.file });
    }
    return found;
  }

  /** All files below a folder, relative to it. */
  async #paths(folder: string, prefix: string, found: Set<string>): Promise<void> {
    for (const { name, kind } of await files.list(folder)) {
      if (kind === "folder") await this.#paths(join(folder, name), `${prefix}${name}/`, found);
      else if (kind === "file") found.add(prefix + name);
    }
  }

  result(
    root: string,
    pictures: readonly Named[],
    places: ReadonlyMap<PartName, readonly Named[]> | null,
  ): PictureListing {
    const leading = places ? join(root, "train") : root;
    const emptyNames = this.#empty
      .filter((path) => path.startsWith(`${leading}/`))
      .map((path) => path.slice(path.lastIndexOf("/") + 1));
    const names = new Set([...(places?.get("train") ?? pictures).map(({ name }) => name), ...emptyNames]);
    const strangers = [...(places ?? [])].flatMap(([part, list]) =>
      [...new Set(list.map(({ name }) => name))]
        .filter((name) => !names.has(name))
        .map((name) => ({ part, name })),
    );
    for (const { name } of pictures) names.add(name);
    const classes = [...names].sort((a, b) => (a < b ? -1 : 1));
    const index = new Map(classes.map((name, i) => [name, i]));
    const numbered = (list: readonly Named[]): PictureFile[] =>
      list.map(({ file, name }) => ({ file, label: index.get(name)! }));
    return {
      root,
      classes,
      parts: places && new Map([...places].map(([part, list]) => [part, numbered(list)])),
      pictures: numbered(pictures),
      emptyClasses: this.#empty,
      strangers,
      missing: this.#missing,
      skipped: this.#skipped,
    };
  }
}

/** Paths here have forward slashes, which every system takes. */
function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}
