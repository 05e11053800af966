// What the folder that `fovea studio` is given means: a run, a project with runs, a set of pictures, or several of these.
import { existsSync, readdirSync, statSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { FoveaError, OptionError } from "../base/errors.ts";
import { isPictureName } from "../data/pictureWalk.ts";
import type { KnownSet } from "../studio/sets/places.ts";
import { dataSets } from "./datasets.ts";
import { suggestion } from "./options.ts";

/** Where runs are, which of them is shown first, and folders of pictures. */
export interface StudioPlace {
  readonly project: string;
  readonly shown: readonly string[];
  readonly folders: readonly string[];
}

/** Folders inside of each other that are looked into. */
const deepest = 4;

/**
 * The place. A folder of pictures without runs has its runs in `runs` of the working folder: in it they would be a class. Throws FoveaError where there is no folder.
 */
export async function placeOf(where: string | undefined): Promise<StudioPlace> {
  if (where === undefined) return { project: await ownRuns(), shown: [], folders: [] };
  if (!existsSync(where) || !statSync(where).isDirectory()) {
    throw new FoveaError(
      `studio: there is no folder ${where}; give a folder with runs, one with pictures, or a run's own`,
    );
  }
  if (existsSync(path.join(where, "args.yaml"))) {
    const run = path.resolve(where);
    const project = path.dirname(path.dirname(run));
    const id = `${path.basename(path.dirname(run))}/${path.basename(run)}`;
    return { project, shown: [id], folders: [] };
  }
  const inner = path.join(where, "runs");
  if (existsSync(inner)) {
    return { project: inner, shown: [], folders: holdsPictures(where, new Set(["runs"])) ? [where] : [] };
  }
  if (!holds(where, (name) => name === "args.yaml") && holdsPictures(where)) {
    return { project: await ownRuns(), shown: [], folders: [where] };
  }
  return { project: where, shown: [], folders: [] };
}

/**
 * The sets that `data=` names, separated by commas: folders, and public sets that are here. Throws OptionError for names that are neither, with how to get a set that is
 * known and not here.
 */
export function namedSets(
  data: string | null,
  known: readonly KnownSet[],
): { folders: string[]; asked: string[] } {
  const [folders, asked]: [string[], string[]] = [[], []];
  for (const name of (data ?? "").split(",").filter((part) => part !== "")) {
    if (known.some((one) => one.name === name)) asked.push(name);
    else if (dataSets.has(name))
      throw new OptionError(`data: ${name} is not on this machine; fovea data get ${name} downloads it`);
    else if (existsSync(name) && statSync(name).isDirectory()) folders.push(name);
    else throw new OptionError(`data: there is no folder "${name}"; ${suggestion(name, dataSets.keys())}`);
  }
  return { folders, asked };
}

async function ownRuns(): Promise<string> {
  await fs.mkdir("runs", { recursive: true });
  return "runs";
}

function holdsPictures(folder: string, without: ReadonlySet<string> = new Set()): boolean {
  return holds(folder, (name) => isPictureName(name), without);
}

/** Whether a folder holds a file of some kind, by itself or in folders inside. Hidden ones and links are not looked into. */
function holds(
  folder: string,
  isMeant: (name: string) => boolean,
  without: ReadonlySet<string> = new Set(),
  depth = 0,
): boolean {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith(".") && !without.has(name),
  );
  if (entries.some((entry) => !entry.isDirectory() && isMeant(entry.name))) return true;
  if (depth >= deepest) return false;
  return entries.some(
    (entry) => entry.isDirectory() && holds(path.join(folder, entry.name), isMeant, new Set(), depth + 1),
  );
}
