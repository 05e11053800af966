// Node's file system for labels journals: reading, and adding by one process at a time.
import { constants } from "node:fs";
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { FormatError, FoveaError } from "../../base/errors.ts";
import { copyAll } from "./copy.node.ts";
import type { LabelFiles } from "./store.ts";
import { markWriter } from "./writer.node.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder",
  ENOTDIR: "it lies in no folder",
  EACCES: "its permissions forbid it",
  EPERM: "its permissions forbid it",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
};

export const labelFiles: LabelFiles = {
  join: path.join,
  copyAll,

  async read(file, most) {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw failure(file, "read", error);
    });
    if (!found) return null;
    if (found.size > most)
      throw new FormatError(`${found.size} bytes are more than the limit of ${most}`, { file });
    return readFile(file).catch((error: NodeJS.ErrnoException) => {
      throw failure(file, "read", error);
    });
  },

  async openAlone(folder, name) {
    const file = path.join(folder, name);
    const release = await markWriter(folder, name).catch((error: NodeJS.ErrnoException) => {
      throw error instanceof FoveaError ? error : failure(file, "written", error);
    });
    return new Growing(file, release);
  },
};

class Growing {
  readonly #file: string;
  readonly #release: () => Promise<void>;
  /** Null until something is written. */
  #handle: FileHandle | null = null;

  constructor(file: string, release: () => Promise<void>) {
    this.#file = file;
    this.#release = release;
  }

  async size(): Promise<number> {
    const found = await stat(this.#file).catch(() => null);
    return found?.size ?? 0;
  }

  async write(at: number, bytes: Uint8Array): Promise<void> {
    const handle = await this.#open();
    try {
      if ((await this.size()) > at) await handle.truncate(at);
      for (let done = 0; done < bytes.length; ) {
        done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      }
      await handle.sync();
    } catch (error) {
      // What came of it would be taken for an act if it happened to be whole; where this fails too, the next writer cuts it off.
      await handle.truncate(at).catch(() => {});
      throw failure(this.#file, "written", error as NodeJS.ErrnoException);
    }
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    await this.#release();
  }

  /** The open file; made, without cutting anything off, where it is not there or another one has taken its place. */
  async #open(): Promise<FileHandle> {
    const [own, present] = [await this.#handle?.stat(), await stat(this.#file).catch(() => null)];
    if (this.#handle && own && present && own.ino === present.ino && own.dev === present.dev)
      return this.#handle;
    await this.#handle?.close();
    this.#handle = null;
    try {
      const handle = await open(this.#file, constants.O_RDWR | constants.O_CREAT);
      if (!present) await syncFolder(path.dirname(this.#file));
      this.#handle = handle;
      return handle;
    } catch (error) {
      throw failure(this.#file, "written", error as NodeJS.ErrnoException);
    }
  }
}

/** Makes a new file's name last; systems that can't do that for folders keep names without it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function failure(file: string, what: string, error: NodeJS.ErrnoException): FoveaError {
  return new FoveaError(`${file} can't be ${what}: ${reasons[error.code ?? ""] ?? error.message}`);
}
