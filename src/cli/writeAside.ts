// Files of results that never take the place of others by themselves.
import fs from "node:fs/promises";
import path from "node:path";

/** Writes a file, under its name with a number where that exists and must stay; gives the name. */
export async function writeAside(file: string, bytes: Uint8Array, existOk: boolean): Promise<string> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const { dir, name, ext } = path.parse(file);
  for (let number = 1; ; number++) {
    const free = number === 1 ? file : path.join(dir, `${name}${number}${ext}`);
    try {
      await fs.writeFile(free, bytes, { flag: existOk ? "w" : "wx" });
      return free;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
