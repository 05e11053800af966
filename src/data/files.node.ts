// Node's file system for readers of data sets.
import { existsSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { FormatError } from "../base/errors.ts";
import { download } from "./download.node.ts";
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

  cacheFolder: () => path.join(os.homedir(), ".cache", "fovea"),

  findFirst(folder, names) {
    for (const name of names) {
      const file = path.join(folder, name);
      if (existsSync(file)) return file;
    }
    return null;
  },

  async read(file) {
    const buffer = await readFile(file);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  },

  async withParts(file, use) {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const read = async (start: number, length: number): Promise<Uint8Array> => {
        const bytes = new Uint8Array(length);
        for (let at = 0; at < length; ) {
          const { bytesRead } = await handle.read(bytes, at, length - at, start + at);
          if (bytesRead === 0) {
            throw new FormatError(`the file ended while it was read, at byte ${start + at}`, { file });
          }
          at += bytesRead;
        }
        return bytes;
      };
      return await use({ file, size, read });
    } finally {
      await handle.close();
    }
  },

  download,
};
