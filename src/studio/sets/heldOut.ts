// The held-out pictures of a folder, as `fovea val` takes them.
import path from "node:path";
import { OptionError } from "../../base/errors.ts";
import { imageFolder } from "../../data/imageFolder.ts";
import type { HeldOutAnswer, HeldOutChoice } from "../shared/heldOut.ts";

/** Held-out pictures by their paths within the folder, with `/` between folders. */
export interface HeldOutFiles extends Pick<HeldOutAnswer, "part" | "chosenBy" | "classes" | "labels"> {
  readonly files: readonly string[];
}

/** Lists them. Throws OptionError where the folder has no such part, and what `imageFolder` throws. */
export async function listHeldOut(folder: string, choice: HeldOutChoice): Promise<HeldOutFiles> {
  const { root, val, test } = await imageFolder(folder);
  const part = choice === "val" || (choice === "auto" && !test) ? "val" : "test";
  const pictures = part === "val" ? val : test;
  if (!pictures) throw new OptionError(`${folder} has no test part; take the validation part`);
  return {
    part,
    chosenBy: part === "val",
    classes: pictures.classes,
    labels: Array.from(pictures.labels),
    files: pictures.files.map((file) => path.relative(root, file).split(path.sep).join("/")),
  };
}
