// The event files that a run has written, one for each time that it was taken up again.
import fs from "node:fs/promises";
import path from "node:path";

/** Bytes that are read of one run: from its beginning on. */
const mostBytes = 64 * 1024 * 1024;

/** Name and bytes of each file, in the order in which they were written. */
export async function eventFiles(folder: string): Promise<{ name: string; bytes: Uint8Array }[]> {
  const names = (await fs.readdir(folder)).filter((name) => name.startsWith("events.out.tfevents.")).sort();
  const files: { name: string; bytes: Uint8Array }[] = [];
  let left = mostBytes;
  for (const name of names) {
    const bytes = await fs.readFile(path.join(folder, name)).catch(() => new Uint8Array());
    if ((left -= bytes.length) < 0) break;
    files.push({ name, bytes });
  }
  return files;
}
