// The parts that training divides a set into: those of its folders, and those that are drawn where there is no folder for them.
import { FoveaError } from "../../base/errors.ts";
import { imageFolder } from "../../data/imageFolder.ts";
import type { SetParts, SetSplit } from "../shared/sets.ts";

/** The parts of a folder whose pictures have these names; those of its own folders where training would refuse it as it is. */
export async function partsOfFolder(
  folder: string,
  names: readonly string[],
  splits: readonly SetSplit[],
): Promise<SetParts> {
  const opened = await imageFolder(folder).catch((error: unknown) => {
    if (error instanceof FoveaError) return null;
    throw error;
  });
  if (!opened) return partsOfSplits(names.length, splits);
  const numbers = new Map(names.map((name, i) => [`${folder}/${name}`, i]));
  const of = new Array<number>(names.length).fill(-1);
  const parts = (["train", "val", "test"] as const).filter((name) => opened[name] !== null);
  for (const [part, name] of parts.entries()) {
    for (const file of opened[name]!.files) {
      const index = numbers.get(file);
      if (index !== undefined) of[index] = part;
    }
  }
  return { names: parts, of, isDrawn: opened.divided === "draw" };
}

/** The parts that a set comes divided into. */
export function partsOfSplits(length: number, splits: readonly SetSplit[]): SetParts {
  const of = new Array<number>(length).fill(-1);
  for (const [part, { from, count }] of splits.entries()) of.fill(part, from, from + count);
  return { names: splits.map(({ name }) => name), of, isDrawn: false };
}
