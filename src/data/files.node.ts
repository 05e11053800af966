// Node's file system for readers of data sets.
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { open, readdir, readFile, realpath, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { FormatError, FoveaError } from "../base/errors.ts";
import { download } from "./download.node.ts";
import type { Files, FolderItem } from "./files.ts";
import { checkRange } from "./memoryFile.ts";

const openReasons: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "its permissions forbid it",
};

/** More bytes than this no system gives at once. */
const mostAtOnce = 2 ** 30;

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

  async read(file, most = Number.POSITIVE_INFINITY) {
    if (most < Number.POSITIVE_INFINITY) checkBytes((await stat(file)).size, most, file);
    const buffer = await readFile(file);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  },

  readNow(file, most) {
    const handle = openSync(file, "r");
    try {
      const { size } = fstatSync(handle);
      checkBytes(size, most, file);
      const bytes = new Uint8Array(size);
      let at = 0;
      for (let count = 1; at < size && count > 0; at += count)
        count = readSync(handle, bytes, at, size - at, at);
      return bytes.subarray(0, at);
    } finally {
      closeSync(handle);
    }
  },

  async list(folder) {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        ENOENT: "there is no such folder",
        ENOTDIR: "it is a file, not a folder",
        EACCES: "it may not be read",
      };
      throw new FoveaError(`${folder}: ${reasons[error.code ?? ""] ?? error.message}`);
    });
    const real = await realpath(folder);
    // By code units: the same order on every machine, whatever its language.
    names.sort((a, b) => (a < b ? -1 : 1));
    return Promise.all(names.map((name) => itemOf(folder, real, name)));
  },

  async open(file) {
    const name = String(file).startsWith("file:") ? fileURLToPath(file) : String(file);
    const handle = await open(name).catch((error: NodeJS.ErrnoException) => {
      throw new FoveaError(`${name} can't be read: ${openReasons[error.code ?? ""] ?? error.message}`);
    });
    const found = await handle.stat();
    if (!found.isFile()) {
      await handle.close();
      throw new FoveaError(`${name} is no file; give the path of one`);
    }
    const { size } = found;
    let isOpen = true;
    const read = async (start: number, length: number): Promise<Uint8Array> => {
      if (!isOpen) throw new FoveaError(`${name} is closed; read before close()`);
      checkRange(name, size, start, length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, Math.min(length - at, mostAtOnce), start + at);
        if (bytesRead === 0) {
          throw new FormatError(`the file ended while it was read, at byte ${start + at}`, { file: name });
        }
        at += bytesRead;
      }
      return bytes;
    };
    const close = async (): Promise<void> => {
      if (isOpen) await handle.close();
      isOpen = false;
    };
    return { file: name, size, read, close };
  },

  async withParts(file, use) {
    const parts = await files.open(file);
    try {
      return await use(parts);
    } finally {
      await parts.close();
    }
  },

  download,
};

function checkBytes(size: number, most: number, file: string): void {
  if (size > most) throw new FormatError(`${size} bytes are more than the limit of ${most}`, { file });
}

async function itemOf(folder: string, real: string, name: string): Promise<FolderItem> {
  const file = path.join(folder, name);
  try {
    const found = await stat(file);
    if (found.isDirectory()) {
      // A link back up would be walked for ever.
      const target = await realpath(file);
      const isLoop = real === target || real.startsWith(target + path.sep);
      return { name, kind: isLoop ? "broken" : "folder", size: 0 };
    }
    return { name, kind: found.isFile() ? "file" : "other", size: found.size };
  } catch {
    return { name, kind: "broken", size: 0 };
  }
}
