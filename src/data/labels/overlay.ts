// Classes of pictures as a folder gives them, overlaid with what its journal says. Knows paths as texts, and no file system.
import type { LabelState } from "./labelState.ts";

/** A picture of a folder before the journal was asked. */
export interface FoundPicture {
  /** Its path, as it can be opened. */
  readonly file: string;
  /** Its path within the folder. */
  readonly path: string;
  /** The class that its folder or a table gives it; null where it lies beside the classes. */
  readonly name: string | null;
}

/** A picture with its class. */
export interface ClassifiedPicture {
  readonly file: string;
  readonly name: string;
}

/** Pictures by what becomes of them. */
export interface Overlaid {
  readonly labelled: readonly ClassifiedPicture[];
  /** Paths, as they can be opened. */
  readonly unlabelled: readonly string[];
  readonly dropped: readonly string[];
}

/** What the journal makes of pictures; without one, what the folder says. */
export function overlay(pictures: readonly FoundPicture[], state: LabelState | null): Overlaid {
  const labelled: ClassifiedPicture[] = [];
  const unlabelled: string[] = [];
  const dropped: string[] = [];
  for (const { file, path, name: own } of pictures) {
    if (state?.fateOf(path) === "dropped") {
      dropped.push(file);
      continue;
    }
    const name = state ? state.classOf(path, own) : own;
    if (name === null) unlabelled.push(file);
    else labelled.push({ file, name });
  }
  return { labelled, unlabelled, dropped };
}
