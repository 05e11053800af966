// The pictures of a folder as a set: those of its classes, parts and tables, and those that have no class yet. Looks at names alone.
import { createHash } from "node:crypto";
import fs from "node:fs/promises";
import path from "node:path";
import { listPictures, type PictureListing } from "../../data/pictureListing.ts";
import type { SetSplit } from "../shared/sets.ts";

/** What a folder holds. */
export interface FolderListing {
  readonly version: string;
  readonly state: string;
  readonly classes: readonly string[];
  readonly names: readonly string[];
  readonly labels: readonly number[];
  /** The class that folder or table gives each picture, whatever the journal says; null for none. */
  readonly own: readonly (string | null)[];
  readonly splits: readonly SetSplit[];
  /** Folders and tables that it was read from, with the time of their last change in ms. */
  readonly stamps: readonly (readonly [path: string, changed: number])[];
}

/** Folders inside of each other that are looked into for changes. */
const deepest = 8;
const tableName = /^(metadata\.(jsonl|csv)|labels\.(csv|jsonl))$/;

/** Lists a folder; one that holds pictures and no class is a set without labels. Throws what `listPictures` throws for other folders. */
export async function listFolder(root: string): Promise<FolderListing> {
  const stamps = await stampsOf(root);
  const whole = await listPictures(root, { isClassless: true });
  const { found, pictures, classes } = whole.found.length > 0 ? whole : await listPictures(root);
  const labelOf = new Map(pictures.map(({ file, label }) => [file, label]));
  const names = found.map(({ path }) => path);
  const labels = found.map(({ file }) => labelOf.get(file) ?? -1);
  const own = found.map(({ name }) => name);
  const splits = splitsOf(found);
  const version = sumOf(names);
  const state = sumOf([version, ...classes, ...labels, JSON.stringify(splits)]);
  return { version, state, classes, names, labels, own, splits, stamps };
}

/** Whether a folder is as it was when it was listed. */
export async function isUnchanged({ stamps }: FolderListing): Promise<boolean> {
  const now = await Promise.all(stamps.map(([file]) => changeOf(file)));
  return stamps.every(([, changed], i) => now[i] === changed);
}

function sumOf(parts: readonly (string | number)[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("base64url").slice(0, 16);
}

function splitsOf(found: PictureListing["found"]): SetSplit[] {
  const splits: SetSplit[] = [];
  for (const [i, { part }] of found.entries()) {
    const last = splits.at(-1);
    if (part === null) continue;
    if (last?.name === part) splits[splits.length - 1] = { ...last, count: last.count + 1 };
    else splits.push({ name: part, from: i, count: 1 });
  }
  return splits;
}

async function stampsOf(root: string): Promise<[path: string, changed: number][]> {
  const stamps: [string, number][] = [];
  const look = async (folder: string, depth: number): Promise<void> => {
    stamps.push([folder, await changeOf(folder)]);
    const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const inner = path.join(folder, entry.name);
      if (entry.name.startsWith(".")) continue;
      if (tableName.test(entry.name)) stamps.push([inner, await changeOf(inner)]);
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolderAt(inner)));
      if (isFolder && depth < deepest) await look(inner, depth + 1);
    }
  };
  await look(root, 0);
  return stamps;
}

function isFolderAt(file: string): Promise<boolean> {
  return fs.stat(file).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
}

/** When a file or folder last changed, ms since 1970; 0 for what is not there. */
function changeOf(file: string): Promise<number> {
  return fs.stat(file).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
