// Pictures that a page adds to a folder: under names that are safe everywhere, each as a whole, and never in the place of another file.
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";

/** What became of a picture. */
export interface AddedPicture {
  /** Its name in the folder. */
  readonly name: string;
  /** False where the folder had it already under that name: a page that got no answer sends again. */
  readonly isNew: boolean;
}

const endings: Readonly<Record<string, string>> = { jpeg: ".jpg", png: ".png", webp: ".webp" };
const longestStem = 80;

/** Writes a picture of a known format. A name that is taken gets a number. */
export async function addPicture(
  folder: string,
  wanted: string,
  format: string,
  bytes: Uint8Array,
): Promise<AddedPicture> {
  const [stem, ending] = [stemOf(wanted), endings[format] ?? `.${format}`];
  const part = path.join(folder, `.${randomBytes(8).toString("hex")}.part`);
  try {
    const handle = await fs.open(part, "wx", 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (let i = 1; ; i++) {
      const name = i === 1 ? stem + ending : `${stem}-${i}${ending}`;
      if (await takesName(part, path.join(folder, name))) return { name, isNew: true };
      if (await holds(path.join(folder, name), bytes)) return { name, isNew: false };
    }
  } finally {
    await fs.rm(part, { force: true });
  }
}

/** A name without its ending, of letters, digits, `-`, `_`, `.` and spaces in any language; one that begins with no dot. */
function stemOf(name: string): string {
  const last = name.normalize("NFC").split(/[\\/]/).at(-1)!;
  const stem = last
    .replace(/(?<=.)\.[^.]*$/, "")
    .replaceAll(/[^\p{L}\p{N}\p{M} ._-]+/gu, "-")
    .replaceAll(/^[. -]+|[. -]+$/g, "")
    .slice(0, longestStem);
  const isDevice = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(stem);
  return stem === "" || isDevice ? `picture${stem === "" ? "" : `-${stem}`}` : stem;
}

/** Gives a file a name; says whether it was free. */
async function takesName(part: string, file: string): Promise<boolean> {
  try {
    await fs.link(part, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // File systems without links copy; the name is free or not there too.
    return fs.copyFile(part, file, constants.COPYFILE_EXCL).then(
      () => true,
      (failed: NodeJS.ErrnoException) => {
        if (failed.code === "EEXIST") return false;
        throw failed;
      },
    );
  }
}

async function holds(file: string, bytes: Uint8Array): Promise<boolean> {
  const found = await fs.stat(file);
  return (
    found.isFile() && found.size === bytes.length && Buffer.compare(await fs.readFile(file), bytes) === 0
  );
}
