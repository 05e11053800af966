// Node's file system for readers of data sets.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import type { Files } from "./files.ts";

export const files: Files = {
  packageFolder(name) {
    for (const from of [import.meta.url, path.join(process.cwd(), "package.json")]) {
      try {
        return path.dirname(createRequire(from).resolve(`${name}/package.json`));
      } catch {
        // Not installed there; the next place may have it.
      }
    }
    return null;
  },

  async readFirst(folder, names) {
    for (const name of names) {
      const file = path.join(folder, name);
      try {
        const buffer = await readFile(file);
        return { bytes: new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength), file };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    return null;
  },
};
