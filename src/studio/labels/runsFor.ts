// Which runs know the classes of a set: their networks can say something of its pictures.
import fs from "node:fs/promises";
import path from "node:path";
import type { Board } from "../runs/board.ts";

/** Runs that are looked at, the newest first. */
const mostRuns = 50;

/** Ids of the runs with saved weights all of whose classes the set has, the newest first. */
export async function runsFor(board: Board, classes: readonly string[]): Promise<string[]> {
  const known = new Set(classes);
  const found: string[] = [];
  for (const { id } of board.runs.slice(0, mostRuns)) {
    const own = await classesOf(await board.folder(id).catch(() => ""));
    if (own.length > 0 && own.every((name) => known.has(name))) found.push(id);
  }
  return found;
}

/** The classes of a run's network; none where it has saved none. */
async function classesOf(folder: string): Promise<string[]> {
  try {
    await fs.access(path.join(folder, "weights", "best.safetensors"));
    const events = await fs.readFile(path.join(folder, "events.jsonl"), "utf8");
    for (const line of events.split("\n", 20)) {
      const { event, classes } = JSON.parse(line) as { event?: unknown; classes?: unknown };
      if (event === "start" && Array.isArray(classes)) return classes.map(String);
    }
    return [];
  } catch {
    return [];
  }
}
