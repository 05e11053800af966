// Copies of files in a folder that is there as a whole or not at all.
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, realpath, rename, rm } from "node:fs/promises";
import path from "node:path";
import { OptionError } from "../../base/errors.ts";
import type { CopyTask } from "./store.ts";

/** `LabelFiles.copyAll`. */
export async function copyAll(root: string, to: string, task: CopyTask): Promise<void> {
  const target = path.resolve(to);
  await checkPlace(root, target);
  const present: string[] | null = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new OptionError(
      `${to} can't be written to: ${error.code === "ENOTDIR" ? "it is a file" : error.message}`,
    );
  });
  const isFree = present === null || present.length === 0;
  if (!isFree && !task.existOk) {
    throw new OptionError(`${to} is there already; give another folder, or exist-ok to write into it`);
  }
  // Only a folder that is free can be put in its place as a whole; into others files go one by one, each as a whole.
  const work = isFree ? `${target}.${process.pid}.part` : target;
  try {
    await mkdir(work, { recursive: true });
    await copyInto(work, task, isFree);
    if (!isFree) return;
    if (present !== null) await rm(target, { recursive: true });
    await rename(work, target);
  } catch (error) {
    if (isFree) await rm(work, { recursive: true, force: true });
    throw error;
  }
}

async function copyInto(folder: string, { copies, onProgress }: CopyTask, isNew: boolean): Promise<void> {
  const made = new Set<string>();
  for (const [i, { from, to }] of copies.entries()) {
    const file = path.join(folder, ...to.split("/"));
    if (!made.has(path.dirname(file))) await mkdir(path.dirname(file), { recursive: true });
    made.add(path.dirname(file));
    if (isNew) await copyFile(from, file, constants.COPYFILE_EXCL);
    else {
      const part = `${file}.${process.pid}.part`;
      await copyFile(from, part, constants.COPYFILE_EXCL);
      await rename(part, file);
    }
    onProgress(i + 1, copies.length);
  }
}

/** Throws OptionError where one folder lies in the other: copies would be pictures of the folder they come from. */
async function checkPlace(root: string, target: string): Promise<void> {
  const [from, place] = [await realpath(root), await realOf(target)];
  const isWithin = (inner: string, outer: string) => inner === outer || inner.startsWith(outer + path.sep);
  if (isWithin(place, from) || isWithin(from, place)) {
    throw new OptionError(`${target} is ${root}, or one lies in the other; give a folder beside it`);
  }
}

/** The real path of what may not be there yet. */
async function realOf(file: string): Promise<string> {
  const real = await realpath(file).catch(() => null);
  if (real !== null) return real;
  const parent = path.dirname(file);
  return parent === file ? file : path.join(await realOf(parent), path.basename(file));
}
