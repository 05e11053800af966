// The pictures that saved weights are measured on. Knows no network.
import { OptionError } from "../base/errors.ts";
import type { ArrayDataset } from "../data/dataset.ts";
import { imageFolder } from "../data/imageFolder.ts";
import type { PictureDataset } from "../data/pictureDataset.ts";
import type { ModelInfo } from "../train/checkpoint.ts";
import { dataSet } from "./command.ts";
import { isFolder, limitedFolder } from "./trainingData.ts";

/** Pictures that were not trained on. */
export interface HeldOut {
  readonly pictures: ArrayDataset | PictureDataset;
  readonly part: "val" | "test";
  /** Whether the best epoch was chosen by these pictures, so that the best weights look better on them than they are. */
  readonly chosenBy: boolean;
  /** Whether they have to be brought to the network's size first. */
  readonly transform: boolean;
}

/** Opens the held-out part of a public set or folder. Throws OptionError where it has other classes than the weights of `file`. */
export async function heldOut(
  name: string,
  choice: { split: "auto" | "val" | "test"; limit: number | null },
  { classes, input }: Pick<ModelInfo, "classes" | "input">,
  file: string,
): Promise<HeldOut> {
  const found = await partOf(name, choice, input);
  const own = found.pictures.classes;
  if (own.join("\n") !== classes.join("\n")) {
    throw new OptionError(
      `${file} knows the ${classes.length} classes ${shortList(classes)}; ${name} has ${own.length}: ${shortList(own)}`,
    );
  }
  return found;
}

async function partOf(
  name: string,
  { split, limit }: { split: "auto" | "val" | "test"; limit: number | null },
  input: readonly number[],
): Promise<HeldOut> {
  if (!(await isFolder(name))) {
    if (split === "val") throw new OptionError(`split=val is for folders; ${name} has test pictures alone`);
    const pictures = (await dataSet(name).load("test")).slice(0, limit ?? undefined);
    const transform = pictures.sampleShape.join() !== input.join();
    return { pictures, part: "test", chosenBy: true, transform };
  }
  const { val, test } = limitedFolder(await imageFolder(name), limit);
  if (split === "test" && !test) throw new OptionError(`${name} has no test part; use split=val`);
  return split === "val" || !test
    ? { pictures: val, part: "val", chosenBy: true, transform: true }
    : { pictures: test, part: "test", chosenBy: false, transform: true };
}

function shortList(names: readonly string[]): string {
  return names.length > 6 ? `${names.slice(0, 5).join(", ")}, …` : names.join(", ");
}
