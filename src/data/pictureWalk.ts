// What lies in a folder of pictures, by the names of files and folders and by tables of labels. Opens no picture, and knows no journal.
import { files } from "#files";
import { FormatError } from "../base/errors.ts";
import { csvLabels, jsonlLabels, type LabelledFile } from "./labelTable.ts";

/** Names of tables of labels, in the order in which they are looked for. */
const tables = ["metadata.jsonl", "metadata.csv", "labels.csv"] as const;

/** By these endings a file counts as a picture; what it really is, its content says when it is read. */
const pictureName = /\.(png|jpe?g|jpe|jfif|webp|gif|bmp|tiff?|avif|heic)$/i;

/** Whether a file counts as a picture by its name; what it is, its content says. */
export function isPictureName(name: string): boolean {
  return pictureName.test(name);
}

/** Something in the folder that is not taken as a picture, and why. */
export interface Skipped {
  readonly path: string;
  readonly reason: "hidden" | "no picture by its name" | "broken link" | "no file" | "beside the classes";
}

/** A class folder without a picture. */
export interface EmptyFolder {
  readonly path: string;
  readonly name: string;
}

/** A picture, and the class that its folder or a table gives it; null for none. */
export interface Found {
  readonly file: string;
  readonly name: string | null;
}

/** A look around a folder, which collects what is odd on its way. */
export class PictureWalk {
  readonly skipped: Skipped[] = [];
  /** Rows of tables whose file is not there. */
  readonly missing: { readonly table: string; readonly line: number; readonly file: string }[] = [];
  readonly empty: EmptyFolder[] = [];

  skip(path: string, reason: Skipped["reason"]): void {
    this.skipped.push({ path, reason });
  }

  /** The pictures of a folder of classes, or of one with a table; those without a class have null for its name, and stand behind the others. */
  async place(folder: string): Promise<Found[]> {
    const items = await files.list(folder);
    const table = tables.find((name) => items.some((item) => item.name === name && item.kind === "file"));
    if (table) return this.#table(folder, join(folder, table));
    const [found, beside]: [Found[], Found[]] = [[], []];
    for (const { name, kind } of items) {
      const path = join(folder, name);
      if (name.startsWith(".")) this.skip(path, "hidden");
      else if (name === "runs" && (await holdsRuns(path))) this.skip(path, "beside the classes");
      else if (kind === "folder") {
        const pictures: string[] = [];
        await this.#collect(path, pictures);
        if (pictures.length === 0) this.empty.push({ path, name });
        for (const file of pictures) found.push({ file, name });
      } else if (kind === "broken") this.skip(path, "broken link");
      else if (pictureName.test(name)) beside.push(this.beside(path));
    }
    return [...found, ...beside];
  }

  /** A picture without a class of its folder's. */
  beside(file: string): Found {
    this.skip(file, "beside the classes");
    return { file, name: null };
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

  async #table(folder: string, file: string): Promise<Found[]> {
    const content = await files.read(file);
    const rows: readonly LabelledFile[] = file.endsWith(".jsonl")
      ? jsonlLabels(content, { file })
      : csvLabels(content, { file });
    const present = new Set<string>();
    await this.#paths(folder, "", present);
    const found: Found[] = [];
    for (const row of rows) {
      const name = row.file.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
      if (name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.split("/").includes("..")) {
        throw new FormatError(
          `line ${row.line}: ${JSON.stringify(row.file)} leads out of the folder; names are relative to the table`,
          { file },
        );
      }
      if (present.delete(name)) found.push({ file: join(folder, name), name: row.label });
      else this.missing.push({ table: file, line: row.line, file: row.file });
    }
    const others = [...present].filter((name) => pictureName.test(name) && !/(^|\/)\./.test(name));
    return [...found, ...others.map((name) => ({ file: join(folder, name), name: null }))];
  }

  /** All files below a folder, relative to it. */
  async #paths(folder: string, prefix: string, found: Set<string>): Promise<void> {
    for (const { name, kind } of await files.list(folder)) {
      if (kind === "folder") await this.#paths(join(folder, name), `${prefix}${name}/`, found);
      else if (kind === "file") found.add(prefix + name);
    }
  }
}

/** Whether training has left runs in a folder, `<task>/<name>/args.yaml`: plots lie in it then, and no class. */
async function holdsRuns(folder: string): Promise<boolean> {
  const inner = async (where: string): Promise<string[]> =>
    (await files.list(where)).flatMap(({ name, kind }) => (kind === "folder" ? [join(where, name)] : []));
  for (const task of await inner(folder)) {
    for (const run of await inner(task)) {
      if ((await files.list(run)).some(({ name }) => name === "args.yaml")) return true;
    }
  }
  return false;
}

/** Paths here have forward slashes, which every system takes. */
export function join(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}
